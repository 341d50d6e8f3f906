"""The command `runloop-conformance`. Others script against its options and exit codes (design: The command).

Each subcommand has a module of its own here.
"""

from __future__ import annotations

import click

from runloop_conformance import __version__
from runloop_conformance.commands import clauses, diff, prove, recheck, replay, run, serve

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

__all__ = ["main"]


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="runloop-conformance")
def main() -> None:
    """Tests any server of POST /v1/benchmarks/start_run against the contract, clause by clause.

    Exit codes: 0 conformant, 1 nonconformant, 2 wrong usage, 3 inconclusive, 4 the suite's own error.
    """


for subcommand in (
    clauses.clauses,
    diff.diff,
    prove.prove,
    recheck.recheck,
    replay.replay,
    run.run,
    serve.serve,
):
    main.add_command(subcommand)
