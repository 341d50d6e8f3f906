"""Two reports, the older and the newer: what was mended, what broke, and what nobody looks at any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

Clause = Mapping[str, Any]
KINDS = {
    "broken": "broken now",
    "untested": "no longer tested",
    "gone": "left out, though the contract is the same",
    "removed": "not in the new contract",
    "mended": "mended",
    "tested": "newly tested",
    "new": "new",
    "other": "otherwise than before",
}
WORSE = frozenset({"broken", "untested", "gone"})


@frozen
class Change:
    """What became of one clause. `before` and `after` are its statuses, None where a report does not have it."""

    kind: str
    clause: str
    level: str
    before: str | None
    after: str | None
    told: str = ""


@frozen
class Comparison:
    """All that is different. `notes` are about the runs as a whole."""

    notes: tuple[str, ...]
    changes: tuple[Change, ...]
    verdict_worse: bool

    @property
    def worse(self) -> bool:
        """Whether anything got worse: a clause broke, or is not looked at any more, or the verdict fell."""
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
            told = "version of the suite" if name == "version" else name.replace("_", "-")
            yield f"another {told}: {old['suite'][name]}, now {new['suite'][name]}"
    if old["server"] != new["server"]:
        yield f"another server: {old['server']}, now {new['server']}"
    if not new["complete"] and old["complete"]:
        yield "the new run did not send everything"


def _contract(report: Mapping[str, Any]) -> str:
    return f"{report['contract']['version']} ({report['contract']['sha256'][:12]})"


def _change(before: Clause | None, after: Clause | None, *, same_contract: bool) -> Change | None:
    there = after or before
    assert there is not None
    was = before["status"] if before else None
    now = after["status"] if after else None
    kind = _kind(was, now, same_contract=same_contract)
    if kind is None:
        return None
    seen = after["counterexample"] if after else None
    reason = (after["reason"] if after else None) or ""
    told = f"expected {seen['expected']}; actual {seen['actual']}" if seen else reason
    return Change(kind, there["id"], there["level"], was, now, told)


def _kind(was: str | None, now: str | None, *, same_contract: bool) -> str | None:
    settled = ("pass", "fail")
    if was == now:
        return None
    if now is None:
        return "removed" if not same_contract else "gone" if was in settled else "other"
    if now == "fail":
        return "broken"
    if was is None:
        return "new"
    if now not in settled:
        return "untested" if was in settled else "other"
    return "mended" if was == "fail" else "tested"
