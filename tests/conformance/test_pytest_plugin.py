"""The plugin of pytest, as pytest's own command meets it: servers on sockets, applications in process, workers."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, ClassVar
from xml.etree import ElementTree as ET

import pytest
from runloop_conformance.clauses import all_clauses
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.proof.mutants import MUTANTS
from runloop_conformance.pytest_plugin import options
from runloop_conformance.servers.hosting import running
from runloop_conformance.servers.reference import Reference

from tests.conformance.miniatures import Watched
from tests.conformance.outside import TOKEN, ctrl_c_arrives
from tests.conftest import HANGS_AFTER, ROOT

if TYPE_CHECKING:
    from starlette.types import ASGIApp

pytest_plugins = ["pytester"]

CLAUSES = [clause.id for clause in all_clauses(load_contract())]
# Two plugins of others load much, and a run with the quick profile needs nothing of them.
ALONE = ("-p", "no:schemathesis", "-p", "no:hypothesispytest")
QUICK = (*ALONE, "--conformance-profile", "quick")
LIGHT = (*QUICK, "--conformance-max-runs", "12")
PACKAGE = ("--pyargs", "runloop_conformance")
MODULE = """
    import pytest
    from runloop_conformance.pytest_plugin import test_clause
    from runloop_conformance.contract.reading import load_contract
    from runloop_conformance.proof.mutants import MUTANTS
    from runloop_conformance.servers.reference import Reference
    from runloop_conformance.proof.variants import VARIANTS

    DOCUMENT = load_contract().document

    @pytest.fixture(scope="session")
    def conformance_app():
        return {app}
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNLOOP_API_KEY", TOKEN)
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)


def mutant(name: str) -> ASGIApp:
    found: Any = next(one for one in MUTANTS if one.name == name)
    return found.build(load_contract().document, TOKEN, ())


def text(result: pytest.RunResult) -> str:
    return "\n".join((*result.outlines, *result.errlines))


def ids(result: pytest.RunResult) -> list[str]:
    return re.findall(r"test_clause\[(.+?)\](?= |$)", "\n".join(result.outlines), re.MULTILINE)


def test_each_clause_is_an_item_and_a_failure_reads_as_on_the_console(
    pytester: pytest.Pytester,
) -> None:
    with running(mutant("start-time-in-seconds")) as url:
        result = pytester.runpytest_subprocess(
            *PACKAGE, "--server", url, "-v", "-l", "--junitxml=junit.xml", "-W", "error"
        )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=len(CLAUSES), failed=1)  # with the one that says that each MUST has a result
    assert [one for one in ids(result) if one in CLAUSES][: len(CLAUSES)] == CLAUSES
    clause = next(one for one in all_clauses(load_contract()) if one.id == "run.start_time_ms.now")
    result.stdout.fnmatch_lines(
        [
            "MUST failed: run.start_time_ms.now",
            f"  {clause.text}",
            "  expected  between *",
            "  actual *away from now",
            "  curl -sS -i -X POST http://127.0.0.1:*",
            "nonconformant: http://127.0.0.1:*",
            "  contract *requests*100 of 100 runs started*",
        ]
    )
    assert "Traceback" not in text(result)
    assert not re.search(r"\.py:\d+", text(result)), "a failure has no traceback"
    cases = ET.parse(pytester.path / "junit.xml").getroot().findall(".//testcase")
    assert [case.attrib["name"] for case in cases] == [f"test_clause[{one}]" for one in (*CLAUSES, "settled")]
    (failed,) = [case for case in cases if case.find("failure") is not None]
    assert "away from now" in (failed.findtext("failure") or "")
    assert TOKEN not in text(result)
    assert TOKEN not in (pytester.path / "junit.xml").read_text("utf-8")


def test_the_budget_holds_over_all_workers_and_the_requests_are_sent_once(pytester: pytest.Pytester) -> None:
    watched = Watched(Reference(load_contract().document, TOKEN))
    with running(watched) as url:
        result = pytester.runpytest_subprocess(*PACKAGE, *LIGHT, "--server", url, "-n", "2", "-v", "-rs")
    outcomes = result.parseoutcomes()
    assert sum(outcomes.values()) == len(CLAUSES) + 1
    assert set(re.findall(r"\[(gw\d)\]", text(result))) == {"gw0", "gw1"}
    (said,) = re.findall(r"(\d+) requests · (\d+) of 12 runs started", text(result))
    # Two lengths that differ never reach an application; of 12 runs, none is on a used connection.
    assert len(watched.requests) == int(said[0]) - 1  # type: ignore[attr-defined]
    assert watched.app.runs == int(said[1])  # type: ignore[attr-defined]
    assert watched.app.runs <= 12  # type: ignore[attr-defined]


