"""A canary as token and as header: no output of any command holds it. Long responses are cut."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from runloop_conformance.report.stored import stored
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import AddsToResponses, reference
from tests.conformance.outside import CONTRACT, Invocation, call, conformance
from tests.conformance.test_secrets import SECRETS, SPELLINGS, TOKEN, VALUE, fragments, json_escaped

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import Scope

LONG = 10 * 1024 * 1024


def verbose(_: Scope) -> tuple[dict[str, str], Any]:
    """Every spelling of each secret, in headers and in the body."""
    shown = {how: [spell(secret) for secret in SECRETS.values()] for how, spell in SPELLINGS.items()}
    return {f"X-{number}": " ".join(shown[how]) for number, how in enumerate(shown)}, shown


def assert_nothing_of_it(where: str, shown: str) -> None:
    for name, secret in SECRETS.items():
        for how, spell in SPELLINGS.items():
            for spelled in {spell(secret), json_escaped(spell(secret))}:
                fragment = next((part for part in fragments(spelled) if part in shown), None)
                assert fragment is None, f"{name}, {how}, in {where}: {shown[shown.index(fragment) - 60 :][:160]!r}"


@pytest.fixture(scope="module")
def artefacts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The output of each command for a server that repeats what it receives, by the command's name."""
    summary: Path = tmp_path_factory.mktemp("github") / "summary.md"
    header = ("--header", f"X-Canary: {VALUE}")
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    with running(AddsToResponses(verbose, reference(token=TOKEN))) as url:
        done = conformance(
            url, "--max-runs", 5, "--profile", "quick", "--fail-on", "should", *header, token=TOKEN, **environ
        )
        replayed = call("replay", done.folder, "safety.nothing-leaks", *header, token=TOKEN)
    again = call("recheck", done.folder, "--report-dir", done.folder / "again", token=None)
    against = call("diff", done.folder, done.folder / "again")
    assert (done.code, replayed.code, again.code, against.code) == (1, 1, 1, 0), replayed.output + again.output
    assert "still fails: safety.nothing-leaks" in replayed.out
    assert "the same as in the report" in again.out
    files = [path for path in done.folder.rglob("*") if path.is_file()]
    assert len(files) == 2 * 7 + 1  # run_ids.txt is written by the run alone
    results = {"run": done, "replay": replayed, "recheck": again, "diff": against}
    return {
        **{str(path): path.read_bytes().decode("utf-8", "replace") for path in files},
        **{name: result.output for name, result in results.items()},
        "summary": summary.read_text("utf-8"),
    }


def test_no_command_and_no_artefact_shows_a_secret(artefacts: dict[str, str]) -> None:
    for where, shown in artefacts.items():
        assert_nothing_of_it(where, shown)
    assert "[redacted token]" in " ".join(artefacts["replay"].split())
    assert "safety" in artefacts["summary"]


class LongWinded(type(reference())):  # type: ignore[misc]
    """Puts ten megabytes into each response, and gives the time in seconds."""

    def run_of(self, request: dict[str, Any]) -> dict[str, Any]:
        run: dict[str, Any] = super().run_of(request)
        return run | {"start_time_ms": run["start_time_ms"] // 1000, "padding": "é" * (LONG // 2)}


@pytest.fixture(scope="module")
def long_winded() -> Invocation:
    with running(LongWinded(CONTRACT.document, TOKEN)) as url:
        few = ("--max-runs", 3, "--profile", "quick", "--select", "run.start_time_ms.now", "--select", "response.state")
        return conformance(url, *few, token=TOKEN)


def test_long_responses_are_cut_with_a_note_except_in_the_recording(long_winded: Invocation) -> None:
    assert long_winded.code == 1, long_winded.output
    sizes = {path.name: path.stat().st_size for path in long_winded.folder.iterdir()}
    large = {name for name, size in sizes.items() if size > 1024 * 1024}
    assert large == {"recording.jsonl"}
    response = long_winded.clauses["run.start_time_ms.now"]["counterexample"]["exchanges"][-1]["response"]
    assert response["body_cut_from"] > LONG
    assert len(response["body"].encode()) <= 8 * 1024
    assert response["body"].isprintable()  # the cut is not inside a character
    whole = [
        exchange
        for exchange in stored(long_winded.folder).exchanges
        if exchange.response and len(exchange.response.body) > LONG
    ]
    assert len(whole) == 3
    assert all(
        json.loads(exchange.response.body)["padding"] == "é" * (LONG // 2) for exchange in whole if exchange.response
    )


def test_equal_long_responses_are_recorded_once() -> None:
    class Repeating(type(reference())):  # type: ignore[misc]
        made: dict[str, Any] | None = None

        def run_of(self, request: dict[str, Any]) -> dict[str, Any]:
            self.made = self.made or super().run_of(request) | {"padding": "x" * LONG}
            return self.made

    with running(Repeating(CONTRACT.document, TOKEN)) as url:
        few = ("--max-runs", 8, "--profile", "quick", "--select", "run.id.new")
        done = conformance(url, *few, token=TOKEN)
    assert done.code == 1, done.output
    assert sum("body_as_in" in exchange["response"] for exchange in done.recording) >= 5
    assert (done.folder / "recording.jsonl").stat().st_size < 1.5 * LONG
    again = call("recheck", done.folder)
    assert "the same as in the report" in again.out, again.output
