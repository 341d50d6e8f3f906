"""The command line: every subcommand with its options. Others script against it, so a change here breaks somebody.

Only the subcommand that is called imports what it needs, from the module of its name: `--help` imports none of it.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from runloop_conformance import __version__

contract_option = click.option(
    "--contract",
    "contract_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Another contract than the one in the package.",
)
report_argument = click.argument("report", type=click.Path(exists=True, path_type=Path))


class Command(click.Group):
    """The group of subcommands. Its messages quote contracts and reports, which must not control the terminal."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a subcommand."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            from runloop_conformance.report.visible import visible  # noqa: PLC0415 - only for an error

            vars(error)["message"] = visible(error.message)
            raise


@click.group(cls=Command, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="runloop-conformance")
def main() -> None:
    """Test any server of POST /v1/benchmarks/start_run against the contract, clause by clause.

    Exit codes: 0 conformant, 1 nonconformant, 2 wrong usage, 3 inconclusive, 4 the suite itself failed.
    """


def _call(name: str, settings: Mapping[str, Any]) -> None:
    module = importlib.import_module(f"runloop_conformance.commands.{name}")
    getattr(module, name)(**settings)


@main.command()
@contract_option
def clauses(**settings: Any) -> None:
    """List every clause, and what it tests.

    Each clause is printed with its statement of the contract, then each statement with its clauses.
    """
    _call("clauses", settings)


@main.command()
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
@click.option("-q", "--quiet", is_flag=True, help="Only the last line.")
def diff(**settings: Any) -> None:
    """Compare two reports.

    It prints what was fixed, what fails now, and what is no longer tested.

    OLD and NEW are folders that `run --report-dir` wrote, or the report.json in them.

    Exit codes: 0 nothing got worse; 1 a clause that passed fails, a clause is no longer tested or was left out, or the
    verdict is no longer conformant; 2 wrong usage. A clause that fails where it could not be tested before, and one
    that the new contract does not have, are listed and change no exit code.

    \b
    Example:
      runloop-conformance diff last-week/report report
    """
    _call("diff", settings)


@main.command()
@click.argument("names", nargs=-1, metavar="[SERVER]...")
@click.option(
    "--clause", "clauses", multiple=True, metavar="CLAUSE", help="Only mutants that break these clauses; repeatable."
)
@click.option("--seeds", type=click.IntRange(1), default=1, show_default=True, help="Number of seeds for each server.")
@click.option(
    "--max-runs",
    "budgets",
    type=click.IntRange(0),
    multiple=True,
    help="Budget of each run; repeatable. [default: 100]",
)
@click.option("--matrix", "whole", is_flag=True, help="The whole matrix of the proof, with its own seeds and budgets.")
@click.option("--write", is_flag=True, help="As --matrix, and write conformance/PROOF.md and proof.json.")
@click.option("--page", is_flag=True, help="Run nothing: write PROOF.md again from proof.json.")
@click.option("--check", is_flag=True, help="Run nothing: fail if PROOF.md or proof.json is stale.")
def prove(**settings: Any) -> None:
    """Test the suite itself; needs a checkout.

    Runs the suite against servers with known faults (mutants), and against correct ones (variants).
    Each mutant must fail a clause about the statement that it breaks, and no variant may fail one. With names or
    --clause, only these mutants are tried, and every variant once.

    \b
    Examples:
      runloop-conformance prove --clause request.run_name.type
      runloop-conformance prove token-in-a-cookie --seeds 5 --max-runs 25
      runloop-conformance prove --max-runs 0 --max-runs 10 --max-runs 25 --max-runs 100
    """
    try:
        command = importlib.import_module("runloop_conformance.proof.command")
    except ModuleNotFoundError as error:
        if error.name != "runloop_conformance.proof":
            raise
        raise click.UsageError(
            "prove needs a checkout of the repository: the installed package does not contain the mutants. "
            "Clone the repository and run `make prove` there."
        ) from error
    command.run(**settings)


