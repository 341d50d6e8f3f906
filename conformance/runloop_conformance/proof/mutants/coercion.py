"""Servers that convert an invalid value to a valid one, as loosely typed servers do."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from runloop_conformance.proof.mutants.tolerant import Tolerant, as_object
from runloop_conformance.servers.reference import Reference

Kind: TypeAlias = type | tuple[type, ...]
Coerce: TypeAlias = Callable[[Any], Any]
# A name, a summary, the types of the values, how they are converted, and an example.
Row: TypeAlias = tuple[str, str, Kind, Coerce, Any]
NUMBERS: Kind = (int, float)


class Coercing(Tolerant):
    """Converts an invalid request to a valid one, then validates it."""

    def validate(self, run_request: Any) -> None:
        super().validate(self.coerced(run_request))

    def run_of(self, run_request: Any) -> dict[str, Any]:
        return super().run_of(self.coerced(run_request))

    def coerced(self, value: Any) -> Any:
        raise NotImplementedError


def coercing(coerce: Coerce) -> type[Reference]:
    class Coerced(Coercing):
        def coerced(self, value: Any) -> Any:
            return coerce(value)

    return Coerced


def in_member(*path: str, coerce: Coerce) -> type[Reference]:
    """Make a server that coerces one property, if it is present."""

    def coerced(value: Any, steps: tuple[str, ...] = path) -> Any:
        first, *rest = steps
        changed = as_object(value)
        if first not in changed:
            return value
        changed[first] = coerced(changed[first], tuple(rest)) if rest else coerce(changed[first])
        return changed

    return coercing(coerced)


def of_type(wanted: Kind, made: Coerce) -> Coerce:
    """Coerce only values of these types. Booleans are not numbers here."""

    def coerce(value: Any) -> Any:
        is_it = isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))
        return made(value) if is_it else value

    return coerce


def only(value: list[Any]) -> Any:
    """Unwrap an array of one item."""
    return value[0] if len(value) == 1 else value


def ignored(_value: Any) -> dict[str, Any]:
    return {}


def from_pairs(value: list[Any]) -> Any:
    """Make an object of an array of pairs."""
    try:
        made: dict[Any, Any] = dict(value)
    except (TypeError, ValueError):
        return value
    return made if made and all(isinstance(key, str) for key in made) else value


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
