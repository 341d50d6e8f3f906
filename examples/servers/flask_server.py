"""The endpoint in Flask and waitress, with jsonschema and the contract itself. Runs are stored in memory."""

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
    """Parses strict JSON. `json.loads` alone accepts UTF-16, NaN and duplicate names."""

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        text = s.decode("utf-8") if isinstance(s, bytes) else s
        try:
            return json.loads(text, object_pairs_hook=each_once, parse_constant=no_such_value)
        except RecursionError as error:  # Flask responds to a ValueError with 400, and to anything else with 500
            raise ValueError("nested too deep") from error


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("duplicate name")
    return value


def no_such_value(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


app = Flask(__name__)
app.json = StrictJSON(app)
runs: dict[str, dict[str, Any]] = {}


@app.errorhandler(HTTPException)
def reject(error: HTTPException) -> ResponseReturnValue:
    """Send errors as JSON, where Flask sends HTML. Headers such as Allow and WWW-Authenticate stay."""
    headers = [(name, value) for name, value in error.get_headers() if name != "Content-Type"]
    return {"message": error.description}, error.code or HTTPStatus.INTERNAL_SERVER_ERROR, headers


def authorize() -> None:
    credentials = request.authorization  # WSGI joins two headers with a comma, so neither matches
    if (
        not credentials
        or credentials.type != "bearer"
        or not credentials.token
        or not hmac.compare_digest(credentials.token.encode(), TOKEN)
    ):
        raise Unauthorized("A bearer token is needed.", www_authenticate=WWWAuthenticate("bearer"))


@app.post("/v1/benchmarks/start_run")
def start_run() -> ResponseReturnValue:
    """Start a run. Look up the benchmark here, and abort(404) if it does not exist."""
    authorize()
    body = request.get_json()
    error = next(START_RUN.iter_errors(body), None)
    if error is not None:  # its message would quote the input, with its secrets
        abort(HTTPStatus.UNPROCESSABLE_ENTITY, f"{error.json_path}: {error.validator} {error.validator_value}")
    profile = body.get("runProfile", {})
    run = {
        "id": f"bmr_{uuid.uuid4().hex}",
        "benchmark_id": body["benchmark_id"],
        "start_time_ms": time.time_ns() // 1_000_000,
        "state": "running",
        "metadata": body.get("metadata", {}),
        "name": body.get("run_name"),
        "purpose": profile.get("purpose"),
        "environment_variables": profile.get("envVars") or {},  # an empty object if absent or null
        "secrets_provided": profile.get("secrets") or {},
    }
    runs[run["id"]] = run
    return run


if __name__ == "__main__":
    serve(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8000")))
