"""The endpoint in FastAPI, with pydantic models. Runs are stored in memory, and every benchmark id is accepted."""

import os
import secrets
import time
import uuid
from typing import Annotated, Literal, NotRequired

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

TOKEN = os.environ["RUNLOOP_API_KEY"].encode()
STRICT = ConfigDict(strict=True)  # otherwise "1" and true are accepted as 1

app = FastAPI()
runs: dict[str, "Run"] = {}


def encodable(text: str) -> str:
    """Reject a lone surrogate, which no response can contain. To pydantic, a UnicodeEncodeError is a ValueError."""
    text.encode()
    return text


Text = Annotated[str, AfterValidator(encodable)]


# A TypedDict has properties that may be absent but not null. `| None` in a model would accept null.
@with_config(STRICT)
class AfterIdle(TypedDict):
    idle_time_seconds: int
    on_idle: Literal["shutdown", "suspend"]


@with_config(STRICT)
class UserParameters(TypedDict):
    uid: int
    username: Text


@with_config(STRICT)
class LaunchParameters(TypedDict, total=False):
    after_idle: AfterIdle
    architecture: Literal["x86_64", "arm64"]
    available_ports: list[int]
    custom_cpu_cores: int
    custom_disk_size: int
    custom_gb_memory: int
    keep_alive_time_seconds: Annotated[int, Field(le=172800)]
    launch_commands: list[Text]
    required_services: list[Text]
    resource_size_request: Literal["X_SMALL", "SMALL", "MEDIUM", "LARGE", "X_LARGE", "XX_LARGE", "CUSTOM_SIZE"]
    user_parameters: UserParameters


@with_config(STRICT)
class ObjectMount(TypedDict):
    type: Literal["object_mount"]
    object_id: Text
    object_path: Text


@with_config(STRICT)
class AgentMount(TypedDict):
    type: Literal["agent_mount"]
    agent_id: Text | None
    agent_name: Text | None
    agent_path: NotRequired[Text]
    auth_token: NotRequired[Text]


@with_config(STRICT)
class CodeMount(TypedDict):
    type: Literal["code_mount"]
    repo_name: Text
    repo_owner: Text
    token: NotRequired[Text]
    install_command: NotRequired[Text]


@with_config(STRICT)
class FileMount(TypedDict):
    type: Literal["file_mount"]
    target: Text
    content: Text


Mount = Annotated[ObjectMount | AgentMount | CodeMount | FileMount, Field(discriminator="type")]


class RunProfile(BaseModel, strict=True):
    envVars: dict[Text, Text] | None = None
    secrets: dict[Text, Text] | None = None
    purpose: Text | None = None
    launchParameters: LaunchParameters | None = None
    mounts: list[Mount] | None = None


class StartRun(BaseModel, strict=True):
    benchmark_id: Text
    run_name: Text | None = None
    metadata: dict[Text, Text] = {}
    runProfile: RunProfile = RunProfile()


class Run(BaseModel):
    id: str
    benchmark_id: str
    start_time_ms: int
    state: Literal["running", "canceled", "completed"]
    metadata: dict[str, str]
    name: str | None = None
    duration_ms: int | None = None
    score: float | None = None
    purpose: str | None = None
    environment_variables: dict[str, str]  # may not be null
    secrets_provided: dict[str, str]


def authorized(request: Request, credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> None:
    """Accept exactly one Authorization header with the token. `headers.get` would read only the first of two."""
    token = credentials.credentials.encode()  # compare_digest raises for text beyond ASCII
    if len(request.headers.getlist("Authorization")) > 1 or not secrets.compare_digest(token, TOKEN):
        raise HTTPException(401, "Invalid token", {"WWW-Authenticate": "Bearer"})


@app.exception_handler(RequestValidationError)
def reject(_request: Request, error: RequestValidationError) -> JSONResponse:
    """Name the mistake without quoting the input. FastAPI's handler quotes it, and fails on a lone surrogate."""
    message = "; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors())
    return JSONResponse({"message": message.encode("ascii", "backslashreplace").decode()}, 422)


@app.post("/v1/benchmarks/start_run", dependencies=[Depends(authorized)])
def start_run(body: StartRun) -> Run:
    """Start a run. Look up the benchmark here, and raise HTTPException(404) if it does not exist."""
    run = Run(
        id=f"bmr_{uuid.uuid4().hex}",
        benchmark_id=body.benchmark_id,
        start_time_ms=time.time_ns() // 1_000_000,
        state="running",
        metadata=body.metadata,
        name=body.run_name,
        purpose=body.runProfile.purpose,
        environment_variables=body.runProfile.envVars or {},
        secrets_provided=body.runProfile.secrets or {},
    )
    runs[run.id] = run
    return run


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ.get("PORT", "8000")))
