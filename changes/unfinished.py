"""What a person still has to do before the contract, the client, the suite and the documents say the same.

Each check answers with its reasons, each a sentence that says what to do; none where all is done.
"""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path

from runloop_conformance.clauses import all_clauses
from runloop_conformance.clauses.ledger import ledger, moved
from runloop_conformance.contract.document import Contract as SuiteContract
from runloop_conformance.contract.operation import Operation
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.proof.mutants import MUTANTS

from changes.redocly import ROOT
from changes.report import UNRELEASED, Comparison
from generation.contract import Contract

CONTRACT = ROOT / "openapi.yaml"
RELEASED = Path(__file__).with_name("released.yaml")
CHANGELOG = ROOT / "CHANGELOG.md"
# Committed, and made by a command. Each is asked with `--check`; the second word says how to make it anew.
DOCUMENTS: Mapping[str, tuple[list[str], str]] = {
    "docs/figures.md": (["benchmarks/tables.py"], "make bench"),
    "docs/contract-changes.md, its table": (["-m", "tests.generation.drill"], "make drill"),
    "conformance/PROOF.md": (["-m", "runloop_conformance", "prove"], "make prove"),
    "examples/servers/README.md, its table": (
        ["-m", "tests.conformance.foreign.verdicts"],
        "python -m tests.conformance.foreign.verdicts",
    ),
}


def version() -> Iterator[str]:
    """Whether info.version tells of what changed since the last release, and the changelog does."""
    if CONTRACT.read_bytes() == RELEASED.read_bytes():
        return
    found = Comparison.of(RELEASED, CONTRACT)
    if not found.changes:
        return
    if not found.told:
        yield (
            f"{CONTRACT.name} changed since {found.base.version} was released, and says {found.revision.version}: "
            f"{found.changes[0].what}{' …' if len(found.changes) > 1 else ''} asks for {found.asked_for}. "
            "`make contract-diff` shows it all, `make contract-accept` sets it."
        )
    unreleased = CHANGELOG.read_text(encoding="utf-8").partition(UNRELEASED)[2].partition("\n## ")[0]
    if f"Contract {found.revision.version}\n" not in unreleased:
        yield f"{CHANGELOG.name} says nothing of Contract {found.revision.version}: `make contract-accept` writes it."


def generated() -> Iterator[str]:
    """Whether generated/ is what the contract makes: neither an old contract's, nor edited."""
    done = _asked("generation/generate.py", "--check")
    if done.returncode != 0:
        print(done.stdout, end="")
        yield done.stderr.strip().removeprefix("generate: ")


def clauses() -> Iterator[str]:
    """Statements without a clause, rules that no faulty server breaks, clauses that quote what is gone."""
    contract = load_contract(CONTRACT)
    known = all_clauses(contract)
    lines = Contract(CONTRACT)
    broken = {mutant.breaks for mutant in MUTANTS}
    orphans = [entry.statement for entry in ledger(contract, known) if entry.orphan]
    if orphans:
        places = [f"\n    {CONTRACT.name}:{_line(lines, one.pointer)}: {one.text}" for one in orphans]
        yield (
            f"{_many(len(orphans), 'statement has', 'statements have')} no clause: write it in conformance/…/clauses/ "
            f'(CONTRIBUTING, "To add a clause").{"".join(places)}'
        )
    untried = [rule for rule in contract.operation.rules.values() if rule.pointer not in broken]
    if contract.operation.own_rules and untried:
        places = [f"\n    {CONTRACT.name}:{_line(lines, one.pointer)}: {one.text}" for one in untried]
        yield (
            f"{_many(len(untried), 'rule is', 'rules are')} broken by no server: write the smallest one in "
            f"conformance/…/proof/mutants/.{''.join(places)}"
        )
    for clause in known:
        if why := moved(contract, clause):
            yield f"{clause.id} quotes what the contract says no more: {why}"


def facade() -> Iterator[str]:
    """Whether each member of the request reaches `start_run(...)` as a keyword."""
    operation = load_contract(CONTRACT).operation
    wanted = {_snake(member.name): member.required for member in operation.request if len(member.path) == 1}
    facades = import_module("runloop_benchmarks._benchmarks")
    for name in ("Benchmarks", "AsyncBenchmarks"):
        method = getattr(getattr(facades, name), operation.id, None)
        if method is None:
            yield f"overrides/ has no {name}.{operation.id}(...): its method is called otherwise, or is missing."
        else:
            yield from _keywords(f"{name}.{operation.id}", method, wanted, operation)


def _keywords(
    name: str, method: Callable[..., object], wanted: Mapping[str, bool], operation: Operation
) -> Iterator[str]:
    given = inspect.signature(method).parameters
    how = "in _benchmarks.py and in `Arguments` of _request.py, both in overrides/"
    for member, required in wanted.items():
        kinds = " or ".join(sorted(one for m in operation.request if _snake(m.name) == member for one in m.types))
        if member not in given:
            yield f"{name}(...) has no `{member}` ({kinds}): add it {how}. Until then extra_body carries it."
        elif required != (given[member].default is inspect.Parameter.empty):
            yield f"{name}(...): `{member}` is {'required' if required else 'optional'} in the contract, and not here."
    own = {"self", "timeout", "max_retries", "retry_ambiguous", "idempotency_key"}
    for member in given:
        if member not in wanted and member not in own and not member.startswith("extra_"):
            yield f"{name}(...) takes `{member}`, which the contract does not know any more: take it out {how}."


def documents() -> Iterator[str]:
    """Whether the documents that commands make are what they make now."""
    for name, (command, how) in DOCUMENTS.items():
        done = _asked(*command, "--check")
        if done.returncode != 0:
            print(done.stdout, end="")
            yield f"{name}: out of date. Run `{how}`. {done.stderr.strip()}".strip()


CHECKS: Mapping[str, Callable[[], Iterator[str]]] = {
    "version": version,
    "generated": generated,
    "clauses": clauses,
    "client": facade,
    "documents": documents,
}


def beyond_the_facade(contract: SuiteContract) -> list[str]:
    """The operations that callers reach by the generated client alone. Nothing to mend, but good to know."""
    return [
        f"{one.method} {one.path} is in generated/ alone: overrides/ has no {one.id}(...) with its retries and errors."
        for one in contract.operations[1:]
    ]


def _asked(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )


def _line(contract: Contract, pointer: str) -> int:
    """The line of a statement. Some pointers end in what only the ledger knows (`…/optional`): then the line above."""
    steps = tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
    while steps:
        if (line := contract.line_at(steps)) > 1:
            return line
        steps = steps[:-1]
    return 1


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()
