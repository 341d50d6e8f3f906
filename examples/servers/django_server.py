"""The endpoint in Django, one plain view, checked by hand. Runs are kept in memory; any benchmark is known.

`uvicorn django_server:app`: by WSGI, Django takes the body of a request in chunks for an empty one.
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


def refusal(status: int, message: str, **headers: str) -> JsonResponse:
    return JsonResponse({"message": message}, status=status, headers=headers)


def authorized(request: HttpRequest) -> bool:
    given = re.fullmatch(r"bearer +(\S+)", request.headers.get("Authorization", ""), re.IGNORECASE)
    return given is not None and hmac.compare_digest(given[1].encode(), TOKEN)


def parsed(body: bytes) -> Any:
    """JSON and nothing else. Raises ValueError: `json.loads` alone takes UTF-16, NaN, and a name twice."""
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=each_once, parse_constant=no_such_value)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(members)
    if len(value) < len(members):
        raise ValueError("a name stands there twice")
    return value


def no_such_value(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def mistake(asked: Any) -> str | None:
    """What is wrong with a request, None where nothing is. What the page does not name is not looked into."""
    if not isinstance(asked, dict):
        return "The body has to be an object."
    if not isinstance(asked.get("benchmark_id"), str):
        return "benchmark_id has to be a string."
    if not isinstance(asked.get("run_name"), str | None):
        return "run_name has to be a string or null."
    if not texts(asked.get("metadata", {})):
        return "metadata has to be an object of strings."
    profile = asked.get("runProfile", {})
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
    """Start a run of a benchmark. Look the benchmark up here, and answer with 404 where there is none."""
    if not authorized(request):
        return refusal(401, "A bearer token is needed.", **{"WWW-Authenticate": "Bearer"})
    if request.content_type not in ("application/json", ""):
        return refusal(415, "The body has to be application/json.")
    try:
        asked = parsed(request.body)
    except ValueError:
        return refusal(400, "The body is not JSON.")
    if wrong := mistake(asked):
        return refusal(422, wrong)
    profile = asked.get("runProfile", {})
    run = {
        "id": f"bmr_{uuid.uuid4().hex}",
        "benchmark_id": asked["benchmark_id"],
        "start_time_ms": time.time_ns() // 1_000_000,
        "state": "running",
        "metadata": asked.get("metadata", {}),
        "name": asked.get("run_name"),
        "purpose": profile.get("purpose"),
        "environment_variables": profile.get("envVars") or {},
        "secrets_provided": profile.get("secrets") or {},
    }
    runs[run["id"]] = run
    return JsonResponse(run)


urlpatterns = [path("v1/benchmarks/start_run", start_run)]
app = get_asgi_application()
