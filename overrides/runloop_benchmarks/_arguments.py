"""Checks arguments and responses against the generated classes. The rules are their type hints and the contract's
limits of numbers; none is written here.

An error names the place (`run_profile.env_vars.A`) and the type, never the value. Paths have the names of Python in
arguments, and those of JSON in a response.
"""

from __future__ import annotations

import logging
import math
import operator
from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeGuard, Union, get_args, get_origin, get_type_hints

import attrs
from runloop_benchmarks_api import models
from runloop_benchmarks_api.shapes import LIMITS
from runloop_benchmarks_api.types import UNSET, Unset

log = logging.getLogger("runloop_benchmarks")

EXTRA = "additional_properties"
"""Where a generated class keeps the properties that it has no field for."""
COMPARISONS = {
    "minimum": (operator.ge, "at least"),
    "maximum": (operator.le, "at most"),
    "exclusiveMinimum": (operator.gt, "more than"),
    "exclusiveMaximum": (operator.lt, "less than"),
}


def is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Whether it is a mapping, in a form that both type checkers understand."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    """Whether JSON makes an array of it."""
    return isinstance(value, list | tuple)


_CLASSES = tuple(cls for cls in vars(models).values() if attrs.has(cls))


class _Sentinel:
    def to_dict(self) -> _Sentinel:
        return self


@cache
def hints_of(cls: Any) -> dict[str, Any]:
    """Field to type, with names that the generated module imports for type checkers only."""
    return get_type_hints(cls, localns=vars(models))


@cache
def wire_names_of(cls: Any) -> dict[str, str]:
    """Python name of a field to its name in JSON, learned by watching where `to_dict` puts it."""
    names = [field.name for field in attrs.fields(cls) if field.name != EXTRA]
    values = {name: _Sentinel() for name in names}
    wire = cls(**values).to_dict()
    return {name: next(key for key, value in wire.items() if value is values[name]) for name in names}


@cache
def spellings_of(cls: Any) -> dict[str, str]:
    """Each accepted spelling of a property (envVars, env_vars) to the Python name of its field."""
    spellings: dict[str, str] = {}
    for name, wire in wire_names_of(cls).items():
        head, *tail = name.strip("_").split("_")
        spellings |= {name: name, wire: name, head + "".join(part.title() for part in tail): name}
    return spellings


def build(hint: Any, value: Any, *, where: str, strict: bool = True) -> Any:
    """`value` as the type hint wants it: a dict becomes an object of the generated class.

    Not `strict`, as for a response: unknown values of an enumeration pass, limits are not checked, names are those of
    JSON alone, and `1.0` is an integer, as in JSON.
    """
    if hint is Any:
        return json_value(value, where=where) if strict else value  # a response comes from JSON, however deep
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _choice(get_args(hint), value, where=where, strict=strict)
    if origin is Literal:
        return _literal(get_args(hint), value, where=where, strict=strict)
    if origin is list:
        if not is_list(value):
            raise _mismatch("a list", value, where=where)
        (inner,) = get_args(hint)
        return [build(inner, item, where=f"{where}[{index}]", strict=strict) for index, item in enumerate(value)]
    if origin is dict:
        return _mapping(get_args(hint)[1], value, where=where, strict=strict)
    if attrs.has(hint):
        return _object(hint, value, where=where, strict=strict)
    return _scalar(hint, value, where=where, strict=strict)


def _choice(choices: tuple[Any, ...], value: Any, *, where: str, strict: bool) -> Any:
    if value is UNSET or value is None:
        if type(value) in choices:
            return value
        raise _mismatch(_named(choices), value, where=where)
    kinds = [choice for choice in choices if choice not in (Unset, NoneType)]
    if str in kinds:  # an enumeration that takes other texts too
        kinds = [str]
    if len(kinds) == 1:
        return build(kinds[0], value, where=where, strict=strict)
    return _tagged(kinds, value, where=where, strict=strict)


def _tagged(classes: list[Any], value: Any, *, where: str, strict: bool) -> Any:
    """The classes of a union differ in the one field whose type is a Literal."""
    if type(value) in classes:
        return build(type(value), value, where=where, strict=strict)
    if not is_mapping(value):
        raise _mismatch(_named(tuple(classes)), value, where=where)
    tags = _tags_of(tuple(classes))
    tag = value.get("type")
    if not isinstance(tag, str):
        raise TypeError(f"{where}.type must be one of {', '.join(tags)}, not {_kind(tag)}.")
    if tag in tags:
        return build(tags[tag], value, where=where, strict=strict)
    # A kind of a later contract: its properties are not known, so they pass as they are, in the class for open objects.
    later = models.StringMap()
    later.additional_properties = _mapping(Any, value, where=where, strict=strict)
    return later


@cache
def _tags_of(classes: tuple[Any, ...]) -> dict[str, Any]:
    """The value of `type` to the class that it means."""
    return {tag: cls for cls in classes for hint in hints_of(cls).values() for tag in _literals(hint)}


def _literals(hint: Any) -> tuple[str, ...]:
    return get_args(hint) if get_origin(hint) is Literal else ()


def _literal(choices: tuple[Any, ...], value: Any, *, where: str, strict: bool) -> Any:
    if not isinstance(value, str):
        raise _mismatch("a str", value, where=where)
    if strict and value not in choices:
        raise ValueError(f"{where} must be one of {', '.join(sorted(choices))}.")
    return value


def _mapping(inner: Any, value: Any, *, where: str, strict: bool) -> dict[str, Any]:
    if not is_mapping(value):
        raise _mismatch("a dict", value, where=where)
    entries: Mapping[Any, Any] = value
    for key in entries:
        if not isinstance(key, str):
            raise TypeError(f"{where}: the keys must be str, and one is {_kind(key)}.")
    return {key: build(inner, item, where=f"{where}.{key}", strict=strict) for key, item in entries.items()}


def _object(cls: Any, value: Any, *, where: str, strict: bool) -> Any:
    """An object of a generated class, from a mapping or from such an object, with its fields checked."""
    hints, wire_names = hints_of(cls), wire_names_of(cls)
    if isinstance(value, cls):
        fields = {name: getattr(value, name) for name in wire_names}
        extra = getattr(value, EXTRA)
    else:
        fields, extra = _sorted_out(cls, value, where=where, strict=strict)
    shown = {name: name.strip("_") if strict else wire for name, wire in wire_names.items()}
    missing = [
        shown[f.name] for f in attrs.fields(cls) if f.init and f.default is attrs.NOTHING and f.name not in fields
    ]
    if missing:
        raise TypeError(f"{where or 'the body'} has no {', '.join(missing)}.")
    fields = {
        name: build(hints[name], item, where=_inside(where, shown[name]), strict=strict)
        for name, item in fields.items()
    }
    limits = LIMITS.get(cls.__name__, {}) if strict else {}
    for name, item in fields.items() if limits else ():
        _check_limits(limits.get(wire_names[name], {}), item, where=_inside(where, shown[name]))
    made = cls(**fields)
    setattr(made, EXTRA, _mapping(get_args(hints[EXTRA])[1], extra, where=where, strict=strict))
    return made


def _check_limits(limits: Mapping[str, float], value: Any, *, where: str) -> None:
    for keyword, limit in limits.items():
        for number in value if is_list(value) else [value]:
            holds, words = COMPARISONS[keyword]
            if isinstance(number, int | float) and not holds(number, limit):
                raise ValueError(f"{where} must be {words} {limit}.")


def _sorted_out(cls: Any, value: Any, *, where: str, strict: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of a class, by Python name, and the properties that it has no field for."""
    if not is_mapping(value):
        raise _mismatch(f"a dict or {cls.__name__}", value, where=where)
    fields: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    spellings = spellings_of(cls) if strict else {wire: name for name, wire in wire_names_of(cls).items()}
    for key, item in value.items():
        name = spellings.get(key)
        if name is None:
            extra[key] = item
        elif name in fields:
            raise TypeError(f"{_inside(where, name)} is there twice, in two spellings.")
        else:
            fields[name] = item
    return fields, extra


