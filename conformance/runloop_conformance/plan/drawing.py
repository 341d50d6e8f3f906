"""Where Hypothesis gets its values from, so that a seed gives the same ones everywhere."""

from __future__ import annotations

from typing import Any

from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider

BACKEND = "runloop-conformance"


class Repeatable(HypothesisProvider):
    """Hypothesis's own, but for the constants that it finds in the source of whatever else is loaded.

    Those are other ones in pytest, from a checkout, or beside somebody's application, and with them would be the
    requests of one seed. What a constant is good for, the vocabulary has.
    """

    def _maybe_draw_constant(self, *_: Any, **__: Any) -> None:
        return None


AVAILABLE_PROVIDERS[BACKEND] = Repeatable
