"""Which requests, in which order, within which budget.

A plan is made before anything is sent and is the same for the same contract, seed, profile and budget. The responses
of the server decide only what of it is still worth sending.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Literal

from attrs import define, evolve, field

from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.operation import Json, Operation
from runloop_conformance.exchanges.exchange import Probe
from runloop_conformance.exchanges.strict_json import dump
from runloop_conformance.plan import (
    credentials,
    fuzzing,
    hostile,
    methods,
    not_json,
    presence,
    singles,
    sizes,
    texts,
    wrong_types,
)
from runloop_conformance.plan.freedoms import free
from runloop_conformance.plan.general import GeneralPlanner
from runloop_conformance.plan.priority import Priority
from runloop_conformance.plan.probes import ask
from runloop_conformance.plan.spellings import spellings
from runloop_conformance.plan.stages import EVERYTHING, Plan, in_order, once
from runloop_conformance.plan.together import together
from runloop_conformance.plan.unknown_properties import unknown_properties
from runloop_conformance.plan.writer import Writer

__all__ = ["Planner", "Profile"]

Profile = Literal["quick", "standard", "thorough"]

DRAWN = {"quick": 0, "standard": 40, "thorough": 400}  # bodies asked of schemathesis' strategies
DRAWN_OF_OTHERS = {"quick": 0, "standard": 10, "thorough": 100}
FEW_OF_OTHERS = 20  # runs; with fewer, only what is written from the schema is sent
FEW = 30  # runs; up to so many, few requests are sent together


@define
class Planner:
    """Makes the plan."""

    contract: Contract
    seed: int
    profile: Profile
    benchmark_ids: Sequence[str]
    token: str = field(repr=False)
    max_runs: int

    def plan(self) -> Plan:
        """The plan for the main operation."""
        operation = self.contract.operation
        if not operation.own_rules:
            return self.further(operation, {}, self.max_runs // len(self.contract.operations))
        writer = Writer(self.contract, operation, self.seed, self.benchmark_ids)
        accepted = ("request.accepted",)
        minimal = ask(operation, "minimal", "accept", accepted, writer.minimal())
        full = ask(operation, "full", "accept", accepted, writer.full(telling=False))
        everything = ask(operation, EVERYTHING, "accept", ("request.known-members",), writer.everything())
        controls = (minimal, full, everything)
        rejected = once(self._rejections(*controls))
        drawn = self._drawn(writer)
        plain, known = (
            in_order(self._successes(evolve(writer, made=writer.made, known=known), controls, drawn))
            for known in (False, True)
        )
        sent = controls if self.max_runs >= len(controls) else controls[:-1]
        return Plan(sent, tuple(self._spread(rejected, minimal)), plain, known)

    def further(self, operation: Operation, responses: Mapping[str, Sequence[Json]], share: int) -> Plan:
        """The plan for an operation without its own rules.

        responses: what accepted requests got so far, by operation id. share: how many valid requests it may have.
        """
        drawn = min(DRAWN_OF_OTHERS[self.profile], max(0, share - FEW_OF_OTHERS))
        writer = Writer(self.contract, operation, self.seed, self.benchmark_ids)
        return GeneralPlanner(self.contract, operation, writer, self.token, responses, drawn).plan()

    def _rejections(self, minimal: Probe, full: Probe, everything: Probe) -> Iterator[Probe]:
        operation = self.contract.operation
        if operation.secured:
            yield from credentials.matrix(full, (minimal,), self.token)
        yield from wrong_types.wrong_types(operation.request, [minimal, full], all_types=True)
        yield from wrong_types.aliases(operation, [minimal, full])
        yield from wrong_types.not_objects(full)
        yield from wrong_types.wrapped(minimal)
        for control in (minimal, full):
            yield from not_json.not_json(operation, control)
        yield from methods.methods(full)
        yield from methods.disguised_methods(full)
        yield from not_json.json_extensions(operation, full)
        yield from methods.media_types(full)
        yield from methods.forms(full)
        yield from hostile.hostile(operation, full)
        known = [prop for prop in operation.request if operation.level_of(prop) == "should"]
        yield from wrong_types.wrong_types(known, [everything], all_types=self.profile == "thorough")

    def _spread(self, rejected: list[Probe], minimal: Probe) -> list[Probe]:
        """Repeats the unauthorized request between the others: a server may leave its check out at times."""
        if not self.contract.operation.secured:
            return rejected
        repeated = credentials.again(self.contract.operation, minimal)
        step = max(1, len(rejected) // (len(repeated) + 1))
        for number, probe in enumerate(repeated):
            rejected.insert(step * (number + 1) + number, probe)
        return rejected

    def _successes(
        self, writer: Writer, controls: tuple[Probe, Probe, Probe], bodies: Sequence[dict[str, Json]]
    ) -> Iterator[Probe]:
        """Valid requests, each with its priority. Their order here is that of the marks and words."""
        operation, (minimal, full, everything) = self.contract.operation, controls
        few, words = self.max_runs <= FEW, texts.Words()
        yield texts.awkward_texts(operation, writer)
        yield sizes.largest_sizes(operation, writer)
        yield texts.other_awkward_texts(operation, writer)
        yield sizes.largest_in_other_scripts(operation, writer)
        yield from together(operation, writer, 2 if few else 6, texts.Words())
        yield from presence.rows(operation, writer, words)
        telling = texts.telling(operation, writer)
        yield telling
        yield from spellings(telling)
        if operation.secured:
            yield credentials.before_a_right_one(minimal)
            yield from credentials.scheme_cases(full)
        yield from free(operation, full)
        if writer.known:
            yield from singles.single_values(operation, minimal)
        yield from singles.single_properties(operation, writer, minimal, full)
        yield from singles.single_known(operation, writer, minimal, everything)
        if writer.known:
            yield from presence.known_values(operation, writer, words)
            yield from presence.half_null(operation, everything)
        yield presence.all_null(operation, minimal)
        yield presence.all_empty(operation, minimal)
        yield from wrong_types.before_another(operation, full)
        yield evolve(minimal, name="minimal, again", clauses=("request.accepted",), priority=Priority.REPEATED)
        fits = self.contract.validator(operation.request_schema).is_valid
        yield unknown_properties(operation, everything if writer.known else full, fits)
        drawn = [
            ask(
                operation, f"drawn {number}", "accept", ("request.accepted",), words.put(writer, deepcopy(body)),
                priority=Priority.RANDOM,
            )
            for number, body in enumerate(bodies, 1)
        ]  # fmt: skip
        mixed = texts.random_words(writer, operation, 4 if few else 12, words)
        for pair in itertools.zip_longest(mixed, drawn):
            yield from (probe for probe in pair if probe is not None)

    def _drawn(self, writer: Writer) -> list[dict[str, Json]]:
        count = min(DRAWN[self.profile], max(0, self.max_runs - FEW))
        bodies = fuzzing.valid_bodies(self.contract, writer, count) if count else []
        bodies.sort(key=lambda body: -len(set(dump(body))))  # a body with more different characters can show more
        return bodies[:count]
