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
from runloop_conformance.commands.outcome import heard_by_nobody, on_github
from runloop_conformance.contract.document import Contract
from runloop_conformance.exchanges.excerpt import message_text
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.report.console import Page
from runloop_conformance.report.stored import Stored, UnreadableReportError
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

COLOURS: dict[Status, str] = {"still broken": "bold red", "kept now": "bold green", "cannot say": "bold yellow"}


@click.command()
@report_argument
@click.argument("clause", required=False)
@click.option("--server", metavar="URL", help="Another server than the one of the report.")
@click.option("--token", envvar="RUNLOOP_API_KEY", show_envvar=True, help="Bearer token that the server takes.")
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="'NAME: VALUE'",
    help="A header for every request, as it was given to `run`; repeatable.",
)
@click.option("--plan", "only_plan", is_flag=True, help="Say what would be sent, and send nothing.")
@click.option(
    "--timeout", type=click.FloatRange(min=0.1), default=10.0, show_default=True, help="Seconds for one whole answer."
)
@click.option(
    "--ca-bundle", type=click.Path(exists=True, dir_okay=False), help="Certificates of the authorities to trust."
)
@contract_option
def replay(report: Path, clause: str | None, **given: Any) -> None:
    """Send a recorded counterexample again, and say whether it still breaks its clause.

    REPORT is the folder that `run --report-dir` wrote, or the report.json in it; recording.jsonl must be beside it.
    With CLAUSE only that clause's counterexample is sent, without it each one. The requests are those of then, byte
    for byte: the accepted control first, where there is one. Each is sent once, and nothing else is; before that it
    says how many runs may be started, which cost somebody money.

    Exit codes: 0 kept now, 1 still broken, 2 wrong usage, 3 cannot say (no answer, or the control was refused).

    \b
    Examples:
      RUNLOOP_API_KEY=… runloop-conformance replay report run.name.echo
      RUNLOOP_API_KEY=… runloop-conformance replay report --server http://127.0.0.1:8080
    """
    stored, contract = stored_at(report), contract_at(given["contract_path"])
    with heard_by_nobody(github_mode=on_github(None)):
        page = Page(Console(highlight=False))
        chosen = _chosen(stored, clause)
        sender = _sender(stored, chosen, given)
        _announce(page, stored, chosen, sender, contract, given)
        if given["only_plan"] or not chosen:
            return
        counted = _tell(page, stored, chosen, sender, contract)
    sys.exit(1 if counted["still broken"] else 3 if counted["cannot say"] else 0)


def _chosen(stored: Stored, clause: str | None) -> list[Counterexample]:
    ids = {one["id"]: one["status"] for one in stored.report["clauses"]}
    if clause is not None and clause not in ids:
        raise click.UsageError(f"{stored.path}: has no clause {clause!r}")
    if clause is not None and ids[clause] != "fail":
        raise click.UsageError(
            f"{stored.path}: {clause} was not broken but {ids[clause].replace('_', ' ')}: nothing to send again"
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
    page: Page, stored: Stored, chosen: list[Counterexample], sender: Sender, contract: Contract, given: dict[str, Any]
) -> None:
    """Say what is about to be sent and what it may cost, and in what it differs from then."""
    if not chosen:
        page.line(f"{stored.path}: no clause is broken, so there is nothing to send again.")
        return
    sent, mistakes = probes(chosen), sum(one.mistakes for one in chosen if not one.masked)
    most = _counted(sender.limits.max_runs + mistakes, "run")
    taken = f", {mistakes} of them by taking what must be refused" if mistakes else ""
    page.line(
        f"{_counted(len(chosen), 'counterexample')}: {_counted(len(sent), 'request')} to {sender.to.url},"
        f" which may start {most} at most{taken}."
    )
    absent = {name.lower() for name in stored.report["suite"]["headers"]}
    absent -= {name.lower() for name, _ in sender.extra_headers}
    if absent:
        page.line(f"Then there was a header {', '.join(sorted(absent))} as well, which --header gives.", "yellow")
    if stored.report["contract"]["sha256"] != contract.sha256:
        page.line("It was recorded under another contract; --contract PATH names the one of then.", "yellow")
    if given["only_plan"]:
        for probe in sent:
            page.raw(f"{probe.intent:7} {probe.method:5} {len(probe.body):7,} bytes  {probe.name}")
        page.line("Nothing was sent.")


def _tell(
    page: Page, stored: Stored, chosen: list[Counterexample], sender: Sender, contract: Contract
) -> Counter[Status]:
    redaction = Redaction((sender.token, *(value for _, value in sender.extra_headers)))
    clauses = {clause.id: clause for clause in all_clauses(contract)}
    reasons = {one["id"]: one["reason"] for one in stored.report["clauses"]}
    counted: Counter[Status] = Counter()
    started = 0
    for one in chosen:
        # A sender for each, so that none spends what another needs.
        own = Sender(sender.to, sender.token, Limits(one.runs, sender.limits.timeout), sender.extra_headers)
        for again in sent_again(one, own, contract, clauses, stored.exchanges):
            counted[again.status] += 1
            page.line()
            _tell_one(page, again, reasons[again.clause], redaction)
        started += own.budget.spent + own.budget.by_mistake
    page.line()
    told = ", ".join(f"{counted[status]} {status}" for status in COLOURS)
    page.line(f"{told} · {_counted(started, 'run')} started")
    return counted


def _tell_one(page: Page, again: Again, then: str, redaction: Redaction) -> None:
    page.line(f"{again.status}: {again.clause}", COLOURS[again.status])
    if again.status == "still broken":
        page.row("expected", message_text(again.expected, redaction))
        page.row("actual", message_text(again.actual, redaction))
    elif again.status == "cannot say":
        page.line(redaction.text(again.reason), first="  ", rest="  ")
    elif not _always(then):
        page.line(f"it was {then} then, so once is no proof", first="  ", rest="  ")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _always(reason: str) -> bool:
    """Whether a clause was broken each time that it was looked at: `broken 3 of 3 times`."""
    words = reason.split()
    return len(words) > 3 and words[1] == words[3]
