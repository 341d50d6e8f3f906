"""Copies the measured tables into docs/figures.md: the last step of `make bench` and of `make prove`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = ROOT / "benchmarks"
DOCUMENT = ROOT / "docs" / "figures.md"
TABLES = {
    "client": BENCHMARKS / "README.md",
    "conformance": BENCHMARKS / "conformance.md",
    "proof": ROOT / "conformance" / "PROOF.md",
    "report": BENCHMARKS / "report.md",
}


def first_table(text: str) -> str:
    """The first table of a Markdown text, from its header to its last row."""
    found = re.search(r"^\|.*?(?=^(?!\|)|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, "there is no table"
    return found[0].rstrip("\n")


def with_tables(text: str) -> str:
    """The document with each table between `<!-- bench: NAME -->` and `<!-- end -->` as it was last measured."""
    for name, path in TABLES.items():
        table = first_table(path.read_text(encoding="utf-8"))
        before, mark, rest = text.partition(f"<!-- bench: {name} -->\n")
        assert mark, f"{DOCUMENT.name} has no place for {name}"
        text = f"{before}{mark}{table}\n<!-- end -->{rest.partition('<!-- end -->')[2]}"
    return text


def main() -> int:
    """Write them. With --check, write nothing and fail if the document is out of date."""
    text = DOCUMENT.read_text(encoding="utf-8")
    current = with_tables(text)
    if "--check" in sys.argv:
        return int(current != text)
    DOCUMENT.write_text(current, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
