"""The site in Chromium, opened from disk: it requests nothing from a network, and axe finds no barrier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from attrs import define, field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.docs.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.node, pytest.mark.xdist_group("browser")]

WIDE, NARROW = {"width": 1300, "height": 900}, {"width": 400, "height": 800}
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Of the theme and of Sphinx: two asides without a name, cells that head nothing, a signature of many lines as a list
# without terms, and the page of the search before there is a result.
BY_SPHINX = ["landmark-unique", "empty-table-header", "definition-list", "page-has-heading-one"]
AXE = """async (off) => (await axe.run(document, {resultTypes: ["violations"], preload: false,
    rules: Object.fromEntries(off.map((rule) => [rule, {enabled: false}]))})).violations
    .map((rule) => `${rule.impact} ${rule.id}: ${rule.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`)"""


@define
class Reader:
    """Opens pages of the site, and records their requests and their console messages."""

    site: Site
    browser: Browser
    requests: list[str] = field(factory=list)
    messages: list[str] = field(factory=list)

    def page(self, size: Any = WIDE, theme: Any = "light", **options: Any) -> Page:
        context = self.browser.new_context(viewport=size, color_scheme=theme, **options)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self._record(message.type, message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        return page

    def _record(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.messages.append(text)

    def address(self, name: str) -> str:
        return (self.site.folder / name.partition("#")[0]).as_uri() + name[len(name.partition("#")[0]) :]


@pytest.fixture
def reader(site: Site, browser: Browser) -> Iterator[Reader]:
    reader = Reader(site, browser)
    yield reader
    for context in browser.contexts:
        context.close()
    assert reader.messages == []
    inside = (site.folder.as_uri(), "blob:", "data:")
    assert [url for url in reader.requests if not url.startswith(inside)] == []
    assert reader.requests


@pytest.mark.parametrize(
    ("size", "theme"), [(WIDE, "dark"), (NARROW, "light")], ids=["wide and dark", "narrow and light"]
)
def test_every_page_fits_and_is_accessible(reader: Reader, axe: str, size: Any, theme: str) -> None:
    page = reader.page(size, theme)
    for name in reader.site.pages:
        if name == "index.html":
            continue  # it leads to README.html at once
        page.goto(reader.address(name))
        assert page.evaluate(TOO_WIDE) <= 0, f"{name} is wider than the window"
        page.evaluate(axe)
        assert page.evaluate(AXE, BY_SPHINX) == [], name


def test_every_page_can_be_read_without_scripts(reader: Reader) -> None:
    page = reader.page(WIDE, java_script_enabled=False)
    page.goto(reader.address("docs/clauses.html"))
    assert page.get_by_role("link", name="Python reference").first.is_visible()
    assert page.get_by_text("authorization.required", exact=True).first.is_visible()


@pytest.mark.parametrize(
    ("words", "target"),
    [
        ("run.name.echo", "docs/clauses.html#clause-run.name.echo"),
        ("start_run", "docs/reference.html#"),
        ("moving sdk", "docs/moving-from-runloop_api_client.html"),
        ("max-runs", "docs/command.html#"),
    ],
    ids=["a clause", "a Python name", "words", "an option"],
)
def test_the_search_finds(reader: Reader, words: str, target: str) -> None:
    page = reader.page()
    page.goto(reader.address("docs/client.html"))
    page.get_by_placeholder("Search").first.fill(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html*")
    page.get_by_text("Search finished").wait_for()
    found = page.locator("ul.search a").evaluate_all("links => links.map((link) => link.href)")
    assert any(target in link for link in found), found


def test_the_clauses_can_be_filtered(reader: Reader) -> None:
    page = reader.page()
    page.goto(reader.address("docs/clauses.html"))
    shown = page.locator("dl.clause:visible")
    total = shown.count()
    page.get_by_label("Show clauses with").fill("run.name")
    names = shown.locator("dt").all_inner_texts()
    assert names
    assert all("run.name" in name for name in names)
    assert page.get_by_role("status").inner_text() == f"{len(names)} of {total}"
    page.get_by_label("Show clauses with").fill("")
    page.get_by_label("only MUST").check()
    assert {text[:4] for text in shown.locator("dd").all_inner_texts()} == {"MUST"}
    assert shown.count() < total


def test_a_narrow_screen_has_a_menu(reader: Reader) -> None:
    page = reader.page(NARROW)
    page.goto(reader.address("index.html"))
    page.wait_for_url("**/README.html")
    link = page.locator(".sidebar-tree").get_by_role("link", name="Every clause")
    assert not link.evaluate("link => link.getBoundingClientRect().right > 0")
    page.locator("label.nav-overlay-icon, .nav-overlay-icon label").first.click()
    link.click()
    page.wait_for_url("**/clauses.html")


def test_what_was_typed_is_copied_without_prompts(reader: Reader) -> None:
    page = reader.page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(reader.address("docs/testing-your-server.html"))
    session = page.locator(".highlight-console").first
    session.hover()
    session.get_by_role("button").click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text !== '')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("runloop-conformance run ")
    assert "\n" not in copied
