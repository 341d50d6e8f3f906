"""The options. They have a prefix, since pytest, its plugins and every conftest.py have options too."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DEST = "runloop_conformance_"
URL = DEST + "url"
PREFIX = "--conformance-"


def _number(kind: type[int | float], least: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = least - 1
        if not value >= least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number of at least {least:g}")
        return value

    return read


def add(parser: pytest.Parser) -> None:
    """Add all but `--server`. The token has no option, since every user of the machine can read a command line."""
    group = parser.getgroup("runloop-conformance", "runloop-conformance: test a server against the contract")

    def option(name: str, dest: str, **more: Any) -> None:
        group.addoption(PREFIX + name, dest=DEST + dest, **more)

    option("server", "url", metavar="URL", help="The server to test. The token comes from $RUNLOOP_API_KEY.")
    option(
        "benchmark-id",
        "benchmark_ids",
        action="append",
        default=[],
        metavar="ID",
        help="A benchmark that exists; repeatable.",
    )
    option(
        "max-runs",
        "max_runs",
        type=_number(int, 0),
        metavar="N",
        help="Valid requests, each of which starts a run, at most, over all workers. Default: 100 on loopback and in"
        " process, else 25.",
    )
    option(
        "seed",
        "seed",
        type=_number(int, 0),
        default=0,
        metavar="N",
        help="The same seed gives the same requests.",
    )
    option(
        "profile",
        "profile",
        choices=["quick", "standard", "thorough"],
        default="standard",
        help="How many more requests are sent than in every profile.",
    )
    option(
        "fail-on",
        "fail_on",
        choices=["must", "should"],
        default="must",
        help="From which level on a clause fails its test. Below it, it is an expected failure (xfail).",
    )
    option("timeout", "timeout", type=_number(float, 0.1), default=10.0, metavar="S", help="Seconds for one response.")
    option("rate", "rate", type=_number(float, 0.01), metavar="N", help="Requests a second at most.")
    option(
        "header",
        "headers",
        action="append",
        default=[],
        metavar="'NAME: VALUE'",
        help="A header for every request; repeatable. Its value is kept out of what is shown.",
    )
    option("ca-bundle", "ca_bundle", metavar="FILE", help="Certificates of the authorities to trust.")
    option("contract", "contract_path", type=Path, metavar="FILE", help="Another contract than the one in the package.")
    option(
        "known-failures",
        "known_failures",
        type=Path,
        metavar="FILE",
        help="Clauses that are known to fail, each with the reason: expected failures (xfail).",
    )
    option("report-dir", "report_dir", type=Path, metavar="DIR", help="Folder for the report and the recording.")


def add_short_name(parser: pytest.Parser) -> None:
    """Add `--server` too, unless a conftest.py has it, which comes before this."""
    if not _is_known(parser, "--server"):
        parser.getgroup("runloop-conformance").addoption(
            "--server", dest=URL, metavar="URL", help="The same as --conformance-server."
        )


def _is_known(parser: pytest.Parser, name: str) -> bool:
    """Whether there is such an option: it changes the result, if only by rejecting a value."""
    try:
        return vars(parser.parse_known_args([f"{name}=1"])) != vars(parser.parse_known_args([]))
    except pytest.UsageError:
        return True


def settings(config: pytest.Config) -> dict[str, Any]:
    """The options under the names that they have in the command."""
    every = {name.removeprefix(DEST): value for name, value in vars(config.option).items() if name.startswith(DEST)}
    every |= {"benchmark_ids": tuple(every["benchmark_ids"]), "headers": tuple(every["headers"])}
    return {**every, "select": (), "deselect": ()}
