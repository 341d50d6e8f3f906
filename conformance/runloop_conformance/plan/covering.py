"""A covering array: few rows that hold the pairs of states of every two factors."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence


def covering(
    factors: Sequence[Sequence[str]], source: random.Random, held: Mapping[int, int] | None = None
) -> list[tuple[str, ...]]:
    """Rows that hold the pairs of states of every two factors, greedily chosen: few, and repeatable.

    Left out are pairs of which none is filled, but that of two that are absent. What is filled beside what is absent
    comes first: code forgets that more often than it forgets an empty text.
    held: by its number, the factor that has to be filled for this one to be anything but absent.
    """
    held = held or {}
    candidates = list(itertools.product(*factors))
    if len(candidates) > 4000:
        candidates = [tuple(source.choice(states) for states in factors) for _ in range(4000)]
    candidates = [row for row in candidates if all(row[n] == "absent" or _there(row, by) for n, by in held.items())]
    source.shuffle(candidates)
    together = {row: _pairs(row, held) for row in candidates}
    pairs = set().union(*together.values()) if together else set()
    rows: list[tuple[str, ...]] = []
    while pairs:
        best = max(candidates, key=lambda row: sum(_weight(pair) for pair in together[row] & pairs))
        rows.append(best)
        pairs -= together[best]
    return rows or [tuple(states[0] for states in factors)]


def _there(row: Sequence[str], factor: int) -> bool:
    return row[factor] == "filled"


def _weight(pair: tuple[tuple[int, str], tuple[int, str]]) -> int:
    (_, a), (_, b) = pair
    return 4 if {a, b} <= {"absent", "filled"} else 1 if "filled" in (a, b) else 0


def _pairs(row: Sequence[str], held: Mapping[int, int]) -> set[tuple[tuple[int, str], tuple[int, str]]]:
    counted = [(n, state) for n, state in enumerate(row) if n not in held or _there(row, held[n])]
    return {pair for pair in itertools.combinations(counted, 2) if _weight(pair)}
