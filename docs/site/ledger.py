"""The clause ledger: what the suite judges, and which statement of the contract each clause stands on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml
from attrs import frozen
from runloop_conformance.clauses import Clause, all_clauses
from runloop_conformance.clauses.ledger import Entry, ledger
from runloop_conformance.contract.document import Contract, load_contract
from runloop_conformance.contract.operation import escape


@frozen
class Chapter:
    """The clauses of one chapter, in the order of the suite."""

    name: str
    clauses: tuple[Clause, ...]


@frozen
class Ledger:
    """What the page shows. `lines`: where each pointer that it names stands in the contract, from 1."""

    chapters: tuple[Chapter, ...]
    covered: tuple[Entry, ...]
    excluded: tuple[Entry, ...]
    orphans: tuple[Entry, ...]
    lines: Mapping[str, int]

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """All of them."""
        return tuple(clause for chapter in self.chapters for clause in chapter.clauses)

    def count(self, level: str) -> int:
        """How many clauses are of a level."""
        return sum(clause.level == level for clause in self.clauses)


def read(path: Path) -> Ledger:
    """The ledger of a contract."""
    contract: Contract = load_contract(path)
    clauses: Sequence[Clause] = all_clauses(contract)
    entries = ledger(contract, clauses)
    places = dict(_places(yaml.compose(path.read_text(encoding="utf-8")), "#"))
    pointers = {clause.pointer for clause in clauses} | {entry.statement.pointer for entry in entries}
    return Ledger(
        tuple(Chapter(name, tuple(found)) for name, found in itertools.groupby(clauses, lambda clause: clause.chapter)),
        tuple(entry for entry in entries if entry.clauses),
        tuple(entry for entry in entries if not entry.clauses and not entry.orphan),
        tuple(entry for entry in entries if entry.orphan),
        {pointer: _line(pointer, places) for pointer in pointers},
    )


def _places(node: yaml.Node | None, pointer: str) -> Iterator[tuple[str, int]]:
    """Each pointer into a YAML document, with the line that it stands on."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = f"{pointer}/{escape(str(key.value))}"
            yield below, key.start_mark.line + 1
            yield from _places(value, below)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield f"{pointer}/{index}", value.start_mark.line + 1
            yield from _places(value, f"{pointer}/{index}")


def _line(pointer: str, places: Mapping[str, int]) -> int:
    """Where a pointer stands; what is said by leaving something out ("is optional") stands where it would be."""
    while pointer and pointer not in places:
        pointer = pointer.rpartition("/")[0]
    return places.get(pointer, 1)
