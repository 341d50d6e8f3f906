"""Requests that a correct server takes. Each may start a run, so each is made to settle as much as it can."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import evolve

from runloop_conformance.contract.operation import Member, Operation
from runloop_conformance.exchanges.exchange import NOTHING, TOKEN, Probe
from runloop_conformance.exchanges.json_path import object_at, replaced
from runloop_conformance.exchanges.strict_json import dump
from runloop_conformance.plan import vocabulary
from runloop_conformance.plan.bodies import Writer
from runloop_conformance.plan.probes import JSON, ask, twin
from runloop_conformance.plan.words import Words

MOST_MEMBERS = 64
MOST_BYTES = 64_000
LONG = 768  # characters
ACCEPTED, TEXT, SIZES, SPELLING = "request.accepted", "request.text", "request.sizes", "request.spelling"


def packed(operation: Operation, writer: Writer) -> Iterator[Probe]:
    """Requests full of awkward texts, and as large as must be taken: most of what can be lost is lost here."""
    yield ask(operation, "awkward texts", "accept", (ACCEPTED, TEXT), awkward(writer, 0), rank="packed")
    yield ask(operation, "largest sizes", "accept", (SIZES,), largest(writer, "ascii"), rank="packed")
    yield ask(operation, "awkward texts, others", "accept", (TEXT,), awkward(writer, 1))
    yield ask(operation, "largest sizes, other scripts", "accept", (SIZES,), largest(writer, "other"))


def awkward(writer: Writer, half: int) -> dict[str, Any]:
    """The full body with half of the vocabulary in it, as names where a map takes any name, and as values."""
    body = writer.full()
    mark = writer.mark()
    values = vocabulary.WHOLE
    room = MOST_MEMBERS - 2
    words = dict.fromkeys([*vocabulary.KEYS, *values] if not half else reversed(values))
    for path in writer.texts():
        if (holder := object_at(body, path[:-1])) is not None:
            holder[path[-1]] = vocabulary.joined(half=half)
    for path in writer.maps():
        if (holder := object_at(body, path)) is None:
            continue
        names = list(words)[:room]
        if _names_are_variables(path):
            names = list(vocabulary.ENVIRONMENT_NAMES)
            names += [f"V{n}" for n in range(room - len(names))]
        holder.clear()
        start = half * room
        holder.update({name: values[(start + n) % len(values)] for n, name in enumerate(names)})
        holder["mark"] = mark
        if not half:
            holder["same"] = "same"
    return body


def largest(writer: Writer, script: str) -> dict[str, Any]:
    """The full body at the sizes that must be taken: 1,000 characters, 64 members, 64 KB.

    One map is as large as there is room for, another one with each script; the others hold each length once.
    """
    body = writer.full()
    mark = writer.mark()
    for path in writer.texts():
        if (holder := object_at(body, path[:-1])) is not None:
            holder[path[-1]] = vocabulary.of_length(1000, mark, "ascii" if script == "ascii" else "astral")
    secrets = object_at(body, ("runProfile", "secrets"))
    if secrets is not None and script == "ascii":
        secrets.update(
            {f"SECRET_{n}": f"NAME_OF_SECRET_{n}_{'x' * (8 * n % 200)}" for n in range(MOST_MEMBERS - len(secrets))}
        )
    maps = [(path, holder) for path in writer.maps() if (holder := object_at(body, path)) is not None]
    lengths = vocabulary.LENGTHS
    for path, holder in maps:
        name = "K" * 100 if _names_are_variables(path) else vocabulary.of_length(1000, mark, "astral")
        holder.clear()
        holder.update({f"K{n:02d}" if n else name: f"{n} {mark}" for n in range(MOST_MEMBERS)})
        for key, length in zip(holder, reversed(lengths), strict=False):
            holder[key] = vocabulary.of_length(length, mark, script if length >= LONG else "ascii")
    if maps:
        _fill(body, maps[-1 if script == "ascii" else 0][1], mark, script)
    return body


def _fill(body: dict[str, Any], holder: dict[str, Any], mark: str, script: str) -> None:
    """Let the values of a map be as long as they may be, until the body is as large as must be taken."""
    lengths = vocabulary.LENGTHS
    for n, (key, before) in enumerate(holder.items()):
        # Each length in the script, then as many characters as there is room for.
        holder[key] = vocabulary.of_length(
            lengths[-1 - n % len(lengths)], mark, script if n < len(lengths) else "ascii"
        )
        if len(dump(body)) > MOST_BYTES:
            holder[key] = before
    for key, text in holder.items():
        room = min(1000 - len(text), MOST_BYTES - len(dump(body)))
        if room > 0:
            holder[key] = text + "." * (room - 1) + "$"


def _names_are_variables(path: tuple[str, ...]) -> bool:
    """Whether a map's names become environment variables, which have an alphabet of their own."""
    return "env" in path[-1].lower() or "secret" in path[-1].lower()


