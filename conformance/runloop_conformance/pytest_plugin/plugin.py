"""What pytest loads in every environment with this package: little, and nothing of the suite until it is used."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest
from attrs import frozen

from runloop_conformance.pytest_plugin import options
from runloop_conformance.pytest_plugin.outcome import CLAUSE, RUNS, Outcome, Token

APP = "conformance_app"
EXTRA = (
    "The clauses need packages that are not installed: run pip install '.[conformance]' in a clone of the repository."
)
NO_SERVER = (
    "There is no server to test: pass --server URL, or give an ASGI or WSGI application by a fixture of the name"
    " conformance_app. The token comes from $RUNLOOP_API_KEY or from a fixture of the name conformance_token."
)
SUMMARIES = "runloop_conformance_summaries"


@frozen
class Unusable:
    """The parameter of the only item where the clauses cannot be tested."""

    reason: str


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    options.add(parser)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser) -> Generator[None, Any, Any]:
    """Add `--server` behind the options of every conftest.py."""
    done = yield
    options.add_short_name(parser)
    return done


def pytest_configure(config: pytest.Config) -> None:
    """Name the marks of the two levels."""
    config.stash[RUNS] = {}
    for level in ("must", "should"):
        config.addinivalue_line("markers", f"conformance_{level}: a clause of the level {level.upper()}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make an item of each clause, and one for whether each MUST was tested; a single one if nothing can be tested."""
    if CLAUSE in metafunc.fixturenames:
        items = _items(metafunc)
        params = [pytest.param(Unusable(items), id="unusable")] if isinstance(items, str) else items
        metafunc.parametrize(CLAUSE, params, indirect=True)


def _items(metafunc: pytest.Metafunc) -> str | list[Any]:
    """The items; or why there are none, and what to do about it."""
    config = metafunc.config
    if not config.option.collectonly and _server(config) is None and not _app_is_given(metafunc):
        return NO_SERVER
    try:
        from runloop_conformance.pytest_plugin import session  # noqa: PLC0415 - see above
    except ModuleNotFoundError as error:
        return f"{EXTRA} ({error})"
    named = session.items(config)
    if isinstance(named, str):
        return named
    marks = {level: getattr(pytest.mark, f"conformance_{level}") for _, level in named}
    return [pytest.param(name, marks=[marks[level]], id=name) for name, level in named]


def _server(config: pytest.Config) -> str | None:
    url: str | None = getattr(config.option, "runloop_conformance_url", None)
    return url


def _app_is_given(metafunc: pytest.Metafunc) -> bool:
    """Whether the fixture overrides the one below. If pytest does not say so, the items will."""
    known = getattr(metafunc, "_arg2fixturedefs", {}).get(APP)
    return known is None or known[-1].baseid != "" or getattr(known[-1].func, "__module__", "") != __name__


@pytest.fixture(scope="session")
def conformance_app() -> Any:
    """Override it with one that returns the ASGI or WSGI application, or the URL of the server, to be tested."""
    return None


@pytest.fixture(scope="session")
def conformance_token() -> str:
    """Override it with one that returns the bearer token which the server takes. By default $RUNLOOP_API_KEY."""
    return os.environ.get("RUNLOOP_API_KEY", "")


@pytest.fixture
def runloop_clause(
    request: pytest.FixtureRequest, conformance_app: Any, tmp_path_factory: pytest.TempPathFactory
) -> Outcome:
    """The outcome of the clause of this item. The first item sends the requests of all."""
    if isinstance(request.param, Unusable):
        pytest.fail(request.param.reason, pytrace=False)
    from runloop_conformance.pytest_plugin import session  # noqa: PLC0415 - see above

    server = _server(request.config) or conformance_app
    if server is None:
        pytest.fail(NO_SERVER, pytrace=False)
    # Not an argument: --showlocals would show it.
    token = Token(request.getfixturevalue("conformance_token"))
    done = session.outcomes(request, server, token, tmp_path_factory)
    if done.failed is not None:
        pytest.fail(done.failed, pytrace=False)
    return done.of(request.param)


# --- the end of the session ---


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Pass the summaries of a worker to the process that prints."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[SUMMARIES] = _summaries(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the summaries of a worker."""
    for key, lines in getattr(node, "workeroutput", {}).get(SUMMARIES, {}).items():
        _from_workers(node.config)[key] = lines


FROM_WORKERS = pytest.StashKey[dict[str, list[str]]]()


def _from_workers(config: pytest.Config) -> dict[str, list[str]]:
    return config.stash.setdefault(FROM_WORKERS, {})


def _summaries(config: pytest.Config) -> dict[str, list[str]]:
    return {key: list(done.summary) for key, done in config.stash.get(RUNS, {}).items() if done.summary}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the verdict, and what the run of the suite has cost."""
    summaries = {**_from_workers(config), **_summaries(config)}
    if not summaries:
        return
    terminalreporter.section("runloop-conformance")
    for lines in summaries.values():
        for line in lines[: 1 if terminalreporter.verbosity < 0 else None]:
            terminalreporter.write_line(line)
