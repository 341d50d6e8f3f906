"""The endpoint in FastAPI, with pydantic models. Runs are kept in memory; any benchmark is known."""

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
STRICT = ConfigDict(strict=True)  # else "1" and true are taken for 1

app = FastAPI()
runs: dict[str, "Run"] = {}


def encodable(text: str) -> str:
    """Refuse a lone surrogate, which no answer can hold. pydantic takes a UnicodeEncodeError for a ValueError."""
    text.encode()
    return text


Text = Annotated[str, AfterValidator(encodable)]


# A TypedDict where a member may be absent and may not be null: a model's `| None` would take null.
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
    """Refuse everything but one right header: `headers.get` would look at the first of two alone."""
    given = credentials.credentials.encode()  # compare_digest fails at text beyond ASCII
    if len(request.headers.getlist("Authorization")) > 1 or not secrets.compare_digest(given, TOKEN):
        raise HTTPException(401, "Invalid token", {"WWW-Authenticate": "Bearer"})


@app.exception_handler(RequestValidationError)
def refuse(_request: Request, error: RequestValidationError) -> JSONResponse:
    """Say what is wrong without quoting it: FastAPI's own handler quotes the input, and fails at a lone surrogate."""
    told = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
    return JSONResponse({"message": told.encode("ascii", "backslashreplace").decode()}, 422)


@app.post("/v1/benchmarks/start_run", dependencies=[Depends(authorized)])
def start_run(asked: StartRun) -> Run:
    """Start a run of a benchmark. Look the benchmark up here, and raise HTTPException(404) where there is none."""
    run = Run(
        id=f"bmr_{uuid.uuid4().hex}",
        benchmark_id=asked.benchmark_id,
        start_time_ms=time.time_ns() // 1_000_000,
        state="running",
        metadata=asked.metadata,
        name=asked.run_name,
        purpose=asked.runProfile.purpose,
        environment_variables=asked.runProfile.envVars or {},
        secrets_provided=asked.runProfile.secrets or {},
    )
    runs[run.id] = run
    return run


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ.get("PORT", "8000")))
