"""The pages hold what they promise: every document, clause, option and public name, from where each is said."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
import runloop_benchmarks
from runloop_conformance.clauses import all_clauses
from runloop_conformance.clauses.ledger import ledger
from runloop_conformance.commands import main
from runloop_conformance.contract.document import load_contract

from tests.conftest import CONTRACT, ROOT
from tests.docs.conftest import Site

DOCUMENTS = sorted(path.name for path in (ROOT / "docs").glob("*.md"))


def flat(text: str) -> str:
    return " ".join(text.replace("`", "").split())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_is_a_page_with_its_text(site: Site, name: str) -> None:
    page = site.pages[name.lower().replace(".md", ".html")]
    for line in (ROOT / "docs" / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("#") and "`" not in line:
            assert line.lstrip("# ") in page.text


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "conformance/PROOF.md"])
def test_the_documents_outside_of_docs_are_pages(site: Site, name: str) -> None:
    if not (ROOT / name).exists():
        pytest.skip(f"{name} is not written yet")
    title = (ROOT / name).read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    assert any(title in page.text for page in site.pages.values())


def test_the_ledger_shows_every_clause_with_its_level_and_sentence(site: Site) -> None:
    page = site.pages["ledger.html"]
    clauses = all_clauses(load_contract(CONTRACT))
    assert {clause.id for clause in clauses} <= set(page.ids)
    shown = page.text.replace("`", "")
    for clause in clauses:
        assert re.search(
            rf"{clause.level} {re.escape(clause.id)} openapi\.yaml:\d+ {re.escape(flat(clause.text))}", shown
        ), clause.id


def test_the_ledger_shows_every_statement_without_a_clause_with_its_reason(site: Site) -> None:
    contract = load_contract(CONTRACT)
    entries = [entry for entry in ledger(contract, all_clauses(contract)) if not entry.clauses]
    assert entries
    shown = site.pages["ledger.html"].text.replace("`", "")
    for entry in entries:
        assert f"{flat(entry.statement.text)} {entry.statement.excluded} openapi.yaml:" in shown


def test_a_clause_leads_to_its_line_of_the_contract(site: Site) -> None:
    lines = CONTRACT.read_text(encoding="utf-8").splitlines()
    html = (site.folder / "ledger.html").read_text(encoding="utf-8")
    places = dict(re.findall(r'<li id="([^"]+)".*?#line-(\d+)"', html, re.DOTALL))
    assert len(places) == len(all_clauses(load_contract(CONTRACT)))
    assert lines[int(places["authorization.required"]) - 1].strip() == "bearer-required:"
    assert lines[int(places["response.state.enum"]) - 1].strip() in {
        "state:",
        "enum: [running, canceled, completed]",
        "BenchmarkRunState:",
    }


def test_the_reference_has_every_public_name(site: Site) -> None:
    ids = set(site.pages["reference.html"].ids)
    assert set(runloop_benchmarks.__all__) - ids == set()
    assert {"Benchmarks.start_run", "AsyncBenchmarks.start_run", "RawResponse.parse", "Runloop.with_options"} <= ids


def test_the_reference_says_what_each_argument_of_a_call_is(site: Site) -> None:
    html = (site.folder / "reference.html").read_text(encoding="utf-8")
    section = html[html.index('id="Benchmarks.start_run"') : html.index('id="AsyncRunloop"')]
    told = dict(re.findall(r"<dt><code>(\w+)</code>.*?</dt>\s*<dd>(.*?)</dd>", section, re.DOTALL))
    code = "from runloop_benchmarks import Runloop; import inspect, json; c = Runloop(bearer_token='t')\n"
    code += "print(json.dumps(list(inspect.signature(c.benchmarks.start_run).parameters)))"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60).stdout
    assert set(json.loads(asked)) <= set(told)
    assert all(told.values())


def test_the_command_reference_has_every_option(site: Site) -> None:
    text = site.pages["command.html"].text
    for name, command in main.commands.items():
        assert f"runloop-conformance {name}" in text
        for parameter in command.params:
            help_text = getattr(parameter, "help", None)
            assert not help_text or flat(help_text) in flat(text), f"{name} {parameter.name}"


def test_the_search_knows_every_page_but_the_sources(site: Site) -> None:
    script = (site.folder / "index.js").read_text(encoding="utf-8")
    entries = json.loads(script.removeprefix("window.SEARCH = ").removesuffix(";\n"))
    known = {address.partition("#")[0] for address, *_ in entries}
    assert known == {name for name in site.pages if not name.startswith("source/") and name != "contract.html"}
    for address, *_ in entries:
        name, _, part = address.partition("#")
        assert not part or part in site.pages[name].ids


def test_the_site_is_the_same_each_time(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    from tests.docs.conftest import build

    again = tmp_path_factory.mktemp("again") / "site"
    assert build(again).returncode == 0
    for path in site.folder.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (again / path.relative_to(site.folder)).read_bytes(), path.name
