"""The output for GitHub Actions: workflow commands as its runner reads them, and a summary as Markdown shows it."""

from __future__ import annotations

import html.parser
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.judge import Terms
from runloop_conformance.report import github
from runloop_conformance.report.document import document
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import AcceptsEverything, Always, reference
from tests.conformance.outside import CONTRACT, TOKEN, Invocation, conformance
from tests.conformance.report import hostile
from tests.conformance.report.synthetic import CLAUSES, finding, mixed, result, violation

if TYPE_CHECKING:
    from pathlib import Path

MUSTS = [clause for clause in CLAUSES if clause.level == "must"]
STALE = Terms(known={MUSTS[0].id: "issue 12"})


def commands(lines: Any) -> list[tuple[str, dict[str, str], str]]:
    """The workflow commands of a log, as the runner parses them: name, properties, message.

    It trims a line first, looks for `::` at its beginning, and stops listening between `stop-commands` and the word.
    """
    parsed, stopped = [], ""
    for line in lines:
        matched = re.match(r"::([a-z-]+|[0-9a-f]{32})(?: ([^:]*))?::(.*)$", line.strip())
        if stopped:
            stopped = "" if line.strip() == f"::{stopped}::" else stopped
        elif matched and matched[1] == "stop-commands":
            stopped = matched[3]
        elif matched:
            properties = dict(pair.split("=", 1) for pair in (matched[2] or "").split(",") if pair)
            parsed.append((matched[1], {k: unescaped(v) for k, v in properties.items()}, unescaped(matched[3])))
    assert not stopped
    return parsed


def unescaped(text: str) -> str:
    for escape, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(escape, char)
    return text


def commands_for(made: Any) -> list[tuple[str, dict[str, str], str]]:
    return commands(github.workflow_commands(document(made, Redaction())))


class Shown(html.parser.HTMLParser):
    """The elements and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def rendered(markdown: str) -> Shown:
    shown = Shown()
    shown.feed(MarkdownIt("gfm-like", {"linkify": False}).render(markdown))
    return shown


def test_a_failure_is_an_error_and_a_warning_a_warning() -> None:
    should = next(clause for clause in CLAUSES if clause.level == "should")
    made = result([finding(MUSTS[0], "fail", violation()), finding(should, "fail", violation()), finding(MUSTS[1])])
    first, second = commands_for(made)
    assert (first[0], first[1]["title"]) == ("error", f"MUST failed: {MUSTS[0].id}")
    assert first[2] == f"{MUSTS[0].text}\nexpected: refused with a 4xx\nactual: 200: it was accepted"
    assert (second[0], second[1]["title"]) == ("warning", f"SHOULD failed: {should.id}")


def test_there_are_no_more_than_github_shows() -> None:
    errors = commands_for(result([finding(clause, "fail", violation()) for clause in MUSTS[:30]]))
    assert len(errors) == 10
    assert errors[-1][1]["title"] == "21 more clauses failed"
    assert MUSTS[29].id in errors[-1][2]


def test_what_is_inconclusive_or_stale_is_an_error() -> None:
    made = result(
        [finding(MUSTS[0])],
        verdict="inconclusive",
        reason="no token, 100%: pass one",
        terms=STALE,
    )
    assert commands_for(made) == [
        ("error", {"title": f"inconclusive: {made.server}"}, "no token, 100%: pass one"),
        ("error", {"title": f"stale known failure: {MUSTS[0].id}"}, "The clause passes: remove it from the file."),
    ]
    assert commands_for(result([finding(MUSTS[0])])) == []


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_what_a_server_sends_is_no_command(name: str) -> None:
    lines = [*github.workflow_commands(hostile.report(hostile.TEXTS[name]))]
    assert [line for line in lines if "\n" in line or "\r" in line] == []
    parsed = commands(lines)
    assert [command for command, _, _ in parsed] == ["error", "warning"]
    assert all(set(properties) == {"title"} for _, properties, _ in parsed)


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_what_a_server_sends_is_text_in_the_summary(name: str) -> None:
    text = hostile.TEXTS[name]
    calm, shown = rendered(github.summary(hostile.report("calm"))), rendered(github.summary(hostile.report(text)))
    assert shown.tags == calm.tags <= {"h2", "h3", "p", "code", "table", "thead", "tbody", "tr", "th", "td", "details",
                                       "summary", "pre", "ul", "li", "a"} - {"a"}  # fmt: skip
    assert shown.attributes == calm.attributes <= {"style"}
    if name == "markup":
        assert text in shown.text
    if name == "markdown":
        assert "[x](http://evil.invalid) @octocat" in shown.text


def test_the_summary_begins_with_the_verdict() -> None:
    made = result([finding(MUSTS[0], "fail", violation()), finding(MUSTS[1]), finding(MUSTS[2], "not_tested")])
    text = rendered(github.summary(document(made, Redaction()))).text
    places = [
        text.index(part) for part in ("nonconformant", made.server, "Failed", "200: it was accepted", "Not tested")
    ]
    assert places == sorted(places)
    assert re.search(r"MUST\s+1\s+1\s+0\s+1\s+SHOULD\s+0\s+0\s+0\s+0", text)


def test_the_summary_fits_with_any_number_of_failures() -> None:
    huge = hostile.report(hostile.TEXTS["lines"] * 300)
    many = document(result(mixed(900)), Redaction())
    many["clauses"] = [
        {**clause, "counterexample": clause["counterexample"] and huge["clauses"][0]["counterexample"]}
        for clause in many["clauses"]
    ]
    assert len(github.summary(many).encode()) < 1024 * 1024


def on_actions(tmp_path: Path, server: Any, *arguments: object, **environ: str) -> tuple[Invocation, str]:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)} | environ
    with running(server) as url:
        done = conformance(url, "--max-runs", 5, "--profile", "quick", *arguments, **environ)
    return done, summary.read_text("utf-8")


def test_it_is_detected(tmp_path: Path) -> None:
    done, summary = on_actions(tmp_path, AcceptsEverything(CONTRACT.document, TOKEN))
    assert done.code == 1
    kinds = [command for command, _, _ in commands(done.out.splitlines())]
    assert kinds.count("error") == 10
    assert summary.startswith("before\n## ❌ nonconformant")


def test_it_can_be_switched_on_and_off(tmp_path: Path) -> None:
    done, summary = on_actions(tmp_path, Always(404), "--no-github")
    assert (commands(done.out.splitlines()), summary) == ([], "before\n")
    done, summary = on_actions(tmp_path, Always(404), "--github", GITHUB_ACTIONS="", GITHUB_STEP_SUMMARY="")
    command, properties, _ = commands(done.out.splitlines())[0]
    assert (command, properties["title"].partition(":")[0], summary) == ("error", "inconclusive", "before\n")
    assert done.code == 3


def test_a_summary_that_cannot_be_written_does_not_change_the_verdict(tmp_path: Path) -> None:
    done, _ = on_actions(tmp_path, reference(), "--select", "run.name.echo", GITHUB_STEP_SUMMARY=str(tmp_path))
    assert done.code == 0, done.output
    assert "summary of the job cannot be written" in done.err


def test_a_server_cannot_speak_to_the_runner(tmp_path: Path) -> None:
    long_message = json.dumps({"message": "x " * 30 + "::add-mask::e ::error::no"}).encode()
    done, _ = on_actions(tmp_path, Always(500, {}, b"::set-output name=a::b\n::error::no\n" + long_message))
    assert done.code == 1
    assert {command for command, _, _ in commands(done.out.splitlines())} <= {"error", "warning"}
    assert not [message for _, _, message in commands(done.out.splitlines()) if message == "no"]
