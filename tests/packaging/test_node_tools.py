"""What needs Node is skipped with its reason where Node's tools are absent, and never in CI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import HANGS_AFTER, ROOT

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from pathlib import Path


def closing_lines(folder: Path, **environment: str) -> str:
    """What pytest says of a test that needs a tool, in a checkout that lacks it."""
    (folder / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "conftest.py", folder / "tests")
    (folder / "tests/test_tool.py").write_text("def test_tool(node_tool):\n    node_tool('redocly')\n")
    command = [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)]
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=HANGS_AFTER,
    ).stdout


@pytest.mark.parametrize("where", ["", "false", "0"])
def test_elsewhere_it_is_skipped_with_the_reason(tmp_path: Path, where: str) -> None:
    output = closing_lines(tmp_path, CI=where)
    assert "1 skipped" in output
    assert "is not installed" in output


@pytest.mark.parametrize("where", ["true", "1"])
def test_in_ci_it_fails(tmp_path: Path, where: str) -> None:
    output = closing_lines(tmp_path, CI=where)
    assert "1 failed" in output or "1 error" in output
    assert "CI leaves out nothing" in output


def test_without_node_it_is_skipped_though_the_tools_are_there(tmp_path: Path) -> None:
    (tmp_path / "node_modules/.bin").mkdir(parents=True)
    (tmp_path / "node_modules/.bin/redocly").touch()
    assert "Node is not installed" in closing_lines(tmp_path, CI="", PATH="")
