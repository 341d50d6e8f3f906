"""Two reports, the older and the newer: what was fixed, what fails now, and what is no longer tested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

Clause = Mapping[str, Any]
KINDS = {
    "failed": "fails now",
    "untested": "no longer tested",
    "gone": "left out, though the contract is the same",
    "revealed": "newly tested, and fails",
    "removed": "not in the new contract",
    "fixed": "fixed",
    "tested": "newly tested, and passes",
    "new": "new",
    "other": "still without a result",
}
WORSE = frozenset({"failed", "untested", "gone"})
"""What counts as a regression. A clause that could not be tested before is none, whatever it does now."""


@frozen
class Change:
    """The change of one clause. `before` and `after` are its statuses, None where a report does not have it."""

    kind: str
    clause: str
    level: str
    before: str | None
    after: str | None
    detail: str = ""


@frozen
class Comparison:
    """Every difference. `notes` are about the runs as a whole."""

    notes: tuple[str, ...]
    changes: tuple[Change, ...]
    verdict_worse: bool

    @property
    def worse(self) -> bool:
        """Whether anything got worse: a clause fails now or is no longer tested, or the verdict is worse."""
        return self.verdict_worse or any(change.kind in WORSE for change in self.changes)

    def of(self, kind: str) -> list[Change]:
        """The changes of one kind."""
        return [change for change in self.changes if change.kind == kind]


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """Compare two reports, clause by clause."""
    before = {clause["id"]: clause for clause in old["clauses"]}
    after = {clause["id"]: clause for clause in new["clauses"]}
    same = old["contract"]["sha256"] == new["contract"]["sha256"]
    changes = [
        change
        for name in (*before, *(name for name in after if name not in before))
        if (change := _change(before.get(name), after.get(name), same_contract=same)) is not None
    ]
    changes.sort(key=lambda change: (list(KINDS).index(change.kind), change.level != "must"))
    fell = old["verdict"] == "conformant" and new["verdict"] != "conformant"
    return Comparison(tuple(_notes(old, new)), tuple(changes), fell)


def _notes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    if old["verdict"] != new["verdict"]:
        reason = f": {new['reason']}" if new["reason"] else ""
        yield f"the verdict was {old['verdict']} and is {new['verdict']}{reason}"
    if old["contract"]["sha256"] != new["contract"]["sha256"]:
        yield f"another contract: {_contract(old)}, now {_contract(new)}"
    for name in ("version", "profile", "fail_on"):
        if old["suite"][name] != new["suite"][name]:
            what = "version of the suite" if name == "version" else name.replace("_", "-")
            yield f"another {what}: {old['suite'][name]}, now {new['suite'][name]}"
    if old["server"] != new["server"]:
        yield f"another server: {old['server']}, now {new['server']}"
    if not new["complete"] and old["complete"]:
        yield "the new run did not send everything"


def _contract(report: Mapping[str, Any]) -> str:
    return f"{report['contract']['version']} ({report['contract']['sha256'][:12]})"


def _change(before: Clause | None, after: Clause | None, *, same_contract: bool) -> Change | None:
    clause = after or before
    assert clause is not None
    was = before["status"] if before else None
    now = after["status"] if after else None
    kind = _kind(was, now, same_contract=same_contract)
    if kind is None:
        return None
    failure = after["counterexample"] if after else None
    reason = (after["reason"] if after else None) or ""
    detail = f"expected {failure['expected']}; actual {failure['actual']}" if failure else reason
    return Change(kind, clause["id"], clause["level"], was, now, detail)


def _kind(was: str | None, now: str | None, *, same_contract: bool) -> str | None:
    with_result = ("pass", "fail")
    if was == now:
        return None
    if now is None:
        return "removed" if not same_contract else "gone" if was in with_result else "other"
    if now == "fail":
        return "failed" if was in ("pass", None) else "revealed"
    if was is None:
        return "new"
    if now not in with_result:
        return "untested" if was in with_result else "other"
    return "fixed" if was == "fail" else "tested"
