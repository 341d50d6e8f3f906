"""What the suite finds and what it accuses wrongly, as a document: `conformance/proof.json`, and `PROOF.md` for people.

Both are made by `runloop-conformance prove --write`, and a test runs the matrix again and compares. The score may only
rise: a fault that was found once must be found from then on.
"""

from __future__ import annotations

import fnmatch
import functools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from runloop_conformance import __version__
from runloop_conformance.clauses import all_clauses
from runloop_conformance.contract.document import CHECKOUT, load_contract
from runloop_conformance.proof.degenerate import DEGENERATES
from runloop_conformance.proof.fingerprint import clause_levels, fingerprint, shape
from runloop_conformance.proof.matrix import Case, Failed, Outcome, cases
from runloop_conformance.proof.mutants import MUTANTS
from runloop_conformance.proof.reasons import BESIDE, ONE_KIND, SURVIVORS, UNBREAKABLE
from runloop_conformance.proof.variants import VARIANTS

FOLDER = CHECKOUT.parent / "conformance"
BUDGETS = (0, 10, 25, 100)  # runs that the faulty servers may start
TRUSTED = (25, 100)  # the two defaults; with these the correct servers are tried as well
SEEDS = 5
KINDS = "always", "mostly", "at times"  # each time that it was judged, at least half of them, less often

Document = Mapping[str, Any]


def matrix() -> Iterator[Case]:
    """Every case of the proof: those that take longest last, so that the cores stay busy."""
    for budget in BUDGETS:
        yield from cases((0,), budget, kinds=("mutant",))
    yield from cases(range(SEEDS), BUDGETS[-1], kinds=("variant",))
    yield from cases((0,), TRUSTED[0], kinds=("variant",))
    yield from cases((0,), BUDGETS[-1], kinds=("degenerate",))


