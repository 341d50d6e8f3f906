"""Makes the site: every page in its frame, what they show and link to, the index of the search."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from attrs import evolve
from runloop_benchmarks import __version__
from runloop_conformance.contract.document import load_contract

from docs.site import contract, markdown
from docs.site.bodies import MADE, TEMPLATES, Body, environment, from_document, of_source
from docs.site.links import SOURCES, Linked, check_anchors
from docs.site.pages import ROOT, Page, all_pages

STATIC = Path(__file__).resolve().parent / "static"
CONTRACT = "openapi.yaml"


def build(folder: Path) -> tuple[int, list[str]]:
    """Build the site into a folder that is not there yet. Answers how many pages, and what a person ought to know.

    Raises:
        DocumentationError: a page is wrong, with its file, its line where it is known, and what to do.
    """
    pages = all_pages()
    linked = Linked({page.source: page.target for page in pages if page.source}, {CONTRACT})
    bodies = _bodies(pages, linked)
    shutil.copytree(STATIC, folder)
    missing = contract.absent()
    if missing is None:
        (folder / "contract.html").write_text(contract.page(TEMPLATES / "contract.hbs"), encoding="utf-8")
    else:
        (page,) = (page for page in pages if page.name == "contract")
        bodies[page] = evolve(of_source(CONTRACT), title=str(page.title))
    _write(folder, pages, bodies, linked)
    _write_index(folder, bodies)
    notes = [f"{missing}. The page of the contract is its source alone."] if missing else []
    return len(pages) + len(linked.sources), notes


def _bodies(pages: tuple[Page, ...], linked: Linked) -> dict[Page, Body]:
    """What the pages show, but that of the contract, which is written by Redoc."""
    documents = {page.source: markdown.read(ROOT, page.source) for page in pages if page.source}
    check_anchors(documents)
    templates = environment()
    bodies: dict[Page, Body] = {}
    for page in pages:
        if page.source:
            document = documents[page.source]
            bodies[page] = from_document(page, document, markdown.render(document, linked))
        elif page.name in MADE:
            bodies[page] = MADE[page.name](page, templates)
    return bodies


def _write(folder: Path, pages: tuple[Page, ...], bodies: dict[Page, Body], linked: Linked) -> None:
    frame = environment().get_template("page.html")
    frame.globals["versions"] = f"Version {__version__}, contract {load_contract(ROOT / CONTRACT).version}"
    menu = [(page, bodies[page].title if page in bodies else page.title) for page in pages]
    for page, body in bodies.items():
        (folder / page.target).write_text(frame.render(page=page, body=body, menu=menu, up=""), encoding="utf-8")
    for name in sorted(linked.sources):
        target = folder / SOURCES / f"{name}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        up = "../" * (name.count("/") + 1)
        target.write_text(frame.render(page=None, body=of_source(name), menu=menu, up=up), encoding="utf-8")
    for name in linked.images:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)


def _write_index(folder: Path, bodies: dict[Page, Body]) -> None:
    """A script and no JSON: a page that is opened from disk may not fetch."""
    entries = [[one.address, one.page, one.title, one.text] for body in bodies.values() for one in body.entries]
    index = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    (folder / "index.js").write_text(f"window.SEARCH = {index};\n", encoding="utf-8")
