"""Requests that a correct server takes. Each may start a run, so each is made to settle as much as it can."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import attrs

from runloop_conformance.contract import Member, Operation
from runloop_conformance.exchange import TOKEN, Probe
from runloop_conformance.plan import vocabulary
from runloop_conformance.plan.bodies import BENCHMARK_ID, Writer, is_any, replaced, within
from runloop_conformance.plan.probes import ask, twin
from runloop_conformance.strict_json import dump

MOST_MEMBERS = 64
MOST_BYTES = 64_000
ACCEPTED, TEXT, SIZES, SPELLING = "request.accepted", "request.text", "request.sizes", "request.spelling"


def packed(operation: Operation, writer: Writer) -> Iterator[Probe]:
    """Requests full of awkward texts, and as large as must be taken: most of what can be lost is lost here."""
    yield ask(operation, "awkward texts", "accept", (TEXT,), awkward(writer, 0))
    yield ask(operation, "largest sizes", "accept", (SIZES,), largest(writer, "ascii"))
    yield ask(operation, "awkward texts, others", "accept", (TEXT,), awkward(writer, 1))
    yield ask(operation, "largest sizes, other scripts", "accept", (SIZES,), largest(writer, "other"))


def awkward(writer: Writer, half: int) -> dict[str, Any]:
    """The full body with half of the vocabulary in it, as names where a map takes any name, and as values."""
    body = writer.full()
    mark = writer.mark()
    values = vocabulary.WHOLE
    room = MOST_MEMBERS - 1
    words = dict.fromkeys([*vocabulary.KEYS, *values] if not half else reversed(values))
    for path in writer.texts():
        if (holder := within(body, path[:-1])) is not None:
            holder[path[-1]] = vocabulary.joined(half=half)
    for path in writer.maps():
        if (holder := within(body, path)) is None:
            continue
        names = list(words)[:room]
        if _names_are_variables(path):
            names = list(vocabulary.ENVIRONMENT_NAMES)
            names += [f"V{n}" for n in range(room - len(names))]
        holder.clear()
        start = half * room
        holder.update({name: values[(start + n) % len(values)] for n, name in enumerate(names)})
        holder["mark"] = mark
    return body


def largest(writer: Writer, script: str) -> dict[str, Any]:
    """The full body at the sizes that must be taken: 1,000 characters, 64 members, 64 KB."""
    body = writer.full()
    mark = writer.mark()
    for path in writer.texts():
        if (holder := within(body, path[:-1])) is not None:
            holder[path[-1]] = vocabulary.of_length(1000, mark, script)
    maps = writer.maps()
    # An escape or a character of another script takes several bytes.
    room = (MOST_BYTES - len(dump(body))) // max(1, len(maps)) - 2000
    lengths = vocabulary.LENGTHS
    for path in maps:
        if (holder := within(body, path)) is None:
            continue
        holder.clear()
        left = room
        for n in range(MOST_MEMBERS):
            name = f"K{n:02d}" if n else "K" * (100 if _names_are_variables(path) else 1000)
            text = vocabulary.of_length(lengths[-1 - n % len(lengths)], mark, script)
            # What does not fit any more is short: 64 members there are in any case.
            holder[name] = text if left - len(text.encode()) > 60 * (MOST_MEMBERS - n) else f"{n} {mark}"
            left -= len(holder[name].encode()) + len(name) + 6
    return body


def _names_are_variables(path: tuple[str, ...]) -> bool:
    """Whether a map's names become environment variables, which have an alphabet of their own."""
    return "env" in path[-1].lower() or "secret" in path[-1].lower()


