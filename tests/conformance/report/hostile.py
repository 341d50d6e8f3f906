"""Texts that a server may send to be more than text, and a report that is full of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.report.document import document

from tests.conformance.report.synthetic import CLAUSES, accepted_twin, finding, responded, result, violation

if TYPE_CHECKING:
    from runloop_conformance.exchanges.exchange import Exchange

TEXTS = {
    "markup": "</script></testcase><img src=x onerror=alert(1)> & ]]> <!-- -->",
    "controls": "a\x00b\x08c\x1b[31md\x7fe\x85f\x9bg\ufffeh\uffffi",
    "lines": "one\r\ntwo\n::error::three\n::add-mask::e\n##[error]four\n%0A%25",
    "direction": "user\u202etxt.exe\u2066 \u2028 \u200b",
    "surrogate": "a \ud800 b",
    "markdown": "# h\n| a | b |\n```\n[x](http://evil.invalid) @octocat #1 ![i](//evil.invalid/i) **b** <b>b</b> `c`",
    "long": "x" * 5000,
}


def exchanges(text: str) -> tuple[Exchange, Exchange]:
    """A counterexample that has the text in every part of its requests and responses."""
    control, wrong = accepted_twin("changed: " + text.encode("utf-8", "backslashreplace").decode())
    header = text.encode("latin-1", "replace").decode("latin-1")
    return control, responded(wrong.probe, 200, text.encode("utf-8", "surrogatepass"), [("X-Said", header)], number=2)


def report(text: str, **different: Any) -> dict[str, Any]:
    """A report with a failure and a warning that quote the text, and a clause that is inconclusive because of it."""
    musts = [clause for clause in CLAUSES if clause.level == "must"]
    should = next(clause for clause in CLAUSES if clause.level == "should")
    observation = violation(*exchanges(text), expected=text, actual=text)
    findings = [finding(musts[0], "fail", observation), finding(should, "fail", observation), finding(musts[1], "pass")]
    findings += [finding(musts[2], "inconclusive"), finding(musts[3], "not_tested")]
    return document(result(findings, **different), Redaction())
