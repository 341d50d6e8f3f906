"""`replay`: recorded counterexamples sent again."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from runloop_conformance.clauses import all_clauses
from runloop_conformance.commands.options import contract_at, contract_option, report_argument, stored_at, wrong_usage
from runloop_conformance.commands.outcome import on_github, without_workflow_commands
from runloop_conformance.contract.document import Contract
from runloop_conformance.exchanges.excerpt import message_text
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.judge import counted
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


@click.command()
@report_argument
@click.argument("clause", required=False)
@click.option("--server", metavar="URL", help="Another server than the one of the report.")
@click.option("--token", envvar="RUNLOOP_API_KEY", show_envvar=True, help="Bearer token that the server accepts.")
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="'NAME: VALUE'",
    help="A header for every request, as it was given to `run`; repeatable.",
)
@click.option("--plan", "only_plan", is_flag=True, help="Print what would be sent, and send nothing.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    help="Seconds for one response.",
)
@click.option(
    "--ca-bundle", type=click.Path(exists=True, dir_okay=False), help="Certificates of the authorities to trust."
)
@contract_option
def replay(report: Path, clause: str | None, **given: Any) -> None:
    """Send recorded counterexamples again, and say whether their clauses still fail.

    REPORT is the folder that `run --report-dir` wrote, or the report.json in it; recording.jsonl must be beside it.
    With CLAUSE only that clause's counterexample is sent, without it each one. The requests are the recorded ones, byte
    for byte: the accepted control first, if there is one. Each is sent once, and nothing else is sent. The number of
    runs that may be started, which cost money, is printed first.

    Exit codes: 0 passes now, 1 still fails, 2 wrong usage, 3 inconclusive (no response, or the control was rejected).

    \b
    Examples:
      RUNLOOP_API_KEY=… runloop-conformance replay report run.name.echo
      RUNLOOP_API_KEY=… runloop-conformance replay report --server http://127.0.0.1:8080
    """
    stored, contract = stored_at(report), contract_at(given["contract_path"])
    with without_workflow_commands(github_mode=on_github()):
        page = Page(Console(highlight=False))
        chosen = _chosen(stored, clause)
        sender = _sender(stored, chosen, given)
        _announce(page, stored, chosen, sender, contract, only_plan=given["only_plan"])
        if given["only_plan"] or not chosen:
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


def _sender(stored: Stored, chosen: list[Counterexample], given: dict[str, Any]) -> Sender:
    limits = Limits(sum(one.runs for one in chosen if not one.masked), given["timeout"])
    with wrong_usage():
        to = server_at(given["server"] or stored.report["server"], given["ca_bundle"])
        return Sender(to, usable_token(given["token"] or ""), limits, tuple(map(header, given["headers"])))


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
