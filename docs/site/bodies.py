"""What each page shows: documents, files of the repository, and what is read from the suite and the client."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape, unescape
from pathlib import Path
from typing import Any

import jinja2
from attrs import frozen
from markdown_it import MarkdownIt
from markupsafe import Markup

from docs.site import command, highlight, ledger, reference
from docs.site.links import SOURCES, files
from docs.site.markdown import Document, Heading
from docs.site.pages import ROOT, Page

TEMPLATES = Path(__file__).resolve().parent / "templates"


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


def environment() -> jinja2.Environment:
    """The templates, with `inline` for a line of Markdown and `python` for code."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    inline = MarkdownIt("commonmark", {"html": False})
    made.filters["inline"] = lambda text: Markup(inline.renderInline(str(text)))  # noqa: S704 - it escapes HTML
    made.filters["python"] = lambda code: Markup(highlight.block(str(code), "python", "a signature"))  # noqa: S704
    filters: dict[str, Any] = made.filters
    filters["linked"] = _linked
    return made


def _linked(annotation: str, known: Iterable[str]) -> Markup:
    """A type as it is written, each public name in it a link to what is said of it."""
    names = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    linked = re.sub(rf"\b({names})\b", r'<a href="#\1">\1</a>', escape(str(annotation)))
    return Markup(linked)  # noqa: S704 - it was escaped


def from_document(page: Page, document: Document, html: str) -> Body:
    """A document, with an entry of the search for each of its headings."""
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


def of_source(name: str) -> Body:
    """A file with its lines numbered, or a folder with the files in it."""
    heading = f"<h1><code>{escape(name)}</code></h1>\n"
    if (ROOT / name).is_dir():
        up = "../" * (name.count("/") + 1)
        rows = (
            f'<li><a href="{up}{SOURCES}/{name}/{one.name}.html">{escape(one.name)}</a></li>'
            for one in files(ROOT / name)
        )
        return Body(name, f"{heading}<ul>{''.join(rows)}</ul>\n", (), ())
    text = (ROOT / name).read_text(encoding="utf-8")
    return Body(name, heading + highlight.whole_file(name, text), (), ())


def _made(page: Page, templates: jinja2.Environment, entries: Iterator[Entry], **values: Any) -> Body:
    html = templates.get_template(f"{page.name}.html").render(**values)
    found = re.findall(r'<h([23]) id="([^"]+)">(.*?)</h[23]>', html)
    headings = tuple(
        Heading(int(level), unescape(re.sub(r"<a .*|<[^>]+>", "", text)).strip(), anchor, 0)
        for level, anchor, text in found
    )
    assert page.title is not None
    return Body(page.title, html, headings, tuple(entries))


def _ledger(page: Page, templates: jinja2.Environment) -> Body:
    found = ledger.read(ROOT / "openapi.yaml")
    entries = (Entry(f"{page.target}#{one.id}", str(page.title), one.id, _words([one.text])) for one in found.clauses)
    return _made(page, templates, entries, ledger=found)


def _words(paragraphs: Iterable[str]) -> str:
    return " ".join(paragraphs).replace("`", "")


def _reference(page: Page, templates: jinja2.Environment) -> Body:
    names = reference.names()
    every = [name for one in names for name in (one, *one.members)]
    entries = (Entry(f"{page.target}#{one.anchor}", str(page.title), one.anchor, _words(one.text)) for one in every)
    return _made(page, templates, entries, names=names, kinds=reference.KINDS)


def _command(page: Page, templates: jinja2.Environment) -> Body:
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
    return _made(page, templates, entries, name=command.NAME, about=command.about(), commands=commands)


MADE = {"ledger": _ledger, "reference": _reference, "command": _command}
