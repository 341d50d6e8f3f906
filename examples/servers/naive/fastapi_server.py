"""The endpoint in FastAPI, as its tutorial teaches it. Its faults and their fixes: ../README.md."""

import os
import secrets
import time
import uuid
from typing import Annotated, Literal

import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field

TOKEN = os.environ["RUNLOOP_API_KEY"]

app = FastAPI()
runs: dict[str, "Run"] = {}


class AfterIdle(BaseModel):
    idle_time_seconds: int
    on_idle: Literal["shutdown", "suspend"]


class UserParameters(BaseModel):
    uid: int
    username: str


class LaunchParameters(BaseModel):
    after_idle: AfterIdle | None = None
    architecture: Literal["x86_64", "arm64"] | None = None
    available_ports: list[int] | None = None
    custom_cpu_cores: int | None = None
    custom_disk_size: int | None = None
    custom_gb_memory: int | None = None
    keep_alive_time_seconds: int | None = Field(None, le=172800)
    launch_commands: list[str] | None = None
    required_services: list[str] | None = None
    resource_size_request: (
        Literal["X_SMALL", "SMALL", "MEDIUM", "LARGE", "X_LARGE", "XX_LARGE", "CUSTOM_SIZE"] | None
    ) = None
    user_parameters: UserParameters | None = None


class ObjectMount(BaseModel):
    type: Literal["object_mount"]
    object_id: str
    object_path: str


class AgentMount(BaseModel):
    type: Literal["agent_mount"]
    agent_id: str | None = None
    agent_name: str | None = None
    agent_path: str | None = None
    auth_token: str | None = None


class CodeMount(BaseModel):
    type: Literal["code_mount"]
    repo_name: str
    repo_owner: str
    token: str | None = None
    install_command: str | None = None


class FileMount(BaseModel):
    type: Literal["file_mount"]
    target: str
    content: str


Mount = Annotated[ObjectMount | AgentMount | CodeMount | FileMount, Field(discriminator="type")]


class RunProfile(BaseModel):
    envVars: dict[str, str] | None = None
    secrets: dict[str, str] | None = None
    purpose: str | None = None
    launchParameters: LaunchParameters | None = None
    mounts: list[Mount] | None = None


class StartRun(BaseModel):
    benchmark_id: str
    run_name: str | None = None
    metadata: dict[str, str] = {}
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
    environment_variables: dict[str, str] | None = None
    secrets_provided: dict[str, str] | None = None


def authorized(credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> None:
    if not secrets.compare_digest(credentials.credentials, TOKEN):
        raise HTTPException(401, "Invalid token")


@app.post("/v1/benchmarks/start_run", dependencies=[Depends(authorized)])
def start_run(asked: StartRun) -> Run:
    run = Run(
        id=f"bmr_{uuid.uuid4().hex}",
        benchmark_id=asked.benchmark_id,
        start_time_ms=int(time.time() * 1000),
        state="running",
        metadata=asked.metadata,
        name=asked.run_name,
        purpose=asked.runProfile.purpose,
        environment_variables=asked.runProfile.envVars,
        secrets_provided=asked.runProfile.secrets,
    )
    runs[run.id] = run
    return run


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ.get("PORT", "8000")))
