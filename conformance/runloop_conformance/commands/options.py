"""What several subcommands share: reading a contract or a report."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import click

from runloop_conformance.clauses import NoSuchClauseError
from runloop_conformance.contract.document import Contract, ContractError
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.report.stored import Stored, UnreadableReportError, stored
from runloop_conformance.suite.options import UnusableOptionError


@contextmanager
def wrong_usage() -> Generator[None]:
    """Report an option that cannot be used as wrong usage."""
    try:
        yield
    except UnusableOptionError as error:
        raise click.UsageError(error.message("--")) from error
    except NoSuchClauseError as error:
        raise click.UsageError(str(error)) from error


def contract_at(path: Path | None) -> Contract:
    """The contract at a path, else the one in the package; what cannot be used is wrong usage."""
    try:
        return load_contract(path)
    except ContractError as error:
        raise click.UsageError(str(error)) from error


def stored_at(path: Path) -> Stored:
    """The report at a path; what is none is wrong usage."""
    try:
        return stored(path)
    except UnreadableReportError as error:
        raise click.UsageError(str(error)) from error
