// The endpoint in Express, with Ajv and the contract itself. Runs are stored in memory, and every benchmark id is accepted.

import { Buffer } from "node:buffer";
import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import process from "node:process";

import { Ajv2020 } from "ajv/dist/2020.js";
import express from "express";
import { load } from "js-yaml";

const TOKEN = process.env.RUNLOOP_API_KEY;
const PORT = process.env.PORT ?? 8000;
const PATH = "/v1/benchmarks/start_run";
if (!TOKEN) throw new Error("RUNLOOP_API_KEY is not set");

const contract = load(readFileSync(new URL("../../openapi.yaml", import.meta.url), "utf8"));
const isStartRun = new Ajv2020({ strict: false, validateFormats: false }).compile({
  $ref: "#/components/schemas/StartRunRequest",
  components: contract.components,
});

const app = express();
const runs = new Map();

class Rejection extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
    this.expose = true;
  }
}

const digest = (text) => createHash("sha256").update(text).digest();

// `req.headers.authorization` is the first of two. `headersDistinct` has all values of each header.
function authorize(req, res, next) {
  const match = /^bearer +(\S+)$/i.exec(req.headersDistinct.authorization?.join(",") ?? "");
  if (match === null || !timingSafeEqual(digest(match[1]), digest(TOKEN))) {
    res.set("WWW-Authenticate", "Bearer");
    throw new Rejection(401, "A bearer token is needed.");
  }
  next();
}

// body-parser replaces bytes that are not UTF-8, and accepts the body.
function utf8(req, res, body) {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw new Rejection(400, "The body is not UTF-8.");
  }
}

// express.json leaves `req.body` undefined for every other media type.
function json(req, res, next) {
  if (!req.is("application/json") && req.headers["content-type"] !== undefined) {
    throw new Rejection(415, "The body has to be application/json.");
  }
  express.json({ verify: utf8 })(req, res, next);
}

app
  .route(PATH)
  .post(authorize, json, (req, res) => {
    const body = req.body;
    if (!isStartRun(body)) {
      const [error] = isStartRun.errors;
      throw new Rejection(422, `${error.instancePath || "The body"} ${error.message}.`);
    }
    // Look up the benchmark here, and throw new Rejection(404, …) if it does not exist.
    const profile = body.runProfile ?? {};
    const run = {
      id: `bmr_${randomUUID()}`,
      benchmark_id: body.benchmark_id,
      start_time_ms: Date.now(),
      state: "running",
      metadata: body.metadata ?? {},
      name: body.run_name,
      purpose: profile.purpose,
      environment_variables: profile.envVars ?? {},
      secrets_provided: profile.secrets ?? {},
    };
    runs.set(run.id, run);
    res.json(run);
  })
  .all((req, res) => {
    res.set("Allow", "POST");
    throw new Rejection(405, "Only POST starts a run.");
  });

// Four parameters make this an error handler. Express's own sends HTML, with the stack trace unless in production.
app.use((error, req, res, next) => {
  const status = error.status ?? 500;
  res.status(status).json({ message: error.expose ? error.message : "Internal Server Error" });
});

app.listen(PORT, "127.0.0.1", () => console.log(`http://127.0.0.1:${PORT}`));
