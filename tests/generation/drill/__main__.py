"""`make drill`: carries out every step, prints the table, and puts it into docs/contract-changes.md.

With `--check` nothing is carried out: the mark above the table says whether it is the one that was made, of what the
steps are now. A test makes the table anew.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import re
import sys
import tempfile
from pathlib import Path

from changes.redocly import DiffError
from tests.conftest import CONTRACT, ROOT
from tests.generation.drill.table import carried_out, markdown

DOCUMENT = ROOT / "docs" / "contract-changes.md"
PLACE = re.compile(r"<!-- drill(?:: (?P<mark>\w+))? -->\n(?P<table>.*?)<!-- end -->", re.DOTALL)
FOLDERS = ("changes", "generation", "tests/generation/drill")


def mark(table: str) -> str:
    """What tells this table, and all that it is made of, from any other."""
    folders = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.py"))]
    tools = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]["@redocly/cli"]
    tools += importlib.metadata.version("openapi-python-client")
    found = hashlib.sha256(f"{table}{tools}".encode())
    for path in (CONTRACT, ROOT / "generation" / "config.yaml", *folders):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


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