@main.command()
@report_argument
@contract_option
@click.option(
    "--report-dir", type=click.Path(file_okay=False, path_type=Path), help="Where the new report goes; may be the old."
)
@click.option("-q", "--quiet", is_flag=True, help="Only the verdict.")
def recheck(**settings: Any) -> None:
    """Judge a recorded run again, offline.

    REPORT is the folder that `run --report-dir` wrote, or the report.json in it; recording.jsonl must be beside it.
    With the same suite and contract the verdict and the findings are the same; with another version, this shows what
    it would have reported. The exit codes are those of `run`.

    \b
    Example:
      runloop-conformance recheck report
    """
    _call("recheck", settings)


@main.command()
@report_argument
@click.argument("clause", required=False)
@click.option("--server", metavar="URL", help="The server; without it, that of the report if it is on loopback.")
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
def replay(**settings: Any) -> None:
    """Send the failing requests of a report again.

    It prints whether the clauses still fail. REPORT is the folder that `run --report-dir` wrote, or the report.json in
    it; recording.jsonl must be beside it. With CLAUSE only that clause's counterexample is sent. The requests
    are the recorded ones, byte for byte: the accepted control first, if there is one. Each is sent once, and nothing
    else is sent. The number of runs that may be started, which cost money, is printed first.

    Exit codes: 0 passes now, 1 still fails, 2 wrong usage, 3 inconclusive (no response, or the control was rejected).

    \b
    Examples:
      RUNLOOP_API_KEY=… runloop-conformance replay report run.name.echo
      RUNLOOP_API_KEY=… runloop-conformance replay report --server http://127.0.0.1:8080
    """
    _call("replay", settings)


@main.command()
@click.argument("url", required=False)
@click.option("--token", envvar="RUNLOOP_API_KEY", show_envvar=True, help="Bearer token that the server accepts.")
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
    help="The same seed and the same responses give the same requests.",
)
@click.option(
    "--profile",
    type=click.Choice(["quick", "standard", "thorough"]),
    default="standard",
    show_default=True,
    help="How many more requests are sent than in every profile.",
)
@click.option("--select", multiple=True, metavar="CLAUSE", help="Only this clause, chapter or pattern; repeatable.")
@click.option("--deselect", multiple=True, metavar="CLAUSE", help="Not this clause, chapter or pattern; repeatable.")
@click.option(
    "--fail-on",
    type=click.Choice(["must", "should"]),
    default="must",
    show_default=True,
    help="From which level on a failed clause makes the verdict nonconformant.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    help="Seconds for one response.",
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
    help="TOML file of clauses that are known to fail, each with the reason; they do not count.",
)
@click.option(
    "--github/--no-github",
    default=None,
    help="Annotations and a job summary for GitHub Actions. [default: where GITHUB_ACTIONS is true]",
)
@click.option(
    "--report-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for report.json, report.html, junit.xml, the recording and a badge.",
)
@click.option("-q", "--quiet", is_flag=True, help="Only the verdict.")
def run(**settings: Any) -> None:
    """Test a server.

    URL is where the API begins; it may have a path prefix. Without it the embedded reference server is tested.

    Each valid request starts a run, which costs money: --max-runs is a hard limit on them.

    Exit codes: 0 conformant; 1 nonconformant, a MUST failed; 2 wrong usage, or a stale entry of --known-failures;
    3 inconclusive, a MUST could not be tested, or the server not be reached; 4 the suite itself failed.

    \b
    Examples:
      runloop-conformance run
      RUNLOOP_API_KEY=… runloop-conformance run http://127.0.0.1:8080 --report-dir report
      RUNLOOP_API_KEY=… runloop-conformance run https://host/prefix --benchmark-id bmd_1 --max-runs 25
    """
    _call("run", settings)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 picks a free one.",
)
@click.option(
    "--token",
    envvar="RUNLOOP_API_KEY",
    show_envvar=True,
    help="Bearer token to accept. Without it one is made up and printed.",
)
@click.option(
    "--benchmark-id",
    "benchmark_ids",
    multiple=True,
    metavar="ID",
    help="A benchmark that exists; repeatable. Without it every benchmark exists.",
)
def serve(**settings: Any) -> None:
    """Run the reference server until Ctrl-C."""
    _call("serve", settings)
