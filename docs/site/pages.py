"""Which pages the site has, in which order. A document in docs/ that has no entry here stands under "More"."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).resolve().parents[2]

# The sections of the menu and their pages in order: a document, or the name of a page that is made.
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Start here", ("README.md",)),
    ("Call a server", ("docs/client.md", "docs/moving-from-runloop_api_client.md", "reference")),
    (
        "Test a server",
        (
            "docs/testing-your-server.md",
            "docs/reports.md",
            "docs/pytest.md",
            "examples/servers/README.md",
            "command",
            "conformance/PROOF.md",
        ),
    ),
    ("The contract", ("contract", "ledger", "docs/contract-changes.md")),
    ("Measured", ("benchmarks/README.md", "benchmarks/conformance.md", "benchmarks/report.md", "benchmarks/growth.md")),
    ("The project", ("CONTRIBUTING.md", "CHANGELOG.md")),
)
MADE = {
    "contract": "Requests and answers",
    "ledger": "Every clause",
    "reference": "Python reference",
    "command": "Command reference",
}
NAMES = {
    "README.md": "index",
    "benchmarks/README.md": "measured",
    "benchmarks/conformance.md": "measured-conformance",
    "benchmarks/report.md": "measured-report",
    "benchmarks/growth.md": "measured-growth",
    "examples/servers/README.md": "servers",
}
TITLES = {
    "docs/pytest.md": "In pytest",
    "README.md": "Overview",
    "benchmarks/README.md": "Beside the official SDK",
    "benchmarks/conformance.md": "Beside st run",
    "benchmarks/report.md": "A large report",
    "benchmarks/growth.md": "A large contract",
    "docs/moving-from-runloop_api_client.md": "Moving from the SDK",
}


class DocumentationError(Exception):
    """A page is wrong. The message says where, as file:line, and what to do."""


@frozen
class Page:
    """A page of the site. `source`: the document it is made from, relative to the repository; None where it is made."""

    name: str
    section: str
    source: str | None
    title: str | None

    @property
    def target(self) -> str:
        """Its file in the site."""
        return f"{self.name}.html"


def all_pages(root: Path = ROOT) -> tuple[Page, ...]:
    """Every page, in the order of the menu: those of `SECTIONS` that are there, then what else is in docs/."""
    listed = [(section, name) for section, names in SECTIONS for name in names]
    known = {name for _, name in listed}
    more = sorted(path.relative_to(root).as_posix() for path in (root / "docs").glob("*.md"))
    listed += [("More", name) for name in more if name not in known]
    return tuple(_page(section, name) for section, name in listed if name in MADE or (root / name).is_file())


def _page(section: str, name: str) -> Page:
    if name in MADE:
        return Page(name, section, None, MADE[name])
    return Page(NAMES.get(name, Path(name).stem.lower()), section, name, TITLES.get(name))
