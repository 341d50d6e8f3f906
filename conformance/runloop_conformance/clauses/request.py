"""Which requests a server accepts and which it rejects, property by property and as JSON."""

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
REJECTED = {
    "request.invalid": "refuses-invalid",
    "request.object": "refuses-not-object",
    "request.json": "refuses-not-json",
    "request.json-extensions": "refuses-json-extensions",
    "request.media-types": "refuses-other-media-types",
}


def clauses(_: Contract, operation: Operation) -> Iterator[Clause]:
    """The chapter's clauses: those of the rules, and those that follow from each property of the schema."""
    rules = operation.rules
    for identifier, rule in ACCEPTED.items():
        judge = _spelled(identifier) if identifier == "request.spelling" else acceptance(identifier)
        yield from by_rule(identifier, rules.get(rule), judge)
    for identifier, rule in REJECTED.items():
        yield from by_rule(identifier, rules.get(rule), rejection(identifier))
    for parameter in operation.parameters:
        yield from _of_parameter(parameter)
    invalid = rules.get("refuses-invalid")
    for prop in operation.request:
        valid = rules.get("accepts-valid" if prop.level == "must" else "accepts-known-members")
        also = (prop.target, *([invalid.pointer] if invalid else []))
        yield from _of(prop, also, (valid.pointer,) if valid else ())


def _of(prop: Property, also: tuple[str, ...], valid: tuple[str, ...]) -> Iterator[Clause]:
    """The clauses of one property. also, valid: pointers of the rules that the rejections and the acceptances cover."""
    # What is known from elsewhere than the page rejects wrong values by a SHOULD, also where accepting is a MUST.
    level_of_rejection: Level = "must" if prop.from_page else "should"
    stem, description = f"request.{prop.name}", f" {prop.description}".rstrip()
    if prop.required:
        identifier = f"{stem}.required"
        text = f"`{prop.name}` is required.{description}"
        yield Clause(identifier, level_of_rejection, prop.pointer, text, rejection(identifier), also)
    for kind in dict.fromkeys(kind for kind, _ in wrong_values(prop)):
        identifier = f"{stem}.{kind}"
        text = f"{_statement(prop, kind)}{description}"
        yield Clause(identifier, level_of_rejection, prop.pointer, text, rejection(identifier), also)
    if not prop.required and prop.named:
        identifier = f"{stem}.accepted"
        text = f"`{prop.name}` is accepted.{description}"
        yield Clause(identifier, prop.level, prop.pointer, text, _accepted(identifier, prop, null=False), valid)
        if len(prop.path) <= 2:
            identifier = f"{stem}.optional"
            text = f"`{prop.name}` may be left out.{description}"
            yield Clause(identifier, prop.level, prop.pointer, text, _left_out(identifier, prop), valid)
        if prop.nullable:
            identifier = f"{stem}.null-accepted"
            level: Level = "must" if prop.from_page else "should"
            text = f"`{prop.name}` may be null.{description}"
            yield Clause(identifier, level, prop.pointer, text, _accepted(identifier, prop, null=True), valid)


def _spelled(identifier: str) -> Judge:
    """Judge the requests in another spelling: they are accepted, and their responses repeat what was sent.

    If a response to the usual spelling does not repeat it either, the spelling is not the cause.
    """
    accepted = acceptance(identifier)

    def judge(recording: Recording) -> Iterator[Observation]:
        yield from accepted(recording)
        spelled = {exchange.number for exchange in recording.by_clause.get(identifier, ())}
        for name, path in ECHO.items():
            observations = [
                (run, echo(name, path)(run)) for run in recording.runs if run.exchange.probe.intent == "accept"
            ]
            wrong = [
                (run, observation)
                for run, observation in observations
                if observation is not None and observation.passed is False
            ]
            if any(run.exchange.number not in spelled for run, _ in wrong):
                continue
            for run, observation in wrong:
                control = recording.control(run.exchange)
                if control is not None and run.exchange.probe.content == control.probe.content:
                    expected = (observation.expected, ", as for the usual spelling")
                    yield failed(expected, observation.actual, control, run.exchange)

    return judge


def _of_parameter(parameter: Parameter) -> Iterator[Clause]:
    stem, description = parameter.stem, f" {parameter.description}".rstrip()
    kinds = ["required"] if parameter.required and parameter.place != "path" else []
    kinds += dict.fromkeys(kind for kind, _ in wrong_texts(parameter))
    for kind in kinds:
        statement = "is required" if kind == "required" else f"has the {kind} {parameter.schema.get(kind)}"
        text = f"The {parameter.place} parameter `{parameter.name}` {statement}.{description}"
        yield Clause(f"{stem}.{kind}", "must", parameter.pointer, text, rejection(f"{stem}.{kind}"))


def _statement(prop: Property, kind: str) -> str:
    schema = prop.schema
    stated = " or ".join(sorted(prop.types))
    return {
        "type": f"`{prop.name}` is of type {stated}.",
        "null": f"`{prop.name}` is not null.",
        "enum": f"`{prop.name}` is one of {', '.join(map(str, schema.get('enum', [])))}.",
        "const": f"`{prop.name}` is {schema.get('const')}.",
        "maximum": f"`{prop.name}` is at most {schema.get('maximum')}.",
        "minimum": f"`{prop.name}` is at least {schema.get('minimum')}.",
    }.get(kind, f"`{prop.name}` has the {kind} {schema.get(kind)}.")


def _accepted(identifier: str, prop: Property, *, null: bool) -> Judge:
    """Passes by any accepted request with the property; fails if a twin that adds only the property is rejected."""
    twins = acceptance(identifier)

    def judge(recording: Recording) -> Iterator[Observation]:
        yield from twins(recording)
        for run in recording.runs:
            value = value_at(run.exchange.probe.content, prop.path)
            if value is not NOTHING and (value is None) == null:
                yield passed(run.exchange)

    return judge


def _left_out(identifier: str, prop: Property) -> Judge:
    """Passes by any accepted request without the property; fails if a twin that lacks only the property is rejected."""
    twins = acceptance(identifier)

    def judge(recording: Recording) -> Iterator[Observation]:
        yield from twins(recording)
        for run in recording.runs:
            sent = run.exchange.probe.content
            if sent is not NOTHING and value_at(sent, prop.path) is NOTHING:
                yield passed(run.exchange)

    return judge
