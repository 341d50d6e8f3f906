"""The plan for an operation without its own rules: what its schema, HTTP and JSON say.

An independent validator checks every body before it is called valid or invalid, so a wrong guess about a schema can
only leave a test out. It never causes a false alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field

from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.forbidden import wrong_texts
from runloop_conformance.contract.operation import Json, Operation
from runloop_conformance.exchanges.exchange import NOTHING, Probe
from runloop_conformance.exchanges.strict_json import NotJsonError, parse, plain
from runloop_conformance.plan import credentials, fuzzing, hostile, methods, not_json, singles, wrong_types
from runloop_conformance.plan.parameters import Target, target, values
from runloop_conformance.plan.probes import ask, headers_for, twin
from runloop_conformance.plan.spellings import spellings
from runloop_conformance.plan.stages import Plan, once
from runloop_conformance.plan.unknown_properties import unknown_properties
from runloop_conformance.plan.writer import Writer

ACCEPTED = ("request.accepted",)


@define
class GeneralPlanner:
    """Plans one operation.

    responses: what accepted requests got so far, by operation id, for parameters that come from there.
    drawn: how many bodies schemathesis draws.
    """

    contract: Contract
    operation: Operation
    writer: Writer
    token: str = field(repr=False)
    responses: Mapping[str, Sequence[Json]]
    drawn: int
    _valid: Callable[[Any], bool] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._valid = self.contract.validator(self.operation.request_schema).is_valid

    def plan(self) -> Plan:
        """The whole plan."""
        required, known = (values(self.operation, self.responses, optional=optional) for optional in (False, True))
        bodies = list(self._bodies())
        minimal, full = self._ask("minimal", required, bodies[0]), self._ask("full", known, bodies[-1])
        # A second request to delete the same thing may be rejected.
        if self.operation.method == "DELETE" or full.sent == minimal.sent:
            full = minimal
        rejected = [probe for probe in self._rejections(minimal, full, known) if self._is_invalid(probe)]
        accepted = [probe for probe in self._successes(minimal, full) if self._is_valid(probe)]
        groups = tuple((probe,) for probe in once(accepted, (minimal, full)))
        return Plan(tuple(once((minimal, full))), tuple(once(rejected)), groups, groups)

    def _ask(self, name: str, given: Mapping[str, Json], body: Json) -> Probe:
        where = target(self.operation, given)
        return ask(
            self.operation, name, "accept", ACCEPTED, body,
            path=where.path, query=where.query,
            headers=(*headers_for(self.operation), *where.headers),
        )  # fmt: skip

    def _bodies(self) -> Iterator[Json]:
        """One with what is required, and one with all that is known; if neither is valid, schemathesis draws one."""
        if not self.operation.takes_json:
            yield NOTHING
            return
        written = [self.writer.value(lambda _: False), self.writer.value(lambda _: True)]
        right = [body for body in (*written, *self.operation.examples.values()) if self._valid(body)]
        yield from right[:2] or fuzzing.valid_bodies(self.contract, self.writer, 1)[:1] or written

    def _rejections(self, minimal: Probe, full: Probe, known: Mapping[str, Json]) -> Iterator[Probe]:
        if self.operation.bearer:
            yield from credentials.matrix(minimal, (full,), self.token)
        yield from self._parameter_twins(full, known)
        yield from (probe for probe in methods.methods(minimal) if probe.method not in self.operation.other_methods)
        if not self.operation.takes_json:
            return
        yield from wrong_types.wrong_types(self.operation.request, [minimal, full], all_types=False)
        if isinstance(minimal.content, dict):
            yield from wrong_types.not_objects(full)
        yield from not_json.not_json(self.operation, minimal)
        if isinstance(full.content, dict) and full.content:
            yield from not_json.json_extensions(self.operation, full)
        yield from methods.media_types(minimal)
        yield from hostile.hostile_bodies(minimal)

    def _parameter_twins(self, control: Probe, known: Mapping[str, Json]) -> Iterator[Probe]:
        """The control without a required parameter, or with a text that a parameter does not allow."""
        for parameter in self.operation.parameters:
            stem = parameter.stem
            if parameter.required and parameter.place != "path":
                rest = {name: value for name, value in known.items() if name != parameter.name}
                yield self._aimed(
                    control, f"without {parameter.name}", f"{stem}.required", target(self.operation, rest)
                )
            for kind, text in wrong_texts(parameter):
                there = target(self.operation, {**known, parameter.name: text})
                yield self._aimed(control, f"{parameter.name} is {text}", f"{stem}.{kind}", there)

    def _aimed(self, control: Probe, change: str, clause: str, there: Target) -> Probe:
        own = {parameter.name for parameter in self.operation.parameters}
        headers = (*(header for header in control.headers if header[0] not in own), *there.headers)
        return twin(control, change, (clause,), path=there.path, query=there.query, headers=headers)

    def _successes(self, minimal: Probe, full: Probe) -> Iterator[Probe]:
        cases = credentials.scheme_cases(minimal)
        spelled = self.operation.bearer and self.operation.method != "DELETE"
        if not self.operation.takes_json:
            yield from cases if spelled else ()
            return
        several = isinstance(full.content, dict) and full.content
        at_once, *other_spellings = spellings(full)
        yield at_once
        if several:
            yield unknown_properties(self.operation, full, self._valid)
        yield from cases if spelled else ()
        yield from (self._like(full, f"example {name}", body) for name, body in self.operation.examples.items())
        if several:
            yield from (self._like(full, f"presence {n + 1}", body) for n, body in enumerate(self.writer.pairwise()))
            yield from singles.single_properties(self.operation, self.writer, minimal, full)
            yield from singles.single_values(self.operation, minimal)
        yield from other_spellings
        yield from hostile.hostile_headers(minimal)
        made = fuzzing.valid_bodies(self.contract, self.writer, self.drawn) if self.drawn else []
        yield from (self._like(full, f"drawn {n + 1}", body) for n, body in enumerate(made[: self.drawn]))

    def _like(self, control: Probe, name: str, body: Json) -> Probe:
        return twin(control, name, ACCEPTED, intent="accept", content=body)

    def _is_valid(self, probe: Probe) -> bool:
        return probe.content is NOTHING or self._valid(probe.content)

    def _is_invalid(self, probe: Probe) -> bool:
        """Whether the validator agrees that the body is invalid."""
        about_the_body = any(clause.startswith("request.") for clause in probe.clauses) and self.operation.takes_json
        if not about_the_body or "request.media-types" in probe.clauses:
            return True
        if not probe.body.strip():
            return self.operation.needs_body
        try:
            return not self._valid(plain(parse(probe.body).value if probe.content is NOTHING else probe.content))
        except (NotJsonError, UnicodeEncodeError):  # the second: a lone surrogate
            return True
