"""Every example in the documents is run as it is, or names the test that runs it, or the reason why none can.

A block of Python, shell or a terminal session is run unless a comment is directly above it:
`<!-- run by FILE -->` names the test that runs it, `<!-- not run: REASON -->` gives the reason why none does.
The blocks of one document share a folder, a server and, in Python, their names. JSON, YAML and TOML must parse.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from attrs import frozen
from markdown_it import MarkdownIt
from runloop_conformance.servers.hosting import running
from runloop_conformance.servers.reference import Reference, default_document

from tests.conftest import HANGS_AFTER, ROOT, free_port

DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "examples/servers/README.md",
    *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))),
)
TOKEN = "a-token-of-the-tests"
READ = {"json": json.loads, "yaml": yaml.safe_load, "toml": tomllib.loads}
SHOWN = ("text", "xml", "ini", "groovy", "diff", "html", "jsonc")
PYTHON = """
import ast, asyncio, inspect, sys
names = {"__name__": "__main__"}
for number, source in enumerate(sys.argv[1:], 1):
    code = compile(source, f"<block {number}>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if code.co_flags & inspect.CO_COROUTINE:
        asyncio.run(eval(code, names))
    else:
        exec(code, names)
"""


@frozen
class Block:
    """A fenced block, and its comment: the test that runs it, or the reason why none does."""

    where: str
    language: str
    code: str
    run_by: str | None
    not_run: str | None

    @property
    def run_here(self) -> bool:
        return self.run_by is None and self.not_run is None


def blocks(document: str) -> list[Block]:
    tokens = MarkdownIt("commonmark").parse((ROOT / document).read_text(encoding="utf-8"))
    result = []
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type in {"fence", "code_block"}:
            comment = before.content if before and before.type == "html_block" else ""
            by, reason = re.search(r"<!-- run by (\S+) -->", comment), re.search(r"<!-- not run: (.+?) -->", comment)
            where = f"{document}:{(token.map or [0])[0] + 1}"
            language = token.info.strip().partition(" ")[0]
            result.append(Block(where, language, token.content, by and by[1], reason and reason[1]))
    return result


EVERY = [block for document in DOCUMENTS for block in blocks(document)]


def environment(url: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in {"CI", "FORCE_COLOR", "COLUMNS"}}
    path = os.pathsep.join([str(Path(sys.executable).parent), inherited["PATH"]])
    return inherited | {"PATH": path, "RUNLOOP_BASE_URL": url, "RUNLOOP_API_KEY": TOKEN, "PYTHONWARNINGS": "error"}


def with_a_server(code: str, url: str) -> str:
    """The example with the server, token and benchmark of the test in place of its placeholders."""
    port = free_port()
    for placeholder, value in {
        "https://host/prefix": url,
        "bmd_…": "bmd_1",
        "export RUNLOOP_API_KEY=…": f"export RUNLOOP_API_KEY={TOKEN}",
        "8000": str(port),
    }.items():
        code = code.replace(placeholder, value)
    return code


def test_every_block_names_its_language() -> None:
    known = {"python", "sh", "console", *READ, *SHOWN, "{eval-rst}"}
    assert {block.where: block.language for block in EVERY if block.language not in known} == {}


def test_the_file_that_runs_a_block_exists() -> None:
    assert {block.where: block.run_by for block in EVERY if block.run_by and not (ROOT / block.run_by).is_file()} == {}


@pytest.mark.parametrize("block", [b for b in EVERY if b.language in READ], ids=lambda block: block.where)
def test_data_parses(block: Block) -> None:
    assert READ[block.language](block.code) is not None


@pytest.mark.parametrize(
    "document", [d for d in DOCUMENTS if any(b.language == "python" and b.run_here for b in blocks(d))]
)
def test_python_runs(document: str, tmp_path: Path) -> None:
    sources = [block.code for block in blocks(document) if block.language == "python" and block.run_here]
    with running(Reference(default_document(), TOKEN, ())) as url:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", PYTHON, *(with_a_server(source, url) for source in sources)],
            cwd=tmp_path,
            env=environment(url),
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize(
    "document", [d for d in DOCUMENTS if any(b.language == "sh" and b.run_here for b in blocks(d))]
)
def test_shell_commands_run(document: str, tmp_path: Path) -> None:
    """`your_script.py` is the first Python example of the document."""
    scripts = [block.code for block in blocks(document) if block.language == "python"]
    if scripts:
        (tmp_path / "your_script.py").write_text(scripts[0], encoding="utf-8")
    shell = "".join(block.code for block in blocks(document) if block.language == "sh" and block.run_here)
    with running(Reference(default_document(), TOKEN, ())) as url:
        done = subprocess.run(
            [
                "bash",
                "-euo",
                "pipefail",
                "-c",
                f"trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{with_a_server(shell, url)}",
            ],
            cwd=tmp_path,
            env=environment(url),
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=HANGS_AFTER,
        )
    assert done.returncode == 0, done.stdout + done.stderr


def stable(text: str) -> str:
    """The output without what differs between runs and between contracts: ports, times, totals."""
    for pattern, name in (
        (r"\d+\.\d s", "N s"),
        (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
        (r"\d+ (passed|requests)", r"N \1"),
    ):
        text = re.sub(pattern, name, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def sessions(block: Block) -> list[tuple[str, str]]:
    """The commands of a terminal session, each with its output. A line of `…` matches any lines."""
    parts = re.split(r"^\$ (.*)\n", block.code, flags=re.MULTILINE)
    assert parts[0] == "", f"{block.where}: a session begins with `$ `"
    return list(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize(
    "block", [b for b in EVERY if b.language == "console" and b.run_here], ids=lambda block: block.where
)
def test_a_session_prints_what_it_shows(block: Block, tmp_path: Path) -> None:
    with running(Reference(default_document(), TOKEN, ())) as url:
        for command, shown in sessions(block):
            assert shlex.split(command)[0] == "runloop-conformance", "a session runs only this command"
            done = subprocess.run(
                ["bash", "-c", with_a_server(command, url)],
                cwd=tmp_path,
                env=environment(url),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                check=False,
                timeout=HANGS_AFTER,
            )
            lines = stable(with_a_server(shown, url)).splitlines()
            expected = "".join("(.*\n)*?" if line == "…" else re.escape(line) + "\n" for line in lines)
            assert re.fullmatch(expected, stable(done.stdout) + "\n"), f"{command}\n{done.stdout}"
