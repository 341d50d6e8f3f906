"""Requests that the plan calls valid or invalid are so, and a twin differs from its control in one thing.

An independent validator says so (jsonschema, where the suite uses another), and a reading of JSON of our own.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from runloop_conformance.clauses import all_clauses
from runloop_conformance.exchanges.exchange import NOTHING, Probe
from runloop_conformance.exchanges.redaction import wrong_tokens
from runloop_conformance.plan import Planner
from runloop_conformance.plan.covering import covering
from runloop_conformance.plan.stages import Plan
from runloop_conformance.servers.hosting import made_up_token

from tests.conformance.outside import CONTRACT, OPERATION, TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

VALIDATOR = jsonschema.Draft202012Validator({**OPERATION.request_schema, "components": CONTRACT.document["components"]})
POSIX_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
ROOT = Path(__file__).parents[2]
PETSTORE = ROOT / "tests/data/petstore-3.1.yaml"
MOST_CHARACTERS, MOST_MEMBERS, MOST_BYTES = 1000, 64, 64 * 1024


def plan(seed: int = 0, max_runs: int = 100, profile: Any = "standard", ids: tuple[str, ...] = ()) -> Plan:
    return Planner(CONTRACT, seed, profile, ids, TOKEN, max_runs).plan()


def everything(made: Plan) -> list[Probe]:
    return [*made.probes(), *(probe for group in made.successes for probe in group)]


class NoJsonError(ValueError):
    """RFC 8259 does not have it."""


def strictly(raw: bytes) -> Any:
    """The JSON value of a body that is exactly one, without extensions."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(items)) != len(items):
            raise NoJsonError("a name twice")
        return dict(items)

    def constant(name: str) -> Any:
        raise NoJsonError(name)

    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=pairs, parse_constant=constant)
    except (ValueError, RecursionError) as error:
        raise NoJsonError(str(error)) from error


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, below in value.items():
            yield name
            yield from texts(below)
    elif isinstance(value, list):
        for below in value:
            yield from texts(below)


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(below)


def assert_must_be_accepted(probe: Probe) -> None:
    value = strictly(probe.body)
    VALIDATOR.validate(value)
    assert value == probe.content
    assert len(probe.body) <= MOST_BYTES
    for text in texts(value):
        assert len(text) <= MOST_CHARACTERS
        assert "\0" not in text
        text.encode("utf-8")
    assert all(len(each) <= MOST_MEMBERS for each in objects(value))
    profile = value.get("runProfile") or {}
    for name in (*(profile.get("envVars") or {}), *(profile.get("secrets") or {})):
        assert POSIX_NAME.fullmatch(name)


def differences(one: Any, other: Any) -> int:
    """In how many places two JSON values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        lonely = len(one.keys() ^ other.keys())
        return lonely + sum(differences(one[name], other[name]) for name in one.keys() & other.keys())
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return sum(differences(a, b) for a, b in zip(one, other, strict=True))
    return 0 if json.dumps(one) == json.dumps(other) else 1


def moved(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether only a property has another name, or the whole is inside of another object."""
    if [*other.values()] == [one]:
        return True
    old, new = [*one.keys() - other.keys()], [*other.keys() - one.keys()]
    return len(old) == len(new) == 1 and one[old[0]] == other[new[0]]


PARTS = ("method", "body", "headers", "query", "framing")


def changed(control: Probe, twin: Probe) -> set[str]:
    return {part for part in PARTS if getattr(control, part) != getattr(twin, part)}


@pytest.fixture(scope="module", params=[0, 1, 2, 77, 2**31])
def made(request: pytest.FixtureRequest) -> Plan:
    return plan(request.param)


def test_requests_that_must_be_accepted_are_valid_and_within_the_sizes(made: Plan) -> None:
    valid = [probe for probe in everything(made) if probe.intent == "accept"]
    assert len(valid) > 100
    for probe in valid:
        try:
            assert_must_be_accepted(probe)
        except (AssertionError, jsonschema.ValidationError, NoJsonError, UnicodeEncodeError) as error:
            raise AssertionError(f"{probe.name}: {str(error)[:300]}") from error


def test_bodies_that_must_be_rejected_are_invalid_or_not_json(made: Plan) -> None:
    rejected = [p for p in made.rejections if p.intent == "refuse" and p.clauses[0].startswith("request.")]
    rejected = [probe for probe in rejected if probe.clauses != ("request.media-types",)]
    assert len(rejected) > 200
    for probe in rejected:
        try:
            value = strictly(probe.body)
        except NoJsonError:
            continue
        assert not VALIDATOR.is_valid(value), probe.name


def test_a_twin_differs_from_its_control_in_the_named_change_alone(made: Plan) -> None:
    controls = {probe.name: probe for probe in made.controls}
    for probe in made.rejections:
        control = controls[probe.control or ""]
        parts = changed(control, probe)
        assert probe.change
        assert probe.change in probe.name
        named = 1 + probe.change.count(", ")  # "no benchmark_id, and odd headers" names two
        if "query" in parts:  # what stood in a header or in the body stands there instead
            named += 1
        if probe.framing == "short":  # it announces what its control has, and leaves out the last byte
            parts -= {"framing"}
            assert probe.body == control.body[:-1]
        assert len(parts) <= named, (probe.name, parts)
        if named == 1 and parts == {"body"} and isinstance(probe.content, dict):
            assert differences(control.content, probe.content) == 1 or moved(control.content, probe.content), probe.name


