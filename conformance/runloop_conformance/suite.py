"""One run of the suite: plan, send, judge. What is decided here is only what of the plan is still worth sending."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from attrs import define, field, frozen

from runloop_conformance import __version__
from runloop_conformance.clauses import Clause, all_clauses, selected
from runloop_conformance.clauses.run import STANDING_MS
from runloop_conformance.contract import Contract, Level
from runloop_conformance.exchange import ASKED_OFTEN, Exchange, Probe
from runloop_conformance.judge import Finding, Verdict, judge, verdict
from runloop_conformance.plan import EVERYTHING, Plan, Planner, Profile
from runloop_conformance.recording import Recording
from runloop_conformance.redaction import Redaction, clean, heed
from runloop_conformance.send import BudgetSpentError, Limits, Sender, started
from runloop_conformance.shrink import breaks, shrink, worth_it
from runloop_conformance.strict_json import NotJsonError, parse
from runloop_conformance.transport import Transport
from runloop_conformance.wire import address

LONGEST = 900.0  # seconds; a run of the suite that takes longer is ended, and says so
RESERVE = 5  # the last fifth of the budget is first offered to making counterexamples small
MOST_SHRUNK = 4  # counterexamples
SETTLED = 20  # runs, after which a server that is right has shown that it keeps every MUST
HANGS = 3  # of requests about one clause; then no more of them are sent
HOPELESS = 40  # requests that are still sent to a server whose answers to valid ones cannot be read
MANY_FAILURES = 25  # requests in a row without a whole answer: the server is gone


@frozen
class Options:
    """What the user asked for."""

    to: Transport
    token: str = field(repr=False)
    benchmark_ids: tuple[str, ...]
    limits: Limits
    seed: int = 0
    profile: Profile = "standard"
    select: tuple[str, ...] = ()
    deselect: tuple[str, ...] = ()
    fail_on: Level = "must"
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@frozen
class Result:
    """All that a reporter needs; none looks at anything else."""

    verdict: Verdict
    reason: str | None
    complete: bool
    server: str
    contract: Contract
    suite_version: str
    seed: int
    profile: Profile
    requests: int
    runs_started: int
    runs_by_mistake: int
    run_limit: int
    run_ids: tuple[str, ...]
    duration_s: float
    findings: tuple[Finding, ...]
    exchanges: tuple[Exchange, ...] = field(repr=False)


def plan_for(contract: Contract, options: Options) -> Plan:
    """What would be sent with these options."""
    return Planner(
        contract, options.seed, options.profile, options.benchmark_ids, options.token, options.limits.max_runs
    ).plan()


@define
class Suite:
    """A run of the suite against one server. `on_exchange` and `on_settled` are called as it goes, for progress."""

    contract: Contract
    options: Options
    plan: Plan = field(repr=False)
    on_exchange: Callable[[Exchange, Sender], None] = field(default=lambda *_: None, repr=False)
    clauses: tuple[Clause, ...] = field(init=False)
    sender: Sender = field(init=False, repr=False)
    _failed: set[str] = field(factory=set, init=False)
    _accepted: set[str] = field(factory=set, init=False)
    _hangs: dict[str, int] = field(factory=dict, init=False)
    _shrunk: bool = field(default=False, init=False)
    _refused: set[Level] = field(factory=set, init=False)
    _explained: bool = field(default=False, init=False)
    _hopeless: int = field(default=0, init=False)
    _silent: int = field(default=0, init=False)
    _began: float = field(init=False)
    _stopped: str | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        options = self.options
        self._began = options.to.clock.monotonic()
        self.clauses = selected(all_clauses(self.contract), options.select, options.deselect)
        self.sender = Sender(
            options.to, options.token, self.contract.operation.path, options.limits, options.headers, self._seen
        )

    def run(self) -> Result:
        """Send the plan and judge what came. Ctrl-C ends it early; what was recorded is judged all the same."""
        heed(Redaction((self.options.token, *(value for _, value in self.options.headers))))
        failed_precondition = None
        try:
            failed_precondition = self._send()
        except KeyboardInterrupt:
            self._stopped = "it was interrupted"
        return self._result(failed_precondition)

    def _send(self) -> str | None:
        """Send what the plan says; the reason where nothing can be said about this server."""
        failed = self._send_controls() or self._send_refusals()
        if failed:
            return failed
        self._send_successes()
        return self._stopped if self._silent >= MANY_FAILURES else None

    def _send_controls(self) -> str | None:
        if self.options.limits.max_runs == 0:
            return None
        for probe in self.plan.controls:
            self._try([probe])
        failed = precondition(self.sender.exchanges, self.options)
        if not failed and not any(isinstance(_answer(exchange), dict) for exchange in self.sender.exchanges):
            self._hopeless = len(self.sender.exchanges) + HOPELESS
        return failed

    def _send_refusals(self) -> str | None:
        wanted = {clause.id for clause in self.clauses}
        for probe in self.plan.refusals:
            if self._worth(probe, wanted) and not self._over():
                self._try([probe])
                if len(self.sender.exchanges) == 1 and self.sender.exchanges[0].failure:
                    return precondition(self.sender.exchanges, self.options)
        return None

    def _send_successes(self) -> None:
        queue = list(self.plan.known_successes if EVERYTHING in self._accepted else self.plan.successes)
        half = len(queue) // 2
        while queue and not self._over():
            self._explain(queue)
            if self.sender.budget.left <= self.options.limits.max_runs // RESERVE and not self._shrunk:
                self._shrink()
            if len(queue) == half or 3 * self.sender.budget.left <= self.options.limits.max_runs:
                self._let_time_pass()
            self._try(queue.pop(0))
        if not self._shrunk and not self._stopped:
            self._shrink()

    def _explain(self, queue: list[tuple[Probe, ...]]) -> None:
        """Bring forward the requests with one member in them: they say what it was that was refused in a fuller one.

        What only a SHOULD forbids must not cost a MUST its test, so that waits until the MUSTs are settled.
        """
        if "must" in self._refused and not self._explained:
            self._explained = True
            queue.sort(key=lambda group: (group[0].rank == "packed", group[0].rank == "single"), reverse=True)
        elif self._refused and not self._explained and self.sender.budget.spent >= SETTLED:
            self._explained = True
            shoulds = {one.id for one in self.clauses if one.level == "should"}

            def later(group: tuple[Probe, ...]) -> bool:
                return group[0].rank != "single" or shoulds.isdisjoint(group[0].clauses)

            queue.sort(key=later)

    def _shrink(self) -> None:
        """Make the counterexamples small, with the last part of the budget; each gets an equal share of it."""
        self._shrunk = True
        recording = Recording(self.contract, list(self.sender.exchanges), (self.options.token,))
        large = [
            (finding.clause, finding.counterexample.exchanges[-1])
            for finding in judge(self.clauses, recording)
            if finding.counterexample and worth_it(finding.clause, finding.counterexample.exchanges[-1])
        ]
        for number, (clause, exchange) in enumerate(large[:MOST_SHRUNK]):
            if not self._over():
                share = self.sender.budget.left // (min(len(large), MOST_SHRUNK) - number)
                shrink(exchange, self.sender, breaks(clause, recording), keep=self.sender.budget.left - share)

    def _let_time_pass(self) -> None:
        """So long after the first run that a clock which stands still shows."""
        first = next((exchange for exchange in self.sender.exchanges if exchange.accepted), None)
        if first is not None and self.sender.budget.left:
            clock = self.options.to.clock
            clock.sleep(max(0.0, (first.ended_ms + STANDING_MS - clock.now_ms()) / 1000 + 0.05))

    def _worth(self, probe: Probe, wanted: set[str]) -> bool:
        """Whether a refusal can still tell something.

        A clause that has failed by starting a run is not tried again, nor one about whose requests the server hangs.
        """
        if not wanted.intersection(probe.clauses) or self._failed.intersection(probe.clauses):
            return False
        if any(self._hangs.get(clause, 0) >= HANGS for clause in probe.clauses):
            return False
        return self.options.limits.max_runs == 0 or probe.control in self._accepted

    def _try(self, probes: Sequence[Probe]) -> None:
        with suppress(BudgetSpentError):
            self.sender.send_together(probes)

    def _seen(self, exchange: Exchange) -> None:
        if exchange.accepted:
            self._accepted.add(exchange.probe.name)
            if exchange.probe.intent == "refuse" and exchange.probe.method == self.contract.operation.method:
                self._failed.update(exchange.probe.clauses)
        self._silent = 0 if exchange.response else self._silent + 1
        if exchange.refused and exchange.probe.intent == "accept":
            self._refused |= {clause.level for clause in self.clauses if clause.id in exchange.probe.clauses}
        if exchange.tries > ASKED_OFTEN and exchange.probe.intent == "refuse":
            self._failed.update(exchange.probe.clauses)
        if exchange.failure and exchange.failure.kind == "timeout":
            for clause in exchange.probe.clauses:
                self._hangs[clause] = self._hangs.get(clause, 0) + 1
        self.on_exchange(exchange, self.sender)

    def _over(self) -> bool:
        if self._stopped is None and self._silent >= MANY_FAILURES:
            self._stopped = f"the server stopped answering: {self.sender.exchanges[-1].failure}"
        if self._stopped is None and self._hopeless and len(self.sender.exchanges) >= self._hopeless:
            self._stopped = "no valid request was answered with an object, so little can be learned from more of them"
        if self._stopped is None and self.options.to.clock.monotonic() - self._began > LONGEST:
            self._stopped = f"it took longer than {LONGEST:g} s"
        return self._stopped is not None

    def defect(self, reason: str) -> Result:
        """What is left to report when the suite itself failed: what was sent, and no finding."""
        return self._report("error", reason, ())

    def _result(self, failed_precondition: str | None) -> Result:
        findings = judge(self.clauses, Recording(self.contract, self.sender.exchanges, (self.options.token,)))
        said, reason = verdict(findings, self.options.fail_on, failed_precondition)
        if self._stopped and said == "conformant":
            said = "inconclusive"
        if self._stopped:
            reason = f"not everything was sent: {self._stopped}"
        return self._report(said, reason, findings, complete=not self._stopped and not failed_precondition)

    def _report(
        self, said: Verdict, reason: str | None, findings: tuple[Finding, ...], *, complete: bool = False
    ) -> Result:
        exchanges = tuple(self.sender.exchanges)
        runs = [exchange for exchange in exchanges if started(exchange)]
        return Result(
            verdict=said,
            reason=reason,
            complete=complete,
            server=self.options.to.url,
            contract=self.contract,
            suite_version=__version__,
            seed=self.options.seed,
            profile=self.options.profile,
            requests=len(exchanges),
            runs_started=self.sender.budget.spent + self.sender.budget.by_mistake,
            runs_by_mistake=self.sender.budget.by_mistake,
            run_limit=self.options.limits.max_runs,
            run_ids=tuple(run_id for exchange in runs if (run_id := _run_id(exchange))),
            duration_s=round(self.options.to.clock.monotonic() - self._began, 3),
            findings=findings,
            exchanges=exchanges,
        )


def _answer(exchange: Exchange) -> object:
    """The JSON value of an accepted exchange's answer, None where there is none."""
    if exchange.response is None or not exchange.accepted:
        return None
    try:
        return parse(exchange.response.body).value
    except NotJsonError:
        return None


