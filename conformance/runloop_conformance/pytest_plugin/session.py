"""One run of the suite for a whole session of pytest: the first item sends the requests, the others read the result."""

from __future__ import annotations

import hashlib
import traceback
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen
from filelock import FileLock

from runloop_conformance.clauses import all_clauses
from runloop_conformance.contract.document import ContractError
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.result import Result
from runloop_conformance.pytest_plugin import options, reporting
from runloop_conformance.pytest_plugin.outcome import CLAUSE, RUNS, SETTLED, Outcomes, Token, read
from runloop_conformance.report import artefacts
from runloop_conformance.report.document import document
from runloop_conformance.sending.in_process import AppCannotStartError, NotAnAppError, in_process
from runloop_conformance.sending.transport import Transport
from runloop_conformance.suite.options import UnusableOptionError, options_from, server_at
from runloop_conformance.suite.run import INTERRUPTED, Suite

MODULES = pytest.StashKey[dict[str, str]]()
"""The key of the run for each module that has clauses."""

BROKE_OFF = (
    "The item or worker that sent the requests was broken off, so runs may have been started that are not listed."
    " They are not sent again in this session. Fix the cause above and run again."
)


def items(config: pytest.Config) -> list[tuple[str, str]] | str:
    """The name of each item, with its level; or why the contract cannot be used."""
    try:
        contract = load_contract(options.settings(config)["contract_path"])
    except ContractError as error:
        return str(error)
    return [*((clause.id, clause.level) for clause in all_clauses(contract)), (SETTLED, "must")]


def outcomes(request: pytest.FixtureRequest, server: Any, token: Token, factory: pytest.TempPathFactory) -> Outcomes:
    """The outcomes of this server. With pytest-xdist one worker sends the requests, and the others wait for it."""
    runs = request.config.stash[RUNS]
    module = request.node.parent.nodeid
    # Application and URL may be different for each worker, and even for each item: the module stays the same.
    key = request.config.stash.setdefault(MODULES, {}).setdefault(module, server if isinstance(server, str) else module)
    if key not in runs:
        work = Work(request, server, token, len(items(request.config)))
        worker = getattr(request.config, "workerinput", None)
        runs[key] = Outcomes(BROKE_OFF)  # for the next item, if this one is broken off
        if worker is None:
            runs[key] = work.done()
        else:
            name = f"conformance-{worker['testrunuid']}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
            runs[key] = once(factory.getbasetemp().parent / name, work.done)
    if runs[key].interrupted:
        raise KeyboardInterrupt  # its cost is known now, and printed at the end
    return runs[key]


def once(path: Path, work: Callable[[], Outcomes]) -> Outcomes:
    """The outcomes in this file, which the first worker writes. A worker that died has spent the budget too."""
    begun, done = path.with_suffix(".begun"), path.with_suffix(".json")
    with FileLock(path.with_suffix(".lock")):
        if done.exists():
            return read(done.read_text("utf-8"))
        if begun.exists():
            return Outcomes(BROKE_OFF)
        begun.touch()
        run = work()
        done.write_text(run.written(), "utf-8")
        return run


@frozen
class Work:
    """The work that is done once. No frame has the token in a local variable, which a traceback could show."""

    request: pytest.FixtureRequest
    server: Any
    token: Token
    items: int

    def done(self) -> Outcomes:
        """Send the requests and judge the responses. Every error is returned as text, without any secret."""
        settings = options.settings(self.request.config)
        redaction = Redaction((self.token.value, *(header.partition(":")[2].strip() for header in settings["headers"])))
        raised: list[BaseException] = []
        try:
            with self._transport(settings, raised.append) as to:
                result = self._run(settings, to, redaction)
            report = document(result, redaction)
            if settings["report_dir"]:
                artefacts.write(settings["report_dir"], report, result, redaction)
        except UnusableOptionError as error:
            return Outcomes(redaction.text(error.message(options.PREFIX)))
        except (AppCannotStartError, ContractError, NotAnAppError, OSError) as error:
            return Outcomes(redaction.text(str(error)))
        except Exception as error:  # noqa: BLE001 - a defect of the suite: its traceback may hold what must not be shown
            trace = "".join(traceback.format_exception(error))
            return Outcomes(redaction.text(f"error: the suite itself failed; please report this.\n{trace}"))
        return evolve(reporting.outcomes(report, redaction, raised), interrupted=result.terms.stopped == INTERRUPTED)

    @contextmanager
    def _transport(self, settings: dict[str, Any], on_error: Callable[[BaseException], None]) -> Generator[Transport]:
        if isinstance(self.server, str):
            yield server_at(self.server, settings["ca_bundle"])
            return
        with in_process(self.server, on_error=on_error) as to:
            yield to

    def _run(self, settings: dict[str, Any], to: Transport, redaction: Redaction) -> Result:
        with warnings.catch_warnings():
            # The session may turn warnings of the suite's dependencies into errors.
            warnings.simplefilter("ignore")
            contract = load_contract(settings["contract_path"])
            settings = {**settings, "select": self._selected()}
            suite = Suite(contract, options_from(settings, contract, to, self.token.value, options.PREFIX))
        if settings["report_dir"]:  # what is wrong with it shows before anybody has paid for the report
            note_run_id = artefacts.begin(settings["report_dir"], redaction)
            suite.on_exchange = lambda exchange, _: note_run_id(exchange)
        return suite.run()

    def _selected(self) -> tuple[str, ...]:
        """The clauses that `-k` and similar options have left; none means all of them."""
        wanted: set[str] = set()
        for item in self.request.session.items:
            call = getattr(item, "callspec", None)
            wanted |= {call.params[CLAUSE]} if call is not None and CLAUSE in call.params else set()
        wanted.discard(SETTLED)
        return tuple(sorted(wanted)) if len(wanted) < self.items - 1 else ()
