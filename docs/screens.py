"""Makes the pictures in docs/images: the terminal and report.html, for a conformant and a faulty server. `make screens`
calls it.

It needs Chromium, and uses the fonts of the machine: Inter and JetBrains Mono if they are installed (Debian:
fonts-inter, fonts-jetbrains-mono).
"""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.result import Result
from runloop_conformance.report import artefacts, console
from runloop_conformance.report.document import document
from runloop_conformance.sending.sender import Limits
from runloop_conformance.sending.socket_transport import address
from runloop_conformance.servers.hosting import running
from runloop_conformance.servers.reference import Reference
from runloop_conformance.suite.options import Options
from runloop_conformance.suite.run import Suite

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from starlette.requests import Request

IMAGES = Path(__file__).resolve().parent / "images"
CONTRACT = load_contract()
TOKEN = "Tok-of-the-pictures-7Zq1"  # noqa: S105 - of a server that lives for a second
COLUMNS = 100
FONT = '"JetBrains Mono", "DejaVu Sans Mono", monospace; font-feature-settings: "calt" 0'


class Faulty(Reference):
    """Sends times in seconds, starts runs without credentials, and accepts any media type."""

    def run_of(self, run_request: dict[str, Any]) -> dict[str, Any]:
        view = super().run_of(run_request)
        view["start_time_ms"] //= 1000
        return view

    def credentials(self, request: Request) -> list[str]:
        return super().credentials(request) or [f"Bearer {self.token}"]

    def check_media_type(self, request: Request) -> None:
        pass


class Wrapping(Console):
    """Breaks long lines as a terminal does."""

    def print(self, *objects: Any, **options: Any) -> None:
        wrapped: dict[str, Any] = {**options, "soft_wrap": False, "overflow": "fold"}
        super().print(*objects, **wrapped)


def judged(server: type[Reference]) -> Result:
    """The result of the suite for a server."""
    with running(server(CONTRACT.document, TOKEN)) as url:
        options = Options(address(url), TOKEN, (), Limits(25))
        return Suite(CONTRACT, options).run()


def terminal(result: Result, command: str) -> str:
    """The output of the command in a terminal, as SVG that loads no font from a network."""
    recorder = Wrapping(
        record=True, width=COLUMNS, force_terminal=True, color_system="truecolor", highlight=False, file=io.StringIO()
    )
    recorder.print(f"[dim]$[/] {command}")
    console.show(console.Page(recorder), document(result, Redaction((TOKEN,))))
    svg = recorder.export_svg(title="runloop-conformance", theme=SVG_EXPORT_THEME)
    return (
        re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
        .replace("Fira Code", "screen")
        .replace("font-family: screen", f"font-family: {FONT}")
    )


def picture(page: Page, name: str, element: str = "") -> None:
    """Save a picture of the window, or of one element."""
    page.evaluate("document.activeElement.blur()")
    (page.locator(element) if element else page).screenshot(path=IMAGES / f"{name}.png")


def new_page(browser: Browser, theme: Any) -> Page:
    return browser.new_page(viewport={"width": 1200, "height": 860}, color_scheme=theme, device_scale_factor=1.5)


def main() -> None:
    chromium = shutil.which("chromium") or sys.exit("make: Chromium is needed: apt-get install chromium")
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        shell = new_page(browser, "dark")
        for server in (Reference, Faulty):
            result = judged(server)
            shell.set_content(terminal(result, f"runloop-conformance run {result.server} --max-runs 25"))
            picture(shell, f"terminal-{result.verdict}", "svg")
        artefacts.write(Path(folder), document(result, Redaction((TOKEN,))), result, Redaction((TOKEN,)))
        report = (Path(folder) / "report.html").as_uri()
        light, dark = new_page(browser, "light"), new_page(browser, "dark")
        for page, theme in ((light, "light"), (dark, "dark")):
            page.goto(report)
            picture(page, f"report-{theme}")
        row = light.locator("#contract").get_by_text("start_time_ms").first
        row.evaluate("row => row.scrollIntoView({block: 'center'})")
        picture(light, "contract")
        dark.goto(f"{report}#authorization.required")
        picture(dark, "counterexample")
        browser.close()
    print(f"screens: {', '.join(sorted(path.name for path in IMAGES.iterdir()))}")


if __name__ == "__main__":
    main()
