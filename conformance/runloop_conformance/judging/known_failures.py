"""Known failures: clauses that are known to fail for a server, each with the reason, so that only new failures count.

A TOML file, one clause a line: `"run.name.echo" = "issue 12: the name is cut at 64 characters"`. The quotation
marks may be left out where TOML allows it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any


class KnownFailuresError(ValueError):
    """The file cannot be used. The message names the entry, and what to do about it."""


def known_failures(path: Path, clauses: Collection[str]) -> dict[str, str]:
    """The reason of each known failure, by its clause. `clauses`: the ids of all clauses.

    Raises:
        KnownFailuresError: the file cannot be read, an entry has no reason, or its clause does not exist.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise KnownFailuresError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KnownFailuresError(
            f'{path}: is not TOML: {error}. Write one clause a line: "run.name.echo" = "the reason"'
        ) from error
    entries = dict(_entries(table))
    for clause, reason in entries.items():
        if not isinstance(reason, str) or not reason.strip():
            raise KnownFailuresError(f"{path}: {clause}: say why it is known to fail: an issue, a date, a plan")
        if clause not in clauses:
            raise KnownFailuresError(
                f"{path}: {clause}: there is no such clause (any more): `runloop-conformance clauses` lists them"
            )
    return {clause: reason.strip() for clause, reason in entries.items()}


def _entries(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """The entries, also those whose name TOML takes for a path of tables since it is not in quotation marks."""
    for name, value in table.items():
        if isinstance(value, dict) and value:
            yield from _entries(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
