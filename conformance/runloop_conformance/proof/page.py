"""`conformance/PROOF.md`, made from the recorded proof alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from runloop_conformance.clauses import all_clauses
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.proof.reasons import EQUIVALENT, GAPS, UNBREAKABLE
from runloop_conformance.proof.recorded import (
    BUDGETS,
    CONFORMANT_FROM,
    KINDS,
    Document,
    detected,
    detected_by,
    matching,
    reason_for,
    verdicts,
)

HEAD = """# Proof of the suite

`make prove` writes this page. Do not edit it: a test runs the matrix again and fails if the page is wrong.

- A *mutant* is the reference server with one fault.
- A *variant* is a correct server that differs from the reference server in one way that the contract allows.
- A *degenerate server* ignores what it receives: it sends the same response to everything, or none, or never ends.

Most mutants were written from the reference page, by somebody who had not read the code that judges. The suite was
improved until it detected them. The figures therefore describe these servers, and do not estimate the share of faults
that the suite detects in others.
"""


def markdown(proof: Document, compared: str) -> str:
    """The page. `compared` is the section about plain tools (conformance/peers.md)."""
    sections = [_budgets(proof), _figures(proof), _chapters(proof), _undetected(proof), _clauses(proof), _beside(proof)]
    texts = ["\n".join(section) for section in sections]
    texts.insert(2, f"## Compared with plain tools\n\n{compared.strip()}")
    return "\n\n".join([HEAD.strip(), *texts]) + "\n"


def bound(count: int) -> float:
    """The upper end of the 95 % confidence interval of a rate, when `count` independent trials showed no case.

    1 - 0.05 ** (1 / count), which is close to 3 / count (the rule of three).
    """
    return float(1 - 0.05 ** (1 / count))


def _figures(proof: Document) -> Iterator[str]:
    mutants, variants, degenerates = proof["mutants"], proof["variants"], proof["degenerates"]
    most, own = BUDGETS[-1], len(detected(proof, BUDGETS[-1]))
    distinguishable = len(mutants) - len(EQUIVALENT)
    on_variants = [verdict for server in variants.values() for _, verdict in verdicts(server)]
    alarms = sum(verdict != "conformant" for verdict in on_variants)
    passes = sum(verdict == "conformant" for server in degenerates.values() for _, verdict in verdicts(server))
    yield "## Figures"
    yield ""
    yield f"Suite {proof['suite']}, contract {proof['contract']['version']}."
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| mutants | {len(mutants)} |"
    yield f"| detected by a clause about the statement that they break, with {most} runs | {own} |"
    yield f"| the same, as a share of those that a client can distinguish | {own / distinguishable:.1%} |"
    yield f"| variants | {len(variants)} |"
    yield (
        f"| runs of the suite against them ({proof['seeds']} seeds with {most} runs, one with {CONFORMANT_FROM}) "
        f"| {len(on_variants)} |"
    )
    yield f"| false alarms in these runs | {alarms} |"
    if not alarms:
        yield f"| 95 % bound of their rate, if the variants were a random sample | {bound(len(variants)):.1%} |"
    yield f"| degenerate servers | {len(degenerates)} |"
    yield f"| degenerate servers called conformant | {passes} |"


def _budgets(proof: Document) -> Iterator[str]:
    count = len(proof["mutants"])
    yield "## Detected mutants by budget"
    yield ""
    yield "| `--max-runs` | detected | by the clause about the broken statement |"
    yield "|---:|---:|---:|"
    for budget in proof["budgets"]:
        by_any, by_own = len(detected(proof, budget, ("own", "other"))), len(detected(proof, budget))
        yield f"| {budget} | {by_any / count:.1%} | {by_own / count:.1%} |"


def _chapters(proof: Document) -> Iterator[str]:
    yield "## Mutants by chapter"
    yield ""
    yield "| chapter | mutants | " + " | ".join(f"detected at {budget}" for budget in proof["budgets"]) + " |"
    yield "|---|---:|" + "---:|" * len(proof["budgets"])
    for chapter, count in Counter(mutant["chapter"] for mutant in proof["mutants"].values()).items():
        names = {name for name, mutant in proof["mutants"].items() if mutant["chapter"] == chapter}
        cells = [str(len(names.intersection(detected(proof, budget)))) for budget in proof["budgets"]]
        yield f"| {chapter} | {count} | {' | '.join(cells)} |"


def _undetected(proof: Document) -> Iterator[str]:
    yield "## Mutants that their own clause does not detect"
    yield ""
    missed = sorted(set(proof["mutants"]) - set(detected(proof, BUDGETS[-1])))
    if not missed:
        yield f"None, with {BUDGETS[-1]} runs."
    for name in missed:
        kind = "equivalent to a correct server" if name in EQUIVALENT else "a gap of the suite"
        yield f"- `{name}` ({kind}): {(EQUIVALENT | GAPS).get(name, 'no reason is given')}."


def _clauses(proof: Document) -> Iterator[str]:
    levels = {clause.id: clause.level for clause in all_clauses(load_contract())}
    yield "## Clauses, and the mutants that each detects"
    yield ""
    yield "*always*: the clause failed each time that it was judged; *mostly*: at least half of the times; *at times*:"
    yield "less. A permanent fault does not always show: where no metadata was sent, none can be lost."
    yield ""
    yield f"| clause | level | {' | '.join(KINDS)} | examples |"
    yield f"|---|---|{'---:|' * len(KINDS)}---|"
    for clause, mutants in detected_by(proof).items():
        kinds = Counter(mutants.values())
        example = _examples(list(mutants)) if mutants else matching(UNBREAKABLE, clause) or "none yet"
        counts = " | ".join(str(kinds[kind]) for kind in KINDS)
        yield f"| `{clause}` | {levels[clause].upper()} | {counts} | {example} |"


def _examples(names: Sequence[str]) -> str:
    rest = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return ", ".join(f"`{name}`" for name in names[:2]) + rest


def _beside(proof: Document) -> Iterator[str]:
    yield "## Clauses about other statements that fail also, and why"
    yield ""
    yield "| why | how often | example |"
    yield "|---|---:|---|"
    by_reason: dict[str, list[tuple[str, str]]] = {}
    for name, mutant in proof["mutants"].items():
        for clause in mutant.get("beside", ()):
            by_reason.setdefault(reason_for(name, clause, proof) or "no reason is given", []).append((name, clause))
    for reason, pairs in sorted(by_reason.items(), key=lambda item: -len(item[1])):
        name, clause = pairs[0]
        yield f"| {reason} | {len(pairs)} | `{clause}` on `{name}` |"
