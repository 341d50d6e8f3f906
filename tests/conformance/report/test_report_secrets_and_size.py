"""A canary as token and as header: nothing that any command makes of a report holds it. Long answers are cut."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from runloop_conformance.report.stored import stored
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import Tells, reference
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
                found = next((part for part in fragments(spelled) if part in shown), None)
                assert found is None, f"{name}, {how}, in {where}: {shown[shown.index(found) - 60 :][:160]!r}"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """All that any command wrote of a server that repeats what it is given, by what wrote it."""
    summary: Path = tmp_path_factory.mktemp("github") / "summary.md"
    header = ("--header", f"X-Canary: {VALUE}")
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    with running(Tells(verbose, reference(token=TOKEN))) as url:
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
    said = {"run": done, "replay": replayed, "recheck": again, "diff": against}
    return {
        **{str(path): path.read_bytes().decode("utf-8", "replace") for path in files},
        **{name: one.output for name, one in said.items()},
        "summary": summary.read_text("utf-8"),
    }


def test_no_command_and_no_artefact_shows_a_secret(told: dict[str, str]) -> None:
    for where, shown in told.items():
        assert_nothing_of_it(where, shown)
    assert "[redacted token]" in " ".join(told["replay"].split())
    assert "safety" in told["summary"]


class LongWinded(type(reference())):  # type: ignore[misc]
    """Puts ten megabytes into each answer, and gives the time in seconds."""

    def run_of(self, asked: dict[str, Any]) -> dict[str, Any]:
        run: dict[str, Any] = super().run_of(asked)
        return run | {"start_time_ms": run["start_time_ms"] // 1000, "padding": "é" * (LONG // 2)}


@pytest.fixture(scope="module")
def long_winded() -> Invocation:
    with running(LongWinded(CONTRACT.document, TOKEN)) as url:
        few = ("--max-runs", 3, "--profile", "quick", "--select", "run.start_time_ms.now", "--select", "response.state")
        return conformance(url, *few, token=TOKEN)


def test_long_answers_are_cut_with_a_note_but_in_the_recording(long_winded: Invocation) -> None:
    assert long_winded.code == 1, long_winded.output
    sizes = {path.name: path.stat().st_size for path in long_winded.folder.iterdir()}
    large = {name for name, size in sizes.items() if size > 1024 * 1024}
    assert large == {"recording.jsonl"}
    answer = long_winded.clauses["run.start_time_ms.now"]["counterexample"]["exchanges"][-1]["response"]
    assert answer["body_cut_from"] > LONG
    assert len(answer["body"].encode()) <= 8 * 1024
    assert answer["body"].isprintable()  # it is not cut in the middle of a character
    whole = [one for one in stored(long_winded.folder).exchanges if one.response and len(one.response.body) > LONG]
    assert len(whole) == 3
    assert all(json.loads(one.response.body)["padding"] == "é" * (LONG // 2) for one in whole if one.response)


def test_equal_long_answers_are_recorded_once() -> None:
    class Repeating(type(reference())):  # type: ignore[misc]
        made: dict[str, Any] | None = None

        def run_of(self, asked: dict[str, Any]) -> dict[str, Any]:
            self.made = self.made or super().run_of(asked) | {"padding": "x" * LONG}
            return self.made

    with running(Repeating(CONTRACT.document, TOKEN)) as url:
        few = ("--max-runs", 8, "--profile", "quick", "--select", "run.id.new")
        done = conformance(url, *few, token=TOKEN)
    assert done.code == 1, done.output
    assert sum("body_as_in" in one["response"] for one in done.recording) >= 5
    assert (done.folder / "recording.jsonl").stat().st_size < 1.5 * LONG
    again = call("recheck", done.folder)
    assert "the same as in the report" in again.out, again.output
