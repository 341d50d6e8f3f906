"""The house in order: what is committed names no machine, and what documents promise is there."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from runloop_conformance.commands import main

from tests.conftest import HANGS_AFTER, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "CONTRIBUTING.md")
PINNED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.!+]+")
LONGEST_FILE = 400
# Put together here, so that this file does not name them either.
REGISTRIES = {
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
}


def output_of(*command: str) -> str:
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=HANGS_AFTER
        )
    except OSError:  # not installed, so it has no setting
        return ""
    return done.stdout.rstrip() if done.returncode == 0 else ""


COMMITTED = [ROOT / name for name in output_of("git", "ls-files", "-z").split("\0") if name]


def texts() -> dict[str, str]:
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8", errors="replace")
        for path in COMMITTED
        if path.is_file()
    }


def test_no_committed_file_names_this_machine() -> None:
    folders = {f"{ROOT.parent}/", f"{Path.home()}/"} - {"/", "//", "/tmp/"}
    named = {name: folder for name, text in texts().items() for folder in folders if folder in text}
    assert named == {}


def test_no_committed_file_names_a_registrys_host() -> None:
    settings = [
        os.environ.get("PIP_INDEX_URL", ""),
        output_of(sys.executable, "-m", "pip", "config", "get", "global.index-url"),
        output_of("npm", "config", "get", "registry"),
    ]
    hosts = {match[1] for setting in settings if (match := re.match(r"\w+://(?:[^/@]*@)?([^/:]+)", setting))}
    named = [(name, host) for name, text in texts().items() for host in hosts | REGISTRIES if host in text]
    assert named == []


def test_files_are_short() -> None:
    lengths = {
        name: text.count("\n")
        for name, text in texts().items()
        if name.endswith(".py") and not name.startswith("generated/")
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_the_python_lock_holds_names_and_versions_alone() -> None:
    first, *lines = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    assert first.startswith("# Made by `make lock`")
    assert [line for line in lines if not PINNED.fullmatch(line)] == []
    assert len(lines) == len({line.partition("==")[0].lower() for line in lines})


def test_what_decides_the_generated_bytes_is_pinned_and_installed() -> None:
    pins = (ROOT / "requirements-dev.in").read_text(encoding="utf-8").splitlines()
    locked = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    for name in ("openapi-python-client", "ruff"):
        pin = f"{name}=={importlib.metadata.version(name)}"
        assert pin in pins
        assert pin in locked


@pytest.mark.parametrize("folder", [".", "benchmarks/peers"])
def test_the_node_locks_hold_versions_and_digests_without_addresses(folder: str) -> None:
    lock = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert len(packages) > 100
    for name, package in packages.items():
        assert "version" in package, name
        assert "integrity" in package or package["inBundle"], name  # of a bundle, the whole has the digest
        assert "resolved" not in package, name
    assert "omit-lockfile-registry-resolved=true" in (ROOT / folder / ".npmrc").read_text(encoding="utf-8").splitlines()


def test_the_node_tools_are_pinned_exactly() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    assert package["private"] is True
    assert package["devDependencies"].keys() >= {"@redocly/cli", "@stoplight/prism-cli", "axe-core", "express"}
    assert [
        version for version in package["devDependencies"].values() if not re.fullmatch(r"\d+(\.\d+)+", version)
    ] == []


def test_the_metadata_names_the_pythons() -> None:
    named = [line.rpartition(" ")[2] for line in PROJECT["project"]["classifiers"] if " :: 3." in line]
    assert named == ["3.11", "3.12", "3.13", "3.14"]
    assert PROJECT["project"]["requires-python"] == ">=3.11"
    assert PROJECT["tool"]["mypy"]["python_version"] == "3.11"


def targets() -> set[str]:
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony
    return set(phony[1].split())


def test_make_help_lists_each_target() -> None:
    listed = output_of("make", "--no-print-directory", "help")
    assert {line.split()[1] for line in listed.splitlines() if re.match(r"  make [a-z-]+ {2,}", line)} == targets()


def test_make_alone_is_help() -> None:
    assert output_of("make", "--no-print-directory") == output_of("make", "--no-print-directory", "help")


def code(document: str) -> list[str]:
    """The lines of the fenced blocks, and the inline code elsewhere."""
    text = (ROOT / document).read_text(encoding="utf-8")
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [line for block in fenced for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", prose)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_make_command_of_a_document_is_a_target(document: str) -> None:
    named = {name for line in code(document) for name in re.findall(r"\bmake ([a-z][a-z-]*)", line.partition("#")[0])}
    assert named
    assert named <= targets()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_command_of_a_document_is_one_of_the_command_line(document: str) -> None:
    for line in code(document):
        match = re.search(r"(?:^|\s)runloop-conformance ([a-z]+)(.*)", line)
        if not match:
            continue
        command = main.commands.get(match[1])
        assert command, f"{document} calls `runloop-conformance {match[1]}`, which there is not"
        options = {option for parameter in command.params for option in parameter.opts}
        used = set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", match[2].partition("#")[0]))
        assert used <= options | {"--help"}, f"{document}: {line}"


def test_what_the_documents_link_to_is_there() -> None:
    for document in DOCUMENTS:
        text = (ROOT / document).read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
            assert link.startswith("https://") or (ROOT / link).exists(), f"{document} links to {link}"
