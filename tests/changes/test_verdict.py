"""What the diff says of single edits, beside what a person would say."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from changes.report import Comparison
from changes.version import VersionError, asked_for, is_enough
from tests.changes.edits import BEFORE, TOGETHER
from tests.conftest import CONTRACT, HANGS_AFTER, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DOCUMENT: dict[str, Any] = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
EDITS = [(index, sentence) for index, together in enumerate(TOGETHER) for sentence in together]


@pytest.fixture(scope="module")
def compared(node_tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Comparison]:
    """The contract beside what some edits make of it. Both are dumped anew: only the edits differ."""
    node_tool("redocly")
    folder = tmp_path_factory.mktemp("contracts")

    @cache
    def compare(index: int) -> Comparison:
        base = deepcopy(DOCUMENT)
        BEFORE.get(index, lambda _: None)(base)
        edited = deepcopy(base)
        for edit in TOGETHER[index].values():
            edit.change(edited)
        for name, document in ((f"before-{index}", base), (f"after-{index}", edited)):
            whole = json.loads(json.dumps(document))  # without what would become an alias in YAML
            text = yaml.safe_dump(whole, sort_keys=False, allow_unicode=True)
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return Comparison.of(folder / f"before-{index}.yaml", folder / f"after-{index}.yaml")

    return compare


@pytest.mark.node
@pytest.mark.xdist_group("redocly")
@pytest.mark.parametrize(("index", "sentence"), EDITS, ids=[sentence for _, sentence in EDITS])
def test_the_diff_says_what_a_person_would_say(
    index: int, sentence: str, compared: Callable[[int], Comparison]
) -> None:
    wanted = TOGETHER[index][sentence]
    (found,) = [one for one in compared(index).changes if one.what.startswith(sentence)]
    assert (found.callers, found.servers, found.bump) == (wanted.callers, wanted.servers, wanted.bump)


@pytest.mark.node
@pytest.mark.xdist_group("redocly")
@pytest.mark.parametrize("index", range(len(TOGETHER)))
def test_the_diff_says_nothing_that_was_not_edited(index: int, compared: Callable[[int], Comparison]) -> None:
    found = compared(index)
    told = [one for one in found.changes if not one.what.startswith(tuple(TOGETHER[index]))]
    assert [one.what for one in told if "among the schemas" not in one.what] == []
    assert found.bump == "major"
    assert not found.told
    text = found.revision.path.read_text(encoding="utf-8").splitlines()
    for one in found.changes:
        assert one.what.rstrip(".") in found.paragraph()
        assert text[one.line - 1].strip() or "gone" in one.what


@pytest.mark.node
def test_what_is_no_change_asks_for_nothing(node_tool: Callable[[str], str]) -> None:
    node_tool("redocly")
    found = Comparison.of(CONTRACT, CONTRACT)
    assert (found.changes, found.bump, found.told) == ([], None, True)


@pytest.mark.parametrize(
    ("released", "bump", "wanted"),
    [
        ("1.4.2", None, "1.4.2"), ("1.4.2", "patch", "1.4.3"), ("1.4.2", "minor", "1.5.0"), ("1.4.2", "major", "2.0.0"),
        ("0.14.0", "major", "0.15.0"), ("0.14.0", "minor", "0.15.0"), ("0.14.0", "patch", "0.14.1"),
    ],
)  # fmt: skip
def test_the_version_that_is_asked_for(released: str, bump: Any, wanted: str) -> None:
    assert asked_for(released, bump) == wanted
    assert is_enough(released, wanted, bump)
    assert is_enough(released, "10.0.0", bump)
    assert bump is None or not is_enough(released, released, bump)


@pytest.mark.parametrize("version", ["1.0", "v1.0.0", "1.0.0-rc1", ""])
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(VersionError, match="three numbers"):
        asked_for(version, "patch")


def said(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "changes", "diff", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=HANGS_AFTER)


def test_a_base_that_is_none_is_refused() -> None:
    done = said("--base", "no-such-revision")
    assert done.returncode == 2
    assert "BASE=no-such-revision is no file, and git has no openapi.yaml there" in done.stderr


@pytest.mark.node
def test_the_base_may_be_a_revision_of_git(node_tool: Callable[[str], str]) -> None:
    node_tool("redocly")
    done = said("--base", "HEAD", "--contract", str(CONTRACT))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_broken_contract_is_refused_with_its_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("openapi: [\n", encoding="utf-8")
    done = said("--contract", str(broken))
    assert done.returncode == 2
    assert f"contract: {broken}:2:1: not YAML" in done.stderr
