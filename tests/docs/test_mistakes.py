"""A mistake in a page stops the build, with the place, and the site that was there stays."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.docs.conftest import WITHOUT_NODE, build

NEEDED = (
    "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "openapi.yaml",
    "docs", "overrides", "generated", "benchmarks", "examples",
)  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the build reads, to be spoilt. Node's tools are left out: the page of the contract is its source here."""
    root = tmp_path / "a checkout"
    root.mkdir()
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root / name)
    if (ROOT / "conformance/PROOF.md").exists():
        (root / "conformance").mkdir()
        shutil.copy(ROOT / "conformance/PROOF.md", root / "conformance/PROOF.md")
    return root


@pytest.mark.parametrize(
    ("addition", "said"),
    [
        ("See [there](nowhere.md).", "docs/client.md links to nowhere.md: there is no such file"),
        ("See [there](../README.md#no-such).", "links to ../README.md#no-such, and there is no such heading"),
        ("See [below](#no-such).", "links to #no-such, and there is no such heading"),
        ("```pyhton\n1\n```", "'pyhton' is no language"),
        ("![a picture](no-such.png)", "docs/client.md shows no-such.png: there is no such file"),
        ("<div>by hand</div>", "write Markdown, not HTML: <div>by hand</div>"),
    ],
    ids=["a file", "a heading elsewhere", "a heading here", "a language", "a picture", "HTML"],
)  # fmt: skip
def test_a_mistake_stops_the_build(checkout: Path, tmp_path: Path, addition: str, said: str) -> None:
    old = tmp_path / "site"
    old.mkdir()
    (old / "index.html").write_text("the site of yesterday")
    with (checkout / "docs/client.md").open("a", encoding="utf-8") as page:
        page.write(f"\n{addition}\n")
    done = build(old, checkout)
    assert done.returncode == 1
    assert said in done.stderr
    assert "docs/client.md" in done.stderr
    assert "Traceback" not in done.stderr
    assert (old / "index.html").read_text() == "the site of yesterday"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a checkout", "site"]


def test_a_public_name_without_a_word_stops_the_build(checkout: Path, tmp_path: Path) -> None:
    errors = checkout / "overrides/runloop_benchmarks/_exceptions.py"
    text = errors.read_text(encoding="utf-8")
    assert '    """409: the request is at odds with another."""' in text
    errors.write_text(text.replace('    """409: the request is at odds with another."""', "    pass"), encoding="utf-8")
    done = build(tmp_path / "site", checkout)
    assert done.returncode == 1
    assert "public names without a docstring: ConflictError" in done.stderr


def test_without_node_the_page_of_the_contract_is_its_source(checkout: Path, tmp_path: Path) -> None:
    done = build(tmp_path / "site", checkout)
    assert done.returncode == 0
    assert done.stderr.startswith("docs: ")
    assert done.stderr.endswith(f" is not installed: run `make node`. {WITHOUT_NODE}\n") or shutil.which("node") is None
    assert "StartRunRequest" in (tmp_path / "site/contract.html").read_text(encoding="utf-8")


def test_a_new_document_is_a_page_at_once(checkout: Path, tmp_path: Path) -> None:
    text = "# Of today\n\nSee [the client](client.md#aiohttp).\n\n| a |\n|---|\n| one<br>two |\n"
    (checkout / "docs/of-today.md").write_text(text, encoding="utf-8")
    done = build(tmp_path / "site", checkout)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "site/of-today.html").read_text(encoding="utf-8")
    assert 'See <a href="client.html#aiohttp">the client</a>' in page
    assert "one<br>two" in page
    assert 'href="of-today.html"' in (tmp_path / "site/index.html").read_text(encoding="utf-8")
