"""Puts measured tables into the documents, between their marks: the last step of `make bench` and of `make prove`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = ROOT / "benchmarks"
TABLES = {
    ROOT / "README.md": {
        "client": BENCHMARKS / "README.md",
        "conformance": BENCHMARKS / "conformance.md",
        "proof": ROOT / "conformance" / "PROOF.md",
    },
    ROOT / "docs/reports.md": {"report": BENCHMARKS / "report.md"},
}


def first_table(text: str) -> str:
    """The first table of a Markdown text, from its header to its last row."""
    found = re.search(r"^\|.*?(?=^(?!\|)|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, "there is no table"
    return found[0].rstrip("\n")


def with_tables(document: Path) -> str:
    """The document with each table between `<!-- bench: NAME -->` and `<!-- end -->` as it was last measured."""
    text = document.read_text(encoding="utf-8")
    for name, path in TABLES[document].items():
        table = first_table(path.read_text(encoding="utf-8"))
        pattern = rf"(<!-- bench: {name} -->\n).*?(<!-- end -->)"
        text, times = re.subn(
            pattern, lambda found, table=table: f"{found[1]}{table}\n{found[2]}", text, flags=re.DOTALL
        )
        assert times == 1, f"{document.name} has no place for {name}"
    return text


def main() -> int:
    """Write them; with --check, write nothing and fail where a document says something else."""
    stale = [document for document in TABLES if with_tables(document) != document.read_text(encoding="utf-8")]
    if "--check" in sys.argv:
        return int(bool(stale))
    for document in stale:
        document.write_text(with_tables(document), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
