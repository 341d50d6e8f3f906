"""One run of the suite for a whole session of pytest: whoever needs it first sends the requests, the others read."""

from __future__ import annotations

import hashlib
import traceback
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pytest
from attrs import field, frozen
from filelock import FileLock

from runloop_conformance.clauses import all_clauses
from runloop_conformance.commands.options import contract_at
from runloop_conformance.commands.run import suite_for
from runloop_conformance.in_process import AppCannotStartError, NotAnAppError, in_process
from runloop_conformance.pytest_plugin import options
from runloop_conformance.pytest_plugin.outcome import SETTLED, Outcomes, read
from runloop_conformance.pytest_plugin.plugin import CLAUSE, RUNS
from runloop_conformance.pytest_plugin.telling import told
from runloop_conformance.redaction import Redaction
from runloop_conformance.report import artefacts
from runloop_conformance.suite import INTERRUPTED, Result
from runloop_conformance.transport import Transport
from runloop_conformance.wire import BadUrlError, address

BROKE_OFF = (
    "Whoever sent the requests ended before all was done, so runs may have been started that nobody knows of:"
    " see why that worker ended, and run it again."
)


@frozen
class Token:
    """A bearer token that no traceback shows."""

    value: str = field(repr=False)


def items(config: pytest.Config) -> list[tuple[str, str]] | str:
    """The name of each item, with its level; or why the contract cannot be used."""
    try:
        contract = contract_at(options.given(config)["contract_path"])
    except click.UsageError as error:
        return error.message
    return [*((clause.id, clause.level) for clause in all_clauses(contract)), (SETTLED, "must")]


def outcomes(request: pytest.FixtureRequest, server: Any, token: Token, factory: pytest.TempPathFactory) -> Outcomes:
    """Those of this server. With pytest-xdist one worker sends the requests; the others wait for what it says."""
    known = request.config.stash[RUNS]
    # An application is another object in each worker, and may be for each test: it is known by who asks for it.
    key = hashlib.sha256((server if isinstance(server, str) else request.node.parent.nodeid).encode()).hexdigest()[:16]
    if key not in known:
        work = _Work(request, server, token)
        worker = getattr(request.config, "workerinput", None)
        if worker is None:
            known[key] = work.done()
        else:
            known[key] = once(factory.getbasetemp().parent / f"conformance-{worker['testrunuid']}-{key}", work.done)
    return known[key]


def once(path: Path, work: Callable[[], Outcomes]) -> Outcomes:
    """The outcomes in this file; whoever is first makes them. A worker that died has spent the budget all the same."""
    begun, done = path.with_suffix(".begun"), path.with_suffix(".json")
    with FileLock(path.with_suffix(".lock")):
        if done.exists():
            return read(done.read_text("utf-8"))
        if begun.exists():
            return Outcomes(BROKE_OFF)
        begun.touch()
        made = work()
        done.write_text(made.written(), "utf-8")
        return made


@frozen
class _Work:
    """What is to be done once. No frame of it holds the token under a name that a traceback could show."""

    request: pytest.FixtureRequest
    server: Any
    token: Token

    def done(self) -> Outcomes:
        """Send the requests and judge the answers. Whatever goes wrong is told as text, without any secret."""
        given = options.given(self.request.config)
        redaction = Redaction((self.token.value, *(header.partition(":")[2].strip() for header in given["headers"])))
        raised: list[BaseException] = []
        try:
            with self._transport(given, raised.append) as to:
                result = self._run(given, to, redaction)
        except (click.UsageError, BadUrlError, AppCannotStartError, NotAnAppError, OSError) as error:
            return Outcomes(redaction.text(error.message if isinstance(error, click.UsageError) else str(error)))
        except Exception as error:  # noqa: BLE001 - a defect of the suite: its traceback may hold what must not be shown
            trace = "".join(traceback.format_exception(error))
            return Outcomes(redaction.text(f"error: the suite itself failed; please report this.\n{trace}"))
        if result.reason and INTERRUPTED in result.reason:
            raise KeyboardInterrupt
        return told(result, given["fail_on"], redaction, raised)

    @contextmanager
    def _transport(self, given: dict[str, Any], on_error: Callable[[BaseException], None]) -> Generator[Transport]:
        if isinstance(self.server, str):
            yield address(self.server, given["ca_bundle"])
            return
        with in_process(self.server, on_error=on_error) as to:
            yield to

    def _run(self, given: dict[str, Any], to: Transport, redaction: Redaction) -> Result:
        if given["report_dir"]:  # found out before anybody has paid for what would stand in it
            given["report_dir"].mkdir(parents=True, exist_ok=True)
        with warnings.catch_warnings():
            # Those of what the suite is built on are no affair of the session, which may take them for errors.
            warnings.simplefilter("ignore")
            suite = suite_for({**given, "select": self._selected()}, to, self.token.value)
        result = suite.run()
        if given["report_dir"]:
            artefacts.write(given["report_dir"], result, redaction)
        return result

    def _selected(self) -> tuple[str, ...]:
        """The clauses that `-k` and the like have left; none stands for all of them."""
        wanted: set[str] = set()
        for item in self.request.session.items:
            call = getattr(item, "callspec", None)
            wanted |= {call.params[CLAUSE]} if call is not None and CLAUSE in call.params else set()
        wanted.discard(SETTLED)
        return tuple(sorted(wanted)) if len(wanted) < len(items(self.request.config)) - 1 else ()