def rows(operation: Operation, writer: Writer, words: Words) -> list[Probe]:
    """Pairwise presence of the optional members, each text another one of the vocabulary.

    What a request has beside its body is another thing each time as well: the fuller ways of saying what is usual.
    """
    made: list[Probe] = []
    bodies = writer.pairwise()
    mapped = [body for body in bodies if any(object_at(body, path) for path in writer.maps())]
    for number, body in enumerate(bodies):
        words.put(writer, body)
        if body in mapped[:1]:
            _number_names(writer, body)
        asked = _in_latin_1(body) if body in mapped[1:2] else body
        probe = ask(operation, f"presence {number + 1}", "accept", (ACCEPTED, TEXT), asked)
        if number in BESIDE:
            said, different = BESIDE[number]
            probe = evolve(probe, name=probe.name + said, **different(probe))
        made.append(probe)
    return made


def _in_latin_1(value: Any) -> Any:
    """The value without what lies beyond ISO 8859-1: an answer all of which fits it is sent in it by mistake."""
    if isinstance(value, str):
        return value.encode("latin-1", "ignore").decode("latin-1")
    if isinstance(value, dict):
        return {_in_latin_1(name): _in_latin_1(item) for name, item in value.items()}
    return [_in_latin_1(item) for item in value] if isinstance(value, list) else value


def _number_names(writer: Writer, body: dict[str, Any]) -> None:
    """Give maps the names 0, 1, … alone, which some languages take for a list."""
    for path in writer.maps():
        holder = object_at(body, path)
        if holder and not _names_are_variables(path):
            values = list(holder.values())
            holder.clear()
            holder.update({str(number): value for number, value in enumerate(values)})


def _with(name: str, *value: str) -> Callable[[Probe], dict[str, Any]]:
    """The headers with another value of one of them, or without it."""

    def different(probe: Probe) -> dict[str, Any]:
        rest = tuple(header for header in probe.headers if header[0] != name)
        return {"headers": (*rest, *((name, one) for one in value))}

    return different


BESIDE: Mapping[int, tuple[str, Callable[[Probe], dict[str, Any]]]] = {
    # What a refused request leaves unread is taken for the next one, on a connection that is used again.
    1: (", after a refused one", lambda _: {"framing": "kept"}),
    2: (", any type accepted", _with("Accept", "*/*")),
    3: (", no Accept", _with("Accept")),
    5: (", charset=UTF-8", _with("Content-Type", "application/json; charset=UTF-8")),
    6: (", a quoted charset", _with("Content-Type", 'application/json;charset="utf-8"')),
    7: (", the media type in capitals", _with("Content-Type", "Application/JSON")),
}
"""What is different about a row beside its body, by its number."""


