"""The folders of the suite import each other in one direction only.

`ALLOWED` is the table of CONTRIBUTING.md, "The suite is a pipeline": a folder may import itself and what its row names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

SUITE = "runloop_conformance"
CLIENT = "runloop_benchmarks"
LONGEST_CHAIN = 10  # modules, from a command down to a module that imports nothing of ours

STAGES = {"contract", "exchanges", "plan", "sending", "clauses", "judging", "report", "suite", "servers"}
ALLOWED = {
    "clock": set(),
    "contract": set(),
    "exchanges": {"contract"},
    "plan": {"contract", "exchanges"},
    "sending": {"contract", "exchanges", "clock"},
    "clauses": {"contract", "exchanges"},
    "judging": {"contract", "exchanges", "clauses"},
    "report": {"contract", "exchanges", "clauses", "judging"},
    "suite": {"contract", "exchanges", "plan", "sending", "clauses", "judging", "report", "clock"},
    "servers": {"contract", "clock"},
    "proof": STAGES | {"clock"},
    "commands": STAGES | {"clock", "proof"},
    "pytest_plugin": STAGES | {"clock"},
}


def modules(package: str, folder: Path) -> dict[str, ast.Module]:
    """Each module of a package by its dotted name, parsed."""
    root = folder / package
    names = {".".join((package, *path.relative_to(root).with_suffix("").parts)): path for path in root.rglob("*.py")}
    return {name.removesuffix(".__init__"): ast.parse(path.read_text("utf-8")) for name, path in names.items()}


def imports(package: str, folder: Path) -> dict[str, set[str]]:
    """The modules of the package that each of its modules imports, at the top or inside a function."""
    parsed = modules(package, folder)
    return {name: set(_imported(name, tree, parsed)) - {name} for name, tree in parsed.items()}


def _imported(name: str, tree: ast.Module, known: dict[str, ast.Module]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            package = name.split(".")[: -node.level] if node.level else []  # no `__init__` imports relatively
            source = ".".join([*package, *(node.module or "").split(".")]).rstrip(".")
            for alias in node.names:
                target = f"{source}.{alias.name}"
                if target in known or source in known:
                    yield target if target in known else source


def folder_of(module: str) -> str:
    """The folder below the package, or the module itself where it lies beside the folders."""
    return module.split(".")[1] if "." in module else ""


GRAPHS = {
    SUITE: imports(SUITE, ROOT / "conformance"),
    CLIENT: imports(CLIENT, ROOT / "overrides"),
}


def test_each_folder_imports_only_what_the_table_allows() -> None:
    forbidden = [
        f"{importer} imports {imported}"
        for importer, targets in GRAPHS[SUITE].items()
        for imported in targets
        if (folder := folder_of(importer)) not in {"", "__main__"}
        and folder_of(imported) not in {"", folder, *ALLOWED[folder]}
    ]
    assert forbidden == []


def test_the_table_names_every_folder() -> None:
    present = {folder_of(module) for module in GRAPHS[SUITE]} - {"", "__main__"}
    assert present == ALLOWED.keys()


def longest_chain(graph: dict[str, set[str]], package: str) -> list[str]:
    """The longest chain of imports, top first.

    A package's `__init__` that only collects its own modules is part of the chain like any other module.

    Raises:
        AssertionError: the imports form a circle; the message shows it.
    """
    chains: dict[str, list[str]] = {}
    open_modules: list[str] = []

    def chain(module: str) -> list[str]:
        if module in open_modules:
            raise AssertionError(
                "a circle of imports: " + " > ".join([*open_modules[open_modules.index(module) :], module])
            )
        if module not in chains:
            open_modules.append(module)
            below = [chain(target) for target in sorted(graph[module]) if target != package]
            open_modules.pop()
            chains[module] = [module, *max(below, key=len, default=[])]
        return chains[module]

    return max((chain(module) for module in sorted(graph)), key=len)


@pytest.mark.parametrize("package", [SUITE, CLIENT])
def test_imports_form_no_circle(package: str) -> None:
    assert longest_chain(GRAPHS[package], package)


def test_the_chain_of_imports_is_short() -> None:
    chain = longest_chain(GRAPHS[SUITE], SUITE)
    assert len(chain) <= LONGEST_CHAIN, " > ".join(chain)


def test_a_cycle_and_a_long_chain_are_detected() -> None:
    with pytest.raises(AssertionError, match=r"a circle of imports: p\.a > p\.b > p\.a"):
        longest_chain({"p.a": {"p.b"}, "p.b": {"p.a"}}, "p")
    assert longest_chain({"p.a": {"p.b"}, "p.b": {"p.c"}, "p.c": set()}, "p") == ["p.a", "p.b", "p.c"]
