"""Wrong usage ends with exit code 2 and a message that says what to do, before anything is sent."""

from __future__ import annotations

import subprocess
import sys
import traceback
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from runloop_conformance.commands import main
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import CountsConnections
from tests.conformance.outside import TOKEN, call

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def nobody() -> Iterator[tuple[str, CountsConnections]]:
    """A server that must not receive a connection."""
    server = CountsConnections()
    with running(server) as url:
        yield url, server


def rejection_message(nobody: tuple[str, CountsConnections], *arguments: object, **settings: str) -> str:
    url, server = nobody
    before = server.connections
    done = invoked("run", *(url if each == "URL" else each for each in arguments), **settings)
    assert server.connections == before
    assert not isinstance(done.exception, Exception), "".join(traceback.format_exception(done.exception))
    assert done.exit_code == 2, done.output
    return " ".join(done.output.split())


def invoked(*arguments: object, token: str = TOKEN) -> Result:
    """The command in this process, since it is to end before it has done anything."""
    return CliRunner().invoke(main, [str(each) for each in arguments], env={"RUNLOOP_API_KEY": token})


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8080",
        "localhost",
        "ftp://127.0.0.1",
        "http://",
        "http://:80",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:port",
        "http://[::1",
        "http://user:password@127.0.0.1",
        "http://127.0.0.1/?a=b",
        "http://127.0.0.1/#part",
        "http://127.0.0.1/a path",
        "http://127.0.0.1/\u2603",
        "",
    ],
)
def test_an_invalid_server_url(nobody: tuple[str, CountsConnections], url: str) -> None:
    message = rejection_message(nobody, url)
    assert "URL" in message or "http://" in message
    assert "password" not in message.replace("credentials", "")


def test_a_mistyped_selector(nobody: tuple[str, CountsConnections]) -> None:
    for option in ("--select", "--deselect"):
        message = rejection_message(nobody, "URL", option, "run.id.nwe")
        assert "run.id.nwe" in message
        assert "clauses" in message


@pytest.mark.parametrize(
    "header", ["no colon", ": no name", "X-Line: a\nb", "Na me: x", "X: \u2603", "X\u00e9: x", "X(: x"]
)
def test_a_header_that_cannot_be_sent(nobody: tuple[str, CountsConnections], header: str) -> None:
    assert "--header" in rejection_message(nobody, "URL", "--header", header)


def test_a_header_that_cannot_be_sent_is_not_shown_with_its_value(nobody: tuple[str, CountsConnections]) -> None:
    assert "canary" not in rejection_message(nobody, "URL", "--header", "X-Key: canary\u2603")


@pytest.mark.parametrize("name", ["Authorization", "content-type", "Content-Length", "Transfer-Encoding"])
def test_a_header_that_the_suite_sends_itself(nobody: tuple[str, CountsConnections], name: str) -> None:
    message = rejection_message(nobody, "URL", "--header", f"{name}: canary")
    assert f"--header {name}" in message
    assert "canary" not in message


def test_a_token_with_the_word_bearer(nobody: tuple[str, CountsConnections]) -> None:
    message = rejection_message(nobody, "URL", token="Bearer canary")
    assert "without this word" in message
    assert "canary" not in message


def test_a_token_that_no_header_carries(nobody: tuple[str, CountsConnections]) -> None:
    for token in ("canary\n", "canary\u2603"):
        message = rejection_message(nobody, "URL", token=token)
        assert "token" in message
        assert "canary" not in message


@pytest.mark.parametrize(
    "arguments",
    [
        ("--max-runs", "-1"),
        ("--max-runs", "many"),
        ("--timeout", "0"),
        ("--rate", "0"),
        ("--profile", "slow"),
        ("--fail-on", "never"),
        ("--seed", "x"),
        ("--ca-bundle", "no/such/file"),
        ("--contract", "no/such/file"),
        ("--no-such-option",),
        ("http://127.0.0.1:1",),
    ],
    ids=" ".join,
)
def test_a_wrong_option(nobody: tuple[str, CountsConnections], arguments: tuple[str, ...]) -> None:
    message = rejection_message(nobody, "URL", *arguments)
    assert arguments[0] in message