def _scalar(hint: Any, value: Any, *, where: str, strict: bool) -> Any:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return value
    if hint is int and not strict and isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise _mismatch(f"{'an' if hint is int else 'a'} {hint.__name__}", value, where=where)
    return json_value(value, where=where)


def json_value(value: Any, *, where: str) -> Any:
    """`value`, where JSON can carry it."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{where} is not a finite number, which JSON cannot carry.")
    if value is None or isinstance(value, str | int | float):
        return value
    if is_list(value):
        return [json_value(item, where=f"{where}[{index}]") for index, item in enumerate(value)]
    if is_mapping(value):
        return _mapping(Any, value, where=where, strict=True)
    raise TypeError(f"{where} is {_kind(value)}, which JSON cannot carry.")


def _inside(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _kind(value: Any) -> str:
    return "None" if value is None else f"of type {type(value).__name__}"


def _named(choices: tuple[Any, ...]) -> str:
    return " or ".join(sorted(getattr(choice, "__name__", str(choice)) for choice in choices if choice is not Unset))


def _mismatch(expected: str, value: Any, *, where: str) -> TypeError:
    return TypeError(f"{where or 'the body'} must be {expected}, and is {_kind(value)}.")


def query_from(value: Mapping[str, Any] | None, *, where: str) -> dict[str, str]:
    """Parameters of a URL, written as the official SDK writes them: `a=1,2` for a list, `a[b]=1` for a mapping.

    What is None or empty is left out.
    """
    return dict(_parameters(value or {}, "", where=where))


def _parameters(value: Any, name: str, *, where: str) -> Iterator[tuple[str, str]]:
    if is_mapping(value):
        for key, item in value.items():
            yield from _parameters(item, f"{name}[{key}]" if name else str(key), where=where)
    elif is_list(value):
        yield name, ",".join(_parameter(item, where=f"{where}: {name}") for item in value if item is not None)
    elif value is not None and value != "":
        yield name, _parameter(value, where=f"{where}: {name}")


def _parameter(value: Any, *, where: str) -> str:
    if not isinstance(value, str | int | float):
        raise TypeError(f"{where} is {_kind(value)}, which a URL cannot carry.")
    return str(value).lower() if isinstance(value, bool) else str(value)


def request_from(arguments: object) -> models.StartRunRequest:
    """The request, checked, from an object that has its properties as attributes.

    None for `metadata` and `run_profile` means the same as leaving them out: the reference page allows no null there.
    Raises TypeError for a value of the wrong type, ValueError for one that no request may hold.
    """
    fields: dict[str, Any] = {}
    try:
        for name, hint in hints_of(models.StartRunRequest).items():
            value, choices = getattr(arguments, name, UNSET), get_args(hint)
            absent = value is None and Unset in choices and NoneType not in choices
            if name != EXTRA:
                fields[name] = build(hint, UNSET if absent else value, where=name)
    except RecursionError:
        raise ValueError("The arguments are nested too deeply.") from None
    if unknown := list(_unknown(fields["run_profile"], where="run_profile")):
        log.warning("start_run: %s", " ".join(unknown))
    return models.StartRunRequest(**fields)


def _unknown(value: Any, *, where: str) -> Iterator[str]:
    """A sentence for each property that the contract does not have. Values are not shown."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, models.StringMap):  # see `_tagged`
                tag = item.additional_properties["type"]
                yield _suggestion(f"{where}[{index}].type {tag!r}", name=tag, known=_tags_of(_CLASSES))
            else:
                yield from _unknown(item, where=f"{where}[{index}]")
    elif type(value) in _CLASSES and not isinstance(value, models.StringMap):
        cls: Any = type(value)
        for key in getattr(value, EXTRA):
            yield _suggestion(f"{where}.{key}", name=key, known=spellings_of(cls))
        for name in wire_names_of(cls):
            yield from _unknown(getattr(value, name), where=f"{where}.{name}")


def _suggestion(what: str, *, name: str, known: Mapping[str, Any]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a name that is not known

    nearest = get_close_matches(name, known, n=1)
    return f"{what} is not in the contract, and is sent as it is.{f' Did you mean {nearest[0]!r}?' if nearest else ''}"


def view_from(properties: dict[str, Any]) -> models.BenchmarkRunView:
    """The run in a response. Unknown properties and states pass, although the contract is strict.

    Not `from_dict`, which parses and does not check: it takes a number for an id and an empty list for a map, and
    fails at a state of a later contract. Raises TypeError that names a missing or mistyped property.
    """
    view: models.BenchmarkRunView = build(models.BenchmarkRunView, properties, where="", strict=False)
    return view
