"""What the page is made of: harmless text, differences, the contract with its results."""

from __future__ import annotations

import html
import json
import re

import pytest
from hypothesis import given, settings, strategies as st
from runloop_conformance.clauses import all_clauses
from runloop_conformance.clauses.ledger import ledger
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.report.html.annotated import annotated, worst
from runloop_conformance.report.html.difference import Pieces, difference, laid_out, lines_apart, worth_laying_out
from runloop_conformance.report.visible import decoded, plain, shown

from tests.conformance.outside import CONTRACT
from tests.conformance.report.synthetic import CLAUSES, finding, page, result

TEXTS = st.text(st.characters(), max_size=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=3), inside, max_size=4),
    max_leaves=12,
)
TWO_OPERATIONS = """
openapi: 3.1.0
info: {title: Things, version: 2.0.0}
paths:
  /things:
    post:
      operationId: makeThing
      requestBody: {required: true, content: &thing {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
      responses: {"200": {description: Made, content: *thing}}
  /things/{id}:
    get:
      operationId: readThing
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: There, content: *thing}}
  /pictures:
    put:
      operationId: sendPicture
      requestBody: {required: true, content: {image/png: {}}}
      responses: {"200": {description: Taken}}
components:
  schemas:
    Thing:
      type: object
      required: [name]
      properties: {name: {type: string, description: What it is called.}}
"""


def text(pieces: Pieces) -> str:
    return "".join(piece.text for piece in pieces)


def changed(pieces: Pieces) -> list[str]:
    return [piece.text for piece in pieces if piece.changed]


def unescaped(markup: str) -> str:
    """What a page says, with the escapes decoded."""
    parts = enumerate(re.split(r'<span class="esc">(.*?)</span>', markup))
    return "".join(part.encode().decode("unicode_escape") if at % 2 else html.unescape(part) for at, part in parts)


@given(TEXTS)
@settings(deadline=None)
def test_nothing_of_a_text_is_lost(raw: str) -> None:
    assert unescaped(shown(raw)) == raw
    assert not re.search(r"<(?!/?span)", shown(raw))


@given(TEXTS)
@settings(deadline=None)
def test_in_an_attribute_it_is_on_one_line_and_printable(raw: str) -> None:
    assert plain(raw).isprintable()


@given(st.binary(max_size=40))
@settings(deadline=None)
def test_nothing_of_bytes_is_lost(raw: bytes) -> None:
    parts = re.split(r'<span class="esc">(.*?)</span>', shown(decoded(raw)))
    read = b"".join(html.unescape(part).encode() if at % 2 == 0 else _bytes(part) for at, part in enumerate(parts))
    assert read == raw


def _bytes(escapes: str) -> bytes:
    """The bytes of escapes: `\\xff` for a byte, any other for a character."""
    escaped = re.findall(r"\\x([0-9a-f]{2})|(\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\\[tr])", escapes)
    return b"".join(
        bytes.fromhex(byte) if byte else character.encode().decode("unicode_escape").encode()
        for byte, character in escaped
    )


@given(TEXTS, TEXTS)
@settings(deadline=None)
def test_pieces_are_the_texts_and_what_is_not_marked_is_in_both(before: str, after: str) -> None:
    left, right = difference(before, after)
    assert (text(left), text(right)) == (before, after)
    assert [piece.text for piece in left if not piece.changed] == [piece.text for piece in right if not piece.changed]


@given(TEXTS)
@settings(deadline=None)
def test_nothing_is_marked_between_equal_texts(raw: str) -> None:
    left, right = difference(raw, raw)
    assert changed(left) == changed(right) == []


@pytest.mark.parametrize(
    ("before", "after", "left", "right"),
    [
        ('{"a":"b","c":1}', '{"a":"b"}', [',"c":1'], []),
        ('{"a":"b"}', '{"a":5}', ['"b"'], ["5"]),
        ("POST /v1", "GET /v1", ["POST"], ["GET"]),
        ('{"a":1}', "", ['{"a":1}'], []),
        ("a" * 9 + " b" * 2000, "a" * 9 + " c d" * 2000, [" b" * 2000], [" c d" * 2000]),
    ],
    ids=["gone", "another", "a word", "all of it", "too much to compare"],
)
def test_the_marked_is_what_differs(before: str, after: str, left: list[str], right: list[str]) -> None:
    sides = difference(before, after)
    assert ["".join(changed(side)).strip() for side in sides] == ["".join(side).strip() for side in (left, right)]