def test_an_unusable_report_folder(nobody: tuple[str, CountsConnections], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("here already", encoding="utf-8")
    for folder in (file, file / "below"):
        message = rejection_message(nobody, "URL", "--report-dir", folder)
        assert "--report-dir" in message or str(folder) in message
    assert file.read_text(encoding="utf-8") == "here already"


TOP = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"
TAKES_JSON = (
    "requestBody: {content: {application/json: {schema: {type: object}}}}, responses: {'200': {description: OK}}"
)
UNUSABLE = {
    "empty": b"",
    "words": b"just words",
    "no YAML": b"a: [",
    "bytes": b"\xff\xfe\x00",
    "a list": b"- a\n- list\n",
    "no info": b"openapi: 3.1.0\npaths: {}\n",
    "no paths": f"{TOP}paths: {{}}\n".encode(),
    "no JSON": f"{TOP}paths: {{/a: {{post: {{{TAKES_JSON}}}}}}}\n".replace("application/json", "text/csv").encode(),
    "no version": f"openapi: 3.1.0\ninfo: {{title: t}}\npaths: {{/a: {{post: {{{TAKES_JSON}}}}}}}\n".encode(),
    "no responses": f"{TOP}paths: {{/a: {{post: {{{TAKES_JSON.partition(', responses')[0]}}}}}}}\n".encode(),
    "a reference to nothing": f"{TOP}paths: {{/a: {{post: {{{TAKES_JSON}}}}}}}\n".replace(
        "{type: object}", "{$ref: '#/none'}"
    ).encode(),
    "an operation that is a number": f"{TOP}paths: {{/a: {{post: 1}}}}\n".encode(),
    "a path that is null": f"{TOP}paths: {{/a: null}}\n".encode(),
}


@pytest.mark.parametrize("text", UNUSABLE.values(), ids=UNUSABLE)
def test_a_contract_that_cannot_be_used(nobody: tuple[str, CountsConnections], tmp_path: Path, text: bytes) -> None:
    contract = tmp_path / "contract.yaml"
    contract.write_bytes(text)
    assert "contract.yaml" in rejection_message(nobody, "URL", "--contract", contract)


def test_a_bundle_without_a_certificate(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("no certificate", encoding="utf-8")
    done = invoked("run", "https://127.0.0.1:1", "--ca-bundle", bundle)
    assert done.exit_code == 2, done.output
    assert "--ca-bundle" in done.output or "bundle.pem" in done.output


def test_from_outside_it_is_the_same() -> None:
    done = call("run", "127.0.0.1:8080")
    assert done.code == 2
    assert "http://127.0.0.1:8080" in done.err
    assert call("conform").code == 2


def test_a_defect_before_anything_is_sent_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise TypeError(f"a defect that quotes {TOKEN} and canary-1234")

    monkeypatch.setattr("runloop_conformance.suite.run.plan_for", fail)
    done = invoked("run", "http://127.0.0.1:1", "--header", "X-Key: canary-1234")
    assert done.exit_code == 4
    assert "a defect that quotes" in done.output
    assert TOKEN not in done.output
    assert "canary-1234" not in done.output


LOADED = """
import sys
from runloop_conformance.__main__ import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments", [("--help",), ("run", "--help"), ("prove", "--help"), ("--version",)], ids=" ".join
)
def test_help_imports_nothing_of_the_suite(arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], capture_output=True, encoding="utf-8", check=True, timeout=60
    )
    assert done.stdout
    loaded = set(done.stderr.split())
    commands = "runloop_conformance.commands"
    ours = {"runloop_conformance", "runloop_conformance.__main__", commands, f"{commands}.cli"}
    assert {name for name in loaded if name.startswith("runloop")} == ours
    assert not loaded & {"attrs", "httpx", "h11", "rich", "yaml", "jinja2", "starlette", "asyncio", "jsonschema_rs"}
