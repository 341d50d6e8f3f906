"""Starts benchmark runs on Runloop.

    from runloop_benchmarks import Runloop

    run = Runloop().benchmarks.start_run(benchmark_id="…")

One call never starts two runs, and a run that was started is never lost. Names and arguments are those of the
official SDK, `runloop_api_client`, which dropped the operation in 2.0.0.
"""

# ruff: noqa: ANN001, ANN202, F403
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # each of these modules lists its public names in `__all__`
    from runloop_benchmarks_api.models import *
    from runloop_benchmarks_api.shapes import *
    from runloop_benchmarks_api.types import UNSET as UNSET, Unset as Unset

    from ._aiohttp import *
    from ._benchmarks import *
    from ._client import *
    from ._exceptions import *
    from ._official_names import *
    from ._raw import *
    from ._version import *

_HOMES = ("_version", "_exceptions", "_models", "_official_names", "_raw", "_benchmarks", "_client", "_aiohttp")
"""Where a name is looked up, in this order: the cheapest to import first."""

if not TYPE_CHECKING:  # to a type checker, a name that is not there is an error

    def __getattr__(name):
        # Nothing is imported before it is used: importing this package costs next to nothing.
        from importlib import import_module  # noqa: PLC0415

        if name == "__all__":
            value = sorted(name for home in _HOMES for name in import_module(f".{home}", __name__).__all__)
        elif name.startswith("_") and name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        else:
            modules = (import_module(f".{home}", __name__) for home in _HOMES)
            module = next((module for module in modules if name in module.__all__), None)
            if module is None:
                raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
            value = getattr(module, name)
        globals()[name] = value
        return value

    def __dir__():
        return sorted({*globals(), *__getattr__("__all__")})