def spellings(control: Probe) -> Iterator[Probe]:
    """The same request in other bytes: order, white space, escapes, charset, chunks."""
    asked = control.asked
    typed = tuple(header for header in control.headers if header[0] != "Content-Type")
    spaced = json.dumps(asked, ensure_ascii=False, indent="\t", separators=(" ,\r\n", " : ")).encode()
    capitals = tuple((name.upper(), value) for name, value in typed)

    def as_type(value: str) -> tuple[tuple[str, str], ...]:
        return (*typed, ("Content-Type", value))

    everything = (
        b" \r\n\t" + _escaped(_reordered(asked)).replace(b',"', b' ,\r\n\t"').replace(b'":', b'" \t:\r\n') + b" \r\n"
    )
    for change, different in (
        (
            "another order, white space, escapes and charset",
            {"body": everything, "headers": as_type(f"{JSON[1]}; charset=utf-8")},
        ),
        (
            "slashes escaped, a quoted charset without a blank, capitals, in chunks",
            {
                "body": control.body.replace(b"/", b"\\/"),
                "headers": (*capitals, ("CONTENT-TYPE", 'Application/JSON;Charset="UTF-8"')),
                "framing": "chunked",
            },
        ),
        ("every letter of a string escaped", {"body": _escaped(asked)}),
        ("charset=utf-8", {"headers": as_type(f"{JSON[1]}; charset=utf-8")}),
        ("white space between everything", {"body": b"\n " + spaced + b"\n"}),
        ("members in another order", {"body": dump(_reordered(asked))}),
        ("slashes escaped", {"body": control.body.replace(b"/", b"\\/")}),
        ("in chunks", {"framing": "chunked"}),
        ("charset without a blank", {"headers": as_type(f"{JSON[1]};charset=utf-8")}),
        (
            "header names and media type in capitals",
            {"headers": (*capitals, ("CONTENT-TYPE", 'Application/JSON;Charset="UTF-8"'))},
        ),
    ):
        single = "," not in change or change.startswith("members")
        yield twin(
            control,
            change,
            (SPELLING,),
            intent="accept",
            asked=asked,
            rank="single" if single else "packed",
            **different,
        )


def _escaped(value: Any) -> bytes:
    """JSON in which each letter of each string is an escape, those beyond the first plane as two."""
    if isinstance(value, dict):
        return b"{" + b",".join(_escaped(name) + b":" + _escaped(item) for name, item in value.items()) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(_escaped(item) for item in value) + b"]"
    if isinstance(value, str):
        return b'"' + b"".join(_escape(char) for char in value) + b'"'
    return dump(value)


def _escape(char: str) -> bytes:
    if char == "/":
        return b"\\/"
    if char.isascii() and not char.isalpha():
        return json.dumps(char)[1:-1].encode()
    units = char.encode("utf-16-be")
    return b"".join(b"\\u%04X" % int.from_bytes(units[n : n + 2]) for n in range(0, len(units), 2))


def _reordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _reordered(value[name]) for name in reversed(value)}
    return value


def all_empty(operation: Operation, control: Probe) -> Probe:
    """The control with every optional text and map that a MUST covers, and nothing in them."""
    asked = control.asked
    for member in operation.request:
        if member.level == "must" and not member.required and member.named and "enum" not in member.schema:
            empty: Any = "" if "string" in member.types else {} if "object" in member.types else NOTHING
            asked = asked if empty is NOTHING else replaced(asked, member.path, empty)
    return twin(control, "every optional member empty", (ACCEPTED,), intent="accept", asked=asked)


def all_null(operation: Operation, control: Probe) -> Probe:
    """The control with every optional member that the contract lets be null set to null."""
    return _null(control, "everything null that may be null", _nullable(operation))


def half_null(operation: Operation, control: Probe) -> Iterator[Probe]:
    """The control with the objects alone null of what may be null, then with what is no object."""
    objects = [member for member in _nullable(operation) if "object" in member.types]
    yield _null(control, "its objects null that may be null", objects)
    others = [member for member in _nullable(operation) if member not in objects]
    yield _null(control, "all but its objects null that may be null", others)


def _nullable(operation: Operation) -> list[Member]:
    return [m for m in operation.request if m.nullable and not m.required and len(m.path) <= 2 and m.named]


def _null(control: Probe, change: str, members: list[Member]) -> Probe:
    asked = control.asked
    for member in members:
        asked = replaced(asked, member.path, None)
    return twin(control, change, ("request.known-members",), intent="accept", asked=asked)


