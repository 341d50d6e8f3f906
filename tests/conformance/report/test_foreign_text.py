"""Text of a report or a contract that steers a terminal or GitHub Actions, planted in every place that is printed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from runloop_conformance.commands import main
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import AcceptsEverything
from tests.conformance.outside import CONTRACT, CONTROL_CHARACTERS, TOKEN, quick

if TYPE_CHECKING:
    from pathlib import Path

PLANTED = "\x1b]0;owned\x07\x9b31m\u202e\r\n::error::planted\n"


def printed(*arguments: object) -> str:
    done = CliRunner().invoke(main, [str(argument) for argument in arguments], env={"RUNLOOP_API_KEY": TOKEN})
    assert not isinstance(done.exception, Exception), done.output
    assert CONTROL_CHARACTERS.findall(done.output) == []
    assert not any(line.startswith("::error") for line in done.output.splitlines()), done.output
    return done.output


def planted(value: Any, at: int) -> tuple[Any, int]:
    """The document with the text added to its string number `at`, and how many strings are left to reach it."""
    if isinstance(value, str):
        return (value + PLANTED if at == 0 else value), at - 1
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        made = {}
        for key, item in items:
            made[key], at = planted(item, at)
        return (made if isinstance(value, dict) else list(made.values())), at
    return value, at


@pytest.fixture(scope="module")
def folder() -> Path:
    with running(AcceptsEverything(CONTRACT.document, TOKEN)) as url:
        return quick(url, "--select", "request.run_name.type").folder


def test_in_each_string_of_a_report(folder: Path, tmp_path: Path) -> None:
    report = json.loads((folder / "report.json").read_text("utf-8"))
    recording = (folder / "recording.jsonl").read_text("utf-8").splitlines()
    (tmp_path / "recording.jsonl").write_text("\n".join(recording) + "\n", "utf-8")
    number = -planted(report, 10**6)[1] + 10**6
    for at in range(number):
        (tmp_path / "report.json").write_text(json.dumps(planted(report, at)[0]), "utf-8")
        printed("diff", folder, tmp_path)
        printed("diff", tmp_path, folder)
        if at % 5 == 0:
            printed("recheck", tmp_path)
            printed("replay", tmp_path, "--plan")


def test_in_each_string_of_a_recorded_request(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_bytes((folder / "report.json").read_bytes())
    lines = (folder / "recording.jsonl").read_text("utf-8").splitlines()
    last = json.loads(lines[-1])
    for at in range(-planted(last, 10**6)[1] + 10**6):
        text = json.dumps(planted(last, at)[0])
        (tmp_path / "recording.jsonl").write_text("\n".join([*lines[:-1], text]) + "\n", "utf-8")
        printed("recheck", tmp_path)
        printed("replay", tmp_path, "--plan")


CONTRACT_TEXT = """
openapi: 3.1.0
info: {title: Things, version: "1"}
paths:
  /things:
    post:
      operationId: makeThing
      description: PLANTED
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
      responses: {"200": {description: PLANTED, content: {application/json: {schema: {type: object}}}}}
components:
  schemas:
    Thing:
      type: object
      required: [PLANTED]
      properties: {PLANTED: {type: string, enum: [PLANTED], description: PLANTED}}
"""


@pytest.mark.parametrize("command", [("clauses",), ("run", "--plan"), ("run", "--select", "PLANTED")], ids=" ".join)
def test_in_a_contract(command: tuple[str, ...], tmp_path: Path) -> None:
    contract = tmp_path / "contract.yaml"
    contract.write_text(CONTRACT_TEXT.replace("PLANTED", json.dumps(PLANTED)), "utf-8")
    url = ("http://127.0.0.1:1",) if command[0] == "run" else ()
    printed(*(word.replace("PLANTED", PLANTED) for word in command), *url, "--contract", contract)


UNUSABLE = {
    "version": "openapi: PLANTED\n",
    "title": "openapi: 3.1.0\ninfo: {title: t, version: PLANTED}\npaths: {}\n",
    "reference": CONTRACT_TEXT.replace("'#/components/schemas/Thing'", "PLANTED"),
}


@pytest.mark.parametrize("text", UNUSABLE.values(), ids=UNUSABLE)
def test_in_the_message_about_a_contract(text: str, tmp_path: Path) -> None:
    contract = tmp_path / "contract.yaml"
    contract.write_text(text.replace("PLANTED", json.dumps(PLANTED)), "utf-8")
    assert "contract.yaml" in printed("clauses", "--contract", contract)
