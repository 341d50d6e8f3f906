"""`run`: one server tested, and its exit code."""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from runloop_conformance.commands.options import contract_at, wrong_usage
from runloop_conformance.commands.outcome import (
    EXIT,
    annotate,
    exit_code,
    on_github,
    publish,
    without_workflow_commands,
)
from runloop_conformance.contract.document import Contract
from runloop_conformance.exchanges.exchange import Exchange
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.counted import counted
from runloop_conformance.judging.result import Result
from runloop_conformance.report import artefacts
from runloop_conformance.report.console import Page, planned_line
from runloop_conformance.report.document import document
from runloop_conformance.report.progress import Progress
from runloop_conformance.report.visible import visible
from runloop_conformance.servers import hosting
from runloop_conformance.servers.reference import Reference
from runloop_conformance.suite.options import options_from, server_at
from runloop_conformance.suite.run import Suite


def run(**settings: Any) -> None:
    """Test a server, and exit with the code of the verdict."""
    try:
        with _ended_by_sigterm():
            _run(settings)
    except KeyboardInterrupt:  # before the first request: later on, what was recorded is judged
        click.echo("inconclusive: interrupted before anything was sent", err=True)
        sys.exit(EXIT["inconclusive"])
    except (click.ClickException, click.Abort, click.exceptions.Exit):
        raise
    except Exception as error:  # noqa: BLE001 - an exit code of Python's own would be a verdict
        values = (header.partition(":")[2].strip() for header in settings["headers"])
        with without_workflow_commands(github_mode=on_github(settings["github"])):
            _print_defect(error, Redaction((settings["token"] or "", *values)))
        sys.exit(EXIT["error"])


def _run(settings: dict[str, Any]) -> None:
    github_mode = on_github(settings["github"])
    contract = contract_at(settings["contract_path"])
    with _server(settings, contract) as (url, token):
        with wrong_usage():
            to = server_at(url, settings["ca_bundle"])
            suite = Suite(contract, options_from(settings, contract, to, token))
        redaction = Redaction((token, *(value for _, value in suite.options.headers)))
        if settings["only_plan"]:
            _print_plan(Page(Console(highlight=False)), suite)
            return
        note_run_id = _begin(settings["report_dir"], redaction)
        if settings["url"] is not None and not settings["quiet"]:
            _print_limits(suite)
        try:
            result = _tested(suite, note_run_id, quiet=settings["quiet"])
        except Exception as error:  # noqa: BLE001 - a defect of the suite is a verdict, and leaves a report
            with without_workflow_commands(github_mode=github_mode):
                _print_defect(error, redaction)
            result = suite.defect(f"{type(error).__name__}: {error}")
    report = document(result, redaction)
    publish(report, result, redaction, settings["report_dir"], github_mode=github_mode, quiet=settings["quiet"])
    if github_mode:
        annotate(report)
    sys.exit(exit_code(report))


def _print_defect(error: Exception, redaction: Redaction) -> None:
    """Print that the suite failed, with the traceback and without any secret."""
    trace = visible(redaction.text("".join(traceback.format_exception(error))), keep="\n")
    click.echo(f"error: the suite itself failed; please report this.\n{trace}", err=True)


def _tested(suite: Suite, note_run_id: Callable[[Exchange], None], *, quiet: bool) -> Result:
    suite.on_exchange = lambda exchange, _: note_run_id(exchange)
    if quiet:
        return suite.run()
    limit = suite.options.limits.max_runs
    with Progress(Console(stderr=True), len(suite.clauses), suite.settled) as progress:

        def observe(exchange: Exchange, runs: int) -> None:
            note_run_id(exchange)
            progress(exchange.number, runs, limit)

        suite.on_exchange = observe
        return suite.run()


def _print_limits(suite: Suite) -> None:
    limits = suite.options.limits
    with suppress(OSError):  # whatever becomes of stderr is no reason not to test the server
        click.echo(
            f"{suite.options.to.url}: at most {counted(limits.max_runs, 'run')} will be started by valid requests,"
            f" and {limits.most_by_mistake} more if the server accepts what it must reject.",
            err=True,
        )


def _begin(folder: Path | None, redaction: Redaction) -> Callable[[Exchange], None]:
    """Make sure that the report can be written before anybody has paid for it."""
    if folder is None:
        return lambda _: None
    try:
        return artefacts.begin(folder, redaction)
    except OSError as error:
        raise click.UsageError(f"--report-dir {folder} cannot be written to: {error.strerror}") from error


@contextmanager
def _ended_by_sigterm() -> Generator[None]:
    """Let SIGTERM, which ends jobs that are cancelled or take too long, do what Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():  # no other may set a handler
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _server(settings: dict[str, Any], contract: Contract) -> Generator[tuple[str, str]]:
    """The server to test and its token: the one that is named, or the embedded one for as long as the run lasts."""
    if settings["url"] is not None:
        yield settings["url"], settings["token"] or ""
        return
    token = settings["token"] or hosting.made_up_token()
    with hosting.running(Reference(contract.document, token, settings["benchmark_ids"])) as url:
        yield url, token


def _print_plan(page: Page, suite: Suite) -> None:
    limits = suite.options.limits
    planned = [(probe, allowed) for probe, allowed in suite.plan.within(limits.max_runs) if allowed or limits.max_runs]
    for probe, allowed in planned:
        page.raw(planned_line(probe.intent if allowed else "spare", probe))
    sent = [probe for probe, allowed in planned if allowed]
    rejected = sum(probe.intent == "refuse" for probe in sent)
    page.line()
    page.line(
        f"A correct server starts {counted(len(sent) - rejected, 'run')} at most (--max-runs {limits.max_runs})."
        f" {counted(rejected, 'request')} must be rejected: a faulty server may accept some of them, and start"
        f" {counted(limits.most_by_mistake, 'more run')} at most. {_untested(limits.max_runs)} Nothing was sent."
    )


def _untested(max_runs: int) -> str:
    if max_runs:
        return "A spare request is sent only if an earlier request was rejected."
    return "No valid request is sent, so only the clauses about what must be rejected can be tested."
