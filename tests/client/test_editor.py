"""What an editor shows: pyright's language server is asked as an editor asks it. And what type checkers say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CAPABILITIES = {"workspace": {"configuration": True}}
CODE = """\
from runloop_benchmarks import AsyncRunloop, Runloop

client = Runloop()
run = client.benchmarks.start_run(benchmark_id="b", run_profile={"": 1})
print(run.state == "")
AsyncRunloop().benchmarks.start_run
"""


class Editor:
    """An editor with one open file."""

    def __init__(self, folder: Path, code: str) -> None:
        self.lines = code.splitlines()
        self.uri = (folder / "opened.py").as_uri()
        self._process = subprocess.Popen(
            [Path(sys.executable).with_name("pyright-langserver"), "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._number = 0
        self.ask("initialize", {"processId": os.getpid(), "rootUri": folder.as_uri(), "capabilities": CAPABILITIES})
        self._send("initialized", {})
        document = {"uri": self.uri, "languageId": "python", "version": 1, "text": code}
        self._send("textDocument/didOpen", {"textDocument": document})

    def at(self, method: str, text: str, after: int) -> object:
        """What the server shows in the line with `text`, so many characters after its start."""
        line = next(number for number, content in enumerate(self.lines) if text in content)
        position = {"line": line, "character": self.lines[line].index(text) + after}
        return self.ask(f"textDocument/{method}", {"textDocument": {"uri": self.uri}, "position": position})

    def ask(self, method: str, params: dict[str, object]) -> object:
        self._number += 1
        self._send(method, params, id=self._number)
        while True:
            message = self._receive()
            if message.get("id") == self._number and "method" not in message:
                return message["result"]
            if "id" in message:  # the server's own questions
                items = message["params"]["items"] if message["method"] == "workspace/configuration" else None
                settings = [
                    {"pythonPath": sys.executable} if item["section"] == "python" else {} for item in items or ()
                ]
                self._send(None, None, id=message["id"], result=settings or None)

    def _send(self, method: str | None, params: object, **properties: object) -> None:
        message = {"jsonrpc": "2.0", **properties} | ({"method": method, "params": params} if method else {})
        body = json.dumps(message).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, object]:
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server has ended"
        return json.loads(self._process.stdout.read(length))

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="module")
def editor(tmp_path_factory):
    folder = tmp_path_factory.mktemp("a project")
    (folder / "pyrightconfig.json").write_text(
        json.dumps({"extraPaths": [str(ROOT / "generated"), str(ROOT / "overrides")]})
    )
    opened = Editor(folder, CODE)
    yield opened
    opened.close()


def labels(completion):
    items = completion["items"] if isinstance(completion, dict) else completion
    return {item["label"].strip("\"'") for item in items}


@pytest.mark.parametrize("text", ["client.benchmarks.start_run", "AsyncRunloop().benchmarks.start_run"])
def test_the_hover_text_of_a_call_describes_its_arguments(editor, text):
    shown = json.dumps(editor.at("hover", text, len(text) - 1))
    for words in ("benchmark_id: str", "Start one run of a benchmark, and never two", "ID of the benchmark to run"):
        assert words in shown


def test_the_keys_of_a_profile_are_completed(editor):
    completed = labels(editor.at("completion", '{"": 1}', 2))
    assert {"env_vars", "secrets", "purpose", "launch_parameters", "mounts"} <= completed


def test_the_states_of_the_contract_are_completed(editor):
    assert {"running", "completed", "canceled"} <= labels(editor.at("completion", 'state == ""', 10))


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_types_as_a_caller_sees_them(checker):
    command = {
        "mypy": ["-m", "mypy", "--strict", "--warn-unused-ignores", "tests/typing"],
        "pyright": ["-m", "pyright", "--pythonpath", sys.executable, "--project", "tests/typing"],
    }
    done = subprocess.run([sys.executable, *command[checker]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
