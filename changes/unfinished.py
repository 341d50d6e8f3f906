"""What a person still has to do before the contract, the client, the suite and the documents agree.

Each check yields its reasons, each a sentence that says what to do; none if everything is done.
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
from runloop_conformance.contract.operation import Operation
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.proof.mutants import MUTANTS

from changes.redocly import ROOT
from changes.report import UNRELEASED, Comparison
from generation.contract import Contract

CONTRACT = ROOT / "openapi.yaml"
RELEASED = Path(__file__).with_name("released.yaml")
CHANGELOG = ROOT / "CHANGELOG.md"
# Committed, and made by a command. Each command is run with `--check`; the text says how to make the document again.
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
    """Whether info.version and the changelog account for what changed since the last release."""
    if CONTRACT.read_bytes() == RELEASED.read_bytes():
        return
    found = Comparison.of(RELEASED, CONTRACT)
    if not found.changes:
        return
    if not found.told:
        yield (
            f"{CONTRACT.name} changed since {found.base.version} was released, and says {found.revision.version}: "
            f"{found.changes[0].what}{' …' if len(found.changes) > 1 else ''} asks for {found.asked_for}. "
            "Run `make contract-diff` to see all of it, `make contract-accept` to set it."
        )
    unreleased = CHANGELOG.read_text(encoding="utf-8").partition(UNRELEASED)[2].partition("\n## ")[0]
    if f"Contract {found.revision.version}\n" not in unreleased:
        yield f"{CHANGELOG.name} does not mention Contract {found.revision.version}. Run `make contract-accept`."


def generated() -> Iterator[str]:
    """Whether generated/ is what the contract makes: neither stale nor edited."""
    done = _asked("generation/generate.py", "--check")
    if done.returncode != 0:
        print(done.stdout, end="")
        yield done.stderr.strip().removeprefix("generate: ")


def clauses() -> Iterator[str]:
    """Statements without a clause, rules without a mutant, clauses whose quotation is no longer in the contract."""
    contract = load_contract(CONTRACT)
    known = all_clauses(contract)
    lines = Contract(CONTRACT)
    broken = {mutant.breaks for mutant in MUTANTS}
    orphans = [entry.statement for entry in ledger(contract, known) if entry.orphan]
    if orphans:
        places = [f"\n    {CONTRACT.name}:{_line(lines, one.pointer)}: {one.text}" for one in orphans]
        yield (
            f"{_many(len(orphans), 'statement has', 'statements have')} no clause: write it in conformance/…/clauses/ "
            f'(CONTRIBUTING, "A clause with its mutants").{"".join(places)}'
        )
    untried = [rule for rule in contract.operation.rules.values() if rule.pointer not in broken]
    if contract.operation.own_rules and untried:
        places = [f"\n    {CONTRACT.name}:{_line(lines, one.pointer)}: {one.text}" for one in untried]
        yield (
            f"{_many(len(untried), 'rule is', 'rules are')} broken by no mutant: write the smallest one in "
            f"conformance/…/proof/mutants/.{''.join(places)}"
        )
    for clause in known:
        if why := moved(contract, clause):
            yield f"{clause.id} quotes a sentence that the contract no longer has: {why}"


def facade() -> Iterator[str]:
    """Whether each operation has its method, and each property and parameter of its request reaches it as a keyword."""
    facades = import_module("runloop_benchmarks._benchmarks")
    for operation in load_contract(CONTRACT).operations:
        wanted = {_snake(p.name): p.required for p in operation.request if len(p.path) == 1}
        wanted |= {_snake(parameter.name): parameter.required for parameter in operation.parameters}
        for name in ("Benchmarks", "AsyncBenchmarks"):
            method = getattr(getattr(facades, name), operation.id, None)
            if method is None:
                yield (
                    f"overrides/ has no {name}.{operation.id}(...) for {operation.method} {operation.path}: "
                    "write it in _benchmarks.py, and a handler in conformance/…/servers/reference.py."
                )
            else:
                yield from _keywords(f"{name}.{operation.id}", method, wanted, operation)


def _keywords(
    name: str, method: Callable[..., object], wanted: Mapping[str, bool], operation: Operation
) -> Iterator[str]:
    parameters = inspect.signature(method).parameters
    how = "in _benchmarks.py and in `Arguments` of _request.py, both in overrides/"
    for keyword, required in wanted.items():
        kinds = " or ".join(sorted(kind for p in operation.request if _snake(p.name) == keyword for kind in p.types))
        if keyword not in parameters:
            kind = f" ({kinds})" if kinds else ""
            yield f"{name}(...) has no `{keyword}`{kind}: add it {how}. Until then extra_body carries a property."
        elif required != (parameters[keyword].default is inspect.Parameter.empty):
            level = "required" if required else "optional"
            yield f"{name}(...): `{keyword}` is {level} in the contract, and not in the method. Change it {how}."
    own = {"self", "timeout", "max_retries", "retry_ambiguous", "idempotency_key"}
    for keyword in parameters:
        if keyword not in wanted and keyword not in own and not keyword.startswith("extra_"):
            yield f"{name}(...) takes `{keyword}`, which the contract no longer has: remove it {how}."


def documents() -> Iterator[str]:
    """Whether the documents that commands make are up to date."""
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