def document(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The outcomes of the whole matrix, by server."""
    contract = load_contract()
    told: dict[str, Any] = {
        "suite": __version__,
        "contract": {"version": contract.version, "sha256": contract.sha256},
        "made_from": sources(),
        "budgets": list(BUDGETS),
        "seeds": SEEDS,
        "mutants": {one.name: {"chapter": one.chapter, "level": one.level, "breaks": one.breaks} for one in MUTANTS},
        "variants": {one.name: {} for one in VARIANTS},
        "degenerates": {one.name: {} for one in DEGENERATES},
    }
    for one in outcomes:
        entry = told[f"{one.case.kind}s"][one.case.name]
        if one.case.kind == "mutant":
            entry.update(_of_mutant(one, entry))
        else:
            entry.setdefault("verdicts", {})[f"{one.case.max_runs} runs, seed {one.case.seed}"] = one.verdict
    made: dict[str, Any] = json.loads(json.dumps(told, sort_keys=True))  # in the order of the file
    return made


@functools.cache
def sources() -> Mapping[str, str]:
    """The fingerprints of all that the proof is made from. A sentence of the contract is not among it."""
    contract = load_contract()
    return {
        "mutants": fingerprint([[one.name, one.chapter, one.level, one.breaks] for one in MUTANTS]),
        "variants": fingerprint([[one.name, one.legal] for one in VARIANTS]),
        "degenerate servers": fingerprint([one.name for one in DEGENERATES]),
        "clauses": clause_levels(all_clauses(contract)),
        "schemas": fingerprint(shape(contract.document)),
    }


def changed_sources(told: Document) -> list[str]:
    """The kinds of sources that are not what they were when the proof was made."""
    return [kind for kind, now in sources().items() if told["made_from"].get(kind) != now]


def _of_mutant(outcome: Outcome, entry: Mapping[str, Any]) -> dict[str, Any]:
    own = [one.id for one in outcome.own]
    found = {**entry.get("found", {}), str(outcome.case.max_runs): "own" if own else "other" if outcome.failed else ""}
    if outcome.case.max_runs != BUDGETS[-1]:
        return {"found": found}
    return {
        "found": found,
        "own": {one.id: _kind(one) for one in outcome.own},
        "beside": [one.id for one in outcome.beside],
    }


def _kind(failed: Failed) -> str:
    return KINDS[0] if failed.always else KINDS[1] if 2 * failed.broken >= failed.judged else KINDS[2]


def load(path: Path | None = None) -> Document:
    """The document that is committed.

    Raises:
        OSError: there is none.
    """
    told: Document = json.loads((path or FOLDER / "proof.json").read_text("utf-8"))
    return told


def measured() -> Document | None:
    """What plain tools were measured to find (`make peers`); None where it was not."""
    path = FOLDER / "peers.json"
    return load(path) if path.exists() else None


def found(told: Document, budget: int, how: Sequence[str] = ("own",)) -> list[str]:
    """The mutants that are found with this budget: by their own clause, or by any."""
    return [name for name, one in told["mutants"].items() if one["found"][str(budget)] in how]


def killers(told: Document) -> dict[str, dict[str, str]]:
    """The mutants of each clause that it finds itself, and how often it is broken by them."""
    every: dict[str, dict[str, str]] = {clause.id: {} for clause in all_clauses(load_contract())}
    for name, one in told["mutants"].items():
        for clause, kind in one.get("own", {}).items():
            every.setdefault(clause, {})[name] = kind
    return every


def problems(told: Document) -> Iterator[str]:
    """All that is not as it must be, in sentences that say what to do."""
    yield from _uncovered(told)
    missed = set(told["mutants"]) - set(found(told, BUDGETS[-1]))
    for name in sorted(missed - SURVIVORS.keys()):
        yield f"{name}: not found by its own clause, and proof/reasons.py gives no reason"
    for name in sorted(SURVIVORS.keys() - missed):
        yield f"{name}: found, or no such server, and proof/reasons.py still says why it is not"
    for kind, conformant in (("variants", True), ("degenerates", False)):
        for name, one in told[kind].items():
            for how, said in one["verdicts"].items():
                if (said == "conformant") != conformant:
                    yield f"{name}: {said} with {how}"
    for name, one in told["mutants"].items():
        for other in one.get("beside", ()):
            if why(name, other, told) is None:
                yield f"{name}: {other} fails beside it, and proof/reasons.py gives no reason"


def _uncovered(told: Document) -> Iterator[str]:
    levels = {clause.id: clause.level for clause in all_clauses(load_contract())}
    for clause, mutants in killers(told).items():
        if clause not in levels:
            yield f"{clause}: no such clause any more; `runloop-conformance prove --write` makes the proof anew"
        elif _matching(UNBREAKABLE, clause):
            continue
        elif not mutants:
            yield f"{clause}: no faulty server is found by it; add one to proof/mutants (CONTRIBUTING.md says how)"
        elif levels[clause] == "must" and len(mutants) == 1:
            yield f"{clause}: a MUST needs two faulty servers; it has {', '.join(mutants)} alone"
        elif levels[clause] == "must" and not _matching(ONE_KIND, clause) and not _of_both_kinds(mutants.values()):
            yield f"{clause}: a MUST needs a fault that shows (nearly) always and one that does not; it has {mutants}"


def _of_both_kinds(kinds: Iterable[str]) -> bool:
    """Whether one fault shows always or mostly, and another mostly or at times.

    A fault that is always there does not break all that is judged: where nothing was asked for, nothing can be lost.
    """
    told = list(kinds)
    return any(
        one != KINDS[2] and other != KINDS[0]
        for number, one in enumerate(told)
        for place, other in enumerate(told)
        if place != number
    )


def _matching(patterns: Mapping[str, str], name: str) -> str | None:
    return next((why for pattern, why in patterns.items() if fnmatch.fnmatchcase(name, pattern)), None)


def why(mutant: str, beside: str, told: Document) -> str | None:
    """Why a clause about something else fails beside a mutant's own; None where nobody has said."""
    one = told["mutants"][mutant]
    for chapter, pattern, reason in BESIDE:
        if fnmatch.fnmatchcase(one["chapter"], chapter) and fnmatch.fnmatchcase(beside, pattern):
            return reason
    return None


def fallen(before: Document, now: Document) -> list[str]:
    """The faults that were found before and are not found now, by budget: the score may only rise."""
    return [
        f"{name} at {budget} runs"
        for budget in now["budgets"]
        for name in found(before, budget)
        if name in now["mutants"] and now["mutants"][name]["found"][str(budget)] != "own"
    ]


def write(told: Document, text: str, folder: Path = FOLDER) -> None:
    """Write both files."""
    (folder / "proof.json").write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", "utf-8")
    (folder / "PROOF.md").write_text(text, "utf-8")
