"""`conformance/PROOF.md`: the proof for people, made from the document alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from runloop_conformance.clauses import all_clauses
from runloop_conformance.contract.document import load_contract
from runloop_conformance.proof.document import BUDGETS, KINDS, Document, found, killers, why
from runloop_conformance.proof.peers import account
from runloop_conformance.proof.reasons import SURVIVORS, UNBREAKABLE

HEAD = """# The suite, put to the proof

Made by `make prove`, and not to be edited: a test runs the matrix again, and fails where this page says anything else.
Every server here is a small override of the reference server, or differs from it in one way that the design calls
legal. Most were written from the reference page by somebody who had not read the judge; those of
`proof/mutants/seldom.py` were added later, by somebody who had, for clauses that had too few. The suite was mended
on all of them, so these figures say what it does here, and are no estimate for servers that it has not seen.
"""


def markdown(told: Document, measured: Mapping[str, Any] | None) -> str:
    """The page. `measured`: what plain tools found (conformance/peers.json), where it was measured."""
    parts = (_curve(told), _headline(told), _chapters(told), _survivors(told), _clauses(told), _beside(told))
    texts = ["\n".join(part) for part in parts]
    if measured is not None:
        texts.insert(2, f"## Beside plain tools\n\n{account(measured).strip()}")
    return "\n\n".join([HEAD.strip(), *texts]) + "\n"


def bound(count: int) -> float:
    """The upper end of the 95 % confidence interval of a share of which none was seen in `count` independent trials.

    1 - 0.05 ** (1 / count), which is close to 3 / count (the rule of three).
    """
    return float(1 - 0.05 ** (1 / count))


def _headline(told: Document) -> Iterator[str]:
    mutants, most = told["mutants"], BUDGETS[-1]
    own, equivalent = len(found(told, most)), sum(why.startswith("equivalent") for why in SURVIVORS.values())
    verdicts = [said for one in told["variants"].values() for said in one["verdicts"].values()]
    accused = sum(said != "conformant" for said in verdicts)
    passed = sum(said == "conformant" for one in told["degenerates"].values() for said in one["verdicts"].values())
    yield "## In numbers"
    yield ""
    yield f"Suite {told['suite']}, contract {told['contract']['version']} (`{told['contract']['sha256'][:12]}`)."
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| faulty servers, one fault each | {len(mutants)} |"
    yield f"| found by a clause about the very statement that they break, with {most} runs | {own} |"
    yield f"| of those that differ from a correct server at all | {own / (len(mutants) - equivalent):.1%} |"
    yield f"| correct servers that differ in what is free | {len(told['variants'])} |"
    yield f"| runs of the suite against them ({told['seeds']} seeds with 100 runs, one with 25) | {len(verdicts)} |"
    yield f"| false alarms among these | {accused} |"
    if not accused:
        servers = len(told["variants"])
        yield (f"| 95 % bound, had they been drawn at random, and not mended on | {bound(servers):.1%} |")
    yield f"| servers about which nothing is right | {len(told['degenerates'])} |"
    yield f"| called conformant among these | {passed} |"


def _curve(told: Document) -> Iterator[str]:
    count = len(told["mutants"])
    yield "## Faults found, by how many runs may be started"
    yield ""
    yield "| `--max-runs` | found | by the clause about what is broken |"
    yield "|---:|---:|---:|"
    for budget in told["budgets"]:
        any_, own = len(found(told, budget, ("own", "other"))), len(found(told, budget))
        yield f"| {budget} | {any_ / count:.1%} | {own / count:.1%} |"


def _chapters(told: Document) -> Iterator[str]:
    yield "## By chapter of the faults"
    yield ""
    yield "| chapter | faults | " + " | ".join(f"found at {budget}" for budget in told["budgets"]) + " |"
    yield "|---|---:|" + "---:|" * len(told["budgets"])
    for chapter in dict.fromkeys(one["chapter"] for one in told["mutants"].values()):
        ones = {name: one for name, one in told["mutants"].items() if one["chapter"] == chapter}
        shares = (sum(one["found"][str(budget)] == "own" for one in ones.values()) for budget in told["budgets"])
        yield f"| {chapter} | {len(ones)} | " + " | ".join(f"{share}" for share in shares) + " |"


def _survivors(told: Document) -> Iterator[str]:
    yield "## Faults that their own clause does not find"
    yield ""
    missed = [name for name in told["mutants"] if name not in found(told, BUDGETS[-1])]
    if not missed:
        yield f"None, with {BUDGETS[-1]} runs."
    for name in missed:
        yield f"- `{name}`: {SURVIVORS.get(name, 'no reason is given')}"


def _clauses(told: Document) -> Iterator[str]:
    levels = {clause.id: clause.level for clause in all_clauses(load_contract())}
    yield "## What finds them: every clause, and the faults that it found itself"
    yield ""
    yield "*always*: each time that it was judged, it was broken; *mostly*: at least half of these; *at times*: less."
    yield "A fault that is always there does not always show: where no metadata was asked for, none can be lost."
    yield ""
    yield f"| clause | level | {' | '.join(KINDS)} | for example |"
    yield f"|---|---|{'---:|' * len(KINDS)}---|"
    for clause, mutants in killers(told).items():
        kinds = Counter(mutants.values())
        example = _few(list(mutants)) if mutants else _reason(clause)
        counts = " | ".join(str(kinds[kind]) for kind in KINDS)
        yield f"| `{clause}` | {levels[clause].upper()} | {counts} | {example} |"


def _few(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def _reason(clause: str) -> str:
    return next((why for pattern, why in UNBREAKABLE.items() if fnmatchcase(clause, pattern)), "none yet")


def _beside(told: Document) -> Iterator[str]:
    yield "## What else fails beside the fault's own clause, and why"
    yield ""
    yield "| why | how often | for example |"
    yield "|---|---:|---|"
    reasons: dict[str, list[tuple[str, str]]] = {}
    for name, one in told["mutants"].items():
        for other in one.get("beside", ()):
            reasons.setdefault(why(name, other, told) or "no reason is given", []).append((name, other))
    for reason, pairs in sorted(reasons.items(), key=lambda entry: -len(entry[1])):
        name, other = pairs[0]
        yield f"| {reason} | {len(pairs)} | `{other}` beside `{name}` |"
