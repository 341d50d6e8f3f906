"""report.html as people use it, in a real Chromium."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.report.document import document
from runloop_conformance.report.html.page import anchor
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import Always
from tests.conformance.outside import quick
from tests.conformance.report.synthetic import (
    CLAUSES,
    CONTROL,
    accepted_twin,
    finding,
    mixed,
    page,
    responded,
    result,
    violation,
)
from tests.conformance.report.test_page import HOSTILE, page_with

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.conformance.report.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FORTY = mixed(40)
OPEN_ALL = "for (const one of document.querySelectorAll('details')) one.open = true"
VISIBLE = "[...document.querySelectorAll('.clause')].filter(one => one.checkVisibility()).map(one => one.id)"
WIDER = "[...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1)"


@pytest.fixture(scope="module")
def forty() -> str:
    return page(result(FORTY))


@pytest.fixture(scope="module")
def many() -> str:
    return page(result(mixed(500)))


def visible(opened: Page) -> set[str]:
    return set(opened.evaluate(VISIBLE))


def those(**properties: str) -> set[str]:
    """The ids of the findings of FORTY with these properties."""
    return {
        finding.clause.id
        for finding in FORTY
        if properties.get("status", finding.status) == finding.status
        and properties.get("level", finding.clause.level) == finding.clause.level
        and properties.get("chapter", finding.clause.chapter) == finding.clause.chapter
    }


@pytest.mark.node
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_nothing(opened: Opener, axe: str, forty: str, theme: str, width: int) -> None:
    shown = opened(forty, theme=theme, width=width)
    shown.evaluate(OPEN_ALL)
    shown.evaluate(axe)
    axe_result = shown.evaluate("axe.run({resultTypes: ['violations', 'incomplete']})")
    violations = [
        (rule["id"], node["html"][:200], node["failureSummary"])
        for rule in axe_result["violations"]
        for node in rule["nodes"]
    ]
    assert violations == []
    assert len(axe_result["passes"]) > 20


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("number", [5, 500])
def test_nothing_runs_out_of_the_page(opened: Opener, number: int, width: int) -> None:
    long = accepted_twin("x" * 300, query="q" * 500)
    findings = [*mixed(number), finding(evolve(CLAUSES[0], id="run." + "y" * 200), "fail", violation(*long))]
    shown = opened(page(result(findings, server="https://" + "host" * 60)), width=width)
    shown.evaluate(OPEN_ALL)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert (
        shown.evaluate(f"{WIDER}.filter(one => !one.closest('.vh, svg')).map(one => one.outerHTML.slice(0, 99))") == []
    )


def test_a_stranger_sees_it_without_scrolling(opened: Opener) -> None:
    for width in (360, 1280):
        shown = opened(page(result(FORTY)), width=width)
        top = shown.locator(".top")
        box = top.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 800
        top_text = re.sub(r"\s+", " ", top.inner_text())
        passed = len(those(status="pass"))
        failed = len(those(status="fail", level="must"))
        for fact in (
            "Nonconformant",
            "https://mock.example:8443/prefix",
            "Contract 1.0.0",
            f"Passed {passed}",
            f"Failed {failed}",
        ):
            assert fact in top_text
        assert "Runs started 25 of 25" in top_text


def test_filters(opened: Opener, forty: str) -> None:
    shown = opened(forty)
    assert visible(shown) == those()
    shown.get_by_role("checkbox", name=re.compile("^Passed")).check()
    assert visible(shown) == those(status="pass")
    assert not shown.locator(".group.fail").is_visible()
    shown.get_by_role("checkbox", name=re.compile("^MUST")).check()
    assert visible(shown) == those(status="pass", level="must")
    shown.get_by_role("checkbox", name=re.compile("^response")).check()
    left = those(status="pass", level="must", chapter="response")
    assert visible(shown) == left != set()
    shown.get_by_role("checkbox", name=re.compile("^run")).check()
    assert visible(shown) == left | those(status="pass", level="must", chapter="run")
    assert shown.locator("#count").inner_text() == f"{len(visible(shown))} of 40"
    shown.get_by_role("button", name="Clear").click()
    shown.wait_for_function("document.querySelectorAll('.clause[hidden]').length == 0")
    assert visible(shown) == those()


def test_search(opened: Opener, forty: str) -> None:
    shown = opened(forty)
    clause = FORTY[3].clause
    box = shown.get_by_role("searchbox")
    box.fill(clause.id.upper())
    assert clause.id in visible(shown)
    assert all(clause.id in clause_id for clause_id in visible(shown))
    box.fill("200: IT")  # what came, not what the clause says
    assert visible(shown) == those(status="fail")
    box.fill("no such words")
    assert visible(shown) == set()
    assert shown.locator("#nothing").is_visible()
    box.fill("")
    assert visible(shown) == those()


def test_a_link_opens_its_clause(opened: Opener, forty: str) -> None:
    clause_id = next(finding for finding in reversed(FORTY) if finding.status == "pass").clause.id
    shown = opened(forty, f"#{clause_id}")
    row = shown.locator(f"[id='{clause_id}']")
    assert row.evaluate("one => one.open && one.getBoundingClientRect().top >= 0")
    assert row.evaluate("one => one.getBoundingClientRect().top < innerHeight / 2")


def test_a_link_of_the_contract_opens_a_clause_that_a_filter_hides(opened: Opener, forty: str) -> None:
    shown = opened(forty)
    shown.get_by_role("searchbox").fill("no such words")
    link = shown.locator("#contract a.judge.pass").first
    clause_id = link.get_attribute("href").removeprefix("#")
    link.click()
    row = shown.locator(f"[id='{clause_id}']")
    assert row.is_visible()
    assert row.evaluate("one => one.open")
    assert row.locator("summary").evaluate("one => one == document.activeElement")
    shown.get_by_role("searchbox").fill("no such words")
    link.click()  # the address is that already
    assert row.is_visible()


def test_each_clause_can_be_linked_to(opened: Opener) -> None:
    odd = [evolve(CLAUSES[0], id=f"run.{name}") for name in ("a b", "ä/ö", "100%", "[].*", "x\u202ey", "q?#&\"'")]
    shown = opened(page(result([finding(clause) for clause in odd])))
    for clause in odd:
        shown.evaluate(OPEN_ALL)
        shown.locator(".clause dd a").nth(odd.index(clause)).click()
        assert shown.evaluate("document.querySelector(':target').id") == anchor(clause.id)


def test_copied_is_the_command_of_the_report(opened: Opener) -> None:
    made = result([finding(CLAUSES[0], "fail", violation(*accepted_twin(body=b"{\"'`$(x)\\\xff\x00\n}")))])
    shown = opened(page(made), permissions=["clipboard-read", "clipboard-write"])
    shown.get_by_role("button", name="Copy").click()
    shown.wait_for_function("document.getElementById('status').textContent != ''")
    (clause,) = document(made, Redaction())["clauses"]
    assert shown.evaluate("navigator.clipboard.readText()") == clause["counterexample"]["curl"]
    assert "was copied" in shown.get_by_role("status").last.inner_text()


def test_all_of_it_works_by_keyboard(opened: Opener, forty: str) -> None:
    shown = opened(forty)
    press = shown.keyboard.press
    press("Tab")
    assert shown.evaluate("document.activeElement.textContent") == "Skip to the clauses"
    press("Enter")
    press("Tab")
    assert shown.evaluate("document.activeElement.id") == "search"
    for _ in range(3):
        press("Tab")
    press("Space")  # the first filter
    assert visible(shown) == those(status="fail", level="must")
    press("Space")
    first = shown.locator(".clause summary").first
    first.focus()
    was_open = first.evaluate("one => one.parentElement.open")
    press("Enter")
    assert first.evaluate("one => one.parentElement.open") != was_open
    press("ArrowDown")
    press("ArrowDown")
    press("ArrowUp")
    assert shown.evaluate("[...document.querySelectorAll('.clause > summary')].indexOf(document.activeElement)") == 1
    press("End")
    assert shown.locator(".clause > summary").last.evaluate("one => one == document.activeElement")


def test_open_all_and_close_all(opened: Opener, forty: str) -> None:
    shown = opened(forty)
    button = shown.locator("#toggle")
    button.click()
    assert shown.locator(".clause:not([open])").count() == 0
    assert button.inner_text() == "Close all"
    button.click()
    assert shown.locator(".clause[open]").count() == 0
    shown.evaluate("for (const one of document.querySelectorAll('.clause')) one.open = true")
    shown.wait_for_function("document.getElementById('toggle').textContent == 'Close all'")


def test_the_theme_follows_the_system_until_it_is_chosen(opened: Opener, forty: str) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    dark, light = (opened(forty, theme=theme).evaluate(background) for theme in ("dark", "light"))
    assert dark != light
    shown = opened(forty, theme="light")
    button = shown.get_by_role("button", name="Dark")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert shown.evaluate(background) == dark
    shown.reload()
    assert shown.evaluate(background) == dark


def test_it_can_be_read_without_javascript(opened: Opener, forty: str) -> None:
    shown = opened(forty, java_script_enabled=False)
    assert not shown.locator("#filters").is_visible()
    assert not shown.locator("button:visible").count()
    assert shown.locator(".group.fail .exchange").first.is_visible()
    row = shown.locator(".group.pass .clause").last
    assert not row.locator(".facts").is_visible()
    row.locator("summary").click()
    assert row.locator(".facts").is_visible()
    assert shown.locator("#contract .says").first.is_visible()


def test_on_paper_the_counterexamples_are_there_and_the_tools_are_not(opened: Opener, forty: str) -> None:
    for javascript in (True, False):
        shown = opened(forty, java_script_enabled=javascript)
        shown.emulate_media(media="print")
        assert not shown.locator("#filters").is_visible()
        assert not shown.locator(".bar").is_visible()
        assert shown.locator(".clause.clause .exchange").first.is_visible()
        assert shown.pdf().startswith(b"%PDF")


def test_nothing_moves_while_it_loads(opened: Opener, many: str) -> None:
    shown = opened(many)
    moved = shown.evaluate(
        """() => new Promise(done => {
             const moved = [];
             new PerformanceObserver(list => moved.push(...list.getEntries().map(one => one.value)))
               .observe({type: 'layout-shift', buffered: true});
             setTimeout(() => done(moved), 300);
           })"""
    )
    assert moved == []


def test_what_a_server_sends_does_nothing(opened: Opener) -> None:
    shown = opened(page_with(" ".join(HOSTILE.values())))  # a dialog, an error or a request fails the test
    assert shown.locator("img, iframe, [onload], [onerror]").count() == 0
    assert shown.locator("script").count() == 1
    assert "</script><script>alert(1)</script>" in shown.locator(".reason").inner_text()


def test_the_policy_lets_no_other_script_or_style_or_request_through(browser: Browser, tmp_path, forty: str) -> None:
    """What would happen if something hostile got past the escaping after all."""
    smuggled = "<script>document.title = 'run'</script><style>h1 {display: none}</style><img src=http://127.0.0.1:9/x>"
    (tmp_path / "report.html").write_text(forty.replace("<h1>", f"{smuggled}<h1>", 1), encoding="utf-8")
    blocked: list[str] = []
    shown = browser.new_page()
    shown.on("console", lambda message: blocked.append(message.text))
    shown.on("requestfailed", lambda request: blocked.append(f"{request.url} {request.failure}"))
    shown.goto((tmp_path / "report.html").as_uri())
    assert shown.title().startswith("nonconformant")
    assert shown.locator("h1").is_visible()
    assert blocked.pop(-1) == "http://127.0.0.1:9/x csp"
    assert [re.findall("[a-z]+-src", message)[0] for message in blocked] == ["script-src", "style-src", "img-src"]
    shown.close()


def test_the_difference_is_marked(opened: Opener) -> None:
    control, twin = accepted_twin("no Authorization header", headers=CONTROL.headers[1:])
    shown = opened(page(result([finding(CLAUSES[0], "fail", violation(control, twin))])))
    assert shown.locator(".exchange.control del").all_inner_texts() == ["Authorization: Bearer {$RUNLOOP_API_KEY}"]
    assert shown.locator(".exchange.twin ins").count() == 0
    control, twin = accepted_twin()
    shown = opened(page(result([finding(CLAUSES[0], "fail", violation(control, twin))])))
    assert shown.locator(".exchange.control del").all_inner_texts() == ['"bmd_30xCTWqsuNaUXk3uJ0GCo"']
    assert shown.locator(".exchange.twin ins").all_inner_texts() == ["30"]


def test_request_and_response_are_side_by_side_on_a_wide_screen(opened: Opener) -> None:
    made = page(result([finding(CLAUSES[0], "fail", violation(responded(CONTROL)))]))
    wide, narrow = (opened(made, width=width).locator(".message") for width in (1280, 360))
    tops = [[wide.nth(n).bounding_box()["y"] for n in (0, 1)], [narrow.nth(n).bounding_box()["y"] for n in (0, 1)]]
    assert tops[0][0] == tops[0][1]
    assert tops[1][0] < tops[1][1]


@pytest.mark.parametrize("size", [200, 10_000_000], ids=["short", "10 MB"])
def test_the_report_of_a_hostile_server(opened: Opener, size: int) -> None:
    """End to end: the command, a socket, and a server whose responses attack other programs."""
    hostile = " ".join(HOSTILE.values()).encode("utf-8", "surrogatepass") + b"\xff\xfe"
    body = (hostile * (size // len(hostile) + 1))[:size]
    with running(
        Always(200, {"Content-Type": "application/json", "X-Hostile": "<script>alert(1)</script>"}, body)
    ) as url:
        done = quick(url, "--select", "response.json", "--max-runs", 1)
    assert done.failed("must") == {"response.json"}
    report = (done.folder / "report.html").read_text("utf-8")
    assert len(report) < 400_000
    shown = opened(report)
    assert shown.locator(".exchange").first.is_visible()
    assert "X-Hostile: <script>alert(1)</script>".lower() in shown.locator(".exchange").first.inner_text().lower()
    assert ("of them not shown here" in shown.locator(".exchange").first.inner_text()) == (size > 4000)


def test_a_report_without_clauses_opens_too(opened: Opener) -> None:
    shown = opened(page(result([], verdict="error", reason="ValueError: a defect")))
    assert shown.get_by_text("ValueError: a defect").is_visible()
    shown.get_by_role("button", name="Dark").click()
    assert shown.evaluate("document.documentElement.dataset.theme") == "dark"
