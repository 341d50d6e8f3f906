"""The site in a real Chromium, opened from disk: it asks nobody for anything, and everybody can use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from attrs import define, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.docs.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.node, pytest.mark.xdist_group("browser")]

WIDE, NARROW = {"width": 1366, "height": 900}, {"width": 360, "height": 780}
SOURCES = {"source/LICENSE.html", "source/examples/servers/flask_server.py.html", "source/examples/servers/naive.html"}
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
AXE = """async () => (await axe.run(document, {resultTypes: ["violations"], preload: false})).violations
    .map((one) => `${one.impact} ${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`)"""


@define
class Reader:
    """Opens pages of the site, and notes what they ask for and complain of."""

    site: Site
    browser: Browser
    asked: list[str] = field(factory=list)
    complaints: list[str] = field(factory=list)

    def page(self, size: Any = WIDE, theme: Any = "light", **more: Any) -> Page:
        context = self.browser.new_context(viewport=size, color_scheme=theme, **more)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _note(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    def address(self, name: str) -> str:
        return (self.site.folder / name.partition("#")[0]).as_uri() + name[len(name.partition("#")[0]) :]


@pytest.fixture
def reader(site: Site, browser: Browser) -> Iterator[Reader]:
    one = Reader(site, browser)
    yield one
    for context in browser.contexts:
        context.close()
    assert one.complaints == []
    inside = (site.folder.as_uri(), "blob:", "data:")
    assert [url for url in one.asked if not url.startswith(inside)] == []
    assert one.asked


@pytest.mark.parametrize(
    ("size", "theme"), [(WIDE, "dark"), (NARROW, "light")], ids=["wide and dark", "narrow and light"]
)
def test_every_page_is_whole_and_open_to_everybody(reader: Reader, axe: str, size: Any, theme: str) -> None:
    page = reader.page(size, theme)
    assert set(reader.site.pages) >= SOURCES
    for name in reader.site.pages:
        if name.startswith("source/") and name not in SOURCES:
            continue  # thousands of words in the same colours
        page.goto(reader.address(name))
        assert page.evaluate(TOO_WIDE) <= 0, f"{name} is wider than the window"
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.evaluate(axe)
        assert page.evaluate(AXE) == [], name


def test_every_page_can_be_read_without_scripts(reader: Reader) -> None:
    page = reader.page(NARROW, java_script_enabled=False)
    page.goto(reader.address("ledger.html"))
    assert page.get_by_role("link", name="Python reference").is_visible()
    assert page.get_by_text("authorization.required", exact=True).first.is_visible()
    assert not page.get_by_role("searchbox").is_visible()


def test_the_search_leads_to_a_clause(reader: Reader) -> None:
    page = reader.page()
    page.goto(reader.address("index.html"))
    page.keyboard.press("/")
    page.keyboard.type("run.name.echo")
    assert page.get_by_role("option").first.inner_text().startswith("run.name.echo · Every clause")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ledger.html#run.name.echo")
    assert page.locator("[id='run.name.echo']").is_visible()


def test_the_search_finds_words_and_says_when_there_are_none(reader: Reader) -> None:
    page = reader.page()
    page.goto(reader.address("source/openapi.yaml.html"))
    page.get_by_role("combobox").fill("timeout covers")
    found = page.get_by_role("option")
    assert "What timeout= covers · The client" in found.first.inner_text()
    page.keyboard.press("ArrowDown")
    assert page.locator("[role=option][aria-selected=true]").count() == 1
    page.get_by_role("combobox").fill("xyzzy")
    assert found.all_inner_texts() == ["Nothing found"]
    page.keyboard.press("Escape")
    assert not found.first.is_visible()
    page.get_by_role("combobox").fill("moving sdk")
    found.first.click()
    page.wait_for_url("**/moving-from-runloop_api_client.html*")


def test_the_ledger_can_be_filtered(reader: Reader) -> None:
    page = reader.page()
    page.goto(reader.address("ledger.html"))
    shown = page.locator(".clause:visible")
    whole = shown.count()
    page.get_by_label("Show clauses with").fill("run.name")
    names = shown.locator(".id").all_inner_texts()
    assert names
    assert all("run.name" in name or "run_name" in name for name in names)
    assert page.get_by_role("status").inner_text() == f"{len(names)} of {whole}"
    page.get_by_label("Show clauses with").fill("")
    page.get_by_label("only must").check()
    assert set(shown.locator(".level").all_inner_texts()) == {"MUST"}
    assert shown.count() < whole


def test_a_narrow_screen_has_a_menu(reader: Reader) -> None:
    page = reader.page(NARROW)
    page.goto(reader.address("index.html"))
    link = page.get_by_role("navigation", name="Pages").get_by_role("link", name="Every clause")
    assert not link.is_visible()
    page.get_by_role("button", name="Menu").click()
    link.click()
    page.wait_for_url("**/ledger.html")


def test_what_was_typed_is_copied_without_prompts(reader: Reader) -> None:
    page = reader.page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(reader.address("testing-your-server.html"))
    session = page.locator(".copied", has=page.locator("pre.console")).first
    session.hover()
    session.get_by_role("button", name="Copy").click()
    session.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("runloop-conformance run ")
    assert "\n" not in copied


def test_the_contract_is_shown_with_its_rules(reader: Reader, node_tool: Callable[[str], str]) -> None:
    node_tool("redocly")
    page = reader.page(theme="dark")
    page.goto(reader.address("contract.html"))
    for text in (
        "What a server does",
        "of the form Bearer <token>",
        "What a server is free to do",
        "Validation before or",
    ):
        assert page.get_by_text(text).first.is_visible(), text
    page.get_by_text("benchmarks", exact=True).first.click()
    page.get_by_text("Start a run of a Benchmark.").first.click()
    for text in ("secrets_provided", "ID of the Benchmark to run.", "Only what is required"):
        page.get_by_text(text).first.wait_for()
    page.get_by_text("Expand all").first.click()
    page.get_by_text("wire-facts").first.wait_for()  # the mark of what is not from the page
    page.keyboard.press("Control+k")
    page.get_by_placeholder("Search docs").fill("purpose")
    page.get_by_text("Purpose of the run.").last.wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Every clause").click()
    page.wait_for_url("**/ledger.html")


def test_the_page_of_the_contract_may_connect_to_nobody(reader: Reader, node_tool: Callable[[str], str]) -> None:
    """Its policy holds where Redoc would ask, now or in a later version."""
    node_tool("redocly")
    page = reader.page()
    page.goto(reader.address("contract.html"))
    refused = "fetch('https://example.org/').then(() => 'sent', () => 'refused')"
    assert page.evaluate(refused) == "refused"
    reader.complaints = [
        one for one in reader.complaints if "Content Security Policy" not in one and "example.org" not in one
    ]
    page.goto(reader.address("index.html"))
