"""The outcomes of the matrix as a document: `conformance/proof.json`. `page` makes PROOF.md from it.

`runloop-conformance prove --write` makes both, and a test runs the matrix again and compares. The score may only rise:
a fault that was detected once must be detected from then on.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from typing import Any

from runloop_conformance import __version__
from runloop_conformance.clauses import all_clauses
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.proof.degenerate import DEGENERATES
from runloop_conformance.proof.fingerprint import clause_levels, fingerprint, shape
from runloop_conformance.proof.mutants import MUTANTS
from runloop_conformance.proof.outcome import FailedClause, Outcome
from runloop_conformance.proof.recorded import BUDGETS, KINDS, SEEDS, Document
from runloop_conformance.proof.variants import VARIANTS


def document(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """The outcomes of the matrix, by server."""
    document: dict[str, Any] = {
        "suite": __version__,
        "contract": {"version": load_contract().version},
        "made_from": sources(),
        "budgets": [*BUDGETS],
        "seeds": SEEDS,
        "mutants": {
            mutant.name: {"chapter": mutant.chapter, "level": mutant.level, "breaks": mutant.breaks}
            for mutant in MUTANTS
        },
        "variants": {variant.name: {} for variant in VARIANTS},
        "degenerates": {degenerate.name: {} for degenerate in DEGENERATES},
    }
    for outcome in outcomes:
        case = outcome.case
        entry = document[f"{case.kind}s"][case.name]
        if case.kind == "mutant":
            own = {clause.id: kind_of(clause) for clause in outcome.own}
            entry.setdefault("found", {})[str(case.max_runs)] = "own" if own else "other" if outcome.failed else ""
            if case.max_runs == BUDGETS[-1]:
                entry |= {"own": own, "beside": [clause.id for clause in outcome.beside]}
        else:
            entry.setdefault("verdicts", {}).setdefault(str(case.max_runs), {})[str(case.seed)] = outcome.verdict
    in_file_order: dict[str, Any] = json.loads(json.dumps(document, sort_keys=True))
    return in_file_order


def kind_of(failed: FailedClause) -> str:
    """How often the clause failed: one of KINDS."""
    return KINDS[0] if failed.always else KINDS[1] if 2 * failed.broken >= failed.judged else KINDS[2]


@functools.cache
def sources() -> Mapping[str, str]:
    """The fingerprints of all that the proof is made from. A sentence of the contract is not part of it.

    Code is not part of it either: what a change of it does to the outcomes is for the tests, which run the matrix.
    """
    contract = load_contract()
    return {
        "mutants": fingerprint(
            sorted((mutant.name, mutant.chapter, mutant.level, mutant.breaks) for mutant in MUTANTS)
        ),
        "variants": fingerprint(sorted((variant.name, variant.legal) for variant in VARIANTS)),
        "degenerate servers": fingerprint(sorted(degenerate.name for degenerate in DEGENERATES)),
        "clauses": clause_levels(all_clauses(contract)),
        "schemas": fingerprint(shape(contract.document)),
    }


def changed_sources(proof: Document) -> list[str]:
    """The kinds of sources that have changed since the proof was made."""
    return [kind for kind, now in sources().items() if proof["made_from"].get(kind) != now]
