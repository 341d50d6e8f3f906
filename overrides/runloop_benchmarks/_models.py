"""The generated classes, with a `repr` that shows no secret.

The generated `repr` prints every value, environment variables and mount tokens among them, and a repr ends up in logs
and tracebacks. So each generated class gets this one when the client is imported. The values stay in the attributes, in
`to_dict()` and in a pickle.
"""

from __future__ import annotations

from typing import Any

import attrs
from runloop_benchmarks_api import models, shapes
from runloop_benchmarks_api.models import *  # noqa: F403
from runloop_benchmarks_api.models import StringMap
from runloop_benchmarks_api.shapes import *  # noqa: F403
from runloop_benchmarks_api.types import UNSET, Unset

from ._arguments import EXTRA, is_mapping

__all__ = ["UNSET", "Unset"]
__all__ += models.__all__
__all__ += shapes.__all__

SECRET_FIELDS = frozenset({"env_vars", "environment_variables", "token", "auth_token", "content"})
"""Fields whose values a log must not show: environment variables, credentials, the contents of a mounted file."""


def _repr(self: Any) -> str:
    """The object without its secret values, and without the values of properties that it has no field for."""
    if isinstance(self, StringMap):
        return f"StringMap({_names(self)})"
    fields = {field.name: getattr(self, field.name, UNSET) for field in attrs.fields(type(self))}
    if not fields[EXTRA]:
        del fields[EXTRA]
    shown = [f"{name}={_shown(name, value)}" for name, value in fields.items() if value is not UNSET]
    return f"{type(self).__name__}({', '.join(shown)})"


def _shown(name: str, value: Any) -> str:
    if name in SECRET_FIELDS or name == EXTRA:
        return _names(value)
    return repr(dict(value) if isinstance(value, StringMap) else value)


def _names(value: Any) -> str:
    if is_mapping(value):
        return "{" + ", ".join(f"{key!r}: ..." for key in value) + "}"
    return repr(value) if value is None else "..."


def _unset(_self: Unset) -> str:
    return "UNSET"


for _name in models.__all__:
    _cls: Any = getattr(models, _name)
    if attrs.has(_cls):
        setattr(_cls, "__repr__", _repr)  # noqa: B010 - type checkers reject the assignment
        # rich shows the fields of attrs classes by these, whatever `__repr__` is.
        _fields = attrs.fields(_cls)
        _marked = [field.evolve(repr=field.name not in SECRET_FIELDS | {EXTRA}) for field in _fields]
        setattr(_cls, "__attrs_attrs__", type(_fields)(_marked))  # noqa: B010
# The generated code tests `is UNSET`, so a copy and an unpickled object need that very object: by its name.
for _method in ("__repr__", "__reduce__"):
    setattr(Unset, _method, _unset)
