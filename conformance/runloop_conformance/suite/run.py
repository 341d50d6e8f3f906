"""One run of the suite, from the plan to the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from attrs import Factory, define, field

from runloop_conformance.clauses import all_clauses, selected
from runloop_conformance.clauses.clause import Clause
from runloop_conformance.clauses.run import STANDING_MS
from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.operation import Json, Operation
from runloop_conformance.exchanges.exchange import Exchange, Probe
from runloop_conformance.exchanges.recording import Recording, response_value
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.judge import Judgement, Terms, judge, settle
from runloop_conformance.judging.precondition import precondition
from runloop_conformance.judging.result import Result, RunInfo
from runloop_conformance.plan.stages import EVERYTHING, Plan
from runloop_conformance.sending.sender import BudgetSpentError, Sender
from runloop_conformance.suite.expiry import Expiry
from runloop_conformance.suite.explaining import Explaining
from runloop_conformance.suite.killing import Killing
from runloop_conformance.suite.options import Options, plan_for, planner_for
from runloop_conformance.suite.relevance import Relevance, musts_first, timed_out
from runloop_conformance.suite.shares import Shares
from runloop_conformance.suite.shrinking import Shrinking, shrinkable
from runloop_conformance.suite.stopping import Stopping

INTERRUPTED = "it was interrupted"


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
    sender: Sender = field(init=False, repr=False)
    relevance: Relevance = field(init=False, repr=False)
    stopping: Stopping = field(init=False, repr=False)
    killing: Killing = field(factory=Killing, init=False, repr=False)
    expiry: Expiry = field(factory=Expiry, init=False, repr=False)
    shares: Shares = field(init=False, repr=False)
    explaining: Explaining = field(init=False, repr=False)
    operation: Operation = field(init=False, repr=False)
    _first: int = field(default=0, init=False)  # exchanges of the operations before this one
    _shrunk: bool = field(default=False, init=False)
    _began: float = field(init=False)
    _began_ms: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        options, clock = self.options, self.options.to.clock
        self._began, self._began_ms = clock.monotonic(), clock.now_ms()
        self.clauses = selected(all_clauses(self.contract), options.select, options.deselect)
        self.sender = Sender(options.to, options.token, options.limits, options.headers, self._observe)
        ids = frozenset(clause.id for clause in self.clauses)
        self.relevance = Relevance(self.contract, ids, without_controls=options.limits.max_runs == 0)
        self.stopping = Stopping(clock)
        self.shares = Shares(self.contract.operations, self.sender.budget)
        self._begin(self.contract.operation)

    def run(self) -> Result:
        """Send the plan and judge the exchanges. Ctrl-C ends the sending; what was recorded is judged all the same."""
        problem = None
        try:
            problem = self._send()
        except KeyboardInterrupt:
            self.stopping.reason = INTERRUPTED
        terms = self._terms(problem)
        return self._result(settle(self.clauses, self._recording(), terms), terms)

    def defect(self, reason: str) -> Result:
        """The result when the suite itself failed: what was sent, and no finding."""
        self.stopping.reason = self.stopping.reason or "the suite itself failed"
        return self._result(Judgement("error", reason, complete=False, findings=()), self._terms(None))

    def settled(self) -> int:
        """How many clauses pass or fail by now."""
        return sum(finding.status in ("pass", "fail") for finding in judge(self.clauses, self._recording()))

    # --- sending ---

    def _send(self) -> str | None:
        """Send the plan of each operation. Returns the reason if nothing can be said about this server."""
        planner = planner_for(self.contract, self.options)
        responses: dict[str, list[Json]] = {}
        for number, operation in enumerate(self.contract.operations):
            self._begin(operation)
            plan = planner.further(operation, responses, self.shares.left) if number else self.plan
            problem = self._send_controls(plan) or self._send_twins(plan)
            if problem:
                return problem
            self._send_successes(plan)
            if self._over():
                break
            valid = (one for one in self.sender.exchanges[self._first :] if one.probe.intent != "refuse")
            responses[operation.id] = [response_value(exchange) for exchange in valid if exchange.accepted]
        self._check_token(last=True)
        self.expiry.conclude()
        if self.stopping.inconclusive:
            return self.stopping.reason
        return self.expiry.reason or self._nothing_accepted()

    def _begin(self, operation: Operation) -> None:
        self.operation, self._first, self._shrunk = operation, len(self.sender.exchanges), False
        self.explaining = Explaining(self.contract, operation, self.clauses)
        self.shares.begin(operation)

    def _send_controls(self, plan: Plan) -> str | None:
        for probe in plan.controls:
            if probe.safe or self.options.limits.max_runs:
                self._try([probe])
        controls = self.sender.exchanges
        if self._first or not controls:
            return None
        if timed_out(controls[0]) and any(exchange.accepted for exchange in controls):
            self._try(plan.controls[:1])  # it may have had to wait for the server to start up
        main = self.operation.own_rules
        problem = self._precondition(controls, alone=main or len(self.contract.operations) == 1)
        readable = any(isinstance(response_value(exchange), dict | list) for exchange in controls)
        if not problem and main and not readable:
            self.stopping.hopeless()
        return problem

    def _send_twins(self, plan: Plan) -> str | None:
        for probe in musts_first(self.contract, self.clauses, plan.rejections):
            if self.relevance.of_twin(probe) and not self._over():
                self._try([probe])
                if len(self.sender.exchanges) == 1 and self.sender.exchanges[0].failure:
                    return self._precondition(self.sender.exchanges, alone=True)
        return None

    def _send_successes(self, plan: Plan) -> None:
        queue = list(plan.known_successes if EVERYTHING in self.relevance.accepted else plan.successes)
        half = len(queue) // 2
        while queue and not self._over():
            self.explaining.reorder(queue, musts_settled=self.shares.settled)
            if self.shares.reserve and not self._shrunk:
                self._shrink()
            if len(queue) == half or self.shares.last_third:
                self._let_time_pass()
            group = queue.pop(0)
            relevant = self.relevance.of_twin if group[0].intent == "refuse" else self.relevance.of_valid
            if relevant(group[0]):
                self._try(group)
        if not self._shrunk and self.stopping.reason is None:
            self._shrink()

    def _shrink(self) -> None:
        """Make the counterexamples small; each gets an equal share of what is left of the budget."""
        self._shrunk = True
        clauses = [clause for clause in self.clauses if clause.operation == self.operation.id]
        counterexamples = shrinkable(clauses, self._recording(self._first))
        for number, counterexample in enumerate(counterexamples):
            if self._over():
                return
            left = self.sender.budget.left
            self._send_smaller(counterexample, left - left // (len(counterexamples) - number))

    def _send_smaller(self, counterexample: Shrinking, keep: int) -> None:
        probes = counterexample.probes()
        with suppress(StopIteration, BudgetSpentError):
            probe = next(probes)
            while self.sender.budget.left > keep:
                probe = probes.send(self.sender.send(probe))

    def _let_time_pass(self) -> None:
        """Wait so long after the first run that a clock which stands still shows."""
        first = next((exchange for exchange in self.sender.exchanges if exchange.accepted), None)
        if first is not None and self.sender.budget.left and "starts-now" in self.operation.rules:
            clock = self.options.to.clock
            clock.sleep(max(0.0, (first.ended_ms + STANDING_MS - clock.now_ms()) / 1000 + 0.05))

    def _try(self, probes: Sequence[Probe]) -> None:
        if self.shares.allow(probes):
            with suppress(BudgetSpentError):
                self.sender.send_together(self.relevance.safe_framing(probes))

    def _over(self) -> bool:
        check = self.stopping.check()
        if check is not None:
            self._try([check])
        while (suspect := self.killing.check()) is not None:
            self.options.to.clock.sleep(1.0)
            self._try([suspect])
        if self.killing.reason is not None and self.stopping.reason is None:
            self.stopping.reason, self.stopping.inconclusive = self.killing.reason, self.killing.gone
        self._check_token()
        return self.stopping.over() or self.expiry.reason is not None

    def _check_token(self, *, last: bool = False) -> None:
        control = self.expiry.check(last=last)
        if control is not None and self.options.token:
            self._try([control])

    def _observe(self, exchange: Exchange) -> None:
        for policy in (self.relevance, self.stopping, self.killing, self.expiry, self.explaining):
            policy.observe(exchange)
        self.on_exchange(exchange, self.sender.budget.spent)

    # --- the result ---

    def _nothing_accepted(self) -> str | None:
        """The reason, if there are several operations and the server accepted no request to any of them."""
        exchanges = self.sender.exchanges
        if len(self.contract.operations) == 1 or not exchanges or any(one.accepted for one in exchanges):
            return None
        return self._precondition(exchanges, alone=True)

    def _precondition(self, controls: Sequence[Exchange], *, alone: bool) -> str | None:
        options = self.options
        redaction = Redaction((options.token, *(value for _, value in options.headers)))
        return precondition(
            controls,
            options.to.url,
            options.token,
            options.benchmark_ids,
            redaction,
            alone=alone,
            prefix=options.prefix,
        )

    def _recording(self, first: int = 0) -> Recording:
        return Recording(self.contract, self.sender.exchanges[first:], (self.options.token,))

    def _terms(self, problem: str | None) -> Terms:
        options = self.options
        return Terms(
            options.fail_on,
            options.select,
            options.deselect,
            options.known,
            problem,
            self.stopping.reason,
            self.expiry.judged_until,
        )

    def _result(self, judgement: Judgement, terms: Terms) -> Result:
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
