"""Pages that are opened in a real Chromium as a reader does: from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from attrs import define, field

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


@define
class Opener:
    """Opens pages, and notes what they ask for and complain of. A page that does either has failed its test."""

    browser: Browser
    folder: Path
    urls: list[str] = field(factory=list)
    complaints: list[str] = field(factory=list)

    def __call__(
        self, html: str, fragment: str = "", *, width: int = 1280, theme: Any = "light", **context_options: Any
    ) -> Page:
        file = self.folder / "report.html"
        file.write_text(html, encoding="utf-8")
        context = self.browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=theme, **context_options
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("request", lambda request: self.urls.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        page.goto(file.as_uri() + fragment)
        return page


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opener]:
    opener = Opener(browser, tmp_path)
    yield opener
    for context in browser.contexts:
        context.close()
    assert opener.complaints == []
    assert {url.partition("#")[0] for url in opener.urls} == {(tmp_path / "report.html").as_uri()}
