"""How much of the budget each operation may spend, and when its last part is due."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field

from runloop_conformance.contract.operation import Operation
from runloop_conformance.exchanges.exchange import Probe, costs
from runloop_conformance.sending.sender import Budget

RESERVE = 5  # the last fifth of the budget is first offered to making counterexamples small
SETTLED = 20  # runs, after which a correct server has shown that it passes every MUST


@define
class Shares:
    """Divides the budget among the operations; `begin` comes before the first request of each."""

    operations: Sequence[Operation]
    budget: Budget
    _until: int = field(default=0, init=False)

    def begin(self, operation: Operation) -> None:
        """Give each operation that costs something an equal part of what is left, the main one at least `SETTLED`."""
        rest = self.operations[self.operations.index(operation) :]
        left, payers = self.budget.left, sum(not one.safe for one in rest)
        own = min(left, SETTLED) if operation.own_rules else 0
        self._until = self.budget.spent + (max(left // payers, own) if payers else left)

    @property
    def left(self) -> int:
        """How many runs the operation may still start."""
        return self._until - self.budget.spent

    @property
    def last_third(self) -> bool:
        """Whether at most a third of the budget is left."""
        return 3 * self.left <= self.budget.limit

    @property
    def reserve(self) -> bool:
        """Whether only the part that is reserved for smaller counterexamples is left."""
        return self.left <= self.budget.limit // RESERVE

    @property
    def settled(self) -> bool:
        """Whether enough was spent to settle every MUST on a correct server."""
        return self.budget.spent >= SETTLED

    def allow(self, probes: Sequence[Probe]) -> bool:
        """Whether the operation's share pays for all of these probes."""
        return sum(costs(probe) for probe in probes) <= self.left