def test_what_is_selected_is_what_is_sent(pytester: pytest.Pytester) -> None:
    watched = Watched(Reference(load_contract().document, TOKEN))
    with running(watched) as url:
        listed = pytester.runpytest_subprocess(*PACKAGE, *ALONE, "-k", "authorization", "--collect-only", "-q")
        assert watched.requests == []
        result = pytester.runpytest_subprocess(
            *PACKAGE, *LIGHT, "--server", url, "-k", "authorization", "-v", "--conformance-report-dir", "report"
        )
    assert ids(listed) == ids(result) == [one for one in CLAUSES if "authorization" in one]
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] + outcomes.get("skipped", 0) == len(ids(listed))
    report = json.loads((pytester.path / "report" / "report.json").read_text("utf-8"))
    assert [one["id"] for one in report["clauses"]] == ids(listed)
    assert len(watched.requests) < 150


def test_nothing_is_green_where_a_must_was_not_tested(pytester: pytest.Pytester) -> None:
    with running(Reference(load_contract().document, TOKEN)) as url:
        result = pytester.runpytest_subprocess(
            *PACKAGE, *LIGHT, "--server", url, "-rs", "-q", "--conformance-max-runs", "2"
        )
    outcomes = result.parseoutcomes()
    assert outcomes["failed"] == 1
    assert outcomes["skipped"] > 5
    result.stdout.fnmatch_lines(["inconclusive: * MUST clauses could not be tested", "*SKIPPED*nothing was sent that*"])


def test_without_a_server_one_error_says_what_to_pass(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess(*PACKAGE, *ALONE, "-W", "error")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["There is no server to test: pass --server URL, or*conformance_app*"])


def test_a_server_that_cannot_be_tested_is_an_error_of_each_clause_with_one_reason(pytester: pytest.Pytester) -> None:
    arguments = (*PACKAGE, *LIGHT, "--server", "http://127.0.0.1:9/", "-k", "authorization")
    result = pytester.runpytest_subprocess(*arguments)
    assert result.parseoutcomes()["errors"] == len([one for one in CLAUSES if "authorization" in one])
    result.stdout.fnmatch_lines(["inconclusive: http://127.0.0.1:9 cannot be reached: *"])
    again = pytester.runpytest_subprocess(*arguments, "-x")
    again.assert_outcomes(errors=1)


def test_an_application_is_tested_in_process(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(MODULE.format(app=f"Reference(DOCUMENT, {TOKEN!r})"))
    result = pytester.runpytest_subprocess(*QUICK, "-W", "error")
    result.assert_outcomes(passed=len(CLAUSES) + 1)
    result.stdout.fnmatch_lines(["conformant: http://localhost"])


GUIDE = (ROOT / "docs" / "pytest.md").read_text(encoding="utf-8")
(GUIDED,) = re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("framework", ["fastapi", "flask", "django"])
def test_the_module_of_the_guide_tests_what_people_write(framework: str, pytester: pytest.Pytester) -> None:
    examples = str(ROOT / "examples" / "servers")
    mine = f"import sys; sys.path.insert(0, {examples!r}); from {framework}_server import app"
    pytester.makepyfile(my_service=mine, test_contract=GUIDED)
    result = pytester.runpytest_subprocess(*QUICK)
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] + outcomes.get("xfailed", 0) == len(CLAUSES) + 1
    result.stdout.fnmatch_lines(["conformant: http://localhost"])


def test_the_guide_names_each_option() -> None:
    class Parser:
        named: ClassVar[list[str]] = []

        def getgroup(self, *_: str) -> Parser:
            return self

        def addoption(self, name: str, **_: object) -> None:
            self.named.append(name.removeprefix("--conformance"))

    options.add(Parser())  # type: ignore[arg-type]
    paragraph = GUIDE.partition("## Options")[2]
    assert [name for name in Parser.named if f"`{name}`" not in paragraph] == []
    assert len(Parser.named) == len(re.findall(r"`-[a-z][a-z-]+`", paragraph))


