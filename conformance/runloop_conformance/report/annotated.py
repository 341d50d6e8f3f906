"""The contract with the results in it: each statement, in the order of the reference page, with its verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import frozen

from runloop_conformance.contract import Contract
from runloop_conformance.judge import Finding
from runloop_conformance.ledger import Entry, ledger
from runloop_conformance.operation import Member

Mark = str
"""How a finding or a statement is coloured: broken, warning, unsettled, kept; free, where nothing is demanded."""

WORST_FIRST = ("broken", "warning", "unsettled", "kept")


@frozen
class Said:
    """One statement: its text, its colour, the findings about it (the worst first), and why there is none."""

    pointer: str
    text: str
    mark: Mark
    findings: tuple[Finding, ...]
    excluded: str | None


@frozen
class Passage:
    """A member of a message, or a part of the operation, and what the contract says about it."""

    title: str
    kinds: str
    required: bool
    text: str
    source: str | None
    said: tuple[Said, ...]

    @property
    def mark(self) -> Mark:
        """The worst of its statements."""
        return worst(one.mark for one in self.said)


@frozen
class Part:
    """A heading of the page, and the passages below it."""

    title: str
    passages: tuple[Passage, ...]


def mark_of(finding: Finding) -> Mark:
    """The colour of one finding. What only should be is a warning where it is broken."""
    if finding.status == "fail":
        return "broken" if finding.clause.level == "must" else "warning"
    return "kept" if finding.status == "pass" else "unsettled"


def worst(marks: Iterable[Mark]) -> Mark:
    """The worst of several colours; `free` where there is none."""
    found = set(marks)
    return next((mark for mark in WORST_FIRST if mark in found), "free")


def annotated(contract: Contract, findings: Sequence[Finding]) -> tuple[Part, ...]:
    """Every statement of the contract under the heading that the page has for it, none left out."""
    by_id = {finding.clause.id: finding for finding in findings}
    entries = ledger(contract, [finding.clause for finding in findings])
    members = {
        f"{side}.{member.name}": member
        for side, members in (("request", contract.operation.request), ("response", contract.operation.response))
        for member in members
    }
    parts: dict[str, dict[str, list[Entry]]] = {}
    for entry in entries:
        part, passage = _place(entry, members)
        parts.setdefault(part, {}).setdefault(passage, []).append(entry)
    return tuple(
        Part(title, tuple(_passage(name, found, members, by_id) for name, found in passages.items()))
        for title, passages in sorted(parts.items(), key=lambda one: ORDER.index(one[0]))
    )


ORDER = ("Operation", "Authorizations", "Body", "Response", "Rules", "Left free")


def _place(entry: Entry, members: dict[str, Member]) -> tuple[str, str]:
    """The heading that a statement stands under, and the member that it is about."""
    stem = next((name for told in entry.statement.told_by if (name := told.rpartition(".")[0]) in members), "")
    if stem:
        return ("Body" if stem.startswith("request.") else "Response"), stem
    pointer = entry.statement.pointer
    for part, mark in (
        ("Rules", "/x-rules/"),
        ("Left free", "/x-legal/"),
        ("Authorizations", "/securitySchemes/"),
        ("Body", "/requestBody"),
        ("Response", "/responses/"),
    ):
        if mark in pointer:
            return part, ""
    return ("Response" if pointer.startswith("#/components/schemas/") else "Operation"), ""


def _passage(name: str, entries: Sequence[Entry], members: dict[str, Member], by_id: dict[str, Finding]) -> Passage:
    member = members.get(name)
    said = tuple(_said(entry, by_id) for entry in entries)
    if member is None:
        return Passage("", "", required=False, text="", source=None, said=said)
    return Passage(
        title=member.name,
        kinds=" | ".join(sorted(member.types, key=lambda kind: (kind == "null", kind))),
        required=member.required,
        text=member.description,
        source=None if member.from_page else "not on the page: known from the official SDK",
        said=said,
    )


def _said(entry: Entry, by_id: dict[str, Finding]) -> Said:
    found = sorted((by_id[clause.id] for clause in entry.clauses), key=lambda one: WORST_FIRST.index(mark_of(one)))
    mark = worst(mark_of(one) for one in found)
    return Said(entry.statement.pointer, entry.statement.text, mark, tuple(found), entry.statement.excluded)
