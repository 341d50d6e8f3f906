"""Why a fault is not found, why nothing breaks a clause, why another clause fails beside a fault's own."""

from __future__ import annotations

SURVIVORS: dict[str, str] = {}
"""Mutants that their own clause does not find at the largest budget: `equivalent: …` or `gap: …`, and the reason."""

UNBREAKABLE: dict[str, str] = {}
"""Clauses (or patterns) without the mutants that others have, each with the reason."""

BESIDE: tuple[tuple[str, str, str], ...] = ()
"""The mutant's chapter, the other clause (both patterns), and why that fails as well. The first that fits counts."""