def test_headers_are_compared_line_by_line() -> None:
    left, right = lines_apart(["A: 1", "B: 2", "C: 3"], ["A: 1", "B: 4", "C: 3", "D: 5"])
    assert [changed(line) for line in left] == [[], ["2"], []]
    assert [changed(line) for line in right] == [[], ["4"], [], ["D: 5"]]


@given(JSON)
@settings(max_examples=60, deadline=None)
def test_json_that_is_laid_out_is_the_same_json(value: object) -> None:
    for separators in ((",", ":"), (", ", ": ")):
        written = json.dumps(value, separators=separators)
        laid = text(laid_out(difference(written, written)[0]))
        assert json.loads(laid) == value
        assert json.dumps(value, indent=2) == laid or not isinstance(value, dict | list)


def test_white_space_is_marked_when_it_is_the_difference() -> None:
    left, right = difference('{"a": 1}', '{"a":\t1}')
    assert changed(laid_out(right)) == ["\t"]
    assert changed(laid_out(left)) == [" "]


@pytest.mark.parametrize(
    "raw", ['{"a":1}', "[" * 200 + "]" * 200, "x" * 100, "[" * 100_000, '{"a":' + "1" * 60, " " * 99]
)
def test_short_text_long_text_and_text_that_is_not_json_is_unchanged(raw: str) -> None:
    assert not worth_laying_out(raw)


def test_every_statement_and_every_clause_is_in_the_contract_with_its_results() -> None:
    parts = annotated(CONTRACT, CLAUSES, {clause.id: "pass" for clause in CLAUSES})
    passages = [passage for part in parts for _, passages in part.sections for passage in passages]
    entries = ledger(CONTRACT, CLAUSES)
    assert sum(len(passage.statements) for passage in passages) == len(entries)
    judged = {clause.id for passage in passages for statement in passage.statements for clause in statement.clauses}
    assert judged == {clause.id for clause in CLAUSES}


def test_a_sentence_shows_the_clauses_of_its_rules() -> None:
    statuses = {clause.id: "fail" if clause.id == "run.start_time_ms.now" else "pass" for clause in CLAUSES}
    (part,) = annotated(CONTRACT, CLAUSES, statuses)
    passages = {(title, statement.title): statement for title, statements in part.sections for statement in statements}
    time = passages["Response", "start_time_ms"]
    assert time.text == "The time the benchmark run execution started (Unix timestamp milliseconds)."
    assert [clause.id for clause in time.clauses] == ["run.start_time_ms.now"]
    assert time.mark == "fail"
    assert {statement.mark for statement in passages.values()} == {"fail", "pass", "free"}


def test_the_worst_colours_a_statement() -> None:
    assert worst(["pass", "warning", "inconclusive"]) == "warning"
    assert worst(["pass", "inconclusive"]) == "inconclusive"
    assert worst(["known", "inconclusive", "pass"]) == "known"
    assert worst([]) == "free"


def test_each_operation_has_its_part(tmp_path) -> None:
    (tmp_path / "things.yaml").write_text(TWO_OPERATIONS)
    contract = load_contract(tmp_path / "things.yaml")
    clauses = all_clauses(contract)
    parts = annotated(contract, clauses, {clause.id: "pass" for clause in clauses})
    assert [part.title for part in parts] == ["POST /things", "GET /things/{id}", "Operations that are not tested"]
    for part, sections in zip(parts, (["Body", "Response"], ["Parameters", "Response"], []), strict=True):
        assert set(sections) <= {title for title, _ in part.sections}
    for part in parts[:2]:
        (name,) = [
            statement
            for _, statements in part.sections
            for statement in statements
            if statement.title == "name" and "Response" in _
        ][:1]
        assert (name.text, name.mark) == ("What it is called.", "pass")
    made = page(result([finding(clause) for clause in clauses], contract=contract))
    assert made.count('name="operation"') == 2
    assert "PUT /pictures" in made


def test_what_was_not_selected_is_not_called_free() -> None:
    made = page(result([finding(CLAUSES[0])]))
    assert made.count("no clause about it was selected") > 100


def test_without_a_finding_the_page_says_so() -> None:
    made = page(result([], verdict="error", reason="ValueError: a defect"))
    assert "No clause was judged." in made
    assert "ValueError: a defect" in made
    assert 'id="filters"' not in made
