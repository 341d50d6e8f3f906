"""Which requests, in which order, within which budget.

A plan is made before anything is sent and is the same for the same contract, seed, profile and budget. What the server
answers decides only what of it is still worth sending.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Literal

from attrs import define, evolve, field

from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.operation import Json, Operation
from runloop_conformance.exchanges.exchange import Probe
from runloop_conformance.exchanges.strict_json import dump
from runloop_conformance.plan import acceptances, authorization, freedoms, fuzzing, hostile, refusals, singles
from runloop_conformance.plan.bodies import Writer
from runloop_conformance.plan.general import GeneralPlanner
from runloop_conformance.plan.probes import ask
from runloop_conformance.plan.stages import Plan
from runloop_conformance.plan.words import Words

__all__ = ["EVERYTHING", "Plan", "Planner", "Profile"]

Profile = Literal["quick", "standard", "thorough"]

EARLY = (
    "much that need not be taken, at once",
    "U+0000 in a text",
    "a text of 100,000 characters",
    "benchmark_id is odd in every way",
)
EVERYTHING = "everything"
DRAWN = {"quick": 0, "standard": 40, "thorough": 400}  # bodies asked of schemathesis' strategies
DRAWN_OF_OTHERS = {"quick": 0, "standard": 10, "thorough": 100}
FEW_OF_OTHERS = 20  # runs; before nothing else is left to send, nothing is drawn
FEW = 30  # runs; at most so many, and the requests that are sent together are few as well


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
        accepted = (acceptances.ACCEPTED,)
        minimal = ask(operation, "minimal", "accept", accepted, writer.minimal())
        full = ask(operation, "full", "accept", accepted, writer.full(telling=False))
        everything = ask(operation, EVERYTHING, "accept", ("request.known-members",), writer.everything())
        controls = (minimal, full) if self.max_runs < 3 else (minimal, full, everything)
        refused = list(self._refusals(minimal, full, everything))
        drawn = self._drawn(writer)
        plain, known = (
            tuple(self._successes(evolve(writer, made=writer.made, known=known), (minimal, full, everything), drawn))
            for known in (False, True)
        )
        return Plan(controls, tuple(self._spread(refused, minimal)), plain, known)

    def further(self, operation: Operation, answers: Mapping[str, Sequence[Json]], share: int) -> Plan:
        """The plan for an operation without rules of its own.

        answers: what was accepted so far, by operation id. share: how many valid requests it may have.
        """
        drawn = min(DRAWN_OF_OTHERS[self.profile], max(0, share - FEW_OF_OTHERS))
        writer = Writer(self.contract, operation, self.seed, self.benchmark_ids)
        return GeneralPlanner(self.contract, operation, writer, self.token, answers, drawn).plan()

    def _refusals(self, minimal: Probe, full: Probe, everything: Probe) -> Iterator[Probe]:
        operation = self.contract.operation
        if operation.secured:
            yield from authorization.matrix(full, (minimal,), self.token)
        yield from refusals.member_twins(operation, [minimal, full], all_types=True)
        yield from refusals.alias_twins(operation, [minimal, full])
        yield from refusals.not_objects(full)
        yield from refusals.wrapped(minimal)
        for control in (minimal, full):
            yield from refusals.not_json(control)
        yield from refusals.methods(full)
        yield from refusals.disguised_methods(full)
        yield from refusals.json_extensions(full)
        yield from refusals.media_types(full)
        yield from refusals.forms(full)
        yield from hostile.hostile(full)
        deeper = [p for p in refusals.member_twins(operation, [everything], all_types=self.profile == "thorough")
                  if _only_should(p)]  # fmt: skip
        yield from deeper

    def _spread(self, refused: list[Probe], minimal: Probe) -> list[Probe]:
        """Without repetitions; the unauthorized request stands between the others: a check may be left out at times."""
        unique = list({(p.method, p.body, p.headers, p.query, p.framing): p for p in reversed(refused)}.values())[::-1]
        if not self.contract.operation.secured:
            return unique
        repeated = authorization.again(minimal)
        step = max(1, len(unique) // (len(repeated) + 1))
        for number, probe in enumerate(repeated):
            unique.insert(step * (number + 1) + number, probe)
        return unique

    def _successes(
        self, writer: Writer, controls: tuple[Probe, Probe, Probe], bodies: Sequence[dict[str, Json]]
    ) -> Iterator[tuple[Probe, ...]]:
        operation, (minimal, full, everything) = self.contract.operation, controls
        few = self.max_runs <= FEW
        size = 2 if few else 6
        packed = list(acceptances.packed(operation, writer))
        words = Words()
        groups = list(acceptances.together(operation, writer, size, Words()))
        rows = acceptances.rows(operation, writer, words)
        telling = ask(operation, "telling texts", "accept", (acceptances.ACCEPTED, acceptances.TEXT), writer.full())
        spellings = list(acceptances.spellings(telling))
        cases = list(acceptances.scheme_cases(full)) if operation.secured else []
        free = list(freedoms.free(operation, writer, full))
        single = list(singles.single_values(operation, minimal)) if writer.known else []
        single += singles.single_members(operation, writer, minimal, full)
        single += singles.single_known(operation, writer, minimal, everything)
        values = list(singles.known_values(operation, writer, words)) if writer.known else []
        values += acceptances.half_null(operation, everything) if writer.known else []
        if operation.secured:
            yield (authorization.before_a_right_one(minimal),)
        yield (telling,)
        yield (packed[0],)
        yield (spellings[0],)
        yield tuple(groups[0])
        yield (packed[1],)
        early = [probe for probe in free if probe.change in EARLY]
        nulls = acceptances.all_null(operation, minimal)
        empty = acceptances.all_empty(operation, minimal)
        refused = refusals.before_another(full)
        again = evolve(minimal, name="minimal, again", clauses=(acceptances.ACCEPTED,))
        for probe in (empty, nulls, *rows[:3], packed[3], *refused, *early[:2], spellings[1], again, *rows[3:4]):
            yield (probe,)
        fits = self.contract.validator(operation.request_schema).is_valid
        unknown = acceptances.unknown_members(operation, everything if writer.known else full, fits)
        for probe in (unknown, *cases[:1], packed[2], *early[2:], *values[:2], *rows[4:], *cases[1:], *values[2:]):
            yield (probe,)
        yield tuple(groups[1])
        yield tuple(groups[2])
        rest = [*spellings[2:], *(probe for probe in free if probe not in early)]
        yield from ((probe,) for probe in rest)
        drawn = [
            ask(operation, f"drawn {number + 1}", "accept", (acceptances.ACCEPTED,), words.put(writer, deepcopy(body)))
            for number, body in enumerate(bodies)
        ]
        mixed = list(acceptances.random_words(writer, operation, 12 if not few else 4, words))
        yield from ((probe,) for pair in zip(mixed, drawn, strict=False) for probe in pair)
        yield from ((probe,) for probe in drawn[len(mixed) :])
        yield from ((probe,) for probe in mixed[len(drawn) :])
        yield from ((probe,) for probe in single)  # they come forward as soon as something is refused

    def _drawn(self, writer: Writer) -> list[dict[str, Json]]:
        count = min(DRAWN[self.profile], max(0, self.max_runs - FEW))
        bodies = fuzzing.valid_bodies(self.contract, writer, count) if count else []
        bodies.sort(key=lambda body: -len(set(dump(body))))  # the more there is in a body, the more it can show
        return bodies[:count]


def _only_should(probe: Probe) -> bool:
    """Whether it is about what lies below the members that a MUST names, which `everything` alone holds."""
    return any(name in probe.clauses[0] for name in (".secrets", ".launchParameters", ".mounts"))
