"""The table of the drill: edit, verdict, bump, what becomes of the client, and the clauses that moved."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import yaml
from attrs import frozen

from changes.report import TOLD, Comparison
from generation.contract import Contract, GenerationError
from generation.generate import generate
from tests.conftest import CONTRACT
from tests.generation.drill.by_hand import UNUSABLE
from tests.generation.drill.client import difference, offers
from tests.generation.drill.steps import Step, steps

if TYPE_CHECKING:
    from pathlib import Path

    from tests.generation.drill.history import Document

STRENGTH = ("no", "read", "weakly", "breaks")
HEADER = ("edit", "callers", "servers", "bump", "client", "clauses")


@frozen
class Done:
    """A step carried out: the contracts and the clients on disk, and what the diff says."""

    step: Step
    compared: Comparison
    old: Path
    new: Path

    @property
    def callers(self) -> str:
        """The worst that a change does to callers."""
        return max((one.callers for one in self.compared.changes), key=STRENGTH.index)

    @property
    def servers(self) -> str:
        """The worst that a change does to servers."""
        return max((one.servers for one in self.compared.changes), key=STRENGTH.index)

    def row(self) -> tuple[str, ...]:
        """The cells."""
        client = difference(offers(self.old), offers(self.new)) or ["the same"]
        bump = f"{self.compared.bump}: {self.compared.asked_for}"
        cells = (self.step.name, TOLD[self.callers], TOLD[self.servers], bump)
        return (
            *cells,
            "<br>".join(map(_code, client)),
            "<br>".join(map(_code, self.compared.clauses.groups() if self.compared.clauses else ["none"])),
        )


def dumped(document: Document) -> str:
    """A contract as YAML, without aliases: two members that are alike stay two."""
    return yaml.safe_dump(json.loads(json.dumps(document)), sort_keys=False, allow_unicode=True)


def carried_out(folder: Path) -> list[Done]:
    """Every step, its contracts and clients in `folder`: a client for each contract, as `make generate` makes it."""
    all_steps = steps()
    texts: dict[str, str] = {}
    for step in all_steps:
        for document in (step.before, step.after):
            texts.setdefault(dumped(document), f"client_{len(texts)}")

    def made(text: str, name: str) -> Contract:
        path = folder / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        generate(contract := Contract(path), folder / name)
        return contract

    def compared(step: Step) -> Done:
        old, new = contracts[dumped(step.before)], contracts[dumped(step.after)]
        return Done(step, Comparison.between(old, new), old.path.with_suffix(""), new.path.with_suffix(""))

    with ThreadPoolExecutor(2) as pool:
        contracts = dict(zip(texts, pool.map(made, texts.keys(), texts.values()), strict=True))
        return list(pool.map(compared, all_steps))


def refused(folder: Path) -> list[tuple[str, ...]]:
    """The rows of what cannot be made into a client: what is said instead."""
    rows: list[tuple[str, ...]] = []
    for name, (old, new, _) in UNUSABLE.items():
        path = folder / "openapi.yaml"
        path.write_text(CONTRACT.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
        try:
            generate(Contract(path), folder / "none")
        except GenerationError as error:
            said = str(error).partition("\n")[0].replace(f"{folder}/", "")
            said = re.sub(r"(?<=\.yaml):\d+(?::\d+)?:", ":LINE:", said)  # a longer description moves the lines
            rows.append((name, "", "", "", f"stays as it was: `{said.replace('`', '')}`", ""))
    return rows


def markdown(done: list[Done], folder: Path) -> str:
    """The whole table."""
    rows = [HEADER, ("---",) * len(HEADER), *(one.row() for one in done), *refused(folder)]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in rows)


def _code(text: str) -> str:
    return f"`{text}`" if text not in ("the same", "none") else text
