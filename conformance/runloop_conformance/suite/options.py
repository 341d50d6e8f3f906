"""The options of a run. The command and the pytest plugin read the same options, each under its own names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from runloop_conformance.clauses import all_clauses
from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.operation import Level
from runloop_conformance.judging.known_failures import KnownFailuresError, known_failures
from runloop_conformance.plan import Planner, Profile
from runloop_conformance.plan.stages import Plan
from runloop_conformance.sending.sender import Limits
from runloop_conformance.sending.socket_transport import Address, BadCertificatesError, address
from runloop_conformance.sending.transport import Transport

RUNS_ON_LOOPBACK, RUNS_ELSEWHERE = 100, 25  # valid requests at most, where no limit is named
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")

OWN_HEADERS = {
    "authorization": "the suite tests this header itself. Pass the token by $RUNLOOP_API_KEY.",
    "content-type": "the suite tests this header itself.",
    "content-length": "the suite computes this header from the body.",
    "transfer-encoding": "the suite tests this header itself.",
}


class UnusableOptionError(ValueError):
    """The value of an option cannot be used.

    option: its name without a prefix, empty where the value has no option in every face.
    """

    def __init__(self, option: str, problem: str) -> None:
        super().__init__(option, problem)
        self.option, self.problem = option, problem

    def message(self, prefix: str) -> str:
        """What is wrong and what to pass instead, with the option as a face names it."""
        return f"{prefix}{self.option} {self.problem}" if self.option else self.problem


@frozen
class Options:
    """The options of a run. `prefix`: what stands before the name of an option in the messages for this user."""

    to: Transport
    token: str = field(repr=False)
    benchmark_ids: tuple[str, ...]
    limits: Limits
    seed: int = 0
    profile: Profile = "standard"
    select: tuple[str, ...] = ()
    deselect: tuple[str, ...] = ()
    fail_on: Level = "must"
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    known: Mapping[str, str] = field(factory=dict)
    prefix: str = "--"


def options_from(
    settings: Mapping[str, Any], contract: Contract, to: Transport, token: str, prefix: str = "--"
) -> Options:
    """The options that a user has set.

    Raises:
        UnusableOptionError: a value cannot be used.
    """
    usual = RUNS_ON_LOOPBACK if to.loopback else RUNS_ELSEWHERE
    max_runs = settings["max_runs"] if settings["max_runs"] is not None else usual
    return Options(
        to=to,
        token=usable_token(token),
        benchmark_ids=settings["benchmark_ids"],
        limits=Limits(max_runs, settings["timeout"], settings["rate"]),
        seed=settings["seed"],
        profile=settings["profile"],
        select=settings["select"],
        deselect=settings["deselect"],
        fail_on=settings["fail_on"],
        headers=tuple(map(header, settings["headers"])),
        known=_known(settings["known_failures"], contract),
        prefix=prefix,
    )


def planner_for(contract: Contract, options: Options) -> Planner:
    """The planner for these options."""
    return Planner(
        contract, options.seed, options.profile, options.benchmark_ids, options.token, options.limits.max_runs
    )


def plan_for(contract: Contract, options: Options) -> Plan:
    """What would be sent to the main operation with these options."""
    return planner_for(contract, options).plan()


def server_at(url: str, ca_bundle: str | None) -> Address:
    """The server at a URL.

    Raises:
        UnusableOptionError: it is not the URL of a server, or there is no certificate in the file.
    """
    try:
        return address(url, ca_bundle)
    except BadCertificatesError as error:
        raise UnusableOptionError("ca-bundle", str(error)) from error
    except ValueError as error:
        raise UnusableOptionError("", str(error)) from error


def usable_token(token: str) -> str:
    """The token, if a header can carry it.

    Raises:
        UnusableOptionError: it cannot. The message does not show the token.
    """
    if any(not char.isprintable() or not char.isascii() for char in token):
        raise UnusableOptionError(
            "", "The token has characters that no header can carry; is there a line break at its end?"
        )
    if token.lower().startswith("bearer "):
        raise UnusableOptionError("", "The token begins with 'Bearer ': pass it without this word, which is added.")
    return token


def header(line: str) -> tuple[str, str]:
    """The name and the value in `Name: value`.

    Raises:
        UnusableOptionError: it cannot be sent. The message does not show the value.
    """
    name, colon, value = (part.strip() for part in line.partition(":"))
    if not colon or not HEADER_NAME.fullmatch(name):
        raise UnusableOptionError(
            "header", f"takes 'Name: value', and {name!r} is not the name of a header (RFC 9110, 5.1)"
        )
    if name.lower() in OWN_HEADERS:
        raise UnusableOptionError("header", f"{name}: {OWN_HEADERS[name.lower()]}")
    if any(not " " <= char <= "~" for char in value):
        raise UnusableOptionError("header", f"{name}: its value has characters that no header can carry")
    return name, value


def _known(path: Path | None, contract: Contract) -> dict[str, str]:
    if path is None:
        return {}
    try:
        return known_failures(path, {clause.id for clause in all_clauses(contract)})
    except KnownFailuresError as error:
        raise UnusableOptionError("known-failures", str(error)) from error
