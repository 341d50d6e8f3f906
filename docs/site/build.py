"""Makes the site: pages from documents, from the suite, from the client's source, from the contract."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from html import escape, unescape
from pathlib import Path
from typing import Any

import jinja2
from attrs import define, field, frozen
from markdown_it import MarkdownIt
from markupsafe import Markup

from docs.site import command, contract, highlight, ledger, markdown, reference
from docs.site.markdown import Document, Heading
from docs.site.pages import ROOT, DocumentationError, Page, all_pages

HERE = Path(__file__).resolve().parent
SOURCES = "source"  # the folder of the site for files of the repository that pages link to


@frozen
class Entry:
    """What the search knows: a place in the site, and its words."""

    address: str
    page: str
    title: str
    text: str


@frozen
class Body:
    """What a page shows, before it gets its frame."""

    title: str
    html: str
    headings: tuple[Heading, ...]
    entries: tuple[Entry, ...]


def build(folder: Path) -> tuple[int, list[str]]:
    """Build the site into a folder that is not there yet. Answers how many pages, and what a person ought to know.

    Raises:
        DocumentationError: a page is wrong, with its file, its line where it is known, and what to do.
    """
    pages = all_pages()
    documents = {page.source: markdown.read(ROOT, page.source) for page in pages if page.source}
    _check_anchors(documents)
    linked = Linked({page.source: page.target for page in pages if page.source}, {"openapi.yaml"})
    bodies: dict[Page, Body] = {}
    notes: list[str] = []
    environment = _environment()
    folder.mkdir(parents=True)
    shutil.copytree(HERE / "static", folder, dirs_exist_ok=True)
    for page in pages:
        if page.source:
            bodies[page] = _from_document(page, documents[page.source], markdown.render(documents[page.source], linked))
        elif page.name == "contract":
            missing = contract.absent()
            if missing is None:
                (folder / page.target).write_text(contract.page(HERE / "templates" / "contract.hbs"), encoding="utf-8")
            else:
                notes.append(f"{missing}. The page of the contract is its source alone.")
                bodies[page] = _source(page, "openapi.yaml")
        else:
            bodies[page] = MADE[page.name](page, environment)
    menu = [(page, bodies[page].title if page in bodies else page.title) for page in pages]
    frame = environment.get_template("page.html")
    for page, body in bodies.items():
        html = frame.render(page=page, body=body, menu=menu, up="")
        (folder / page.target).write_text(html, encoding="utf-8")
    for name in linked.images:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for name in sorted(linked.sources):
        target = folder / f"{SOURCES}/{name}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        up = "../" * (name.count("/") + 1)
        body = _source(Page(f"{SOURCES}/{name}", "", None, name), name)
        target.write_text(frame.render(page=None, body=body, menu=menu, up=up), encoding="utf-8")
    entries = [[one.address, one.page, one.title, one.text] for body in bodies.values() for one in body.entries]
    index = json.dumps(entries, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    (folder / "index.js").write_text(f"window.SEARCH = {index};\n", encoding="utf-8")
    return len(pages) + len(linked.sources), notes


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    inline = MarkdownIt("commonmark", {"html": False})
    environment.filters["inline"] = lambda text: Markup(inline.renderInline(str(text)))  # noqa: S704 - it escapes HTML
    environment.filters["python"] = lambda code: Markup(highlight.block(str(code), "python", "a signature"))  # noqa: S704
    return environment


@define
class Linked:
    """Where things stand in the site. `sources` and `images`: what pages name, so that it has to be in the site."""

    targets: Mapping[str, str]
    sources: set[str] = field(factory=set)
    images: set[str] = field(factory=set)

    def page(self, path: str) -> str | None:
        """The page of a document, or one that shows a file, or one that lists a folder."""
        if path in self.targets:
            return self.targets[path]
        if not (ROOT / path).exists():
            return None
        self.sources.add(path)
        if (ROOT / path).is_dir():
            self.sources |= {one.relative_to(ROOT).as_posix() for one in _files(ROOT / path)}
        return f"{SOURCES}/{path}.html"

    def image(self, path: str) -> str | None:
        """Where a picture is copied to."""
        if not (ROOT / path).is_file():
            return None
        self.images.add(path)
        return path


def _files(folder: Path) -> list[Path]:
    """The files of a folder that a person wrote."""
    return sorted(one for one in folder.iterdir() if one.is_file() and not one.name.startswith("."))


def _check_anchors(documents: Mapping[str, Document]) -> None:
    for source, document in documents.items():
        for href, line in document.links:
            path, _, part = href.partition("#")
            if not part or markdown.EXTERNAL.match(href):
                continue
            found = documents.get(markdown.inside(source, path) if path else source)
            if found and part not in {heading.anchor for heading in found.headings}:
                raise DocumentationError(f"{source}:{line} links to {href}, and there is no such heading")


def _from_document(page: Page, document: Document, html: str) -> Body:
    title = page.title or document.title
    entries = tuple(
        Entry(
            page.target + (f"#{section.heading.anchor}" if section.heading and section.heading.level > 1 else ""),
            title,
            section.heading.text if section.heading else title,
            " ".join(section.text.split()),
        )
        for section in document.sections()
        if section.heading or section.text
    )
    return Body(title, html, document.headings, entries)


def _source(page: Page, name: str) -> Body:
    heading = f"<h1><code>{escape(name)}</code></h1>\n"
    if (ROOT / name).is_dir():
        up = "../" * (name.count("/") + 1)
        rows = (
            f'<li><a href="{up}{SOURCES}/{name}/{one.name}.html">{escape(one.name)}</a></li>'
            for one in _files(ROOT / name)
        )
        return Body(name, f"{heading}<ul>{''.join(rows)}</ul>\n", (), ())
    text = (ROOT / name).read_text(encoding="utf-8")
    return Body(page.title or name, heading + highlight.whole_file(name, text), (), ())


def _made(page: Page, environment: jinja2.Environment, entries: Iterator[Entry], **values: Any) -> Body:
    html = environment.get_template(f"{page.name}.html").render(**values)
    found = re.findall(r'<h([23]) id="([^"]+)">(.*?)</h[23]>', html)
    headings = tuple(
        Heading(int(level), unescape(re.sub(r"<a .*|<[^>]+>", "", text)).strip(), anchor, 0)
        for level, anchor, text in found
    )
    assert page.title is not None
    return Body(page.title, html, headings, tuple(entries))


def _ledger(page: Page, environment: jinja2.Environment) -> Body:
    found = ledger.read(ROOT / "openapi.yaml")
    entries = (Entry(f"{page.target}#{one.id}", str(page.title), one.id, _words([one.text])) for one in found.clauses)
    return _made(page, environment, entries, ledger=found)


def _words(paragraphs: Iterable[str]) -> str:
    return " ".join(paragraphs).replace("`", "")


def _reference(page: Page, environment: jinja2.Environment) -> Body:
    names = reference.names()
    every = [name for one in names for name in (one, *one.members)]
    entries = (Entry(f"{page.target}#{one.anchor}", str(page.title), one.anchor, _words(one.text)) for one in every)
    return _made(page, environment, entries, names=names, kinds=reference.KINDS)


def _command(page: Page, environment: jinja2.Environment) -> Body:
    commands = command.commands()
    entries = (
        Entry(
            f"{page.target}#{one.name}",
            str(page.title),
            f"{command.NAME} {one.name}",
            " ".join([*one.text, *(f"{option.written} {option.text}" for option in one.options)]),
        )
        for one in commands
    )
    return _made(page, environment, entries, name=command.NAME, about=command.about(), commands=commands)


MADE = {"ledger": _ledger, "reference": _reference, "command": _command}
