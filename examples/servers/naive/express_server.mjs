// The endpoint in Express. Its faults and their fixes: ../README.md.

import { randomUUID } from "node:crypto";
import process from "node:process";

import express from "express";

const TOKEN = process.env.RUNLOOP_API_KEY;
const app = express();
const runs = new Map();

app.use(express.json());

app.post("/v1/benchmarks/start_run", (req, res) => {
  if (req.headers.authorization !== `Bearer ${TOKEN}`) {
    return res.status(401).json({ message: "Unauthorized" });
  }
  const { benchmark_id, run_name, metadata = {}, runProfile = {} } = req.body;
  if (!benchmark_id) {
    return res.status(400).json({ message: "benchmark_id is required" });
  }
  const run = {
    id: `bmr_${randomUUID()}`,
    benchmark_id,
    start_time_ms: Date.now(),
    state: "running",
    metadata,
    name: run_name,
    purpose: runProfile.purpose,
    environment_variables: runProfile.envVars ?? {},
    secrets_provided: runProfile.secrets ?? {},
  };
  runs.set(run.id, run);
  res.json(run);
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