def _run_id(exchange: Exchange) -> str | None:
    answer = _answer(exchange)
    found = answer.get("id") if isinstance(answer, dict) else None
    return found if isinstance(found, str) else None


def precondition(controls: Sequence[Exchange], options: Options) -> str | None:
    """Why nothing can be said about this server, and what to pass instead; None when a control was accepted.

    One refused control beside an accepted one is a finding, not a failed precondition; so is a 5xx that is not a 503.
    """
    if any(exchange.accepted for exchange in controls) or not controls:
        return None
    first = controls[0]
    if first.failure:
        return _no_answer(first, options)
    status = first.status or 0
    response = first.response
    assert response is not None
    if (
        status == 401
        or (status == 403 and all(e.status == 403 for e in controls))
        or (status == 400 and not options.token)
    ):
        given = "The token was refused" if options.token else "No token was given, and the request was refused"
        return f"{given} with {status}: pass one that this server takes, by $RUNLOOP_API_KEY or --token."
    if 300 <= status < 400 and not _elsewhere(response.header("Location"), options.to.url):
        return None
    if 300 <= status < 400:
        return f"The server redirects ({status}) to {response.header('Location')}: pass the URL that it redirects to."
    if status in (429, 503, 408):
        return f"The server puts every request off with {status}: try again later, or slower with --rate."
    if status in (404, 405):
        known = ", ".join(options.benchmark_ids) or "a made-up benchmark"
        return (
            f"The server answers {status} to a valid request for {known}: pass a benchmark that exists with"
            f" --benchmark-id, and see that {options.to.url} is where the API begins (a path prefix may be missing)."
        )
    if status >= 500:
        return None
    return (
        f"The server refused each valid request with {status}: pass a benchmark that exists with --benchmark-id."
        f" It said: {clean(response.body.decode('utf-8', 'backslashreplace'))[:200]}"
    )


def _elsewhere(location: str | None, url: str) -> bool:
    """Whether a redirect leads to the same operation at another address, so that the URL was wrong."""
    if location is None:
        return False
    to, target = address(url), urlsplit(location)
    moved = bool(target.netloc) and (target.scheme, target.netloc) != ("https" if to.secure else "http", to.authority)
    slashed = target.path.rstrip("/").endswith("/start_run") and target.path.endswith("/")
    return moved or slashed


def _no_answer(exchange: Exchange, options: Options) -> str | None:
    failure = exchange.failure
    assert failure is not None
    if failure.kind == "unreachable":
        return f"{options.to.url} cannot be reached: {failure.text}. Is the server running, and is the port right?"
    if failure.kind == "tls":
        return (
            f"No secure connection to {options.to.url}: {failure.text}. A private authority is passed with --ca-bundle."
        )
    if failure.kind == "timeout":
        return (
            f"{options.to.url} did not answer a valid request: {failure.text}. A slow server needs a longer --timeout."
        )
    if failure.kind == "dropped":
        return f"{options.to.url} ends the connection instead of answering: {failure.text}. Does it speak HTTP here?"
    return None
