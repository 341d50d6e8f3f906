"""The endpoint in aiohttp.web, with msgspec. Runs are stored in memory, and every benchmark id is accepted."""

import hmac
import os
import re
import time
import uuid
from typing import Annotated, Literal

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler
from msgspec import UNSET, Meta, Struct, UnsetType

TOKEN = os.environ["RUNLOOP_API_KEY"].encode()


class AfterIdle(Struct):
    idle_time_seconds: int
    on_idle: Literal["shutdown", "suspend"]


class UserParameters(Struct):
    uid: int
    username: str


# UNSET is the default of properties that may be absent but not null.
class LaunchParameters(Struct):
    after_idle: AfterIdle | UnsetType = UNSET
    architecture: Literal["x86_64", "arm64"] | UnsetType = UNSET
    available_ports: list[int] | UnsetType = UNSET
    custom_cpu_cores: int | UnsetType = UNSET
    custom_disk_size: int | UnsetType = UNSET
    custom_gb_memory: int | UnsetType = UNSET
    keep_alive_time_seconds: Annotated[int, Meta(le=172800)] | UnsetType = UNSET
    launch_commands: list[str] | UnsetType = UNSET
    required_services: list[str] | UnsetType = UNSET
    resource_size_request: (
        Literal["X_SMALL", "SMALL", "MEDIUM", "LARGE", "X_LARGE", "XX_LARGE", "CUSTOM_SIZE"] | UnsetType
    ) = UNSET
    user_parameters: UserParameters | UnsetType = UNSET


class ObjectMount(Struct, tag_field="type", tag="object_mount"):
    object_id: str
    object_path: str


class AgentMount(Struct, tag_field="type", tag="agent_mount"):
    agent_id: str | None
    agent_name: str | None
    agent_path: str | UnsetType = UNSET
    auth_token: str | UnsetType = UNSET


class CodeMount(Struct, tag_field="type", tag="code_mount"):
    repo_name: str
    repo_owner: str
    token: str | UnsetType = UNSET
    install_command: str | UnsetType = UNSET


class FileMount(Struct, tag_field="type", tag="file_mount"):
    target: str
    content: str


class RunProfile(Struct, rename="camel"):
    env_vars: dict[str, str] | None = None
    secrets: dict[str, str] | None = None
    purpose: str | None = None
    launch_parameters: LaunchParameters | None = None
    mounts: list[ObjectMount | AgentMount | CodeMount | FileMount] | None = None


class StartRun(Struct):
    benchmark_id: str
    run_name: str | None = None
    metadata: dict[str, str] = {}
    profile: RunProfile = msgspec.field(name="runProfile", default_factory=RunProfile)


class Run(Struct):
    id: str
    benchmark_id: str
    start_time_ms: int
    state: Literal["running", "canceled", "completed"]
    metadata: dict[str, str]
    name: str | None
    purpose: str | None
    environment_variables: dict[str, str]
    secrets_provided: dict[str, str]


routes = web.RouteTableDef()
runs: dict[str, Run] = {}


@web.middleware
async def json_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Send errors as JSON, where aiohttp sends a line of text. Headers such as Allow and WWW-Authenticate stay."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        headers = {name: value for name, value in error.headers.items() if not name.startswith("Content-")}
        return web.json_response({"message": error.text}, status=error.status, headers=headers)


def authorize(request: web.Request) -> None:
    """Accept exactly one Authorization header with the token. `headers.get` would read only the first of two."""
    match = re.fullmatch(r"bearer +(\S+)", ",".join(request.headers.getall("Authorization", [])), re.IGNORECASE)
    if match is None or not hmac.compare_digest(match[1].encode("utf-8", "surrogateescape"), TOKEN):
        raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})


@routes.post("/v1/benchmarks/start_run")
async def start_run(request: web.Request) -> web.Response:
    """Start a run. Look up the benchmark here, and raise web.HTTPNotFound if it does not exist."""
    authorize(request)
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        # msgspec checks the UTF-8 only of values that it keeps. `request.text()` fails on unknown charsets.
        body = msgspec.json.decode((await request.read()).decode(), type=StartRun)
    except web.RequestPayloadError:  # the body does not match its Content-Encoding
        raise web.HTTPBadRequest from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise web.HTTPUnprocessableEntity from None
    run = Run(
        id=f"bmr_{uuid.uuid4().hex}",
        benchmark_id=body.benchmark_id,
        start_time_ms=time.time_ns() // 1_000_000,
        state="running",
        metadata=body.metadata,
        name=body.run_name,
        purpose=body.profile.purpose,
        environment_variables=body.profile.env_vars or {},
        secrets_provided=body.profile.secrets or {},
    )
    runs[run.id] = run
    return web.Response(body=msgspec.json.encode(run), content_type="application/json")


app = web.Application(middlewares=[json_errors])
app.add_routes(routes)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8000")))
