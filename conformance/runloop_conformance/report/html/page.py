"""Renders `report.html`."""

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

from runloop_conformance.clauses.clause import Clause
from runloop_conformance.contract.document import Contract
from runloop_conformance.judging.counted import counted
from runloop_conformance.report.html.annotated import Mark, annotated
from runloop_conformance.report.html.exchanges import LONGEST_CURL, Shown, exchanges
from runloop_conformance.report.tally import OUTCOMES, Outcome, Report, count_line, outcome, stale
from runloop_conformance.report.visible import plain, shown

FEW = 3  # failed clauses that are open from the beginning
MARKS: Mapping[Mark, str] = {
    "fail": "failed",
    "warning": "failed, only a warning",
    "known": "known failure",
    "inconclusive": "inconclusive",
    "not_tested": "not tested",
    "pass": "passed",
    "free": "left free",
}
GROUPS: tuple[tuple[Outcome, str, str], ...] = (
    ("fail", "Failed", "These make the verdict nonconformant."),
    ("warning", "Warnings", "SHOULD clauses that failed: they change no verdict without --fail-on should."),
    ("known", "Known failures", "These do not count: the reasons are those of --known-failures."),
    ("inconclusive", "Inconclusive", "The responses do not say whether these pass, and why:"),
    ("not_tested", "Not tested", "Nothing was sent that could have failed these, and why:"),
    ("pass", "Passed", "Tested, and passed each time."),
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
    failure: Mapping[str, Any] | None
    exchanges: tuple[Shown, ...]
    left_out: int


def page(report: Report, contract: Contract, clauses: Sequence[Clause]) -> str:
    """The page: the report, and beside it the contract with the results of these clauses, those of the report."""
    marks: dict[str, Mark] = {clause["id"]: outcome(clause, report) for clause in report["clauses"]}
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
            counts=count_line(report),
            tally={mark: sum(row.mark == mark for row in rows) for mark in OUTCOMES},
            levels={level: sum(row.level == level for row in rows) for level in ("must", "should")},
            chapters=Counter(row.chapter for row in rows),
            operations=Counter(row.operation for row in rows),
            groups=[(mark, title, note, [row for row in rows if row.mark == mark]) for mark, title, note in GROUPS],
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
    """The id of a clause's element: that of the clause, with the characters escaped that no id may have."""
    return "".join(plain(char) if not char.isspace() else "_" for char in clause_id)


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
        failure=failure,
        exchanges=shown_exchanges,
        left_out=left_out,
    )


def _dotted(clause_id: str) -> Markup:
    """An id that may be broken into lines behind its dots."""
    return Markup(".<wbr>").join(shown(part) for part in clause_id.split("."))


def _last(clause_id: str) -> Markup:
    """The last step of an id, where the steps before it are plain from the context."""
    return shown(clause_id.rpartition(".")[2])


def _short(text: str, title: str) -> Markup:
    """What a statement says about a property, below its name."""
    return _sentence(text.removeprefix(title).lstrip(": "))


def _sentence(text: str) -> Markup:
    """A sentence of the contract; text between backquotes is code."""
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
        "counted": counted,
        "dotted": _dotted,
        "last": _last,
        "plain": plain,
        "sentence": _sentence,
        "short": _short,
        "shown": shown,
    }
    environment.filters.update(filters)
    return environment
