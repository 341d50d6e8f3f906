"""The pages are complete: every document, clause, rule, option and public name."""

from __future__ import annotations

import inspect
import re

import pytest
import runloop_benchmarks
from runloop_conformance.clauses import all_clauses
from runloop_conformance.clauses.ledger import ledger
from runloop_conformance.commands import main
from runloop_conformance.contract.reading import METHODS, load_contract

from tests.conftest import CONTRACT, ROOT
from tests.docs.conftest import Site

pytestmark = pytest.mark.xdist_group("site")  # one worker builds it

DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "conformance/PROOF.md",
    "examples/servers/README.md",
    *(path.relative_to(ROOT).as_posix() for folder in ("docs", "benchmarks") for path in (ROOT / folder).glob("*.md")),
]


def flat(text: str) -> str:
    return " ".join(text.replace("`", "").split())


def section(html: str, id_: str) -> str:
    """The description that the reference gives of a name: from its id to that of the next name."""
    return re.split(r'<dt class="sig', html[html.index(f'id="{id_}"') :])[0]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_is_a_page_with_its_headings(site: Site, name: str) -> None:
    page = site.pages[name.replace(".md", ".html")]
    for line in re.sub(
        r"^```.*?^```", "", (ROOT / name).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL
    ).splitlines():
        if line.startswith("#") and "`" not in line:
            assert line.lstrip("# ") in page.text


def test_the_ledger_shows_every_clause_with_its_level_and_sentence(site: Site) -> None:
    page = site.pages["docs/clauses.html"]
    clauses = all_clauses(load_contract(CONTRACT))
    for clause in clauses:
        shown = rf"{re.escape(clause.id)}¶? {clause.level.upper()} · openapi\.yaml:\d+ {re.escape(flat(clause.text))}"
        assert re.search(shown, page.text), clause.id


def test_the_ledger_shows_every_statement_without_a_clause_with_its_reason(site: Site) -> None:
    contract = load_contract(CONTRACT)
    entries = [entry for entry in ledger(contract, all_clauses(contract)) if not entry.clauses]
    assert entries
    shown = site.pages["docs/clauses.html"].text
    for entry in entries:
        assert f"{flat(entry.statement.text)} {flat(str(entry.statement.excluded))} openapi.yaml:" in shown


def test_a_clause_leads_to_its_line_of_the_contract(site: Site) -> None:
    lines = CONTRACT.read_text(encoding="utf-8").splitlines()
    html = (site.folder / "docs/clauses.html").read_text(encoding="utf-8")
    places = dict(re.findall(r'id="clause-([^"]+)".*?#line-(\d+)"', html, re.DOTALL))
    assert len(places) == len(all_clauses(load_contract(CONTRACT)))
    assert lines[int(places["authorization.required"]) - 1].strip() == "bearer-required:"
    assert lines[int(places["response.state.enum"]) - 1].strip() in {
        "state:",
        "enum: [running, canceled, completed]",
        "BenchmarkRunState:",
    }


def test_the_contract_shows_every_rule_freedom_and_property(site: Site) -> None:
    document = load_contract(CONTRACT).document
    text = site.pages["docs/contract.html"].text
    for operation in (item[method] for item in document["paths"].values() for method in METHODS if method in item):
        for rule in operation.get("x-rules", {}).values():
            assert f"{rule['level'].upper()} {flat(rule['text'])} {flat(rule['source'])}" in text
        for freedom in operation.get("x-legal", {}).values():
            assert flat(freedom) in text
    for schema in document["components"]["schemas"].values():
        for name, value in schema.get("properties", {}).items():
            assert re.search(rf"\b{re.escape(name)}\b.*{re.escape(flat(value.get('description', '')))}", text), name


def test_the_reference_describes_every_public_name(site: Site) -> None:
    html = (site.folder / "docs/reference.html").read_text(encoding="utf-8")
    for name in runloop_benchmarks.__all__:
        assert "<p>" in section(html, f"runloop_benchmarks.{name}"), name


def test_the_reference_describes_each_argument_of_a_call(site: Site) -> None:
    html = (site.folder / "docs/reference.html").read_text(encoding="utf-8")
    start_run = runloop_benchmarks.Runloop(bearer_token="t").benchmarks.start_run
    shown = section(html, f"runloop_benchmarks.{start_run.__qualname__}")
    described = dict(re.findall(r"<strong>(\w+)</strong> -- (.+)", shown))
    assert set(inspect.signature(start_run).parameters) <= set(described)


def test_the_command_reference_has_every_option(site: Site) -> None:
    text = site.pages["docs/command.html"].text
    for name, command in main.commands.items():
        assert command.hidden or f"runloop-conformance {name}" in text
        for parameter in command.params:
            help_text = getattr(parameter, "help", None)
            assert not help_text or command.hidden or flat(help_text) in flat(text), f"{name} {parameter.name}"
