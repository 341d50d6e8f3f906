"""The endpoint in Django, one plain view. Its faults and their fixes: ../README.md."""

import json
import os
import time
import uuid

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponseBadRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

TOKEN = os.environ["RUNLOOP_API_KEY"]

settings.configure(ALLOWED_HOSTS=["127.0.0.1", "localhost"], ROOT_URLCONF=__name__, SECRET_KEY=uuid.uuid4().hex)
runs = {}


@csrf_exempt
@require_POST
def start_run(request):
    if request.headers.get("Authorization") != f"Bearer {TOKEN}":
        return JsonResponse({"message": "Unauthorized"}, status=401)
    try:
        asked = json.loads(request.body)
        benchmark_id = asked["benchmark_id"]
    except (json.JSONDecodeError, KeyError):
        return HttpResponseBadRequest("benchmark_id is required")
    profile = asked.get("runProfile") or {}
    run = {
        "id": f"bmr_{uuid.uuid4().hex}",
        "benchmark_id": benchmark_id,
        "start_time_ms": int(time.time() * 1000),
        "state": "running",
        "metadata": asked.get("metadata") or {},
        "name": asked.get("run_name"),
        "purpose": profile.get("purpose"),
        "environment_variables": profile.get("envVars") or {},
        "secrets_provided": profile.get("secrets") or {},
    }
    runs[run["id"]] = run
    return JsonResponse(run)


urlpatterns = [path("v1/benchmarks/start_run", start_run)]
app = get_wsgi_application()
