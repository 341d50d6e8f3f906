"""`run`: one server tested, and its exit code."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from runloop_conformance.commands.options import EXIT, contract_at, contract_option, wrong_usage
from runloop_conformance.commands.outcome import exit_code, heard_by_nobody, on_github, publish
from runloop_conformance.contract.document import Contract
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.result import Result
from runloop_conformance.report.progress import Progress
from runloop_conformance.servers import hosting
from runloop_conformance.servers.reference import Reference
from runloop_conformance.suite.options import options_from, server_at
from runloop_conformance.suite.run import Suite


@click.command()
@click.argument("url", required=False)
@click.option("--token", envvar="RUNLOOP_API_KEY", show_envvar=True, help="Bearer token that the server takes.")
@click.option(
    "--benchmark-id", "benchmark_ids", multiple=True, metavar="ID", help="A benchmark that exists; repeatable."
)
@click.option(
    "--max-runs",
    type=click.IntRange(min=0),
    help="Valid requests, each of which starts a run, at most. [default: 100 on loopback, else 25]",
)
@click.option("--plan", "only_plan", is_flag=True, help="Print what would be sent, and send nothing.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="The same seed and the same answers give the same requests.",
)
@click.option(
    "--profile",
    type=click.Choice(["quick", "standard", "thorough"]),
    default="standard",
    show_default=True,
    help="How much is drawn beyond what every profile sends.",
)
@click.option("--select", multiple=True, metavar="CLAUSE", help="Only this clause, chapter or pattern; repeatable.")
@click.option("--deselect", multiple=True, metavar="CLAUSE", help="Not this clause, chapter or pattern; repeatable.")
@click.option(
    "--fail-on",
    type=click.Choice(["must", "should"]),
    default="must",
    show_default=True,
    help="From which level on a broken clause makes the verdict nonconformant.",
)
@click.option(
    "--timeout", type=click.FloatRange(min=0.1), default=10.0, show_default=True, help="Seconds for one whole answer."
)
@click.option("--rate", type=click.FloatRange(min=0.01), help="Requests a second at most.")
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="'NAME: VALUE'",
    help="A header for every request; repeatable. Its value is kept out of reports.",
)
@click.option(
    "--ca-bundle", type=click.Path(exists=True, dir_okay=False), help="Certificates of the authorities to trust."
)
@contract_option
@click.option(
    "--known-failures",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file of clauses that are known to be broken, each with the reason; they do not count.",
)
@click.option(
    "--github/--no-github",
    default=None,
    help="Annotations and a job summary for GitHub Actions. [default: where GITHUB_ACTIONS is true]",
)
@click.option(
    "--report-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where report.json, report.html, junit.xml, the recording and a badge go.",
)
@click.option("-q", "--quiet", is_flag=True, help="Only the verdict.")
def run(**given: Any) -> None:
    """Test the server at URL; without one, the embedded reference server.

    Each valid request starts a run, which costs somebody money: --max-runs is a hard limit on them.

    Exit codes: 0 conformant; 1 nonconformant, a MUST is broken; 2 wrong usage, or a stale entry of --known-failures;
    3 inconclusive, a MUST could not be tested, or the server not be reached; 4 the suite's own error.

    \b
    Examples:
      runloop-conformance run
      RUNLOOP_API_KEY=… runloop-conformance run http://127.0.0.1:8080 --report-dir report
      RUNLOOP_API_KEY=… runloop-conformance run https://host/prefix --benchmark-id bmd_1 --max-runs 25
    """
    try:
        _run(Console(highlight=False), given)
    except KeyboardInterrupt:  # before the first request: later on, what was recorded is judged
        click.echo("inconclusive: it was interrupted before anything was sent", err=True)
        sys.exit(EXIT["inconclusive"])
    except (click.ClickException, click.Abort, click.exceptions.Exit):
        raise
    except Exception as error:  # noqa: BLE001 - an exit code of Python's own would be a verdict
        values = (given_header.partition(":")[2].strip() for given_header in given["headers"])
        _tell(error, Redaction((given["token"] or "", *values)))
        sys.exit(EXIT["error"])


def _run(console: Console, given: dict[str, Any]) -> None:
    _make_folder(given["report_dir"])
    github_mode = on_github(given["github"])
    contract = contract_at(given["contract_path"])
    with _server(given, contract) as (url, token):
        with wrong_usage():
            to = server_at(url, given["ca_bundle"])
            suite = Suite(contract, options_from(given, contract, to, token))
        redaction = Redaction((token, *(value for _, value in suite.options.headers)))
        if given["only_plan"]:
            _print_plan(console, suite)
            return
        try:
            result = _tested(suite, quiet=given["quiet"])
        except Exception as error:  # noqa: BLE001 - a defect of the suite is a verdict, and leaves a report
            with heard_by_nobody(github_mode=github_mode):
                _tell(error, redaction)
            result = suite.defect(f"{type(error).__name__}: {error}")
    report = publish(console, result, redaction, given["report_dir"], github_mode=github_mode, quiet=given["quiet"])
    sys.exit(exit_code(report))


def _tell(error: Exception, redaction: Redaction) -> None:
    """Say that the suite failed, with all that helps to mend it and nothing that is secret."""
    told = redaction.text("".join(traceback.format_exception(error)))
    click.echo(f"error: the suite itself failed; please report this.\n{told}", err=True)


def _tested(suite: Suite, *, quiet: bool) -> Result:
    if quiet:
        return suite.run()
    with Progress(Console(stderr=True), len(suite.clauses), suite.settled) as progress:
        limit = suite.options.limits.max_runs
        suite.on_exchange = lambda exchange, spent: progress(exchange.number, spent, limit)
        return suite.run()


def _make_folder(folder: Path | None) -> None:
    """Find out that the report cannot be written before anybody has paid for what would stand in it."""
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise click.UsageError(f"--report-dir {folder}: the folder cannot be made: {error.strerror}") from error


@contextmanager
def _server(given: dict[str, Any], contract: Contract) -> Generator[tuple[str, str]]:
    """The server to test and its token: the one that is named, or the embedded one for as long as the run lasts."""
    if given["url"] is not None:
        yield given["url"], given["token"] or ""
        return
    token = given["token"] or hosting.made_up_token()
    with hosting.running(Reference(contract.document, token, given["benchmark_ids"])) as url:
        yield url, token


def _print_plan(console: Console, suite: Suite) -> None:
    limit = suite.options.limits.max_runs
    planned = [(probe, allowed) for probe, allowed in suite.plan.within(limit) if allowed or limit]
    for probe, allowed in planned:
        intent = probe.intent if allowed else "spare"
        line = f"{intent:7} {probe.method:5} {len(probe.body):7,} bytes  {probe.name}"
        console.print(line, markup=False, soft_wrap=True)
    sent = [probe for probe, allowed in planned if allowed]
    refusals = sum(probe.intent == "refuse" for probe in sent)
    console.print(
        f"\nAt most {len(sent) - refusals} runs are started on a correct server (--max-runs {limit});"
        f" {refusals} requests must be refused. What is spare is sent only where an earlier one was refused."
        f" A faulty server may start up to"
        f" {suite.options.limits.most_by_mistake} more by taking those. Nothing was sent.",
        soft_wrap=True,
    )