def rows(operation: Operation, writer: Writer) -> list[Probe]:
    """Pairwise presence of the optional members, each text another one of the vocabulary."""
    made: list[Probe] = []
    words = [word for word in vocabulary.WHOLE if word]
    turn = 0
    for number, body in enumerate(writer.pairwise()):
        for path in writer.texts():
            holder = within(body, path[:-1])
            if holder is not None and isinstance(holder.get(path[-1]), str) and holder[path[-1]]:
                turn += 1
                if turn % 2:  # every other one keeps its telling text
                    holder[path[-1]] = words[turn // 2 % len(words)]
        made.append(ask(operation, f"presence {number + 1}", "accept", (ACCEPTED,), body))
    return made


def spellings(control: Probe) -> Iterator[Probe]:
    """The same request in other bytes: order, white space, escapes, charset, chunks."""
    asked, clause = control.asked, (SPELLING,)
    backwards = dump(_reordered(asked))
    spaced = json.dumps(asked, ensure_ascii=False, indent="\t", separators=(" ,\r\n", " : ")).encode()
    escaped = b"".join(_escape(char) for char in json.dumps(asked, ensure_ascii=False))
    charset = tuple((n, "application/json; charset=utf-8" if n == "Content-Type" else v) for n, v in control.headers)
    upper = tuple((n.upper(), 'Application/JSON;Charset="UTF-8"' if n == "Content-Type" else v) for n, v in control.headers)
    everything = b" \r\n\t" + json.dumps(_reordered(asked), indent=1).encode() + b" \r\n"
    yield twin(control, "members in another order, white space and escapes", clause, intent="accept", asked=asked, body=everything)
    yield twin(control, "charset=utf-8", clause, intent="accept", asked=asked, headers=charset)
    yield twin(control, "every character of a string escaped", clause, intent="accept", asked=asked, body=escaped)
    yield twin(control, "members in another order", clause, intent="accept", asked=asked, body=backwards)
    yield twin(control, "white space between everything", clause, intent="accept", asked=asked, body=b"\n " + spaced + b"\n")
    yield twin(control, "in chunks", clause, intent="accept", asked=asked, framing="chunked")
    yield twin(control, "header names and media type in capitals", clause, intent="accept", asked=asked, headers=upper)


def _escape(char: str) -> bytes:
    if char.isascii() and not char.isalpha():
        return char.encode()
    units = char.encode("utf-16-be")
    return b"".join(b"\\u%04X" % int.from_bytes(units[n : n + 2]) for n in range(0, len(units), 2))


def _reordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _reordered(value[name]) for name in reversed(value)}
    return value


def single_members(operation: Operation, writer: Writer, control: Probe) -> Iterator[Probe]:
    """The control and one optional member more: who refuses it refuses that member."""
    for member in operation.request:
        if member.required or is_any(member) or len(member.path) > 2:
            continue
        body = replaced(control.asked, member.path, _sample(writer, member))
        clauses = (f"request.{member.name}.accepted",)
        yield twin(control, f"with {member.name}", clauses, intent="accept", asked=body)
        if member.nullable:
            clauses = (f"request.{member.name}.null-accepted",)
            yield twin(control, f"{member.name} is null", clauses, intent="accept", asked=replaced(control.asked, member.path, None))


def _sample(writer: Writer, member: Member) -> Any:
    def wanted(other: Member) -> bool:
        inside = other.path[: len(member.path)] == member.path
        return other.path == member.path[: len(other.path)] or (inside and (other.level == "must" or member.level == "should"))

    whole: Any = writer.body(wanted)
    for step in member.path:
        whole = whole[step]
    return whole


def unknown_members(control: Probe) -> Probe:
    """Members that no version of the contract names, at every level."""
    asked = {**control.asked, "x_unknown": {"a": [1, None, "b"]}, "unknown": "value"}
    for name, value in control.asked.items():
        if name == "runProfile" and isinstance(value, dict):
            asked[name] = {**value, "x_unknown": True}
    return twin(control, "with members that the contract does not name", ("request.unknown-members",), intent="accept", asked=asked)


def scheme_cases(control: Probe) -> Iterator[Probe]:
    """The scheme in other cases (RFC 9110, section 11.1)."""
    rest = tuple(header for header in control.headers if header[0] != "Authorization")
    for scheme in ("bearer", "BEARER"):
        headers = (("Authorization", f"{scheme} {TOKEN}"), *rest)
        yield twin(control, f"the scheme is {scheme}", ("authorization.scheme-case",), intent="accept", headers=headers, asked=control.asked)


def together(operation: Operation, writer: Writer, size: int) -> Iterator[list[Probe]]:
    """Equal requests and different requests at the same time, and equal ones after each other."""
    same = writer.full()
    yield [ask(operation, f"equal, at once ({n + 1})", "accept", (ACCEPTED,), same, together="equal") for n in range(size)]
    yield [ask(operation, f"equal, afterwards ({n + 1})", "accept", (ACCEPTED,), same) for n in range(1)]
    yield [
        ask(operation, f"different, at once ({n + 1})", "accept", (ACCEPTED,), writer.full(), together="different")
        for n in range(size)
    ]


