"""`replay`: recorded counterexamples sent again."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from runloop_conformance.clauses import all_clauses
from runloop_conformance.commands.options import contract_at, stored_at, wrong_usage
from runloop_conformance.commands.outcome import on_github, without_workflow_commands
from runloop_conformance.contract.document import Contract
from runloop_conformance.exchanges.excerpt import message_text
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.counted import counted
from runloop_conformance.report.console import Page, planned_line
from runloop_conformance.report.stored import Stored, UnreadableReportError
from runloop_conformance.report.tally import Clause
from runloop_conformance.sending.sender import Limits, Sender
from runloop_conformance.suite.options import header, server_at, usable_token
from runloop_conformance.suite.replay import (
    Again,
    Counterexample,
    Status,
    counterexamples,
    probes,
    replay as sent_again,
)

COLOURS: dict[Status, str] = {"still fails": "bold red", "passes now": "bold green", "inconclusive": "bold yellow"}


def replay(report: Path, clause: str | None, **settings: Any) -> None:
    """Send the counterexamples of a report again, and exit with 1 if a clause still fails."""
    stored, contract = stored_at(report), contract_at(settings["contract_path"])
    with without_workflow_commands(github_mode=on_github()):
        page = Page(Console(highlight=False))
        chosen = _chosen(stored, clause)
        sender = _sender(stored, chosen, settings)
        if settings["server"] is None and not sender.to.loopback and not settings["only_plan"]:
            raise click.UsageError(
                f"The report names the server {sender.to.url}, and replay would send your token there. If that is the"
                f" server that you mean, pass it: runloop-conformance replay {report} --server {sender.to.url}"
            )
        _announce(page, stored, chosen, sender, contract, only_plan=settings["only_plan"])
        if settings["only_plan"] or not chosen:
            return
        results = _send(page, stored, chosen, sender, contract)
    sys.exit(1 if results["still fails"] else 3 if results["inconclusive"] else 0)


def _chosen(stored: Stored, clause: str | None) -> list[Counterexample]:
    ids = {one["id"]: one["status"] for one in stored.report["clauses"]}
    if clause is not None and clause not in ids:
        raise click.UsageError(f"{stored.path}: has no clause {clause!r}")
    if clause is not None and ids[clause] != "fail":
        raise click.UsageError(
            f"{stored.path}: {clause} did not fail: it is {ids[clause].replace('_', ' ')}, so there is nothing to send"
        )
    try:
        return counterexamples(stored, clause)
    except UnreadableReportError as error:
        raise click.UsageError(str(error)) from error
    except KeyError as error:
        raise click.UsageError(f"{stored.path}: its recording has no exchange {error}: of another run?") from error


def _sender(stored: Stored, chosen: list[Counterexample], settings: dict[str, Any]) -> Sender:
    limits = Limits(sum(one.runs for one in chosen if not one.masked), settings["timeout"])
    with wrong_usage():
        to = server_at(settings["server"] or stored.report["server"], settings["ca_bundle"])
        return Sender(to, usable_token(settings["token"] or ""), limits, tuple(map(header, settings["headers"])))


def _announce(
    page: Page, stored: Stored, chosen: list[Counterexample], sender: Sender, contract: Contract, *, only_plan: bool
) -> None:
    """Print what is about to be sent, what it may cost, and how the call differs from the recorded one."""
    if not chosen:
        page.line(f"{stored.path}: no clause failed, so there is nothing to send again.")
        return
    sent = probes(chosen)
    by_mistake = sum(counterexample.mistakes for counterexample in chosen if not counterexample.masked)
    most = counted(sender.limits.max_runs + by_mistake, "run")
    mistakes = f", {by_mistake} of them by accepting what must be rejected" if by_mistake else ""
    page.line(
        f"{counted(len(chosen), 'counterexample')}: {counted(len(sent), 'request')} to {sender.to.url},"
        f" which may start {most} at most{mistakes}."
    )
    absent = {name.lower() for name in stored.report["suite"]["headers"]}
    absent -= {name.lower() for name, _ in sender.extra_headers}
    if absent:
        page.line(f"The recorded run had a header {', '.join(sorted(absent))}: add it with --header.", "yellow")
    if stored.report["contract"]["sha256"] != contract.sha256:
        page.line("It was recorded with another contract: name that one with --contract.", "yellow")
    if only_plan:
        for probe in sent:
            page.raw(planned_line(probe.intent, probe))
        page.line("Nothing was sent.")


def _send(
    page: Page, stored: Stored, chosen: list[Counterexample], sender: Sender, contract: Contract
) -> Counter[Status]:
    redaction = Redaction((sender.token, *(value for _, value in sender.extra_headers)))
    clauses = {clause.id: clause for clause in all_clauses(contract)}
    recorded = {clause["id"]: clause for clause in stored.report["clauses"]}
    results: Counter[Status] = Counter()
    runs = 0
    for counterexample in chosen:
        # A sender for each, so that none spends what another needs.
        limits = Limits(counterexample.runs, sender.limits.timeout)
        own = Sender(sender.to, sender.token, limits, sender.extra_headers)
        for again in sent_again(counterexample, own, contract, clauses, stored.exchanges):
            results[again.status] += 1
            page.line()
            _print_result(page, again, recorded[again.clause], redaction)
        runs += own.budget.spent + own.budget.by_mistake
    page.line()
    page.line(f"{', '.join(f'{results[status]} {status}' for status in COLOURS)} · {counted(runs, 'run')} started")
    return results


def _print_result(page: Page, again: Again, recorded: Clause, redaction: Redaction) -> None:
    page.line(f"{again.status}: {again.clause}", COLOURS[again.status])
    if again.status == "still fails":
        page.row("expected", message_text(again.expected, redaction))
        page.row("actual", message_text(again.actual, redaction))
    elif again.status == "inconclusive":
        page.indented(redaction.text(again.reason))
    elif recorded["failed"] != recorded["judged"]:
        page.indented(f"in the recorded run it {recorded['reason']}, so passing once proves little")
