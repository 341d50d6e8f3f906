# Made by `make generate` from openapi.yaml, version 1.0.0, with openapi-python-client 0.29.1.
# Not to be edited: edit the contract and make it again.
"""Requests as dicts, for type checkers and editors: `RunProfileDict` is what `RunProfile` is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, Required, TypedDict

from .models import (
    AfterIdle,
    AfterIdleOnIdle,
    AgentMount,
    CodeMount,
    FileMount,
    LaunchParameters,
    LaunchParametersArchitecture,
    LaunchParametersResourceSizeRequest,
    ObjectMount,
    UserParameters,
)

__all__ = (
    "AfterIdleDict",
    "AgentMountDict",
    "CodeMountDict",
    "FileMountDict",
    "LaunchParametersDict",
    "ObjectMountDict",
    "RunProfileDict",
    "UserParametersDict",
)

LIMITS: Final[Mapping[str, Mapping[str, Mapping[str, float]]]] = {
    "LaunchParameters": {"keep_alive_time_seconds": {"maximum": 172800}}
}
"""The limits of numbers, by class, by name on the wire, by keyword of the schema."""


class AfterIdleDict(TypedDict, total=False):
    """What happens to an idle machine."""

    idle_time_seconds: Required[int]
    on_idle: Required[AfterIdleOnIdle]


class AgentMountDict(TypedDict, total=False):
    """An agent, named by its id or by its name."""

    type: Required[Literal["agent_mount"]]
    agent_id: Required[None | str]
    agent_name: Required[None | str]
    agent_path: str
    auth_token: str


class CodeMountDict(TypedDict, total=False):
    """A repository."""

    type: Required[Literal["code_mount"]]
    repo_name: Required[str]
    repo_owner: Required[str]
    token: str
    install_command: str


class FileMountDict(TypedDict, total=False):
    """A file with the given content."""

    type: Required[Literal["file_mount"]]
    target: Required[str]
    content: Required[str]


class LaunchParametersDict(TypedDict, total=False):
    """The machines that a run is started on."""

    after_idle: AfterIdle | AfterIdleDict
    architecture: LaunchParametersArchitecture
    available_ports: Sequence[int]
    custom_cpu_cores: int
    custom_disk_size: int
    custom_gb_memory: int
    keep_alive_time_seconds: int
    launch_commands: list[str] | tuple[str, ...]
    required_services: list[str] | tuple[str, ...]
    resource_size_request: LaunchParametersResourceSizeRequest
    user_parameters: UserParameters | UserParametersDict


class ObjectMountDict(TypedDict, total=False):
    """A stored object, mounted at a path."""

    type: Required[Literal["object_mount"]]
    object_id: Required[str]
    object_path: Required[str]


class RunProfileDict(TypedDict, total=False):
    """Runtime configuration to use for a benchmark run. Open to properties that are added later."""

    env_vars: None | Mapping[str, str]
    """Environment variable to value."""
    envVars: None | Mapping[str, str]
    """`env_vars`, as it is called in JSON."""
    secrets: None | Mapping[str, str]
    """Environment variable to the name of a user secret."""
    purpose: None | str
    """Purpose of the run."""
    launch_parameters: LaunchParameters | LaunchParametersDict | None
    """The machines that the run is started on."""
    launchParameters: LaunchParameters | LaunchParametersDict | None
    """`launch_parameters`, as it is called in JSON."""
    mounts: (
        Sequence[
            AgentMount
            | AgentMountDict
            | CodeMount
            | CodeMountDict
            | FileMount
            | FileMountDict
            | ObjectMount
            | ObjectMountDict
        ]
        | None
    )
    """What is mounted on the machines of the run."""


class UserParametersDict(TypedDict, total=False):
    """The user that commands run as."""

    uid: Required[int]
    username: Required[str]