def free(operation: Operation, writer: Writer, control: Probe) -> Iterator[Probe]:
    """What a server may take or refuse, and must survive either way: a 5xx, a hang or a wrong answer is a finding."""
    survive = ("http.no-server-error",)
    asked = control.asked
    text = writer.texts()[:1]
    maps = writer.maps()[:1]
    everywhere: list[tuple[str, str, bool]] = [
        ("U+0000 in a text", "nul \0 inside", True),
        ("a lone surrogate in a text", "lone \ud800 inside", True),
        ("a text of 100,000 characters", "x" * 100_000, True),
    ]
    for change, value, in_names in everywhere:
        body = asked
        for path in text:
            body = replaced(body, path, value)
        for path in maps:
            body = replaced(body, (*path, "KEY"), value)
            if in_names and len(value) < 100:
                body = replaced(body, (*path, value), "value")
        yield twin(control, change, survive, intent="either", asked=body)
    names = dict.fromkeys(("", "1A", "A B", "A=B", "Ä", "A-B", "\n", "PATH", "LD_PRELOAD"), "value")
    if operation.asks("runProfile", "envVars"):
        yield twin(control, "odd environment names", survive, intent="either", asked=replaced(asked, ("runProfile", "envVars"), names))
    secrets = ("runProfile", "secrets")
    if operation.asks(*secrets):
        words = [word for word in vocabulary.WHOLE if word][:40]
        awkward = {f"S{n}": word for n, word in enumerate(words)} | {f"L{n}": "s" * n for n in (64, 65, 128, 255, 256, 1000)}
        yield twin(control, "secrets with awkward names", survive, intent="either", asked=replaced(asked, secrets, awkward))
    if maps:
        many = {f"k{n}": "v" for n in range(1000)}
        yield twin(control, "1,000 members in a map", survive, intent="either", asked=replaced(asked, maps[0], many))
    nested = b"[" * 500 + b"]" * 500
    yield twin(control, "an unknown member nested 500 deep", survive, intent="either", body=control.body[:-1] + b',"x":' + nested + b"}")
    yield twin(control, "an unknown member that is 1e400", survive, intent="either", body=control.body[:-1] + b',"x":1e400}')
    yield twin(control, "a byte order mark", survive, intent="either", body=b"\xef\xbb\xbf" + control.body)
    yield twin(control, "in UTF-16", survive, intent="either", body=control.body.decode().encode("utf-16"))
    for name in (n for n in ("metadata", "runProfile") if operation.asks(n)):
        yield twin(control, f"{name} is null", survive, intent="either", asked=replaced(asked, (name,), None))
    if operation.asks(BENCHMARK_ID):
        for change, value in (("empty", ""), ("unknown", "bmd_no_such_benchmark"), ("awkward", "'; DROP TABLE runs; -- é \U0001f600"), ("long", "b" * 1000), ("a path", "../../etc/passwd")):
            yield twin(control, f"benchmark_id is {change}", survive, intent="either", asked=replaced(asked, (BENCHMARK_ID,), value))
    plain = tuple(h for h in control.headers if h[0] != "Content-Type")
    yield twin(control, "no Content-Type", survive, intent="either", headers=plain, asked=asked)
    suffixed = tuple((n, "application/vnd.api+json" if n == "Content-Type" else v) for n, v in control.headers)
    yield twin(control, "Content-Type is application/vnd.api+json", survive, intent="either", headers=suffixed, asked=asked)


def methods(control: Probe) -> Iterator[Probe]:
    """The same request by every other method."""
    for method in ("GET", "PUT", "PATCH", "DELETE", "TRACE", "FROB"):
        clauses = ("http.only-post", "http.method-not-allowed")
        yield attrs.evolve(twin(control, f"the method is {method}", clauses), method=method)
    for method in ("HEAD", "OPTIONS"):
        yield attrs.evolve(twin(control, f"the method is {method}", ("http.only-post",)), method=method)


def random_words(writer: Writer, operation: Operation, count: int) -> Iterator[Probe]:
    """Full bodies whose texts are drawn from the vocabulary, joined at random: what only comes together by chance."""
    source = random.Random(writer.seed ^ 0x5EED)  # noqa: S311 - repeatable
    for number in range(count):
        body = writer.body(lambda m: writer.usual(m) and source.random() < 0.85, telling=True)
        for path in writer.texts():
            holder = within(body, path[:-1])
            if holder is not None and path[-1] in holder and source.random() < 0.5:
                holder[path[-1]] = "".join(source.sample(vocabulary.WHOLE, source.randint(1, 4)))[:1000]
        for path in writer.maps():
            holder = within(body, path)
            if holder is not None and not _names_are_variables(path):
                for _ in range(source.randint(0, 5)):
                    holder[source.choice(vocabulary.WHOLE) + source.choice(vocabulary.KEYS)] = source.choice(vocabulary.WHOLE)
        yield ask(operation, f"words {number + 1}", "accept", (ACCEPTED,), body)
