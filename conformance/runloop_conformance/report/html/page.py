"""`report.html`: one file that a browser opens from disk, and that asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from attrs import frozen
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from runloop_conformance.clauses import Clause
from runloop_conformance.contract.document import Contract
from runloop_conformance.report.html.annotated import WORST_FIRST, Mark, annotated
from runloop_conformance.report.html.exchanges import LONGEST_CURL, Shown, exchanges
from runloop_conformance.report.tally import Report, failing, known, stale, unsettled, warnings
from runloop_conformance.report.visible import plain, shown

FEW = 3  # broken clauses that are open from the beginning
MARKS: Mapping[Mark, str] = {
    "broken": "broken",
    "warning": "broken, only a warning",
    "known": "known failure",
    "unsettled": "not settled",
    "kept": "kept",
    "free": "left free",
}
GROUPS: tuple[tuple[Mark, str, str], ...] = (
    ("broken", "Broken", "What the server broke, and the verdict counts."),
    ("warning", "Warnings", "SHOULD clauses that the server broke: they change no verdict without --fail-on should."),
    ("known", "Known failures", "Broken, and known to be: the reasons are those of --known-failures."),
    ("unsettled", "Not settled", "Nothing was seen that could tell whether the server keeps them, and why:"),
    ("kept", "Kept", "Tested, and kept each time."),
)


@frozen
class Row:
    """One clause as the page lists it."""

    id: str
    href: str
    mark: Mark
    level: str
    chapter: str
    operation: str
    text: str
    reason: str | None
    known: str | None
    pointer: str
    judged: int
    seen: Mapping[str, Any] | None
    exchanges: tuple[Shown, ...]
    left_out: int


def page(report: Report, contract: Contract, clauses: Sequence[Clause]) -> str:
    """The page: the report, and beside it the contract with the results of these clauses, those of the report."""
    marks = _marks(report)
    rows = [
        _row(clause, document, marks[clause.id], report["server"])
        for clause, document in zip(clauses, report["clauses"], strict=True)
    ]
    style, script = _asset("page.css"), _asset("page.js")
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            report=report,
            began=datetime.fromisoformat(report["started_at"]),
            stale=stale(report),
            tally={mark: sum(row.mark == mark for row in rows) for mark in WORST_FIRST},
            levels={level: sum(row.level == level for row in rows) for level in ("must", "should")},
            chapters=Counter(row.chapter for row in rows),
            operations=Counter(row.operation for row in rows),
            groups=[(mark, title, told, [row for row in rows if row.mark == mark]) for mark, title, told in GROUPS],
            few=FEW,
            marks=marks,
            names=MARKS,
            parts=annotated(contract, clauses, marks),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            style_hash=_digest(style),
            script_hash=_digest(script),
            longest_curl=LONGEST_CURL,
        )
    )


def anchor(clause_id: str) -> str:
    """The id of a clause's element: the clause's own, with what no id may hold written otherwise."""
    return "".join(plain(char) if not char.isspace() else "_" for char in clause_id)


def _marks(report: Report) -> dict[str, Mark]:
    found: dict[str, Mark] = {one["id"]: "kept" for one in report["clauses"]}
    kinds: tuple[tuple[Mark, Callable[[Report], list[Clause]]], ...] = (
        ("broken", failing),
        ("warning", warnings),
        ("known", known),
        ("unsettled", unsettled),
    )
    for mark, those in kinds:
        found |= {one["id"]: mark for one in those(report)}
    return found


def _row(clause: Clause, document: Mapping[str, Any], mark: Mark, server: str) -> Row:
    failure = document["counterexample"]
    shown_exchanges, left_out = exchanges(failure, server) if failure else ((), 0)
    return Row(
        id=clause.id,
        href="#" + quote(anchor(clause.id)),
        mark=mark,
        level=clause.level,
        chapter=clause.chapter,
        operation=clause.operation,
        text=clause.text,
        reason=document["reason"],
        known=document["known"],
        pointer=clause.pointer,
        judged=document["judged"],
        seen=failure,
        exchanges=shown_exchanges,
        left_out=left_out,
    )


def _dotted(clause_id: str) -> Markup:
    """An id that may be broken into lines behind its dots."""
    return Markup(".<wbr>").join(shown(part) for part in clause_id.split("."))


def _last(clause_id: str) -> Markup:
    """The last step of an id, where what stands before it is plain."""
    return shown(clause_id.rpartition(".")[2])


def _short(text: str, title: str) -> Markup:
    """What a statement says of a member, beneath its name."""
    return _sentence(text.removeprefix(title).lstrip(": "))


def _sentence(text: str) -> Markup:
    """A sentence of the contract, in which what stands between backquotes is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return shown(text)
    code = Markup("<code>{}</code>")
    return Markup().join(code.format(shown(part)) if at % 2 else shown(part) for at, part in enumerate(parts))


@cache
def _asset(name: str) -> str:
    return files("runloop_conformance").joinpath("report", "html", name).read_text("utf-8")


def _digest(text: str) -> str:
    """How a content security policy names the one style or script that it lets run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_asset),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "anchor": anchor,
        "dotted": _dotted,
        "last": _last,
        "plain": plain,
        "sentence": _sentence,
        "short": _short,
        "shown": shown,
    }
    environment.filters.update(filters)
    return environment
