"""A mistake in a page is an error of the build, with its place. A new document is a page without any other change."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.docs.conftest import build

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("mistakes")]

MISTAKES = {
    "See [there](nowhere.md).": "target not found: 'nowhere.md'",
    "See [there](../README.md#no-such).": "'no-such'",
    "See [below](#not-here).": "target not found: 'not-here'",
    "```pyhton\n1\n```": "Pygments lexer name 'pyhton' is not known",
    "![a picture](no-such.png)": "image file not readable: docs/no-such.png",
}
NEW = "# Of today\n\nSee [the client](client.md#aiohttp).\n\n| a |\n|---|\n| first<br>second |\n"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the build reads, with a page of mistakes and a new page."""
    root = tmp_path_factory.mktemp("mistakes") / "a checkout"
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout
    for name in tracked.splitlines():
        if name.endswith((".md", ".yaml", ".png", "LICENSE")) or name.startswith(("docs/", "examples/")):
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
    (root / "docs/mistakes.md").write_text("# Mistakes\n\n" + "\n\n".join(MISTAKES) + "\n", encoding="utf-8")
    (root / "docs/of-today.md").write_text(NEW, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def done(checkout: Path) -> subprocess.CompletedProcess[str]:
    return build(checkout.with_name("site"), checkout)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_fails_the_build_with_its_place(done: subprocess.CompletedProcess[str], mistake: str) -> None:
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if MISTAKES[mistake] in line]
    assert lines, done.stderr
    assert all("docs/mistakes.md:" in line for line in lines)


def test_a_new_document_is_a_page_and_in_the_menu(done: subprocess.CompletedProcess[str], checkout: Path) -> None:
    assert "of-today" not in done.stderr
    page = (checkout.with_name("site") / "docs/of-today.html").read_text(encoding="utf-8")
    assert 'href="client.html#aiohttp"' in page
    assert "first<br>second" in page
    assert 'href="docs/of-today.html"' in (checkout.with_name("site") / "README.html").read_text(encoding="utf-8")
