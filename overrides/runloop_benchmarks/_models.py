"""The generated classes, with a `repr` that shows no secret and with copies that are whole.

Policy: the generated `repr` prints every value, environment variables and mount tokens among them, and a repr ends up
in logs and tracebacks. So each generated class gets this one, once, when the client is imported. Values stay where they
belong: in the attributes, in `to_dict()` and in a pickle.
"""

from __future__ import annotations

from typing import Any

import attrs
from runloop_benchmarks_api import models
from runloop_benchmarks_api.models import (
    AfterIdle,
    AgentMount,
    BenchmarkRunState,
    BenchmarkRunView,
    CodeMount,
    FileMount,
    LaunchParameters,
    ObjectMount,
    RunProfile,
    StringMap,
    UserParameters,
)
from runloop_benchmarks_api.types import UNSET, Unset

from ._arguments import EXTRA, is_mapping

__all__ = [
    "UNSET",
    "AfterIdle",
    "AgentMount",
    "BenchmarkRunState",
    "BenchmarkRunView",
    "CodeMount",
    "FileMount",
    "LaunchParameters",
    "ObjectMount",
    "RunProfile",
    "StringMap",
    "Unset",
    "UserParameters",
]

SECRET_FIELDS = frozenset({"env_vars", "environment_variables", "token", "auth_token", "content"})
"""Fields whose values nobody should read over a shoulder: variables, credentials, the contents of a mounted file."""


def _secretless(self: Any) -> str:
    """The object with its secret values, and those of members it has no field for, left out."""
    cls: Any = self.__class__
    if isinstance(self, StringMap):
        return f"StringMap({_names(self.additional_properties)})"
    shown: list[str] = []
    for field in attrs.fields(cls):
        value = getattr(self, field.name, UNSET)
        if value is UNSET or (field.name == EXTRA and not value):
            continue
        shown.append(f"{field.name}={_shown(field.name, value)}")
    return f"{cls.__name__}({', '.join(shown)})"


def _shown(name: str, value: Any) -> str:
    entries = value.additional_properties if isinstance(value, StringMap) else value
    if name in SECRET_FIELDS or name == EXTRA:
        return _names(entries)
    return repr(entries)


def _names(value: Any) -> str:
    if is_mapping(value):
        return "{" + ", ".join(f"{key!r}: ..." for key in value) + "}"
    return repr(value) if value is None else "..."


def _unset(_self: Unset) -> str:
    return "UNSET"


for _name in models.__all__:
    _cls: Any = getattr(models, _name)
    if attrs.has(_cls):
        setattr(_cls, "__repr__", _secretless)  # noqa: B010 - type checkers refuse the assignment
# The generated code asks `is UNSET`, so a copy and an unpickled model need that very object (its name in its module).
for _method in ("__repr__", "__reduce__"):
    setattr(Unset, _method, _unset)
