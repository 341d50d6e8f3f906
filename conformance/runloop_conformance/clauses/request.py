"""Which requests a server accepts and which it rejects, property by property and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from runloop_conformance.clauses.clause import (
    ECHO,
    Clause,
    Judge,
    Observation,
    acceptance,
    by_rule,
    echo,
    failed,
    passed,
    rejection,
)
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
    page: Level = "must" if prop.from_page else "should"
    stem = f"request.{prop.name}"

    def clause(identifier: str, level: Level, statement: str, judge: Judge, rules: tuple[str, ...]) -> Clause:
        text = f"`{prop.name}` {statement}. {prop.description}".rstrip()
        return Clause(identifier, level, prop.pointer, text, judge, rules)

    kinds = ["required"] if prop.required else []
    for kind in dict.fromkeys((*kinds, *(kind for kind, _ in wrong_values(prop)))):
        identifier = f"{stem}.{kind}"
        yield clause(identifier, page, _statement(prop, kind), rejection(identifier), also)
    if prop.required or not prop.named:
        return
    identifier = f"{stem}.accepted"
    yield clause(identifier, prop.level, "is accepted", _accepted(identifier, prop, null=False), valid)
    if len(prop.path) <= 2:
        identifier = f"{stem}.optional"
        yield clause(identifier, prop.level, "may be left out", _left_out(identifier, prop), valid)
    if prop.nullable:
        identifier = f"{stem}.null-accepted"
        yield clause(identifier, page, "may be null", _accepted(identifier, prop, null=True), valid)


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
    value = prop.schema.get(kind)
    return {
        "required": "is required",
        "type": f"is of type {' or '.join(sorted(prop.types))}",
        "null": "is not null",
        "enum": f"is one of {', '.join(map(str, prop.schema.get('enum', [])))}",
        "const": f"is {value}",
        "maximum": f"is at most {value}",
        "minimum": f"is at least {value}",
    }.get(kind, f"has the {kind} {value}")


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
