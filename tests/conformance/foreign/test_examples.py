"""The servers of examples/servers are conformant, with every seed; their first versions broke what the table says."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from runloop_conformance.proof.recorded import SEEDS

from tests.conformance.foreign.serving import EXAMPLES, command_of, serving
from tests.conformance.foreign.verdicts import EXAMPLES_README, FRAMEWORKS, differences, with_table
from tests.conformance.outside import conformance
from tests.conftest import free_port

pytestmark = pytest.mark.slow

(SHOWN,) = re.findall(r"^  .* passed$", EXAMPLES_README.read_text(encoding="utf-8"), re.MULTILINE)


def example(folder: Path, framework: str) -> Path:
    (found,) = folder.glob(f"{framework}_server.*")
    return found


def needs(framework: str) -> list[pytest.MarkDecorator]:
    if framework == "express":
        return [pytest.mark.node]
    return [pytest.mark.skipif(framework == "django" and sys.platform == "win32", reason="gunicorn needs Unix")]


each = pytest.mark.parametrize("framework", [pytest.param(name, marks=needs(name)) for name in FRAMEWORKS])


@each
def test_the_example_is_conformant(framework: str, node_package: Callable[[str], None]) -> None:
    if framework == "express":
        node_package("express")
    port = free_port()
    with serving(command_of(example(EXAMPLES, framework), port), port) as url:
        for seed in range(SEEDS):
            done = conformance(url, "--seed", seed)
            assert (done.code, done.report["verdict"]) == (0, "conformant"), (seed, done.out)
            assert list(differences(framework, "examples", done.report["clauses"])) == [], seed
            if framework == "fastapi":
                assert f"\n{SHOWN}\n" in done.out, "the README of the examples shows another count"
        few = conformance(url, "--seed", SEEDS, "--max-runs", 25)
        assert (few.code, few.report["verdict"]) == (0, "conformant"), few.out


@each
def test_the_first_version_broke_what_the_table_says(framework: str, node_package: Callable[[str], None]) -> None:
    if framework == "express":
        node_package("express")
    port = free_port()
    with serving(command_of(example(EXAMPLES / "naive", framework), port), port) as url:
        done = conformance(url)
    assert (done.code, done.report["verdict"]) == (1, "nonconformant")
    assert list(differences(framework, "naive", done.report["clauses"])) == []


def test_the_table_of_the_readme_is_that_of_the_verdicts() -> None:
    readme = EXAMPLES_README.read_text(encoding="utf-8")
    assert with_table(readme) == readme


def test_the_examples_are_short() -> None:
    lengths = {path.name: path.read_text("utf-8").count("\n") for path in EXAMPLES.glob("*_server.*")}
    assert len(lengths) == len(FRAMEWORKS)
    assert {name: length for name, length in lengths.items() if not 80 <= length <= 170} == {}
