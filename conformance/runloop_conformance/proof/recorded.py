"""The recorded proof, `conformance/proof.json`: what it says of each clause and mutant, and what is wrong with it."""

from __future__ import annotations

import fnmatch
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from runloop_conformance.clauses import all_clauses
from runloop_conformance.contract.reading import CHECKOUT, load_contract
from runloop_conformance.proof.reasons import EQUIVALENT, GAPS, ONE_KIND, RELATED, UNBREAKABLE

FOLDER = CHECKOUT.parent / "conformance"
BUDGETS = (0, 10, 25, 100)  # runs that the mutants may start
CONFORMANT_FROM = 25  # runs, the smaller default: with fewer, a correct server may be inconclusive
SEEDS = 5
KINDS = "always", "mostly", "at times"  # in all its judgements, in at least half of them, in fewer

Document = Mapping[str, Any]


def load(path: Path = FOLDER / "proof.json") -> Document:
    """The committed document.

    Raises:
        OSError: the file cannot be read.
    """
    document: Document = json.loads(path.read_text("utf-8"))
    return document


def compared() -> str:
    """What plain tools detect of the same servers, in Markdown; `make peers` writes it."""
    return (FOLDER / "peers.md").read_text("utf-8")


def detected(proof: Document, budget: int, by: Sequence[str] = ("own",)) -> list[str]:
    """The mutants that are detected with this budget: by their own clause, or also by an `other` one."""
    return [name for name, mutant in proof["mutants"].items() if mutant["found"][str(budget)] in by]


def verdicts(server: Document) -> Iterator[tuple[str, str]]:
    """Each verdict on a variant or a degenerate server, after its budget and seed in words."""
    for budget, by_seed in server["verdicts"].items():
        for seed, verdict in by_seed.items():
            yield f"{budget} runs, seed {seed}", verdict


def detected_by(proof: Document) -> dict[str, dict[str, str]]:
    """For each clause the mutants that it detects as their own clause, and how often it fails on them."""
    mutants: dict[str, dict[str, str]] = {clause.id: {} for clause in all_clauses(load_contract())}
    for name, mutant in proof["mutants"].items():
        for clause, kind in mutant.get("own", {}).items():
            mutants.setdefault(clause, {})[name] = kind
    return mutants


def problems(proof: Document) -> Iterator[str]:
    """All that is not as it must be, in sentences that say what to do."""
    yield from _clause_problems(proof)
    missed = set(proof["mutants"]) - set(detected(proof, BUDGETS[-1]))
    explained = EQUIVALENT | GAPS
    for name in sorted(missed - explained.keys()):
        yield f"{name}: its own clause does not detect it, and proof/reasons.py gives no reason"
    for name in sorted(explained.keys() - missed):
        yield f"{name}: its own clause detects it, or no mutant has this name: remove its reason from proof/reasons.py"
    for kind, conforms in (("variants", True), ("degenerates", False)):
        for name, server in proof[kind].items():
            for how, verdict in verdicts(server):
                if (verdict == "conformant") != conforms:
                    yield f"{name}: {verdict} with {how}"
    for name, mutant in proof["mutants"].items():
        for clause in mutant.get("beside", ()):
            if reason_for(name, clause, proof) is None:
                yield f"{name}: {clause} fails also, and proof/reasons.py gives no reason"


def _clause_problems(proof: Document) -> Iterator[str]:
    levels = {clause.id: clause.level for clause in all_clauses(load_contract())}
    for clause, mutants in detected_by(proof).items():
        if clause not in levels:
            yield f"{clause}: there is no such clause; run `runloop-conformance prove --write`"
        elif matching(UNBREAKABLE, clause):
            continue
        elif not mutants:
            yield f"{clause}: it detects no mutant; add one to proof/mutants (see CONTRIBUTING.md)"
        elif levels[clause] == "must" and len(mutants) == 1:
            yield f"{clause}: a MUST needs two mutants, and it has only {', '.join(mutants)}"
        elif levels[clause] == "must" and not matching(ONE_KIND, clause) and not _of_both_kinds(mutants.values()):
            yield f"{clause}: a MUST needs mutants that fail it mostly and at times; it has {mutants}"


def _of_both_kinds(kinds: Iterable[str]) -> bool:
    """Whether one mutant shows always or mostly, and a second one mostly or at times.

    A permanent fault does not fail everything that is judged: where no metadata was sent, none can be lost.
    """
    pairs = itertools.permutations(kinds, 2)
    return any(often != KINDS[2] and seldom != KINDS[0] for often, seldom in pairs)


def matching(patterns: Mapping[str, str], name: str) -> str | None:
    """The reason under the first pattern that matches."""
    return next((reason for pattern, reason in patterns.items() if fnmatch.fnmatchcase(name, pattern)), None)


def reason_for(mutant: str, clause: str, proof: Document) -> str | None:
    """Why a clause about another statement fails on a mutant, or None where reasons.py has no reason."""
    chapter = proof["mutants"][mutant]["chapter"]
    for chapters, clauses, reason in RELATED:
        if fnmatch.fnmatchcase(chapter, chapters) and fnmatch.fnmatchcase(clause, clauses):
            return reason
    return None


def lost(before: Document, now: Document) -> list[str]:
    """The faults that were detected before and are not detected now, with the budget: the score may only rise."""
    return [
        f"{name} at {budget} runs"
        for budget in now["budgets"]
        for name in detected(before, budget)
        if name in now["mutants"] and now["mutants"][name]["found"][str(budget)] != "own"
    ]


def write(proof: Document, page: str, folder: Path = FOLDER) -> None:
    """Write proof.json and PROOF.md."""
    (folder / "proof.json").write_text(json.dumps(proof, indent=1, sort_keys=True) + "\n", "utf-8")
    (folder / "PROOF.md").write_text(page, "utf-8")
