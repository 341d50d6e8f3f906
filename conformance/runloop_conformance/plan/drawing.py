"""A source of values for Hypothesis that gives the same ones for a seed everywhere."""

from __future__ import annotations

from typing import Any

from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider

BACKEND = "runloop-conformance"


class Repeatable(HypothesisProvider):
    """Hypothesis's own source, without the constants that it finds in the source of other loaded modules.

    Those are other ones in pytest, from a checkout, or beside somebody's application, and with them would be the
    requests of one seed. What a constant is good for, the vocabulary has.
    """

    def _maybe_draw_constant(self, *_: Any, **__: Any) -> None:
        return None


AVAILABLE_PROVIDERS[BACKEND] = Repeatable
