"""Paths into JSON values, as `Property.path` has them: names, `*` for any name of a map, `[]` or `[n]` for an item."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from runloop_conformance.contract.operation import is_named, item
from runloop_conformance.exchanges.exchange import NOTHING


def value_at(value: Any, path: Sequence[str]) -> Any:
    """The value at a path, or NOTHING. `*` and `[]` stand for the first value of a map and the first item."""
    for step in path:
        index = item(step)
        if index is not None:
            value = value[index] if isinstance(value, list) and len(value) > index else NOTHING
        elif isinstance(value, dict):
            value = next(iter(value.values()), NOTHING) if step == "*" else value.get(step, NOTHING)
        else:
            return NOTHING
    return value


def object_at(value: Any, path: Sequence[str]) -> dict[str, Any] | None:
    """The object at a path, if there is one."""
    found = value_at(value, path)
    return found if isinstance(found, dict) else None


def values_at(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """Every value at a path: `*` stands for all values of a map, `[]` and `[n]` for all items."""
    if not path:
        yield value
        return
    step, below = path[0], []
    if item(step) is not None:
        below = value if isinstance(value, list) else []
    elif isinstance(value, dict):
        below = list(value.values()) if step == "*" else [value[step]] if step in value else []
    for each in below:
        yield from values_at(each, path[1:])


def replaced(value: Any, path: Sequence[str], new: Any) -> Any:
    """A copy with the value at `path` set to `new`, or removed when that is NOTHING; it shares what is beside the path.

    `*` and `[]` stand for the first of what is there; missing objects on the way are made.
    """
    node = value = copy.copy(value)
    for depth, step in enumerate(path, 1):
        key: Any = step if item(step) is None else item(step)
        if step == "*":
            key = next(iter(node), "KEY")
        if depth < len(path):
            node[key] = copy.copy(node[key]) if isinstance(node, list) or key in node else {}
            node = node[key]
        elif new is NOTHING:
            del node[key]
        elif isinstance(node, list) and not node:
            node.append(new)
        else:
            node[key] = new
    return value


def can_hold(value: Any, path: Sequence[str], *, add: bool) -> bool:
    """Whether a value can be set at a path by `replaced`. The object that holds it may be missing.

    add: whether a property may be added to an object that is there.
    """
    if value_at(value, path) is not NOTHING:
        return True
    holder = value_at(value, path[:-1])
    if holder is NOTHING:
        return is_named(path) and len(path) > 1 and path[-2] != "*" and object_at(value, path[:-2]) is not None
    return add and is_named(path) and isinstance(holder, dict)
