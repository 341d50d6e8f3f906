# Made by `make generate` from openapi.yaml, version 1.0.0, with openapi-python-client 0.29.1.
# Not to be edited: edit the contract and make it again.
"""Contains all the data models used in inputs/outputs"""

from .after_idle import AfterIdle
from .after_idle_on_idle import AfterIdleOnIdle
from .agent_mount import AgentMount
from .benchmark_run_state import BenchmarkRunState
from .benchmark_run_view import BenchmarkRunView
from .code_mount import CodeMount
from .file_mount import FileMount
from .launch_parameters import LaunchParameters
from .launch_parameters_architecture import LaunchParametersArchitecture
from .launch_parameters_resource_size_request import LaunchParametersResourceSizeRequest
from .object_mount import ObjectMount
from .run_profile import RunProfile
from .start_run_request import StartRunRequest
from .string_map import StringMap
from .user_parameters import UserParameters

__all__ = (
    "AfterIdle",
    "AfterIdleOnIdle",
    "AgentMount",
    "BenchmarkRunState",
    "BenchmarkRunView",
    "CodeMount",
    "FileMount",
    "LaunchParameters",
    "LaunchParametersArchitecture",
    "LaunchParametersResourceSizeRequest",
    "ObjectMount",
    "RunProfile",
    "StartRunRequest",
    "StringMap",
    "UserParameters",
)
