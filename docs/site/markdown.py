"""A document as HTML: Markdown as GitHub reads it, with its anchors, so that a link works there and here."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from attrs import define, field, frozen
from markdown_it import MarkdownIt
from markdown_it.token import Token

from docs.site import highlight
from docs.site.pages import ROOT, DocumentationError

EXTERNAL = re.compile(r"https?://[^\s/]+", re.ASCII)
Resolve = Callable[[str], str | None]
"""From a path in the repository to the address of its page in the site; None where there is no such file."""


@frozen
class Heading:
    """A heading of a document. `anchor` is its id, as on GitHub; `line` is where it stands, from 1."""

    level: int
    text: str
    anchor: str
    line: int


@frozen
class Section:
    """What stands below one heading, as plain text, for the search."""

    heading: Heading | None
    text: str


@define
class Document:
    """A Markdown file, read. `links` are the addresses that it names, with their lines."""

    source: str
    tokens: Sequence[Token] = field(repr=False)
    headings: tuple[Heading, ...]
    links: tuple[tuple[str, int], ...]

    @property
    def title(self) -> str:
        """Its first heading."""
        if not self.headings or self.headings[0].level != 1:
            raise DocumentationError(f"{self.source}:1: a page begins with a heading of the first level")
        return self.headings[0].text

    def sections(self) -> Iterator[Section]:
        """Its text, cut at the headings."""
        heading: Heading | None = None
        words: list[str] = []
        headings = iter(self.headings)
        for before, token in zip([None, *self.tokens], self.tokens, strict=False):
            if token.type == "heading_open":
                yield Section(heading, " ".join(words))
                heading, words = next(headings), []
            elif token.type == "inline" and not (before and before.type == "heading_open"):
                words.append(plain(token))
            elif token.type == "fence":
                words.append(token.content)
        yield Section(heading, " ".join(words))


def plain(inline: Token) -> str:
    """The text of a line without its markup."""
    parts = {"softbreak": " ", "hardbreak": " "}
    return "".join(parts.get(child.type, child.content) for child in inline.children or [])


def anchor(text: str) -> str:
    """The id that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def read(root: Path, source: str) -> Document:
    """Read a document: its headings and links."""
    tokens = _parser().parse((root / source).read_text(encoding="utf-8"))
    headings: list[Heading] = []
    links: list[tuple[str, int]] = []
    line = 0
    for before, token in zip([None, *tokens], tokens, strict=False):
        line = token.map[0] + 1 if token.map else line
        if token.type != "inline":
            continue
        if before and before.type == "heading_open":
            text = plain(token)
            taken = sum(anchor(text) == anchor(other.text) for other in headings)
            headings.append(Heading(int(before.tag[1]), text, anchor(text) + (f"-{taken}" if taken else ""), line))
        links += [(str(child.attrs["href"]), line) for child in token.children or [] if child.type == "link_open"]
    return Document(source, tokens, tuple(headings), tuple(links))


def render(document: Document, resolve: Resolve) -> str:
    """The document as HTML, its links leading to pages of the site."""
    parser = _parser()
    headings = iter(document.headings)
    tables = itertools.count(1)
    at = ""
    rules: dict[str, Callable[..., str]] = parser.renderer.rules  # type: ignore[attr-defined]

    def heading_open(tokens: Sequence[Token], index: int, *_: Any) -> str:
        nonlocal at
        at = escape(next(headings).anchor)
        return f'<{tokens[index].tag} id="{at}">'

    def heading_close(tokens: Sequence[Token], index: int, *_: Any) -> str:
        label = escape(f"Link to “{plain(tokens[index - 1])}”")
        return f' <a class="anchor" href="#{at}" aria-label="{label}">#</a></{tokens[index].tag}>\n'

    def fence(tokens: Sequence[Token], index: int, *_: Any) -> str:
        token = tokens[index]
        language = token.info.strip().partition(" ")[0]
        where = f"{document.source}:{(token.map or [0])[0] + 1}"
        return highlight.block(token.content, language, where)

    def link_open(tokens: Sequence[Token], index: int, *_: Any) -> str:
        href = str(tokens[index].attrs["href"])
        return f'<a href="{escape(address(document.source, href, resolve))}">'

    def image(tokens: Sequence[Token], index: int, *_: Any) -> str:
        token = tokens[index]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(document.source), str(token.attrs["src"])))
        if not (ROOT / file).is_file():
            raise DocumentationError(f"{document.source} shows {token.attrs['src']}: there is no such file")
        return f'<img src="{escape(file)}" alt="{escape(plain(token))}">'

    def table_open(*_: Any) -> str:
        label = f"Table {next(tables)}"  # it can be wider than the page, and so is a place to scroll in, with a name
        return f'<div class="table" role="region" aria-label="{label}" tabindex="0"><table>\n'

    def th_open(tokens: Sequence[Token], index: int, *_: Any) -> str:
        return '<th scope="col">' if tokens[index + 1].content else "<td>"  # an empty cell heads nothing

    def th_close(tokens: Sequence[Token], index: int, *_: Any) -> str:
        return "</th>" if tokens[index - 1].content else "</td>"

    def comment(tokens: Sequence[Token], index: int, *_: Any) -> str:
        content = tokens[index].content
        if not re.fullmatch(r"\s*(<!--.*?-->\s*)*", content, re.DOTALL):
            raise DocumentationError(f"{document.source}: write Markdown, not HTML: {content.strip()[:60]}")
        return ""

    rules.update(
        heading_open=heading_open,
        heading_close=heading_close,
        fence=fence,
        link_open=link_open,
        image=image,
        table_open=table_open,
        table_close=lambda *_: "</table></div>\n",
        th_open=th_open,
        th_close=th_close,
        html_block=comment,
        html_inline=comment,
    )
    html: str = parser.renderer.render(document.tokens, parser.options, {})
    return html


def address(source: str, href: str, resolve: Resolve) -> str:
    """Where a link of a document leads in the site."""
    if EXTERNAL.match(href):
        return href
    path, _, part = href.partition("#")
    if not path:
        return href
    page = resolve(posixpath.normpath(posixpath.join(posixpath.dirname(source), path)))
    if page is None:
        raise DocumentationError(f"{source} links to {href}: there is no such file in the repository")
    return f"{page}#{part}" if part else page
