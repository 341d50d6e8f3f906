"""The site, built once by the command that readers use."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from attrs import define, field

from tests.conftest import ROOT

WITHOUT_NODE = "The page of the contract is its source alone."


def build(folder: Path, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """`python -m docs.site FOLDER` in a checkout; a Python warning is an error."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "docs.site", str(folder)],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


@define
class Html(HTMLParser):
    """What a page names: ids, where its links and files lead, its text."""

    ids: list[str] = field(factory=list)
    links: list[str] = field(factory=list)
    files: list[str] = field(factory=list)
    words: list[str] = field(factory=list)

    def __attrs_pre_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"td", "th", "li", "dt", "dd", "p"}:
            self.words.append(" ")
        if "id" in given:
            self.ids.append(given["id"] or "")
        if tag == "a" and "href" in given:
            self.links.append(given["href"] or "")
        if tag in {"link", "script", "img", "iframe"}:
            self.files += [given[name] or "" for name in ("href", "src") if name in given]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """All that is read on it, with single spaces."""
        return " ".join("".join(self.words).split())


@define
class Site:
    """The built site: its folder, what the command printed, its pages but that of the contract, which Redoc makes."""

    folder: Path
    said: str
    pages: dict[str, Html]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("docs") / "a site"
    done = build(folder)
    assert done.returncode == 0, done.stderr
    pages = {}
    for path in sorted(folder.rglob("*.html")):
        name = path.relative_to(folder).as_posix()
        if name != "contract.html" or "redoc" not in path.read_text(encoding="utf-8"):
            pages[name] = Html()
            pages[name].feed(path.read_text(encoding="utf-8"))
    said = [line for line in done.stderr.splitlines() if not line.endswith(WITHOUT_NODE)]
    assert said == []
    return Site(folder, done.stdout, pages)
