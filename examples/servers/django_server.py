"""The endpoint in Django: one view with checks by hand. Runs are stored in memory, and every benchmark id is accepted.

Run it with `uvicorn django_server:app`. Under WSGI, Django reads the body of a chunked request as empty.
"""

import hmac
import json
import os
import re
import time
import uuid
from typing import Any

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

TOKEN = os.environ["RUNLOOP_API_KEY"].encode()

settings.configure(ALLOWED_HOSTS=["127.0.0.1", "localhost"], ROOT_URLCONF=__name__, SECRET_KEY=uuid.uuid4().hex)
runs: dict[str, dict[str, Any]] = {}


def rejection(status: int, message: str, **headers: str) -> JsonResponse:
    return JsonResponse({"message": message}, status=status, headers=headers)


def authorized(request: HttpRequest) -> bool:
    match = re.fullmatch(r"bearer +(\S+)", request.headers.get("Authorization", ""), re.IGNORECASE)
    return match is not None and hmac.compare_digest(match[1].encode(), TOKEN)


def parsed(raw: bytes) -> Any:
    """Parse strict JSON, or raise ValueError. `json.loads` alone accepts UTF-16, NaN and duplicate names."""
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=each_once, parse_constant=no_such_value)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("duplicate name")
    return value


def no_such_value(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def mistake(body: Any) -> str | None:
    """The first mistake in a request, or None. Properties that the reference page does not name are not checked."""
    if not isinstance(body, dict):
        return "The body has to be an object."
    if not isinstance(body.get("benchmark_id"), str):
        return "benchmark_id has to be a string."
    if not isinstance(body.get("run_name"), str | None):
        return "run_name has to be a string or null."
    if not texts(body.get("metadata", {})):
        return "metadata has to be an object of strings."
    profile = body.get("runProfile", {})
    if not isinstance(profile, dict):
        return "runProfile has to be an object."
    if not isinstance(profile.get("purpose"), str | None):
        return "runProfile.purpose has to be a string or null."
    for name in ("envVars", "secrets"):
        if profile.get(name) is not None and not texts(profile[name]):
            return f"runProfile.{name} has to be an object of strings."
    return None


@csrf_exempt
@require_POST
def start_run(request: HttpRequest) -> HttpResponse:
    """Start a run. Look up the benchmark here, and return 404 if it does not exist."""
    if not authorized(request):
        return rejection(401, "A bearer token is needed.", **{"WWW-Authenticate": "Bearer"})
    if request.content_type not in ("application/json", ""):
        return rejection(415, "The body has to be application/json.")
    try:
        body = parsed(request.body)
    except ValueError:
        return rejection(400, "The body is not JSON.")
    if problem := mistake(body):
        return rejection(422, problem)
    profile = body.get("runProfile", {})
    run = {
        "id": f"bmr_{uuid.uuid4().hex}",
        "benchmark_id": body["benchmark_id"],
        "start_time_ms": time.time_ns() // 1_000_000,
        "state": "running",
        "metadata": body.get("metadata", {}),
        "name": body.get("run_name"),
        "purpose": profile.get("purpose"),
        "environment_variables": profile.get("envVars") or {},
        "secrets_provided": profile.get("secrets") or {},
    }
    runs[run["id"]] = run
    return JsonResponse(run)


urlpatterns = [path("v1/benchmarks/start_run", start_run)]
app = get_asgi_application()
