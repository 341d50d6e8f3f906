"""Where in the site stands what a document of the repository links to or shows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import define, field

from docs.site import markdown
from docs.site.markdown import Document
from docs.site.pages import ROOT, DocumentationError

SOURCES = "source"
"""The folder of the site for the files of the repository that pages link to."""


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
            self.sources |= {one.relative_to(ROOT).as_posix() for one in files(ROOT / path)}
        return f"{SOURCES}/{path}.html"

    def image(self, path: str) -> str | None:
        """Where a picture is copied to."""
        if not (ROOT / path).is_file():
            return None
        self.images.add(path)
        return path


def files(folder: Path) -> list[Path]:
    """The files of a folder that a person wrote."""
    return sorted(one for one in folder.iterdir() if one.is_file() and not one.name.startswith("."))


def check_anchors(documents: Mapping[str, Document]) -> None:
    """See that each heading that a document links to is there.

    Raises:
        DocumentationError: it is not, with the file, the line and the link.
    """
    for source, document in documents.items():
        for href, line in document.links:
            path, _, part = href.partition("#")
            if not part or markdown.EXTERNAL.match(href):
                continue
            found = documents.get(markdown.inside(source, path) if path else source)
            if found and part not in {heading.anchor for heading in found.headings}:
                raise DocumentationError(f"{source}:{line} links to {href}, and there is no such heading")
