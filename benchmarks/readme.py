"""Puts the tables that the benchmarks wrote into the README, between its marks. The last step of `make bench`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLES = {"client": ROOT / "benchmarks" / "README.md", "conformance": ROOT / "benchmarks" / "conformance.md"}


def first_table(text: str) -> str:
    """The first table of a Markdown text, from its header to its last row."""
    found = re.search(r"^\|.*?(?=^(?!\|)|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, "there is no table"
    return found[0].rstrip("\n")


def with_tables(readme: str) -> str:
    """The README with each table between `<!-- bench: NAME -->` and `<!-- end -->` as it was last measured."""
    for name, path in TABLES.items():
        table = first_table(path.read_text(encoding="utf-8"))
        pattern = rf"(<!-- bench: {name} -->\n).*?(<!-- end -->)"
        readme, times = re.subn(
            pattern, lambda found, table=table: f"{found[1]}{table}\n{found[2]}", readme, flags=re.DOTALL
        )
        assert times == 1, f"the README has no place for {name}"
    return readme


def main() -> int:
    """Write it; with --check, write nothing and fail where the README says something else."""
    path = ROOT / "README.md"
    old = path.read_text(encoding="utf-8")
    new = with_tables(old)
    if "--check" in sys.argv:
        return int(new != old)
    path.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
