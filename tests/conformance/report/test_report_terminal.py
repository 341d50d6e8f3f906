"""The terminal, as a person sees it: a screen of 24 lines and 80 columns in memory; and a log, where it is a pipe."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import pty
import re
import shlex
import struct
import subprocess
import termios
from typing import TYPE_CHECKING, Any

import pyte
import pytest
from attrs import evolve
from rich.console import Console
from runloop_conformance.exchanges.curl import curl
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.judge import Terms
from runloop_conformance.plan.probes import ask
from runloop_conformance.report import console
from runloop_conformance.report.document import document
from runloop_conformance.report.progress import Progress
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import Always, RespondsLate, reference
from tests.conformance.outside import CONTRACT, CONTROL_CHARACTERS, OPERATION, TOKEN, call, command, environment, quick
from tests.conformance.report import hostile
from tests.conformance.report.synthetic import CLAUSES, clauses, finding, mixed, result, violation
from tests.conftest import HANGS_AFTER

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS, LINES = 80, 24
MUSTS = [clause for clause in CLAUSES if clause.level == "must"]
SHOULDS = [clause for clause in CLAUSES if clause.level == "should"]


def shown(made: Any, *, width: int = COLUMNS, quiet: bool = False) -> list[str]:
    """The output for a result, on a pipe."""
    into = io.StringIO()
    console.show(
        console.Page(Console(file=into, width=width, highlight=False)), document(made, Redaction((TOKEN,))), quiet=quiet
    )
    return into.getvalue().splitlines()


class Screen:
    """A terminal, and the process that writes to it."""

    def __init__(self, *arguments: object, **environ: str) -> None:
        self.screen = pyte.HistoryScreen(COLUMNS, LINES)
        self.raw = bytearray()
        self.states: list[str] = []  # of the line that the cursor is on, after each piece
        stream = pyte.ByteStream(self.screen)
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        process = subprocess.Popen(
            command(*arguments), stdin=theirs, stdout=theirs, stderr=theirs,
            env=environment(**{"TERM": "xterm-256color", **environ}),
        )  # fmt: skip
        os.close(theirs)
        with contextlib.suppress(OSError):  # how Linux says that the other end is closed
            while piece := os.read(ours, 65536):
                self.raw += piece
                stream.feed(piece)
                self.states += [line.rstrip() for line in self.screen.display if "clauses settled" in line]
        os.close(ours)
        self.code = process.wait(30)

    @property
    def text(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]

    @property
    def coloured(self) -> bool:
        return any(char.fg != "default" for line in self.screen.buffer.values() for char in line.values())


@pytest.fixture(scope="module")
def slow() -> Iterator[Screen]:
    with running(RespondsLate(CONTRACT.document, TOKEN)) as url:
        yield Screen("run", url, "--max-runs", 20, "--profile", "quick", "--select", "run")


def test_a_conformant_run_fits_the_screen(slow: Screen) -> None:
    assert slow.code == 0, slow.text
    assert not slow.screen.history.top  # nothing has left the screen
    limits, _, verdict, count = slow.text[:4]
    assert limits.startswith("http://127.0.0.1:")
    assert verdict.startswith("conformant: http://127.0.0.1:"), slow.text
    assert re.fullmatch(r"  \d+ passed", count), slow.text
    assert slow.coloured


def test_the_progress_counts_clauses_requests_and_runs_and_disappears(slow: Screen) -> None:
    progress = [
        re.fullmatch(r"(\d+) of (\d+) clauses settled · (\d+) requests · (\d+) of 20 runs started · (\d+) s", state)
        for state in slow.states
    ]
    assert len(progress) > 3
    assert all(progress), slow.states
    numbers = [[int(number) for number in match.groups()] for match in progress if match]
    for column in (0, 2, 4):
        assert [row[column] for row in numbers] == sorted(row[column] for row in numbers)
    assert numbers[-1][0] > 0
    assert "clauses settled" not in "\n".join(slow.text)


def test_no_color_is_heeded() -> None:
    with running(Always(404)) as url:
        assert Screen("run", url, "--profile", "quick").coloured
        assert not Screen("run", url, "--profile", "quick", NO_COLOR="1").coloured


def test_on_a_dumb_terminal_nothing_is_rewritten() -> None:
    with running(Always(404)) as url:
        screen = Screen("run", url, "--profile", "quick", TERM="dumb")
    assert b"\x1b" not in screen.raw


@pytest.mark.parametrize("environ", [{}, {"FORCE_COLOR": "1"}, {"TERM": "dumb"}])
def test_in_a_log_no_line_is_rewritten(environ: dict[str, str]) -> None:
    with running(reference()) as url:
        done = quick(url, "--select", "run", **environ)
    assert re.fullmatch(r"http://\S+: at most 10 runs will be started .*, and 10 more if .*\.\n", done.err)
    assert "\r" not in done.out
    assert re.sub("\x1b\\[[0-9;]*m", "", done.out) == done.out or environ == {"FORCE_COLOR": "1"}
    assert "\x1b[?25l" not in done.out


def test_a_long_run_logs_its_progress() -> None:
    now = [100.0]
    into = io.StringIO()
    with Progress(Console(file=into), 226, lambda: 7, now=lambda: now[0]) as progress:
        for second in range(100):
            now[0] = 100.0 + second
            progress(second, 3, 25)
    assert into.getvalue().splitlines() == [
        f"7 of 226 clauses settled · {s} requests · 3 of 25 runs started · {s} s" for s in (30, 60, 90)
    ]


def test_a_conformant_run_fits_however_much_it_warns_of() -> None:
    should = [finding(clause, "fail", violation()) for clause in SHOULDS]
    known = [finding(clause, "fail", violation()) for clause in MUSTS[:20]]
    terms = Terms(known={clause.id: "issue 12: " + "a long reason " * 10 for clause in MUSTS[:20]})
    made = result([*should, *known, *map(finding, MUSTS[20:])], verdict="conformant", terms=terms, reason="x " * 70)
    lines = shown(made)
    assert len(lines) <= LINES + 6
    assert max(map(len, lines)) <= COLUMNS
    plain = shown(result([*should, *map(finding, MUSTS)], verdict="conformant"))
    assert len(plain) + 2 < LINES  # and the line that says where the report is


def test_what_matters_comes_first() -> None:
    statuses = [
        (MUSTS[0], "fail"),
        (MUSTS[1], "fail"),
        (SHOULDS[0], "fail"),
        (MUSTS[2], "not_tested"),
        (MUSTS[3], "pass"),
    ]
    findings = [finding(clause, status, violation() if status == "fail" else None) for clause, status in statuses]
    text = "\n".join(shown(result(findings, terms=Terms(known={MUSTS[1].id: "issue 12"}))))
    order = (
        "nonconformant: https://mock.example",
        "  1 MUST failed, 1 SHOULD failed (warning), 1 known failure, 1 passed",
        f"MUST failed: {MUSTS[0].id}",
        "  expected  refused with a 4xx",
        "  actual    200: it was accepted",
        "  sent      {",
        "  changed   benchmark_id is",
        "  how often failed 3 of 4",
        "  curl ",
        f"SHOULD failed (warnings): 1\n  {SHOULDS[0].id}: 200: it was accepted",
        f"known failures: 1\n  {MUSTS[1].id}: issue 12",
        "not tested: 1 clause\n",
        "no request was accepted:",
        f"Paste a curl above to see the response again; --select {MUSTS[0].id}",
    )
    places = [text.find(part) for part in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_lines_are_wrapped_except_commands_to_paste(width: int) -> None:
    lines = shown(result(mixed(60)), width=width)
    wide = [line for line in lines if len(line) > min(width, 100)]
    assert all(
        line.lstrip().startswith(("curl ", "-H ", "https://mock.", "--data-raw ", "nonconformant: ")) for line in wide
    )


BODIES = [b"", b"{}", b'it\'s "two" words', b"a\\ b $(c d) `e f` \xff\n", b"'" * 30, b"\0" * 30]


@pytest.mark.parametrize("body", BODIES)
def test_a_curl_on_several_lines_is_the_same_command(body: bytes) -> None:
    probe = ask(OPERATION, "x", "accept", (), {})
    for value in ("{token}", "{token|case}", "{token|altered}", "{token|quoted}", 'it\'s "odd" $(x y)'):
        changed = evolve(probe, body=body, headers=(*probe.headers, ("X-Odd", value)))
        curl_command = curl(changed, "http://host/prefix")
        folded = "\n".join(console.pasteable(curl_command, 40))
        assert words(folded) == words(curl_command)
        assert "\n" in folded


def words(script: str) -> bytes:
    """The words of a command as a shell parses them."""
    function = "curl() { cat; printf '%s\\0' \"$@\"; }; "
    done = subprocess.run(
        ["bash", "-c", f"{function}{script} </dev/null" if "|" not in script else function + script],
        env=environment(TOKEN), capture_output=True, check=False, timeout=HANGS_AFTER, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert not done.stderr, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_what_a_server_sends_controls_nothing(name: str) -> None:
    made = hostile.exchanges(hostile.TEXTS[name])
    observation = violation(*made, expected=hostile.TEXTS[name], actual=hostile.TEXTS[name])
    lines = shown(result([finding(MUSTS[0], "fail", observation), finding(SHOULDS[0], "fail", observation)]))
    assert CONTROL_CHARACTERS.findall("\n".join(lines)) == []
    assert not any("\ud800" in line for line in lines)


def test_many_failures_do_not_bury_the_rest() -> None:
    made = result([finding(clause, "fail", violation()) for clause in clauses(500)])
    lines = shown(made)
    assert sum(line.startswith("MUST failed: ") for line in lines) == console.FULL
    assert any(line.startswith("failed as well: ") for line in lines)
    assert len(lines) < 400


def test_quiet_is_the_verdict_and_its_reason_on_a_line_each() -> None:
    made = result(mixed(20), verdict="inconclusive", reason="the server " * 20)
    assert shown(made, quiet=True) == [f"inconclusive: {made.server}", f"  {'the server ' * 20}"]


def test_every_command_has_a_help_worth_reading() -> None:
    for name in ("run", "replay", "recheck", "diff"):
        help_text = call(name, "--help").out
        assert "Example" in help_text, name
        assert re.search("[Ee]xit codes", help_text), name
        assert max(map(len, help_text.splitlines())) <= 100
    assert shlex.split("runloop-conformance diff a b")[1] in call("--help").out