WSGI = """
    import json
    import pytest
    from runloop_conformance.pytest_plugin import test_clause

    def app(environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            body = environ["wsgi.input"].read()
            json.loads(body)
        right = environ.get("HTTP_AUTHORIZATION") == "Bearer right-token"
        start_response("200 OK" if right else "401 Unauthorized", [])
        return [b"{}"]

    @pytest.fixture
    def conformance_app():
        return app

    @pytest.fixture
    def conformance_token():
        return "right-token"
"""


def test_what_a_wsgi_application_raises_is_shown_once(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(WSGI)
    result = pytester.runpytest_subprocess(*LIGHT)
    outcomes = result.parseoutcomes()
    assert outcomes["failed"] > 20
    assert "errors" not in outcomes
    result.stdout.fnmatch_lines(["MUST failed: http.no-server-error", "  the application raised * exceptions, at *"])
    assert text(result).count("Traceback (most recent call last)") <= 3
    assert "right-token" not in text(result).replace('"Bearer right-token"', "")


def test_each_module_has_its_own_application(pytester: pytest.Pytester) -> None:
    wrong = "next(one for one in MUTANTS if one.name == 'start-time-in-seconds').build"
    pytester.makepyfile(
        test_right=MODULE.format(app=f"Reference(DOCUMENT, {TOKEN!r})"),
        test_wrong=MODULE.format(app=f"{wrong}(DOCUMENT, {TOKEN!r}, ())"),
    )
    result = pytester.runpytest_subprocess(*LIGHT, "-k", "start_time_ms.now")
    result.assert_outcomes(passed=1, failed=1, deselected=2 * len(CLAUSES))
    verdicts = [line for line in result.outlines if line.endswith("conformant: http://localhost")]
    assert sorted(verdicts) == ["conformant: http://localhost", "nonconformant: http://localhost"]


def test_a_failed_should_is_an_expected_failure_without_fail_on_should(pytester: pytest.Pytester) -> None:
    broken = "next(one for one in VARIANTS if one.name == 'plain-unauthorized').build"
    pytester.makepyfile(MODULE.format(app=f"{broken}(DOCUMENT, {TOKEN!r}, ())"))
    result = pytester.runpytest_subprocess(*LIGHT, "-k", "authorization", "-rx")
    assert result.parseoutcomes()["xfailed"] == 1
    assert result.ret == 0
    result.stdout.fnmatch_lines(["  SHOULD failed: *", "    curl *", "XFAIL*SHOULD failed: *"])
    for more in (("--conformance-fail-on", "should"), ("--runxfail",)):
        assert pytester.runpytest_subprocess(*LIGHT, "-k", "authorization", *more).parseoutcomes()["failed"] == 1


def test_a_known_failure_is_expected_and_a_stale_one_fails(pytester: pytest.Pytester) -> None:
    wrong = "next(one for one in MUTANTS if one.name == 'start-time-in-seconds').build"
    pytester.makepyfile(MODULE.format(app=f"{wrong}(DOCUMENT, {TOKEN!r}, ())"))
    known = pytester.path / "known.toml"
    known.write_text('"run.start_time_ms.now" = "issue 12"\n"run.id.new" = "issue 13"\n', "utf-8")
    chosen = ("-k", "start_time_ms.now or run.id.new", "-rx")
    result = pytester.runpytest_subprocess(*LIGHT, *chosen, "--conformance-known-failures", "known.toml")
    result.assert_outcomes(xfailed=1, failed=1, deselected=len(CLAUSES) - 1)
    result.stdout.fnmatch_lines(["The clause passes: remove it *issue 13", "XFAIL*known failure: issue 12"])
    known.write_text('"run.start_time_ms.now" = ""\n', "utf-8")
    refused = pytester.runpytest_subprocess(*LIGHT, *chosen, "--conformance-known-failures", "known.toml")
    refused.assert_outcomes(errors=2, deselected=len(CLAUSES) - 1)
    refused.stdout.fnmatch_lines(["--conformance-known-failures known.toml: *say why*"])


def test_ctrl_c_ends_the_session_and_the_cost_is_printed(pytester: pytest.Pytester) -> None:
    watched = Watched(Reference(load_contract().document, TOKEN))
    with running(watched) as url:
        arguments = [*PACKAGE, *LIGHT, "--server", url, "--conformance-rate", "10"]
        pytest_command = [sys.executable, "-m", "pytest", *arguments]
        with ctrl_c_arrives():
            process = subprocess.Popen(pytest_command, cwd=pytester.path, stdout=subprocess.PIPE, encoding="utf-8")
        while len(watched.requests) < 3:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=HANGS_AFTER)
    assert process.returncode == pytest.ExitCode.INTERRUPTED
    assert re.search(r"not everything was sent: it was interrupted\n.*[1-9]\d* runs started", said)


