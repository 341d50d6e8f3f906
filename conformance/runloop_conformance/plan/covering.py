"""A covering array: few rows that hold the pairs of states of every two factors."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping, Sequence

from attrs import define, field

MOST_CANDIDATES = 4000  # rows; up to so many, each row is the best of all possible ones


def covering(
    factors: Sequence[Sequence[str]], source: random.Random, held: Mapping[int, int] | None = None
) -> list[tuple[str, ...]]:
    """Rows that hold the pairs of states of every two factors, greedily chosen: few, and repeatable.

    Pairs without a filled factor are left out, except two absent ones. Pairs of filled and absent come first: servers
    handle them wrongly more often than an empty text.
    held: for a factor, by number, the factor that must be filled for it to be anything but absent.
    """
    held = held or {}
    if math.prod(map(len, factors)) <= MOST_CANDIDATES:
        rows = _best_of_all(factors, source, held)
    else:
        rows = list(_Rows(factors, held).build())
    return rows or [tuple(states[0] for states in factors)]


def _best_of_all(
    factors: Sequence[Sequence[str]], source: random.Random, held: Mapping[int, int]
) -> list[tuple[str, ...]]:
    candidates = list(itertools.product(*factors))
    candidates = [row for row in candidates if all(row[n] == "absent" or row[by] == "filled" for n, by in held.items())]
    source.shuffle(candidates)
    together = {row: _pairs(row, held) for row in candidates}
    pairs = set().union(*together.values()) if together else set()
    rows: list[tuple[str, ...]] = []
    while pairs:
        best = max(candidates, key=lambda row: sum(_weight(*pair) for pair in together[row] & pairs))
        rows.append(best)
        pairs -= together[best]
    return rows


State = tuple[int, str]
"""The number of a factor, and one of its states."""


def _weight(first: State, second: State) -> int:
    states = {first[1], second[1]}
    return 4 if states <= {"absent", "filled"} else 1 if "filled" in states else 0


def _pairs(row: Sequence[str], held: Mapping[int, int]) -> set[tuple[State, State]]:
    counted = [(n, state) for n, state in enumerate(row) if n not in held or row[held[n]] == "filled"]
    return {pair for pair in itertools.combinations(counted, 2) if _weight(*pair)}


@define
class _Rows:
    """Builds rows factor by factor, without a list of all possible ones: the cost is the square of the states.

    Each state has a number; sets of states are the bits of an integer. `missing` has, for each weight and state, the
    states beside which no row has it yet.
    """

    factors: Sequence[Sequence[str]]
    held: Mapping[int, int]
    states: list[State] = field(init=False)
    needs: list[int] = field(init=False)
    missing: dict[int, list[int]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.states = [(n, state) for n, states in enumerate(self.factors) for state in states]
        number = {state: index for index, state in enumerate(self.states)}
        of_factor = [sum(1 << number[n, state] for state in states) for n, states in enumerate(self.factors)]
        self.needs = [sum(1 << number[state] for state in self._needed(*state)) for state in self.states]
        excluded = []
        for needs in self.needs:
            others = sum(of_factor[n] for n, _ in (self.states[index] for index in _bits(needs)))
            excluded.append(others & ~needs)
        self.missing = {weight: [0] * len(self.states) for weight in (4, 1)}
        for a, b in itertools.combinations(range(len(self.states)), 2):
            weight = _weight(self.states[a], self.states[b])
            if weight and self.states[a][0] != self.states[b][0] and not self.needs[b] & excluded[a]:
                self.missing[weight][a] |= 1 << b
                self.missing[weight][b] |= 1 << a

    def _needed(self, factor: int, state: str) -> Iterator[State]:
        """A state, and the states of other factors that it needs."""
        yield factor, state
        while factor in self.held:
            factor = self.held[factor]
            yield factor, "filled"

    def build(self) -> Iterator[tuple[str, ...]]:
        """Rows, until every pair is in one."""
        while True:
            first = max(range(len(self.states)), key=lambda state: self._gain(state, -1))
            left = next((missing[first] for missing in self.missing.values() if missing[first]), 0)
            if not left:
                return
            row = self.needs[first] | self.needs[next(_bits(left))]
            yield self._completed(row)

    def _gain(self, state: int, row: int) -> int:
        return sum(weight * (missing[state] & row).bit_count() for weight, missing in self.missing.items())

    def _completed(self, row: int) -> tuple[str, ...]:
        """The row with a state for each other factor: the one that adds most pairs."""
        chosen = dict(self.states[index] for index in _bits(row))
        index = 0
        for factor, states in enumerate(self.factors):
            numbers = range(index, index + len(states))
            index += len(states)
            if factor not in chosen and self._is_free(factor, chosen):
                best = max(numbers, key=lambda state: (self._gain(state, row), self._gain(state, -1)))
                chosen[factor] = self.states[best][1]
                row |= 1 << best
        for state in _bits(row):
            for missing in self.missing.values():
                missing[state] &= ~row
        return tuple(chosen.get(factor, "absent") for factor in range(len(self.factors)))

    def _is_free(self, factor: int, chosen: Mapping[int, str]) -> bool:
        return factor not in self.held or chosen.get(self.held[factor]) == "filled"


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest
