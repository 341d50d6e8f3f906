"""The command against mock servers that nobody here wrote, each serving this contract: what it finds, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import frozen

from tests.conformance.foreign.sample import GUIDE, SHOWN, printed, told
from tests.conformance.foreign.serving import serving
from tests.conformance.foreign.verdicts import differences
from tests.conformance.outside import TOKEN, Invocation, conformance
from tests.conftest import CONTRACT, free_port

pytestmark = [pytest.mark.node, pytest.mark.slow, pytest.mark.xdist_group("mocks")]

Find = Callable[[str], str]
MOCKS = ("prism", "scalar", "mockoon")


@frozen
class Tried:
    """A mock, its base URL, and what came of `runloop-conformance run URL`."""

    name: str
    url: str
    done: Invocation


def command_of(mock: str, port: int, node_tool: Find, node_package: Find) -> list[str]:
    """How its documentation says that it is started on a contract. Mockoon draws its answers: the same each time."""
    if mock == "prism":
        return [node_tool("prism"), "mock", str(CONTRACT), "--port", str(port), "--host", "127.0.0.1"]
    if mock == "mockoon":
        where = ["--port", str(port), "--hostname", "127.0.0.1"]
        quiet = ["--faker-seed", "1", "--disable-log-to-file", "--disable-admin-api"]
        return [node_tool("mockoon-cli"), "start", "--data", str(CONTRACT), *where, *quiet]
    node_package("@scalar/mock-server")
    return ["node", str(Path(__file__).with_name("scalar_mock.mjs"))]


@pytest.fixture(scope="module", params=MOCKS)
def tried(request: pytest.FixtureRequest, node_tool: Find, node_package: Find) -> Iterator[Tried]:
    port = free_port()
    with serving(command_of(request.param, port, node_tool, node_package), port) as url:
        yield Tried(request.param, url, conformance(url))


def test_a_mock_does_not_conform(tried: Tried) -> None:
    said = tried.done.report
    assert (tried.done.code, said["verdict"], said["complete"]) == (1, "nonconformant", True)


def test_the_failing_clauses_are_the_ones_that_it_breaks(tried: Tried) -> None:
    assert list(differences(tried.name, "mocks", tried.done.report["clauses"])) == []


def test_each_failure_has_a_curl_that_names_the_server(tried: Tried) -> None:
    for clause in tried.done.report["clauses"]:
        if clause["status"] == "fail":
            counterexample = clause["counterexample"]
            assert "curl " in counterexample["curl"], clause["id"]
            assert tried.url in counterexample["curl"], clause["id"]
            assert counterexample["expected"] != counterexample["actual"], clause["id"]
            assert counterexample["exchanges"], clause["id"]


def test_the_token_is_in_nothing_that_was_written(tried: Tried) -> None:
    written = tried.done.artefacts()
    assert len(written) >= 4
    assert [name for name, said in written.items() if TOKEN.encode() in said] == []


@pytest.mark.parametrize("tried", ["prism"], indirect=True)
def test_the_sample_of_the_guide_is_what_is_printed_of_prism(tried: Tried) -> None:
    """Where it is not: `python -m tests.conformance.foreign.sample`."""
    ((_, options, shown),) = SHOWN.findall(GUIDE.read_text(encoding="utf-8"))
    assert told(printed(tried.url, options)) == told(shown)