def named_as_answered(operation: Operation) -> dict[str, Any]:
    """Members that only the answer has, which a server that takes whatever it is given would give back."""
    values: dict[str, Any] = {
        "object": {"FROM": "the request"},
        "integer": 1,
        "number": 1,
        "array": [],
        "boolean": True,
    }
    kinds = {
        m.path[0]: next(iter(sorted(m.types - {"null"})), "string") for m in operation.response if len(m.path) == 1
    }
    asked = {m.path[0] for m in operation.request}
    return {name: values.get(kind, "from the request") for name, kind in kinds.items() if name not in asked}


def unknown_members(operation: Operation, control: Probe, fits: Callable[[Any], bool]) -> Probe:
    """Members that no version of the contract names, in every object of the control that may have them.

    fits: whether a body with them still fits the contract, which may have closed an object.
    """
    asked = {**control.asked, "x_unknown": {"a": [1, None, "b"]}, "unknown": "value", **named_as_answered(operation)}
    for path in dict.fromkeys(m.path[:-1] for m in operation.request if m.named and len(m.path) > 1):
        if object_at(asked, path) is not None:
            more = replaced(asked, (*path, "x_unknown"), new=True)
            asked = more if fits(more) else asked
    return twin(
        control,
        "with members that the contract does not name",
        ("request.unknown-members",),
        intent="accept",
        asked=asked,
    )


def scheme_cases(control: Probe) -> Iterator[Probe]:
    """The scheme in other cases (RFC 9110, section 11.1)."""
    rest = tuple(header for header in control.headers if header[0] != "Authorization")
    for scheme in ("BEARER", "bearer"):
        headers = (("Authorization", f"{scheme} {TOKEN}"), *rest)
        yield twin(
            control,
            f"the scheme is {scheme}",
            ("authorization.scheme-case",),
            intent="accept",
            headers=headers,
        )


def together(operation: Operation, writer: Writer, size: int, words: Words) -> Iterator[list[Probe]]:
    """Equal requests and different requests at the same time, and equal ones after each other."""
    same = words.put(writer, writer.full())
    other = writer.again(same)
    if isinstance(name := other.get("run_name"), str):
        other["run_name"] = name[::-1]  # of the same length: what goes by that alone takes one for the other
    equal = [ask(operation, f"equal, at once ({n + 1})", "accept", (ACCEPTED,), same) for n in range(size)]
    equal.append(ask(operation, "another beside them", "accept", (ACCEPTED,), other))
    yield [evolve(probe, together="equal") for probe in equal]
    yield [ask(operation, f"equal, afterwards ({n + 1})", "accept", (ACCEPTED,), same) for n in range(1)]
    yield [
        ask(
            operation,
            f"different, at once ({n + 1})",
            "accept",
            (ACCEPTED,),
            words.put(writer, writer.full()),
            together="different",
        )
        for n in range(size)
    ]


def random_words(writer: Writer, operation: Operation, count: int, words: Words) -> Iterator[Probe]:
    """Full bodies whose texts are drawn from the vocabulary, joined at random: what only comes together by chance."""
    source = random.Random(writer.seed ^ 0x5EED)  # noqa: S311 - repeatable
    for number in range(count):
        body = words.put(writer, writer.body(lambda m: writer.usual(m) and source.random() < 0.85, telling=True))
        for path in writer.texts():
            holder = object_at(body, path[:-1])
            if holder is not None and path[-1] in holder and source.random() < 0.5:
                holder[path[-1]] = "".join(source.sample(vocabulary.WHOLE, source.randint(1, 4)))[:1000]
        for path in writer.maps():
            holder = object_at(body, path)
            if holder is not None and not _names_are_variables(path):
                for _ in range(source.randint(0, 5)):
                    holder[source.choice(vocabulary.WHOLE) + source.choice(vocabulary.KEYS)] = source.choice(
                        vocabulary.WHOLE
                    )
        yield ask(operation, f"words {number + 1}", "accept", (ACCEPTED, TEXT), body)
