"""The endpoint in Flask, under waitress, with jsonschema and the contract itself. Runs are kept in memory."""

import hmac
import json
import os
import time
import uuid
from http import HTTPStatus
from pathlib import Path
from typing import Any

import yaml
from flask import Flask, abort, request
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from jsonschema import Draft202012Validator
from waitress import serve
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, Unauthorized

TOKEN = os.environ["RUNLOOP_API_KEY"].encode()
CONTRACT = yaml.safe_load(Path(__file__).parents[2].joinpath("openapi.yaml").read_text("utf-8"))
START_RUN = Draft202012Validator({"$ref": "#/components/schemas/StartRunRequest", "components": CONTRACT["components"]})


class StrictJSON(DefaultJSONProvider):
    """JSON and nothing else: `json.loads` by itself takes UTF-16, NaN, and a name that stands there twice."""

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        text = s.decode("utf-8") if isinstance(s, bytes) else s
        try:
            return json.loads(text, object_pairs_hook=each_once, parse_constant=no_such_value)
        except RecursionError as error:  # Flask refuses a ValueError with 400, and fails at anything else
            raise ValueError("nested too deep") from error


def each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(members)
    if len(value) < len(members):
        raise ValueError("a name stands there twice")
    return value


def no_such_value(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


app = Flask(__name__)
app.json = StrictJSON(app)
runs: dict[str, dict[str, Any]] = {}


@app.errorhandler(HTTPException)
def refuse(error: HTTPException) -> ResponseReturnValue:
    """Answer in JSON, where Flask has a page for people. The headers stay: Allow, WWW-Authenticate."""
    headers = [(name, value) for name, value in error.get_headers() if name != "Content-Type"]
    return {"message": error.description}, error.code or HTTPStatus.INTERNAL_SERVER_ERROR, headers


def authorize() -> None:
    given = request.authorization  # WSGI has joined two headers with a comma, so that neither is right
    if not given or given.type != "bearer" or not given.token or not hmac.compare_digest(given.token.encode(), TOKEN):
        raise Unauthorized("A bearer token is needed.", www_authenticate=WWWAuthenticate("bearer"))


@app.post("/v1/benchmarks/start_run")
def start_run() -> ResponseReturnValue:
    """Start a run of a benchmark. Look the benchmark up here, and abort(404) where there is none."""
    authorize()
    asked = request.get_json()
    error = next(START_RUN.iter_errors(asked), None)
    if error is not None:  # its message would quote what was sent, secrets and all
        abort(HTTPStatus.UNPROCESSABLE_ENTITY, f"{error.json_path}: {error.validator} {error.validator_value}")
    profile = asked.get("runProfile", {})
    run = {
        "id": f"bmr_{uuid.uuid4().hex}",
        "benchmark_id": asked["benchmark_id"],
        "start_time_ms": time.time_ns() // 1_000_000,
        "state": "running",
        "metadata": asked.get("metadata", {}),
        "name": asked.get("run_name"),
        "purpose": profile.get("purpose"),
        "environment_variables": profile.get("envVars")
        or {},  # absent or null: an object, which the answer has to have
        "secrets_provided": profile.get("secrets") or {},
    }
    runs[run["id"]] = run
    return run


if __name__ == "__main__":
    serve(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8000")))
