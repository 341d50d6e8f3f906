"""The endpoint in Flask, written by hand. Its faults and their fixes: ../README.md."""

import os
import time
import uuid
from http import HTTPStatus

from flask import Flask, abort, request
from waitress import serve

TOKEN = os.environ["RUNLOOP_API_KEY"]

app = Flask(__name__)
runs = {}


@app.post("/v1/benchmarks/start_run")
def start_run():
    if request.headers.get("Authorization") != f"Bearer {TOKEN}":
        abort(HTTPStatus.UNAUTHORIZED)
    asked = request.get_json()
    if "benchmark_id" not in asked:
        abort(HTTPStatus.BAD_REQUEST, "benchmark_id is required")
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
    return run


if __name__ == "__main__":
    serve(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8000")))
