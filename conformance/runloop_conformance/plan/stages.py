"""A plan: what is sent, in stages."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from runloop_conformance.exchanges.exchange import Probe, costs

EVERYTHING = "everything"  # the name of the control with every property that is known


@frozen
class Plan:
    """The stages, in the order in which they are sent. A group of the successes is sent at the same time.

    `controls` start a run each; `rejections` are twins of them. `known_successes` are sent instead of `successes` to a
    server that accepted the control with everything in it.
    """

    controls: tuple[Probe, ...]
    rejections: tuple[Probe, ...]
    successes: tuple[tuple[Probe, ...], ...]
    known_successes: tuple[tuple[Probe, ...], ...]

    def probes(self) -> Iterator[Probe]:
        """All probes, in order, for a server that accepts every valid one."""
        yield from self.controls
        yield from self.rejections
        for group in self.known_successes:
            yield from group

    def within(self, limit: int) -> Iterator[tuple[Probe, bool]]:
        """Each probe, and whether a budget of so many valid requests allows it if the server accepts them all.

        The others are sent only if the server rejects what it may reject, which costs nothing.
        """
        left, accepted = limit, set[str]()
        for group in (*((probe,) for probe in (*self.controls, *self.rejections)), *self.known_successes):
            cost = sum(costs(probe) for probe in group)
            # A twin is sent beside its accepted control, and without it only if no valid request may be sent at all.
            beside = not limit or group[0].intent != "refuse" or group[0].control in accepted
            allowed = cost <= left and beside
            if allowed:
                left -= cost
                accepted |= {probe.name for probe in group if probe.intent == "accept"}
            for probe in group:
                yield probe, allowed


def once(probes: Iterable[Probe], before: Sequence[Probe] = ()) -> list[Probe]:
    """Each request once, and none of those sent `before`."""
    unique = {probe.sent: probe for probe in before}
    known = len(unique)
    for probe in probes:
        unique.setdefault(probe.sent, probe)
    return list(unique.values())[known:]


def in_order(probes: Iterable[Probe]) -> tuple[tuple[Probe, ...], ...]:
    """The requests by priority; those that are sent together are one group."""
    ordered = sorted(probes, key=lambda probe: probe.priority)
    groups = itertools.groupby(enumerate(ordered), key=lambda pair: pair[1].together or pair[0])
    return tuple(tuple(probe for _, probe in group) for _, group in groups)
