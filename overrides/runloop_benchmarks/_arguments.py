"""Arguments and answers against the generated classes: the rules are their type hints, none is written here.

A hint is what `typing.get_type_hints` makes of a field of a generated class. `built` turns a value into what the hint
asks for, or raises TypeError/ValueError that names the place (`run_profile.envVars.A`) and the kind, never the value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeGuard, Union, get_args, get_origin, get_type_hints

import attrs
from runloop_benchmarks_api import models
from runloop_benchmarks_api.types import UNSET, Unset

EXTRA = "additional_properties"
"""Where a generated class keeps the members that it has no field for."""


def is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Whether it is a dict or like one, in a form that both type checkers understand."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    """Whether it is what JSON makes a list of."""
    return isinstance(value, list | tuple)


class _Sentinel:
    def to_dict(self) -> _Sentinel:
        return self


@cache
def hints_of(cls: Any) -> dict[str, Any]:
    """Field to type, with names that the generated module imports for type checkers only."""
    return get_type_hints(cls, localns=vars(models))


@cache
def members_of(cls: Any) -> dict[str, str]:
    """Python name of a field to its name on the wire, learnt by watching where `to_dict` puts it."""
    names = [field.name for field in attrs.fields(cls) if field.name != EXTRA]
    values = {name: _Sentinel() for name in names}
    wire = cls(**values).to_dict()
    return {name: next(key for key, value in wire.items() if value is values[name]) for name in names}


@cache
def spellings_of(cls: Any) -> dict[str, str]:
    """Every accepted spelling of a member (envVars, env_vars) to the Python name of its field."""
    spellings: dict[str, str] = {}
    for name, wire in members_of(cls).items():
        head, *tail = name.strip("_").split("_")
        spellings |= {name: name, wire: name, head + "".join(part.title() for part in tail): name}
    return spellings


def built(hint: Any, value: Any, where: str, *, strict: bool = True) -> Any:
    """`value` as the hint wants it: a dict becomes an object of the generated class.

    Not `strict`, as an answer is read: unknown values of an enumeration are kept, and `1.0` is an integer, as in JSON.
    """
    if hint is Any:
        return _json(value, where)
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _one_of(get_args(hint), value, where, strict=strict)
    if origin is Literal:
        return _literal(get_args(hint), value, where, strict=strict)
    if origin is list:
        if not is_list(value):
            raise _mismatch("a list", value, where)
        (inner,) = get_args(hint)
        return [built(inner, item, f"{where}[{index}]", strict=strict) for index, item in enumerate(value)]
    if origin is dict:
        return _mapping(get_args(hint)[1], value, where, strict=strict)
    if attrs.has(hint):
        return _object(hint, value, where, strict=strict)
    return _scalar(hint, value, where, strict=strict)


def _one_of(choices: tuple[Any, ...], value: Any, where: str, *, strict: bool) -> Any:
    if value is UNSET or value is None:
        if type(value) in choices:
            return value
        raise _mismatch(_named(choices), value, where)
    kinds = [choice for choice in choices if choice not in (Unset, NoneType)]
    if len(kinds) == 1:
        return built(kinds[0], value, where, strict=strict)
    return _tagged(kinds, value, where, strict=strict)


def _tagged(classes: list[Any], value: Any, where: str, *, strict: bool) -> Any:
    """The classes of a union are told apart by the one field whose type is a Literal."""
    if type(value) in classes:
        return built(type(value), value, where, strict=strict)
    if isinstance(value, models.StringMap):
        value = value.additional_properties
    if not is_mapping(value):
        raise _mismatch(_named(tuple(classes)), value, where)
    entries: Mapping[Any, Any] = value
    seen: list[str] = []
    for cls in classes:
        name, hint = next((name, hint) for name, hint in hints_of(cls).items() if get_origin(hint) is Literal)
        tags = get_args(hint)
        tag = entries.get(members_of(cls)[name], entries.get(name))
        if tag in tags:
            return built(cls, entries, where, strict=strict)
        seen += tags
    tag = entries.get("type")
    if not isinstance(tag, str):
        raise TypeError(f"{where}.type has to be one of {', '.join(seen)}, and is {_kind(tag)}.")
    # A kind that came later: its members are not known, so they pass as they are, in the class for open objects.
    later = models.StringMap()
    later.additional_properties = _mapping(Any, entries, where, strict=strict)
    return later


def _literal(choices: tuple[Any, ...], value: Any, where: str, *, strict: bool) -> Any:
    if not isinstance(value, str):
        raise _mismatch("a str", value, where)
    if strict and value not in choices:
        raise ValueError(f"{where} has to be one of {', '.join(sorted(choices))}.")
    return value


def _mapping(inner: Any, value: Any, where: str, *, strict: bool) -> dict[str, Any]:
    if not is_mapping(value):
        raise _mismatch("a dict", value, where)
    entries: Mapping[Any, Any] = value
    for key in entries:
        if not isinstance(key, str):
            raise TypeError(f"{where}: the keys have to be str, and one is {_kind(key)}.")
    return {key: built(inner, item, f"{where}.{key}", strict=strict) for key, item in entries.items()}


def _object(cls: Any, value: Any, where: str, *, strict: bool) -> Any:
    """An object of a generated class, from a dict in either spelling or from such an object, its fields checked."""
    hints = hints_of(cls)
    if isinstance(value, cls):
        given = {name: getattr(value, name) for name in members_of(cls)}
        extra = getattr(value, EXTRA)
    else:
        given, extra = _sorted_out(cls, value, where, strict=strict)
    fields = {
        name: built(hints[name], item, _inside(where, members_of(cls)[name]), strict=strict)
        for name, item in given.items()
    }
    missing = [
        members_of(cls)[f.name]
        for f in attrs.fields(cls)
        if f.init and f.default is attrs.NOTHING and f.name not in given
    ]
    if missing:
        raise TypeError(f"{where or 'it'} has no {', '.join(missing)}.")
    made = cls(**fields)
    setattr(made, EXTRA, _mapping(get_args(hints[EXTRA])[1], extra, where, strict=strict))
    return made


def _sorted_out(cls: Any, value: Any, where: str, *, strict: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    if not is_mapping(value):
        raise _mismatch(f"a dict or {cls.__name__}", value, where)
    given: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    entries: Mapping[Any, Any] = value
    spellings = spellings_of(cls) if strict else {wire: name for name, wire in members_of(cls).items()}
    for key, item in entries.items():
        name = spellings.get(key)
        if name is None:
            extra[key] = item
        elif name in given:
            raise TypeError(f"{where} has {members_of(cls)[name]} twice, in two spellings.")
        else:
            given[name] = item
    return given, extra


def _scalar(hint: Any, value: Any, where: str, *, strict: bool) -> Any:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return value
    if hint is int and not strict and isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise _mismatch(f"{'an' if hint is int else 'a'} {hint.__name__}", value, where)
    return _json(value, where)


def _json(value: Any, where: str) -> Any:
    """`value` where JSON can carry it."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{where} is not a finite number, which JSON cannot carry.")
    if value is None or isinstance(value, str | int | float):
        return value
    if is_list(value):
        return [_json(item, f"{where}[{index}]") for index, item in enumerate(value)]
    if is_mapping(value):
        return _mapping(Any, value, where, strict=True)
    raise TypeError(f"{where} is {_kind(value)}, which JSON cannot carry.")


