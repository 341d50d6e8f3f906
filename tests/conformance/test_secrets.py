"""A secret is shown nowhere: not on the terminal and not in a report, in no form that a server sends it back."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import AddsToResponses, Always, reference
from tests.conformance.outside import Invocation, conformance, environment
from tests.conftest import HANGS_AFTER

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

TOKEN = 'c4naRy"t0ken/7Zq1+with=odd&chars~9fE2'
VALUE = 'c4naRy"value/8Yp2+for=a&header~3kD7'
SECRETS = {"token": TOKEN, "header": VALUE}
FRAGMENT = 12  # characters; so many of a secret in a row are more than chance


def json_escaped(text: str) -> str:
    return json.dumps(text)[1:-1]


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "json": json_escaped,
    "json twice": lambda text: json_escaped(json_escaped(text)),
    "json with slashes escaped": lambda text: json_escaped(text).replace("/", "\\/"),
    "url": lambda text: quote(text, safe=""),
    "url with slashes": quote,
    "url in lower case": lambda text: quote(text, safe="").replace("%2F", "%2f").replace("%2B", "%2b"),
    "form": quote_plus,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "basic": lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
}


def fragments(text: str) -> list[str]:
    return [text[at : at + FRAGMENT] for at in range(len(text) - FRAGMENT + 1)]


def assert_nothing_of_it(done: Invocation) -> None:
    assert done.code in (0, 1, 3), done.err[-500:]
    for where, raw in done.artefacts().items():
        shown = raw.decode("utf-8", "replace")
        for name, secret in SECRETS.items():
            for how, spell in SPELLINGS.items():
                # A report is JSON itself, so that each may be escaped once more.
                for spelled in {spell(secret), json_escaped(spell(secret))}:
                    found = next((part for part in fragments(spelled) if part in shown), None)
                    assert found is None, f"{name}, {how}, in {where}: {shown[shown.index(found) - 60 :][:160]!r}"


def asked(url: str, *arguments: object) -> Invocation:
    return conformance(
        url, "--max-runs", 5, "--profile", "quick", "--header", f"X-Canary: {VALUE}", *arguments, token=TOKEN
    )


def test_a_server_that_says_nothing_of_it() -> None:
    with running(reference(token=TOKEN)) as url:
        done = asked(url)
    assert_nothing_of_it(done)
    assert "safety.nothing-leaks" not in done.failed()
    assert "$RUNLOOP_API_KEY" in json.dumps(done.recording)


def test_every_spelling_in_a_response_is_redacted() -> None:
    def secrets_everywhere(scope: Scope) -> tuple[dict[str, str], Any]:
        shown = {how: [spell(secret) for secret in SECRETS.values()] for how, spell in SPELLINGS.items()}
        return {f"X-{number}": " ".join(shown[how]) for number, how in enumerate(shown)}, shown

    with running(AddsToResponses(secrets_everywhere, reference(token=TOKEN))) as url:
        done = asked(url)
    assert_nothing_of_it(done)
    assert "safety.nothing-leaks" in done.failed()
    assert "[redacted]" in json.dumps(done.recording)


@pytest.mark.parametrize(("status", "before"), [(400, 170), (400, 190), (500, 60), (500, 90), (500, 105)])
def test_a_secret_that_is_cut_off_in_a_sentence(status: int, before: int) -> None:
    body = ("x" * before + f"Bearer {TOKEN} {VALUE}").encode()
    with running(Always(status, {}, body)) as url:
        assert_nothing_of_it(asked(url))


def test_a_secret_where_a_text_differs() -> None:
    class NamedAfterTheToken(type(reference())):
        def run_of(self, asked: dict[str, Any]) -> dict[str, Any]:
            run: dict[str, Any] = super().run_of(asked)
            name = run["name"] or ""
            return run | {"name": name[:20] + TOKEN + name[20:], "purpose": VALUE, "state": TOKEN}

    with running(NamedAfterTheToken(reference().document, TOKEN)) as url:
        done = asked(url)
    assert_nothing_of_it(done)
    assert done.code == 1


def test_a_redirect_that_carries_it_on() -> None:
    location = f"http://other.invalid/?token={quote(TOKEN, safe='')}&value={quote_plus(VALUE)}"
    with running(Always(302, {"Location": location})) as url:
        assert_nothing_of_it(asked(url))


def test_every_request_header_in_a_response_is_redacted() -> None:
    async def mirror(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        given = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body = json.dumps({"headers": given, "query": scope["query_string"].decode("latin-1")}).encode()
        await Always(200, {"Content-Type": "application/json"}, body)(scope, receive, send)

    with running(mirror) as url:
        done = asked(url)
    assert_nothing_of_it(done)


FAILING = """
import sys
from runloop_conformance.suite import run as suite
from runloop_conformance.commands import main

def settle(clauses, recording, terms):
    raise ValueError(f"a defect that quotes {sys.argv} and {recording.exchanges[0].response}")

suite.settle = settle
main(prog_name="runloop-conformance")
"""


def test_a_defect_of_the_suite_is_reported_without_secrets() -> None:
    folder = Path(tempfile.mkdtemp(prefix="report-"))
    arguments = ["--token", TOKEN, "--header", f"X-Canary: {VALUE}", "--max-runs", "3", "--report-dir", str(folder)]

    with running(reference(token=TOKEN)) as url:
        process = subprocess.run(
            [sys.executable, "-c", FAILING, "run", url, *arguments],
            env=environment(None), capture_output=True, encoding="utf-8", timeout=HANGS_AFTER, check=False,
        )  # fmt: skip
    done = Invocation(process.returncode, process.stdout, process.stderr, folder)
    assert done.code == 4
    assert "a defect that quotes" in done.err
    assert done.report["verdict"] == "error"
    assert "a defect that quotes" in done.report["reason"]
    assert done.recording
    assert_nothing_of_it(Invocation(1, done.out, done.err, folder))


def test_a_token_that_is_a_word_of_the_contract_accuses_nobody() -> None:
    with running(reference(token="secret")) as url:
        done = conformance(url, "--max-runs", 25, token="secret")
    assert (done.code, done.failed()) == (0, set())
