// @scalar/mock-server is a library: this is the usage of its README, with the contract, on $PORT.

import { readFileSync } from "node:fs";
import process from "node:process";

import { serve } from "@hono/node-server";
import { createMockServer } from "@scalar/mock-server";

const specification = readFileSync(new URL("../../../openapi.yaml", import.meta.url), "utf8");
const app = await createMockServer({ specification });

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(process.env.PORT) });
