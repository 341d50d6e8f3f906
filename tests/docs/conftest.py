"""The site, built once by Sphinx as `make docs` does."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from attrs import define, field

from tests.conftest import HANGS_AFTER, ROOT


def build(folder: Path, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The recipe of `make docs` in a checkout, into another folder."""
    recipe = next(line for line in (ROOT / "Makefile").read_text("utf-8").splitlines() if "-m sphinx" in line)
    options = recipe.partition("-m sphinx ")[2].replace("build/doctrees", str(folder.with_name("doctrees"))).split()
    assert options[-1] == "build/site"
    return subprocess.run(
        [sys.executable, "-m", "sphinx", *options[:-1], str(folder)],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=HANGS_AFTER,
    )


@define
class Html(HTMLParser):
    """The ids of a page, the addresses of its links and files, and its text."""

    ids: list[str] = field(factory=list)
    links: list[str] = field(factory=list)
    files: list[str] = field(factory=list)
    words: list[str] = field(factory=list)

    def __attrs_pre_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in {"td", "th", "li", "dt", "dd", "p"}:
            self.words.append(" ")
        if "id" in values:
            self.ids.append(values["id"] or "")
        if tag == "a" and "href" in values:
            self.links.append(values["href"] or "")
        if tag in {"link", "script", "img", "iframe"}:
            self.files += [values[name] or "" for name in ("href", "src") if name in values]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """All text of the page, with single spaces."""
        return " ".join("".join(self.words).split())


@define
class Site:
    """The built site: its folder and its pages."""

    folder: Path
    pages: dict[str, Html]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("docs") / "a site"
    done = build(folder)
    assert (done.returncode, done.stderr) == (0, "")
    pages = {}
    for path in sorted(folder.rglob("*.html")):
        page = pages[path.relative_to(folder).as_posix()] = Html()
        page.feed(path.read_text(encoding="utf-8"))
    return Site(folder, pages)
