"""One run of the suite: plan, send, judge. What is decided here is only what of the plan is still worth sending."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from attrs import Factory, define, evolve, field

from runloop_conformance.clauses import Clause, all_clauses, selected
from runloop_conformance.clauses.run import STANDING_MS
from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.operation import Json, Level, Operation
from runloop_conformance.exchanges.exchange import ASKED_OFTEN, Exchange, Probe, costs
from runloop_conformance.exchanges.recording import Recording, answer_to
from runloop_conformance.exchanges.redaction import Redaction, heed
from runloop_conformance.judging.judge import judge
from runloop_conformance.judging.precondition import precondition
from runloop_conformance.judging.result import Result, RunInfo
from runloop_conformance.judging.terms import Judgement, Terms, settle
from runloop_conformance.plan import EVERYTHING, Plan
from runloop_conformance.plan.suspects import suspects, tells
from runloop_conformance.sending.sender import BudgetSpentError, Sender
from runloop_conformance.suite.options import Options, plan_for, planner_for
from runloop_conformance.suite.shrinking import breaks, shrink, worth_it

INTERRUPTED = "it was interrupted"
LONGEST = 1800.0  # seconds; a run of the suite that takes longer is ended, and says so
RESERVE = 5  # the last fifth of the budget is first offered to making counterexamples small
MOST_SHRUNK = 4  # counterexamples
SETTLED = 20  # runs, after which a server that is right has shown that it keeps every MUST
HANGS = 3  # of requests about one clause; then no more of them are sent
MANY_HANGS, MOST_HANGS = 6, 12  # of all requests: then one about each clause is enough, and then none
HOPELESS = 40  # requests that are still sent to a server whose answers to valid ones cannot be read
MANY_FAILURES = 25  # requests in a row without a whole answer: the server may be gone


@define
class Suite:
    """A run of the suite against one server.

    on_exchange: is called after each exchange, with it and the number of runs that the budget has paid for.
    """

    contract: Contract
    options: Options
    plan: Plan = field(repr=False, default=Factory(lambda self: plan_for(self.contract, self.options), takes_self=True))
    on_exchange: Callable[[Exchange, int], None] = field(default=lambda *_: None, repr=False)
    clauses: tuple[Clause, ...] = field(init=False)
    wanted: frozenset[str] = field(init=False, repr=False)
    testing: Operation = field(init=False, repr=False)
    sender: Sender = field(init=False, repr=False)
    _failed: set[str] = field(factory=set, init=False)
    _accepted: set[str] = field(factory=set, init=False)
    _hangs: dict[str, int] = field(factory=dict, init=False)
    _hung: int = field(default=0, init=False)
    _shrunk: bool = field(default=False, init=False)
    _refused: list[tuple[Probe, Level]] = field(factory=list, init=False, repr=False)
    _explained: int = field(default=0, init=False)
    _hopeless: int = field(default=0, init=False)
    _silent: int = field(default=0, init=False)
    _patience: int = field(default=MANY_FAILURES, init=False)
    _gone: bool = field(default=False, init=False)
    _first: int = field(default=0, init=False)
    _told: int = field(default=0, init=False)
    _answered: dict[str, list[Json]] = field(factory=dict, init=False, repr=False)
    _began: float = field(init=False)
    _began_ms: int = field(init=False)
    _stopped: str | None = field(default=None, init=False)
    _until: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        options = self.options
        self._began, self._began_ms = options.to.clock.monotonic(), options.to.clock.now_ms()
        self.clauses = selected(all_clauses(self.contract), options.select, options.deselect)
        self.wanted = frozenset(clause.id for clause in self.clauses)
        self.testing = self.contract.operation
        self.sender = Sender(options.to, options.token, options.limits, options.headers, self._seen)

    def run(self) -> Result:
        """Send the plan and judge what came. Ctrl-C ends it early; what was recorded is judged all the same."""
        heed(Redaction((self.options.token, *(value for _, value in self.options.headers))))
        failed_precondition = None
        try:
            failed_precondition = self._send()
        except KeyboardInterrupt:
            self._stopped = INTERRUPTED
        return self._result(failed_precondition)

    def _send(self) -> str | None:
        """Send what the plan says; the reason where nothing can be said about this server."""
        planner = planner_for(self.contract, self.options)
        for number, operation in enumerate(self.contract.operations):
            self.testing, self._first = operation, len(self.sender.exchanges)
            self._share(operation)
            share = self._until - self.sender.budget.spent
            plan = planner.further(operation, self._answers(), share) if number else self.plan
            failed = self._send_controls(plan) or self._send_refusals(plan)
            if failed:
                return failed
            self._send_successes(plan)
            if self._over():
                break
        return self._stopped if self._gone else self._nothing_accepted()

    def _share(self, operation: Operation) -> None:
        """Let each operation that costs something have its part of the budget, the main one as much as settles it."""
        rest = self.contract.operations[self.contract.operations.index(operation) :]
        left, payers = self.sender.budget.left, sum(not one.safe for one in rest)
        own = min(left, SETTLED) if operation.own_rules else 0
        self._until = self.sender.budget.spent + (max(left // payers, own) if payers else left)
        self._shrunk, self._explained, self._refused = False, 0, []

    def _answers(self) -> dict[str, list[Json]]:
        """What was accepted so far, by operation. Each exchange is read once, however many operations there are."""
        for exchange in self.sender.exchanges[self._told :]:
            if exchange.accepted and exchange.probe.intent != "refuse":
                self._answered.setdefault(exchange.probe.operation, []).append(answer_to(exchange))
        self._told = len(self.sender.exchanges)
        return self._answered

    def _nothing_accepted(self) -> str | None:
        """The reason where no operation of several took anything."""
        sent = self.sender.exchanges
        if len(self.contract.operations) == 1 or not sent or any(one.accepted for one in sent):
            return None
        return self._precondition(sent, alone=True)

    def _precondition(self, controls: Sequence[Exchange], *, alone: bool) -> str | None:
        options = self.options
        return precondition(
            controls, options.to.url, options.token, options.benchmark_ids, alone=alone, prefix=options.prefix
        )

    def _send_controls(self, plan: Plan) -> str | None:
        before = len(self.sender.exchanges)
        for probe in plan.controls:
            if probe.safe or self.options.limits.max_runs:
                self._try([probe])
        controls = self.sender.exchanges[before:]
        if before or not controls:
            return None
        alone = self.testing.own_rules or len(self.contract.operations) == 1
        failed = self._precondition(controls, alone=alone)
        readable = any(isinstance(answer_to(exchange), dict | list) for exchange in controls)
        if not failed and self.testing.own_rules and not readable:
            self._hopeless = len(controls) + HOPELESS
        return failed

    def _send_refusals(self, plan: Plan) -> str | None:
        """Those of a MUST first: what a SHOULD alone refuses may start so many runs that no more is sent."""
        musts = {clause.id for clause in self.clauses if clause.level == "must"}
        for probe in sorted(plan.refusals, key=lambda probe: musts.isdisjoint(probe.clauses)):
            if self._worth(probe) and not self._over():
                self._try([probe])
                if len(self.sender.exchanges) == 1 and self.sender.exchanges[0].failure:
                    return self._precondition(self.sender.exchanges, alone=True)
        return None

    def _send_successes(self, plan: Plan) -> None:
        queue = list(plan.known_successes if EVERYTHING in self._accepted else plan.successes)
        half = len(queue) // 2
        while queue and not self._over():
            self._explain(queue)
            left = self._until - self.sender.budget.spent
            if left <= self.options.limits.max_runs // RESERVE and not self._shrunk:
                self._shrink()
            if len(queue) == half or 3 * left <= self.options.limits.max_runs:
                self._let_time_pass()
            group = queue.pop(0)
            if self._worth(group[0]) if group[0].intent == "refuse" else self._tells(group[0]):
                self._try(group)
        if not self._shrunk and not self._stopped:
            self._shrink()

    def _tells(self, probe: Probe) -> bool:
        """Whether the refusal of a valid request would say something: its control was taken, or is a usual one."""
        if probe.control is None or probe.control in self._accepted:
            return True
        return self.testing.own_rules and probe.control != EVERYTHING

    def _explain(self, queue: list[tuple[Probe, ...]]) -> None:
        """Bring forward the requests with one thing in them: they say what it was that was refused in a fuller one.

        First those whose one thing no accepted request had. What only a SHOULD forbids must not cost a MUST its test,
        so that waits until the MUSTs are settled.
        """
        if not self._refused or self._explained == len(self._refused):
            return
        if all(level == "should" for _, level in self._refused) and self.sender.budget.spent < SETTLED:
            return
        self._explained = len(self._refused)
        must = any(level == "must" for _, level in self._refused)
        valid = [exchange for exchange in self.sender.exchanges if exchange.probe.intent == "accept"]
        accepted = {exchange.probe.name: exchange.probe for exchange in valid if exchange.accepted}
        suspected = suspects(self.testing, [probe for probe, _ in self._refused], accepted.values())
        shoulds = {one.id for one in self.clauses if one.level == "should"}

        def rank(group: tuple[Probe, ...]) -> int:
            probe = group[0]
            if probe.rank == "single" and tells(self.testing, probe, accepted.get(probe.control or ""), suspected):
                return 0
            if must and probe.rank == "packed":
                return 1
            return 3 if not must and probe.rank == "single" and shoulds & self._ids(probe) else 4

        queue.sort(key=rank)

    def _shrink(self) -> None:
        """Make the counterexamples small, with the last part of the budget; each gets an equal share of it."""
        self._shrunk = True
        exchanges, secrets = self.sender.exchanges[self._first :], (self.options.token,)
        recording = Recording(self.contract, exchanges, secrets)
        # Only what valid requests break can be made small, and they are few beside all others.
        valid = Recording(self.contract, [one for one in exchanges if one.probe.intent != "refuse"], secrets)
        broken = [
            one
            for one in self.clauses
            if one.operation == self.testing.id and any(seen.kept is False for seen in one.look(valid))
        ]
        large = [
            (finding.clause, finding.counterexample.exchanges[-1])
            for finding in judge(broken, recording)
            if finding.counterexample and worth_it(finding.clause, finding.counterexample.exchanges[-1])
        ]
        for number, (clause, exchange) in enumerate(large[:MOST_SHRUNK]):
            if not self._over():
                share = self.sender.budget.left // (min(len(large), MOST_SHRUNK) - number)
                schema = self.contract.find(exchange.probe.operation).request_schema
                right = self.contract.validator(schema).is_valid
                shrink(exchange, self.sender, breaks(clause, recording), right, keep=self.sender.budget.left - share)

    def _let_time_pass(self) -> None:
        """So long after the first run that a clock which stands still shows."""
        first = next((exchange for exchange in self.sender.exchanges if exchange.accepted), None)
        if first is not None and self.sender.budget.left and "starts-now" in self.testing.rules:
            clock = self.options.to.clock
            clock.sleep(max(0.0, (first.ended_ms + STANDING_MS - clock.now_ms()) / 1000 + 0.05))

    def _ids(self, probe: Probe) -> set[str]:
        """The ids of a probe's clauses, as the report has them."""
        prefix = self.contract.find(probe.operation).prefix
        return {prefix + clause for clause in probe.clauses}

    def _worth(self, probe: Probe) -> bool:
        """Whether a refusal can still tell something.

        A clause that has failed by starting a run is not tried again, nor one about which the server hangs too often.
        """
        about = self._ids(probe)
        if not self.wanted & about or self._failed & about:
            return False
        enough = HANGS if self._hung < MANY_HANGS else 1 if self._hung < MOST_HANGS else 0
        if any(self._hangs.get(clause, 0) >= enough for clause in about):
            return False
        return (self.options.limits.max_runs == 0 and not probe.safe) or probe.control in self._accepted

    def _try(self, probes: Sequence[Probe]) -> None:
        if self._failed:  # what goes before on such a connection might start a run as well
            probes = [evolve(one, framing="length") if one.framing == "kept" else one for one in probes]
        if self.sender.budget.spent + sum(costs(probe) for probe in probes) > self._until:
            return
        with suppress(BudgetSpentError):
            self.sender.send_together(probes)

    def _seen(self, exchange: Exchange) -> None:
        if exchange.accepted:
            self._accepted.add(exchange.probe.name)
            if exchange.probe.intent == "refuse" and exchange.probe.method == self.testing.method:
                # To accept what should be refused is no failure of the server: what looks for those goes on.
                self._failed |= {one for one in self._ids(exchange.probe) if not one.endswith("http.no-server-error")}
        self._silent = 0 if exchange.response else self._silent + 1
        if exchange.refused and exchange.probe.intent == "accept":
            about = self._ids(exchange.probe)
            levels = {clause.level for clause in self.clauses if clause.id in about}
            if levels:
                level: Level = "must" if "must" in levels else "should"
                self._refused.append((exchange.probe, level))
        if exchange.tries > ASKED_OFTEN and exchange.probe.intent == "refuse":
            self._failed |= self._ids(exchange.probe)
        if exchange.failure and exchange.failure.kind == "timeout":
            self._hung += 1
            for clause in self._ids(exchange.probe):
                self._hangs[clause] = self._hangs.get(clause, 0) + 1
        self.on_exchange(exchange, self.sender.budget.spent)

    def _over(self) -> bool:
        if self._stopped is None and self._silent >= self._patience and not self._lives():
            self._gone = True
            self._stopped = f"the server stopped answering: {self.sender.exchanges[-1].failure}"
        if self._stopped is None and self._hopeless and len(self.sender.exchanges) >= self._hopeless:
            self._stopped = "no valid request was answered with an object, so little can be learned from more of them"
        if self._stopped is None and self.options.to.clock.monotonic() - self._began > LONGEST:
            self._stopped = f"it took longer than {LONGEST:g} s"
        return self._stopped is not None

    def _lives(self) -> bool:
        """Whether a request that was accepted before is still answered, though so many others were not."""
        before = next(
            (one.probe for one in self.sender.exchanges if one.accepted and one.probe.intent == "accept"), None
        )
        count = len(self.sender.exchanges)
        if before is not None:
            self._try([evolve(before, name=f"{before.name}, as others are not answered", control=None, change=None)])
        self._patience *= 2
        return len(self.sender.exchanges) > count and self.sender.exchanges[-1].response is not None

    def settled(self) -> int:
        """How many clauses are known to be kept or broken by now."""
        recording = Recording(self.contract, list(self.sender.exchanges), (self.options.token,))
        return sum(finding.status in ("pass", "fail") for finding in judge(self.clauses, recording))

    def defect(self, reason: str) -> Result:
        """What is left to report when the suite itself failed: what was sent, and no finding."""
        terms = self._terms(None, self._stopped or "the suite itself failed")
        return self._report(Judgement("error", reason, complete=False, findings=()), terms)

    def _result(self, failed_precondition: str | None) -> Result:
        terms = self._terms(failed_precondition, self._stopped)
        recording = Recording(self.contract, self.sender.exchanges, (self.options.token,))
        return self._report(settle(self.clauses, recording, terms), terms)

    def _terms(self, precondition: str | None, stopped: str | None) -> Terms:
        options = self.options
        return Terms(options.fail_on, options.select, options.deselect, options.known, precondition, stopped)

    def _report(self, judgement: Judgement, terms: Terms) -> Result:
        options, budget = self.options, self.sender.budget
        info = RunInfo(
            server=options.to.url,
            seed=options.seed,
            profile=options.profile,
            run_limit=options.limits.max_runs,
            runs_started=budget.spent + budget.by_mistake,
            runs_by_mistake=budget.by_mistake,
            duration_s=round(options.to.clock.monotonic() - self._began, 3),
            began_ms=self._began_ms,
            benchmark_ids=options.benchmark_ids,
            header_names=tuple(name for name, _ in options.headers),
        )
        return Result.of(info, self.contract, self.sender.exchanges, terms, judgement)
