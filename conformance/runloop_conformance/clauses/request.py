"""What a server takes and what it refuses, member by member and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from runloop_conformance.clauses.clause import (
    Clause,
    Judge,
    Observation,
    acceptance,
    broken,
    by_rule,
    kept,
    refusal,
)
from runloop_conformance.clauses.run import ECHO, echo
from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.forbidden import wrong_texts, wrong_values
from runloop_conformance.contract.operation import Level, Member, Operation, Parameter
from runloop_conformance.exchanges.exchange import NOTHING
from runloop_conformance.exchanges.json_path import value_at
from runloop_conformance.exchanges.recording import Recording

ACCEPTED = {
    "request.accepted": "accepts-valid",
    "request.text": "accepts-text",
    "request.sizes": "accepts-sizes",
    "request.spelling": "accepts-spelling",
    "request.known-members": "accepts-known-members",
    "request.unknown-members": "ignores-unknown-members",
}
REFUSED = {
    "request.invalid": "refuses-invalid",
    "request.object": "refuses-not-object",
    "request.json": "refuses-not-json",
    "request.json-extensions": "refuses-json-extensions",
    "request.media-types": "refuses-other-media-types",
}


def clauses(_: Contract, operation: Operation) -> Iterator[Clause]:
    """The chapter's clauses: those of the rules, and those that follow from each member of the schema."""
    rules = operation.rules
    for identifier, rule in ACCEPTED.items():
        judge = _spelled(identifier) if identifier == "request.spelling" else acceptance(identifier)
        yield from by_rule(identifier, rules.get(rule), judge)
    for identifier, rule in REFUSED.items():
        yield from by_rule(identifier, rules.get(rule), refusal(identifier))
    for parameter in operation.parameters:
        yield from _of_parameter(parameter)
    invalid = rules.get("refuses-invalid")
    for member in operation.request:
        valid = rules.get("accepts-valid" if member.level == "must" else "accepts-known-members")
        also = (member.target, *([invalid.pointer] if invalid else []))
        yield from _of(member, also, (valid.pointer,) if valid else ())


def _of(member: Member, also: tuple[str, ...], valid: tuple[str, ...]) -> Iterator[Clause]:
    """The clauses of one member; `also` and `valid`: what else those say that refuse, and those that accept."""
    # A value of the wrong kind in what is known from elsewhere than the page is refused by SHOULD, whatever the level
    # at which the right one is accepted.
    refused: Level = "must" if member.from_page else "should"
    stem, quoted = f"request.{member.name}", f" {member.description}".rstrip()
    if member.required:
        identifier = f"{stem}.required"
        text = f"`{member.name}` is required.{quoted}"
        yield Clause(identifier, refused, member.pointer, text, refusal(identifier), also)
    for kind in dict.fromkeys(kind for kind, _ in wrong_values(member)):
        identifier = f"{stem}.{kind}"
        text = f"{_says(member, kind)}{quoted}"
        yield Clause(identifier, refused, member.pointer, text, refusal(identifier), also)
    if not member.required and member.named:
        identifier = f"{stem}.accepted"
        text = f"`{member.name}` is accepted.{quoted}"
        yield Clause(identifier, member.level, member.pointer, text, _taken(identifier, member, null=False), valid)
        if len(member.path) <= 2:
            identifier = f"{stem}.optional"
            text = f"`{member.name}` may be left out.{quoted}"
            yield Clause(identifier, member.level, member.pointer, text, _left_out(identifier, member), valid)
        if member.nullable:
            identifier = f"{stem}.null-accepted"
            level: Level = "must" if member.from_page else "should"
            text = f"`{member.name}` may be null.{quoted}"
            yield Clause(identifier, level, member.pointer, text, _taken(identifier, member, null=True), valid)


def _spelled(identifier: str) -> Judge:
    """Another spelling of a request is accepted like the request, and means the same: the answers repeat the same.

    Where a usual spelling is not repeated either, the spelling is not what is wrong.
    """
    taken = acceptance(identifier)

    def judge(recording: Recording) -> Iterator[Observation]:
        yield from taken(recording)
        spelled = {exchange.number for exchange in recording.by_clause.get(identifier, ())}
        for name, path in ECHO.items():
            told = [(run, echo(name, path)(run)) for run in recording.runs if run.exchange.probe.intent == "accept"]
            wrong = [(run, seen) for run, seen in told if seen is not None and seen.kept is False]
            if any(run.exchange.number not in spelled for run, _ in wrong):
                continue
            for run, seen in wrong:
                control = recording.control(run.exchange)
                if control is not None and run.exchange.probe.asked == control.probe.asked:
                    expected = (seen.expected, ", as for the usual spelling")
                    yield broken(expected, seen.actual, control, run.exchange)

    return judge


def _of_parameter(parameter: Parameter) -> Iterator[Clause]:
    stem, quoted = parameter.stem, f" {parameter.description}".rstrip()
    kinds = ["required"] if parameter.required and parameter.place != "path" else []
    kinds += dict.fromkeys(kind for kind, _ in wrong_texts(parameter))
    for kind in kinds:
        says = "is required" if kind == "required" else f"keeps its {kind}: {parameter.schema.get(kind)}"
        text = f"The {parameter.place} parameter `{parameter.name}` {says}.{quoted}"
        yield Clause(f"{stem}.{kind}", "must", parameter.pointer, text, refusal(f"{stem}.{kind}"))


def _says(member: Member, kind: str) -> str:
    schema = member.schema
    stated = " or ".join(sorted(member.types))
    return {
        "type": f"`{member.name}` is of type {stated}.",
        "null": f"`{member.name}` is not null.",
        "enum": f"`{member.name}` is one of {', '.join(map(str, schema.get('enum', [])))}.",
        "const": f"`{member.name}` is {schema.get('const')}.",
        "maximum": f"`{member.name}` is at most {schema.get('maximum')}.",
        "minimum": f"`{member.name}` is at least {schema.get('minimum')}.",
    }.get(kind, f"`{member.name}` keeps its {kind}: {schema.get(kind)}.")


def _taken(identifier: str, member: Member, *, null: bool) -> Judge:
    """Kept by any accepted request that holds the member; broken by the refusal of a twin that adds just it."""
    twins = acceptance(identifier)

    def judge(recording: Recording) -> Iterator[Observation]:
        yield from twins(recording)
        for run in recording.runs:
            value = value_at(run.exchange.probe.asked, member.path)
            if value is not NOTHING and (value is None) == null:
                yield kept(run.exchange)

    return judge


def _left_out(identifier: str, member: Member) -> Judge:
    """Kept by any accepted request that lacks the member; broken by the refusal of a twin that lacks just it."""
    twins = acceptance(identifier)

    def judge(recording: Recording) -> Iterator[Observation]:
        yield from twins(recording)
        for run in recording.runs:
            asked = run.exchange.probe.asked
            if asked is not NOTHING and value_at(asked, member.path) is NOTHING:
                yield kept(run.exchange)

    return judge