def test_the_body_of_a_probe_is_its_content(made: Plan) -> None:
    for probe in everything(made):
        if probe.content is not NOTHING and "surrogate" not in probe.name:
            assert json.loads(probe.body) == probe.content, probe.name


def test_the_names_are_unique(made: Plan) -> None:
    for probes in (
        [*made.probes()],
        [*made.controls, *made.rejections, *(p for group in made.successes for p in group)],
    ):
        assert [name for name, times in Counter(probe.name for probe in probes).items() if times > 1] == []


def test_a_success_of_a_twin_has_its_control(made: Plan) -> None:
    names = {probe.name for probe in everything(made) if probe.intent == "accept"}
    for probe in everything(made):
        assert probe.control is None or probe.control in names, probe.name


def test_the_token_is_in_no_probe() -> None:
    for probe in everything(plan()):
        whole = repr(probe.headers) + probe.query + probe.name + probe.body.decode("utf-8", "replace")
        assert TOKEN not in whole
        assert TOKEN[:-1] not in whole


def test_the_wrong_tokens_are_few() -> None:
    named = [
        p
        for p in plan().rejections
        if any(v.startswith("Bearer {token|") for n, v in p.headers if n == "Authorization")
    ]
    assert len(named) <= 12


@pytest.mark.parametrize("profile", ["quick", "standard", "thorough"])
def test_the_same_seed_makes_the_same_plan(profile: str) -> None:
    assert plan(5, profile=profile) == plan(5, profile=profile)
    assert plan(5, profile=profile) != plan(6, profile=profile)


def test_a_token_that_is_made_up_changes_nothing_but_itself() -> None:
    ways = {tuple(wrong_tokens(made_up_token())) for _ in range(200)}
    assert len(ways) == 1
    assert "swapped" in next(iter(ways))


PLANNED = """
import sys
from pathlib import Path
sys.path.extend(sys.argv[2:])
if sys.argv[2:]:
    import application
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.plan import Planner
contract = load_contract(Path(sys.argv[1]))
planner = Planner(contract, 5, "thorough", (), "a token", 100)
for operation in contract.operations:
    plan = planner.plan() if operation is contract.operation else planner.further(operation, {}, 100)
    print([(probe.name, probe.body) for probe in (*plan.probes(), *(one for group in plan.successes for one in group))])
"""


@pytest.mark.parametrize("contract", [ROOT / "openapi.yaml", PETSTORE], ids=["ours", "petstore"])
def test_the_plan_does_not_depend_on_what_else_is_loaded(contract: Path, tmp_path: Path) -> None:
    constants = "".join(f"A{n} = ({n * 7919}, 'constant {n}')\n" for n in range(500))
    (tmp_path / "application.py").write_text(constants)
    alone, beside = (
        subprocess.run([sys.executable, "-c", PLANNED, contract, *more], check=True, capture_output=True).stdout
        for more in ([], [tmp_path])
    )
    assert len(alone) > 1000
    assert alone == beside


STATES = ("absent", "filled", "null", "empty")


@pytest.mark.parametrize("count", [5, 12, 60])
def test_a_covering_array_holds_every_pair_that_can_be(count: int) -> None:
    rows = covering([STATES] * count, random.Random(0), {2: 1, 3: 2})
    assert len(rows) < 60
    for row in rows:
        assert row[2] == "absent" or row[1] == "filled"
        assert row[3] == "absent" or row[2] == "filled"
    for a, b in itertools.combinations([0, 1, *range(4, count)], 2):
        beside = {(row[a], row[b]) for row in rows}
        assert {pair for pair in itertools.product(STATES, STATES) if "filled" in pair} <= beside
        assert ("absent", "absent") in beside
    assert {(row[2], row[3]) for row in rows} >= {("filled", state) for state in STATES}


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(seed=st.integers(0, 2**64), max_runs=st.integers(0, 40))
def test_any_seed_and_budget_makes_a_valid_plan(seed: int, max_runs: int) -> None:
    made = plan(seed, max_runs)
    for probe in everything(made):
        if probe.intent == "accept":
            assert_must_be_accepted(probe)
    allowed = [probe for probe, fits in made.within(max_runs) if fits and probe.intent != "refuse"]
    assert len(allowed) <= max_runs


def test_requests_use_the_benchmarks_that_exist() -> None:
    made = plan(ids=("bmd_one", "bmd_two"))
    asked = Counter(probe.content["benchmark_id"] for probe in everything(made) if probe.intent == "accept")
    assert set(asked) == {"bmd_one", "bmd_two"}


@pytest.mark.parametrize("max_runs", [3, 25])
def test_every_clause_about_rejections_has_a_request(max_runs: int) -> None:
    about = {clause for probe in plan(max_runs=max_runs).probes() for clause in probe.clauses}
    for clause in all_clauses(CONTRACT):
        about_rejection = clause.id.endswith((".type", ".null", ".enum", ".const", ".minimum", ".maximum", ".required"))
        if clause.level == "must" and about_rejection and clause.chapter in ("request", "authorization"):
            assert clause.id in about, clause.id
