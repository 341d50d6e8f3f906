"""The endpoint in aiohttp.web. Its faults and their fixes: ../README.md."""

import os
import time
import uuid

from aiohttp import web

TOKEN = os.environ["RUNLOOP_API_KEY"]

routes = web.RouteTableDef()
runs = {}


@routes.post("/v1/benchmarks/start_run")
async def start_run(request: web.Request) -> web.Response:
    if request.headers.get("Authorization") != f"Bearer {TOKEN}":
        raise web.HTTPUnauthorized
    asked = await request.json()
    if not isinstance(asked.get("benchmark_id"), str):
        raise web.HTTPBadRequest(text="benchmark_id is required")
    profile = asked.get("runProfile", {})
    run = {
        "id": f"bmr_{uuid.uuid4().hex}",
        "benchmark_id": asked["benchmark_id"],
        "start_time_ms": int(time.time() * 1000),
        "state": "running",
        "metadata": asked.get("metadata", {}),
        "name": asked.get("run_name"),
        "purpose": profile.get("purpose"),
        "environment_variables": profile.get("envVars", {}),
        "secrets_provided": profile.get("secrets", {}),
    }
    runs[run["id"]] = run
    return web.json_response(run)


app = web.Application()
app.add_routes(routes)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8000")))
