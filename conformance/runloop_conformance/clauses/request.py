"""What a server takes and what it refuses, member by member and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from runloop_conformance.clauses.clause import (
    Clause,
    Judge,
    Observation,
    acceptance,
    by_rule,
    failed,
    passed,
    rejection,
)
from runloop_conformance.clauses.run import ECHO, echo
from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.forbidden import wrong_texts, wrong_values
from runloop_conformance.contract.operation import Level, Operation, Parameter, Property
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
        yield from by_rule(identifier, rules.get(rule), rejection(identifier))
    for parameter in operation.parameters:
        yield from _of_parameter(parameter)
    invalid = rules.get("refuses-invalid")
    for prop in operation.request:
        valid = rules.get("accepts-valid" if prop.level == "must" else "accepts-known-members")
        also = (prop.target, *([invalid.pointer] if invalid else []))
        yield from _of(prop, also, (valid.pointer,) if valid else ())


def _of(prop: Property, also: tuple[str, ...], valid: tuple[str, ...]) -> Iterator[Clause]:
    """The clauses of one member; `also` and `valid`: what else those say that refuse, and those that accept."""
    # A value of the wrong kind in what is known from elsewhere than the page is refused by SHOULD, whatever the level
    # at which the right one is accepted.
    rejected: Level = "must" if prop.from_page else "should"
    stem, quoted = f"request.{prop.name}", f" {prop.description}".rstrip()
    if prop.required:
        identifier = f"{stem}.required"
        text = f"`{prop.name}` is required.{quoted}"
        yield Clause(identifier, rejected, prop.pointer, text, rejection(identifier), also)
    for kind in dict.fromkeys(kind for kind, _ in wrong_values(prop)):
        identifier = f"{stem}.{kind}"
        text = f"{_says(prop, kind)}{quoted}"
        yield Clause(identifier, rejected, prop.pointer, text, rejection(identifier), also)
    if not prop.required and prop.named:
        identifier = f"{stem}.accepted"
        text = f"`{prop.name}` is accepted.{quoted}"
        yield Clause(identifier, prop.level, prop.pointer, text, _taken(identifier, prop, null=False), valid)
        if len(prop.path) <= 2:
            identifier = f"{stem}.optional"
            text = f"`{prop.name}` may be left out.{quoted}"
            yield Clause(identifier, prop.level, prop.pointer, text, _left_out(identifier, prop), valid)
        if prop.nullable:
            identifier = f"{stem}.null-accepted"
            level: Level = "must" if prop.from_page else "should"
            text = f"`{prop.name}` may be null.{quoted}"
            yield Clause(identifier, level, prop.pointer, text, _taken(identifier, prop, null=True), valid)


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
            wrong = [(run, seen) for run, seen in told if seen is not None and seen.passed is False]
            if any(run.exchange.number not in spelled for run, _ in wrong):
                continue
            for run, seen in wrong:
                control = recording.control(run.exchange)
                if control is not None and run.exchange.probe.content == control.probe.content:
                    expected = (seen.expected, ", as for the usual spelling")
                    yield failed(expected, seen.actual, control, run.exchange)

    return judge


def _of_parameter(parameter: Parameter) -> Iterator[Clause]:
    stem, quoted = parameter.stem, f" {parameter.description}".rstrip()
    kinds = ["required"] if parameter.required and parameter.place != "path" else []
    kinds += dict.fromkeys(kind for kind, _ in wrong_texts(parameter))
    for kind in kinds:
        says = "is required" if kind == "required" else f"keeps its {kind}: {parameter.schema.get(kind)}"
        text = f"The {parameter.place} parameter `{parameter.name}` {says}.{quoted}"
        yield Clause(f"{stem}.{kind}", "must", parameter.pointer, text, rejection(f"{stem}.{kind}"))


def _says(prop: Property, kind: str) -> str:
    schema = prop.schema
    stated = " or ".join(sorted(prop.types))
    return {
        "type": f"`{prop.name}` is of type {stated}.",
        "null": f"`{prop.name}` is not null.",
        "enum": f"`{prop.name}` is one of {', '.join(map(str, schema.get('enum', [])))}.",
        "const": f"`{prop.name}` is {schema.get('const')}.",
        "maximum": f"`{prop.name}` is at most {schema.get('maximum')}.",
        "minimum": f"`{prop.name}` is at least {schema.get('minimum')}.",
    }.get(kind, f"`{prop.name}` keeps its {kind}: {schema.get(kind)}.")


def _taken(identifier: str, prop: Property, *, null: bool) -> Judge:
    """Kept by any accepted request that holds the member; broken by the refusal of a twin that adds just it."""
    twins = acceptance(identifier)

    def judge(recording: Recording) -> Iterator[Observation]:
        yield from twins(recording)
        for run in recording.runs:
            value = value_at(run.exchange.probe.content, prop.path)
            if value is not NOTHING and (value is None) == null:
                yield passed(run.exchange)

    return judge


def _left_out(identifier: str, prop: Property) -> Judge:
    """Kept by any accepted request that lacks the member; broken by the refusal of a twin that lacks just it."""
    twins = acceptance(identifier)

    def judge(recording: Recording) -> Iterator[Observation]:
        yield from twins(recording)
        for run in recording.runs:
            sent = run.exchange.probe.content
            if sent is not NOTHING and value_at(sent, prop.path) is NOTHING:
                yield passed(run.exchange)

    return judge
