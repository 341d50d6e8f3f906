"""The clauses of the suite that a change of the contract moves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attrs import frozen
from runloop_conformance.clauses import all_clauses
from runloop_conformance.clauses.clause import Clause
from runloop_conformance.clauses.ledger import ledger
from runloop_conformance.contract.document import ContractError
from runloop_conformance.contract.reading import load_contract

FEW = 8  # groups; beyond, they are gathered by the outermost member


@frozen
class Moved:
    """The ids of the clauses that came, that went, and that have another level or another sentence.

    without: how many statements of the new contract have no clause.
    """

    came: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    without: int = 0

    def groups(self) -> list[str]:
        """`+` came, `-` went, `~` is another; those about one thing in one word."""
        signs = (("+", self.came), ("-", self.gone), ("~", self.others))
        said = [sign + one for sign, names in signs for one in _together(names, lambda name: name.rpartition(".")[0])]
        if len(said) > FEW:
            said = [sign + one for sign, names in signs for one in _together(names, _outermost)]
        if self.without:
            said.append(f"{self.without} statement{'s' * (self.without > 1)} without a clause")
        return said or ["none"]


def moved(base: Path, revision: Path) -> Moved | None:
    """What `revision` makes of the clauses of `base`; None where the suite cannot use one of them."""
    try:
        contracts = load_contract(base), load_contract(revision)
        before, after = ({clause.id: clause for clause in all_clauses(one)} for one in contracts)
    except ContractError:
        return None
    others = tuple(name for name in after if name in before and _law(before[name]) != _law(after[name]))
    came = tuple(name for name in after if name not in before)
    without = sum(entry.orphan for entry in ledger(contracts[1], [*after.values()]))
    return Moved(came, tuple(name for name in before if name not in after), others, without)


def _law(clause: Clause) -> tuple[str, str]:
    return clause.level, clause.text


def _outermost(name: str) -> str:
    """`request.runProfile.mounts` of `request.runProfile.mounts[].FileMount.target.type`."""
    return ".".join(name.split(".")[:3]).partition("[")[0]


def _together(names: tuple[str, ...], of: Callable[[str], str]) -> list[str]:
    """`response.region.type` and `response.region.required` as `response.region.{type,required}`."""
    stems: dict[str, list[str]] = {}
    for name in names:
        operation, slash, _ = name.rpartition("/")
        stems.setdefault(f"{operation}/" if slash else of(name), []).append(name)
    return [_one(stem, inside) for stem, inside in stems.items()]


def _one(stem: str, names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    lasts = [name.removeprefix(f"{stem}.") for name in names]
    if stem.endswith("/") or any("." in last for last in lasts):
        return f"{stem}{'' if stem.endswith('/') else '.'}* ({len(names)})"
    return f"{stem}.{{{','.join(lasts)}}}"