def _inside(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _kind(value: Any) -> str:
    return "None" if value is None else f"of type {type(value).__name__}"


def _named(choices: tuple[Any, ...]) -> str:
    return " or ".join(sorted(getattr(choice, "__name__", str(choice)) for choice in choices if choice is not Unset))


def _mismatch(expected: str, value: Any, where: str) -> TypeError:
    return TypeError(f"{where or 'the value'} has to be {expected}, and is {_kind(value)}.")


def request_from(
    benchmark_id: object, run_name: object, metadata: object, run_profile: object
) -> models.StartRunRequest:
    """The request, checked.

    None for metadata and run_profile is as good as leaving them out: the page knows no null there.
    Raises TypeError for a value of the wrong kind, ValueError for one that no request may hold.
    """
    given = {
        "benchmark_id": benchmark_id,
        "run_name": run_name,
        "metadata": UNSET if metadata is None else metadata,
        "run_profile": UNSET if run_profile is None else run_profile,
    }
    hints = hints_of(models.StartRunRequest)
    try:
        return models.StartRunRequest(**{name: built(hints[name], value, name) for name, value in given.items()})
    except RecursionError:
        raise ValueError("The arguments are nested too deeply.") from None


def view_from(members: dict[str, Any]) -> models.BenchmarkRunView:
    """The run in an answer. Unknown members and states are kept, although the contract is strict.

    Not `from_dict`, which parses and does not check: it takes a number for an id and an empty list for a map, and
    gives up at a state that came later. Raises TypeError that names a missing or mistyped member.
    """
    view: models.BenchmarkRunView = built(models.BenchmarkRunView, members, "", strict=False)
    return view
