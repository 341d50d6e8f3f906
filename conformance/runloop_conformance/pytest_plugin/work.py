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
from runloop_conformance.pytest_plugin.outcome import CLAUSE, SETTLED, Outcomes, Token
from runloop_conformance.pytest_plugin.reporting import outcomes
from runloop_conformance.report import artefacts
from runloop_conformance.report.document import document
from runloop_conformance.sending.in_process import AppCannotStartError, NotAnAppError, in_process
from runloop_conformance.sending.transport import Transport
from runloop_conformance.suite.options import UnusableOptionError, options_from, server_at
from runloop_conformance.suite.run import INTERRUPTED, Suite


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
        return evolve(outcomes(report, redaction, raised), interrupted=result.terms.stopped == INTERRUPTED)

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
