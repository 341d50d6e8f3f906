"""The clauses of the suite that a change of the contract moves."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen
from runloop_conformance.clauses import Clause, all_clauses
from runloop_conformance.contract import ContractError, load_contract


@frozen
class Moved:
    """The ids of the clauses that came, that went, and that have another level or another sentence."""

    came: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        """`+` came, `-` went, `~` is another; those of one member or one operation in one word."""
        signs = (("+", self.came), ("-", self.gone), ("~", self.others))
        return ", ".join(sign + one for sign, names in signs for one in _together(names)) or "none"


def moved(base: Path, revision: Path) -> Moved | None:
    """What `revision` makes of the clauses of `base`; None where the suite cannot use one of them."""
    try:
        before, after = ({clause.id: clause for clause in all_clauses(load_contract(one))} for one in (base, revision))
    except ContractError:
        return None
    others = tuple(name for name in after if name in before and _law(before[name]) != _law(after[name]))
    came = tuple(name for name in after if name not in before)
    return Moved(came, tuple(name for name in before if name not in after), others)


def _law(clause: Clause) -> tuple[str, str]:
    return clause.level, clause.text


def _together(names: tuple[str, ...]) -> list[str]:
    """`response.region.type` and `response.region.required` as `response.region.{type,required}`."""
    stems: dict[str, list[str]] = {}
    for name in names:
        operation, slash, below = name.rpartition("/")
        stem, _, last = (f"{operation}{slash}", "", "*") if slash else below.rpartition(".")
        stems.setdefault(stem, []).append(last)
    return [_one(stem, lasts) for stem, lasts in stems.items()]


def _one(stem: str, lasts: list[str]) -> str:
    if stem.endswith("/"):
        return f"{stem}* ({len(lasts)})"
    return f"{stem}.{lasts[0]}" if len(lasts) == 1 else f"{stem}.{{{','.join(lasts)}}}"