LEAKY = """
    import runloop_conformance.suite.run

    def fails(self):
        token = self.options.token
        header = self.options.headers[0][1]
        raise ValueError(f"{token} and {header}")

    runloop_conformance.suite.run.Suite.run = fails
"""


def test_a_defect_of_the_suite_shows_no_secret(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(LEAKY)
    pytester.makepyfile(MODULE.format(app=f"Reference(DOCUMENT, {TOKEN!r})"))
    result = pytester.runpytest_subprocess(
        *LIGHT, "-k", "settled", "-l", "--full-trace", "--tb=long", "-vv", "--junitxml=junit.xml",
        "--conformance-header", "X-Key: canary-5521",
    )  # fmt: skip
    result.assert_outcomes(errors=1, deselected=len(CLAUSES))
    result.stdout.fnmatch_lines(
        ["*the suite itself failed; please report this.", "ValueError: *redacted* and *redacted*"]
    )
    seen = text(result) + (pytester.path / "junit.xml").read_text("utf-8")
    assert TOKEN not in seen.replace(f"Reference(DOCUMENT, {TOKEN!r})", "")
    assert "canary-5521" not in seen


OTHERS = """
    def pytest_addoption(parser):
        parser.addoption("--server", default="theirs")

    import pytest

    @pytest.fixture
    def server(request):
        return request.config.getoption("--server")
"""


def test_the_options_of_others_come_first(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(OTHERS)
    pytester.makepyfile("def test_theirs(server): assert server == 'of theirs'")
    pytester.runpytest_subprocess(*ALONE, "--server", "of theirs").assert_outcomes(passed=1)
    ours = pytester.runpytest_subprocess(
        *PACKAGE, *LIGHT, "--conformance-server", "http://127.0.0.1:9", "-k", "settled", "--server", "of theirs"
    )
    ours.stdout.fnmatch_lines(["inconclusive: http://127.0.0.1:9 cannot be reached: *"])


def test_who_does_not_use_it_does_not_load_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_little_is_loaded():
            of_the_suite = {name for name in sys.modules if name.startswith("runloop_")}
            assert of_the_suite == {
                "runloop_conformance",
                "runloop_conformance.pytest_plugin",
                "runloop_conformance.pytest_plugin.options",
                "runloop_conformance.pytest_plugin.outcome",
                "runloop_conformance.pytest_plugin.plugin",
            }
            assert not {"click", "starlette", "h11", "rich", "yaml", "httpx", "filelock"} & set(sys.modules)
        """
    )
    others = ("xdist", "anyio", "pytest_httpx", "respx", "pook")
    plain = (*ALONE, *(argument for name in others for argument in ("-p", f"no:{name}")))
    result = pytester.runpytest_subprocess(*plain, "-W", "error", "--strict-markers", "--strict-config")
    result.assert_outcomes(passed=1)
    assert "runloop-conformance" not in text(result)


def test_where_the_extra_is_not_installed_one_error_says_so(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("import sys; sys.modules['yaml'] = None")
    result = pytester.runpytest_subprocess(*PACKAGE, *ALONE, "--server", "http://127.0.0.1:9")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*run pip install '.[[]conformance]' in a clone*"])


def test_the_help_names_the_options(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess(*ALONE, "--help")
    result.stdout.fnmatch_lines(["runloop-conformance:*", "*--conformance-max-runs=N*", "*--server=URL*"])
    refused = pytester.runpytest_subprocess(*PACKAGE, *ALONE, "--conformance-max-runs", "-1")
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
    assert "is not a number of at least 0" in text(refused)
