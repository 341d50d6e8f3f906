"""`make drill`: carries out every step, prints the table, and puts it into docs/contract-changes.md.

With `--check` nothing is carried out: the mark above the table says whether the steps, the shape of the contract, its
clauses and the tools are those that the table was made with. The drill's own test makes the table again.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
import tempfile
from pathlib import Path

import yaml
from runloop_conformance.clauses import all_clauses
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.proof.fingerprint import clause_levels, fingerprint, shape

from changes.redocly import DiffError
from tests.conftest import CONTRACT, ROOT
from tests.generation.drill.steps import steps
from tests.generation.drill.table import carried_out, markdown

DOCUMENT = ROOT / "docs" / "contract-changes.md"
PLACE = re.compile(r"<!-- drill(?:: (?P<mark>\w+))? -->\n(?P<table>.*?)<!-- end -->", re.DOTALL)
TOOLS = ("openapi-python-client", "ruff")


def mark(table: str) -> str:
    """The fingerprint of a table and of all that it is made from. A sentence of the contract is not among it."""
    contract = load_contract(CONTRACT)
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    return fingerprint(
        [
            table,
            [[step.name, shape(step.before), shape(step.after)] for step in steps()],
            shape(contract.document),
            clause_levels(all_clauses(contract)),
            package["devDependencies"]["@redocly/cli"],
            [importlib.metadata.version(tool) for tool in TOOLS],
            yaml.safe_load((ROOT / "generation" / "config.yaml").read_text(encoding="utf-8")),
        ]
    )


def main() -> int:
    """Exit codes: 0 written, or as it was made; 1 another table, or other steps; 2 a tool is missing."""
    text = DOCUMENT.read_text(encoding="utf-8")
    place = PLACE.search(text)
    assert place, f"{DOCUMENT} has no place for the table"
    if "--check" in sys.argv:
        return int(place["mark"] != mark(place["table"]))

    try:
        with tempfile.TemporaryDirectory() as folder:
            table = markdown(carried_out(Path(folder)), Path(folder))
    except DiffError as error:
        print(error, file=sys.stderr)
        return 2
    print(table, end="")
    made = f"<!-- drill: {mark(table)} -->\n{table}<!-- end -->"
    DOCUMENT.write_text(f"{text[: place.start()]}{made}{text[place.end() :]}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
