"""How soon report.html is there, with how many clauses: written, painted, ready. Writes benchmarks/report.md."""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from tests.conformance.report.synthetic import clauses, finding, mixed, page, result, violation

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HERE = Path(__file__).resolve().parent
TIMES = 9
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
READY = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
MOVED = """() => new Promise(done => {
    let moved = 0;
    new PerformanceObserver(list => { for (const one of list.getEntries()) moved += one.value; })
        .observe({type: 'layout-shift', buffered: true});
    setTimeout(() => done(moved), 300);
})"""
PAGES = {
    "5 clauses": lambda: mixed(5),
    "500 clauses": lambda: mixed(500),
    "500 clauses, each broken": lambda: [finding(one, "fail", violation()) for one in clauses(500)],
}


def measured(browser: Browser, file: Path) -> list[list[float]]:
    """Painted and ready in milliseconds, and how far the layout moved: each time anew."""
    seen = []
    for _ in range(TIMES):
        shown = browser.new_page(viewport={"width": 1280, "height": 800})
        shown.goto(file.as_uri())
        moved = shown.evaluate(MOVED)
        seen.append([shown.evaluate(PAINTED), shown.evaluate(READY), moved])
        shown.close()
    return [list(column) for column in zip(*seen, strict=True)]


def row(browser: Browser, file: Path, name: str, findings: Any) -> str:
    made = result(findings)
    page(made)  # the template is compiled once
    began = time.perf_counter()
    file.write_text(page(made), encoding="utf-8")
    written = (time.perf_counter() - began) * 1000
    painted, ready, moved = measured(browser, file)
    figures = f"{file.stat().st_size / 1000:.0f} KB | {written:.0f} ms"
    paints = f"{statistics.median(painted):.0f} ms (at most {max(painted):.0f})"
    return f"| {name} | {figures} | {paints} | {statistics.median(ready):.0f} ms | {max(moved):g} |"


def main() -> None:
    chromium = shutil.which("chromium") or sys.exit("make: Chromium is needed: apt-get install chromium")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        rows = [row(browser, Path(folder) / "report.html", name, make()) for name, make in PAGES.items()]
        version = browser.version
        browser.close()
    lines = [
        "# report.html",
        "",
        "| | size | made in | first paint | ready to filter | layout shift |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
        f"The page is opened from disk {TIMES} times in a new tab of Chromium {version.partition('.')[0]}, with"
        f" {os.cpu_count()} cores; medians. “made in” is what it adds to a run of the suite.",
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    (HERE / "report.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
