"""A document as HTML: Markdown as GitHub reads it, with its anchors, so that a link works there and here."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Protocol

from attrs import define, field, frozen
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from docs.site import highlight
from docs.site.pages import DocumentationError

COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
KNOWN_TAG = re.compile(r"</?(br|details|summary|kbd|sub|sup) ?/?>")  # what Markdown has no way to say
EXTERNAL = re.compile(r"https?://[^\s/]+", re.ASCII)


class Links(Protocol):
    """Where in the site things of the repository stand, by their paths in it; None where there is no such file."""

    def page(self, path: str) -> str | None:
        """The address of the page of a document, a file or a folder."""

    def image(self, path: str) -> str | None:
        """The address of a picture."""


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
    return MarkdownIt("commonmark", {"html": True}, renderer_cls=Renderer).enable(["table", "strikethrough"])


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


class Renderer(RendererHTML):
    """Writes the HTML of one document; a method is the rule for the token of its name. `env` holds what it needs."""

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        env["anchor"] = escape(next(env["anchors"]))
        return f'<{tokens[idx].tag} id="{env["anchor"]}">'

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        label = escape(f"Link to “{plain(tokens[idx - 1])}”")
        return f' <a class="anchor" href="#{env["anchor"]}" aria-label="{label}">#</a></{tokens[idx].tag}>\n'

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        where = f"{env['source']}:{(token.map or [0])[0] + 1}"
        return highlight.block(token.content, token.info.strip().partition(" ")[0], where)

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<a href="{escape(_address(str(tokens[idx].attrs["href"]), env))}">'

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        address = env["links"].image(inside(env["source"], str(tokens[idx].attrs["src"])))
        if address is None:
            raise DocumentationError(f"{env['source']} shows {tokens[idx].attrs['src']}: there is no such file")
        return f'<img src="{escape(address)}" alt="{escape(plain(tokens[idx]))}">'

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        label = f"Table {next(env['tables'])}"  # it can be wider than the page, and so is a place to scroll in
        return f'<div class="table" role="region" aria-label="{label}" tabindex="0"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<th scope="col">' if tokens[idx + 1].content else "<td>"  # an empty cell heads nothing

    def th_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</th>" if tokens[idx - 1].content else "</td>"

    def html_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        content = COMMENT.sub("", tokens[idx].content)
        if "<" in KNOWN_TAG.sub("", content):
            raise DocumentationError(f"{env['source']}: write Markdown, not HTML: {content.strip()[:60]}")
        return content

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.html_block(tokens, idx, options, env)


def render(document: Document, links: Links) -> str:
    """The document as HTML, its links leading to pages of the site."""
    anchors = iter([heading.anchor for heading in document.headings])
    env = {"source": document.source, "links": links, "anchors": anchors, "tables": itertools.count(1)}
    parser = _parser()
    html: str = parser.renderer.render(document.tokens, parser.options, env)
    return html


def _address(href: str, env: EnvType) -> str:
    """Where a link of a document leads in the site."""
    path, _, part = href.partition("#")
    if EXTERNAL.match(href) or not path:
        return href
    page = env["links"].page(inside(env["source"], path))
    if page is None:
        raise DocumentationError(f"{env['source']} links to {href}: there is no such file in the repository")
    return f"{page}#{part}" if part else str(page)


def inside(source: str, relative: str) -> str:
    """What a document names, from the top of the repository."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), relative))
