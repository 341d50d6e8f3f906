"""A run of the suite, for pytest."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest
from attrs import evolve, frozen

from runloop_conformance.contract.document import ContractError
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.result import Result
from runloop_conformance.pytest_plugin import options
from runloop_conformance.pytest_plugin.outcome import SETTLED, Outcomes, Token
from runloop_conformance.pytest_plugin.plugin import CLAUSE
from runloop_conformance.pytest_plugin.reporting import outcomes
from runloop_conformance.report import artefacts
from runloop_conformance.report.document import document
from runloop_conformance.sending.in_process import AppCannotStartError, NotAnAppError, in_process
from runloop_conformance.sending.transport import Transport
from runloop_conformance.suite.options import UnusableOptionError, options_from, server_at
from runloop_conformance.suite.run import INTERRUPTED, Suite


@frozen
class Work:
    """What is to be done once. No frame of it holds the token under a name that a traceback could show."""

    request: pytest.FixtureRequest
    server: Any
    token: Token
    items: int

    def done(self) -> Outcomes:
        """Send the requests and judge the answers. Whatever goes wrong is told as text, without any secret."""
        given = options.given(self.request.config)
        redaction = Redaction((self.token.value, *(header.partition(":")[2].strip() for header in given["headers"])))
        raised: list[BaseException] = []
        try:
            with self._transport(given, raised.append) as to:
                result = self._run(given, to, redaction)
            report = document(result, redaction)
            if given["report_dir"]:
                artefacts.write(given["report_dir"], report, result, redaction)
        except UnusableOptionError as error:
            return Outcomes(redaction.text(error.message(options.PREFIX)))
        except (AppCannotStartError, ContractError, NotAnAppError, OSError) as error:
            return Outcomes(redaction.text(str(error)))
        except Exception as error:  # noqa: BLE001 - a defect of the suite: its traceback may hold what must not be shown
            trace = "".join(traceback.format_exception(error))
            return Outcomes(redaction.text(f"error: the suite itself failed; please report this.\n{trace}"))
        return evolve(outcomes(report, redaction, raised), interrupted=result.terms.stopped == INTERRUPTED)

    @contextmanager
    def _transport(self, given: dict[str, Any], on_error: Callable[[BaseException], None]) -> Generator[Transport]:
        if isinstance(self.server, str):
            yield server_at(self.server, given["ca_bundle"])
            return
        with in_process(self.server, on_error=on_error) as to:
            yield to

    def _run(self, given: dict[str, Any], to: Transport, redaction: Redaction) -> Result:
        with warnings.catch_warnings():
            # Those of what the suite is built on are no affair of the session, which may take them for errors.
            warnings.simplefilter("ignore")
            contract = load_contract(given["contract_path"])
            settings = {**given, "select": self._selected()}
            suite = Suite(contract, options_from(settings, contract, to, self.token.value, options.PREFIX))
        if given["report_dir"]:  # what is wrong with it shows before anybody has paid for the report
            note_run_id = artefacts.begin(given["report_dir"], redaction)
            suite.on_exchange = lambda exchange, _: note_run_id(exchange)
        return suite.run()

    def _selected(self) -> tuple[str, ...]:
        """The clauses that `-k` and the like have left; none stands for all of them."""
        wanted: set[str] = set()
        for item in self.request.session.items:
            call = getattr(item, "callspec", None)
            wanted |= {call.params[CLAUSE]} if call is not None and CLAUSE in call.params else set()
        wanted.discard(SETTLED)
        return tuple(sorted(wanted)) if len(wanted) < self.items - 1 else ()
