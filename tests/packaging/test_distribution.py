"""The built distribution: what is in it, and that it works where nothing else is installed."""

from __future__ import annotations

import email
import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import CONTRACT, HANGS_AFTER, ROOT

pytestmark = pytest.mark.xdist_group("packaging")  # build once

PACKAGES = {
    "runloop_benchmarks": ROOT / "overrides",
    "runloop_benchmarks_api": ROOT / "generated",
    "runloop_conformance": ROOT / "conformance",
}
CHECKOUT_ONLY = "runloop_conformance/proof/"  # the suite tests itself with these servers
# httpx and httpcore take these where they find them: for a command, and for Trio. They are no dependency of ours.
TAKEN_BY_HTTPX = {"click", "rich", "pygments", "markdown_it", "mdurl", "trio", "outcome", "sortedcontainers", "sniffio"}
QUIET = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=os.environ | QUIET | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=HANGS_AFTER,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(kind: str, source: Path, into: Path) -> Path:
    """The one file that `python -m build` makes of `source`, with the hatchling that is installed."""
    run(sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", into, source, cwd=into.parent)
    (made,) = into.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("the wheel") / "dist")


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", ROOT, tmp_path_factory.mktemp("the sdist") / "dist")


def tracked_or_new() -> set[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    return set(run(*command, cwd=ROOT).split("\0"))


def test_the_wheel_holds_the_three_packages_and_the_contract(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        contract = archive.read("runloop_conformance/openapi.yaml")
    assert contract == CONTRACT.read_bytes()
    for package, folder in PACKAGES.items():
        assert f"{package}/py.typed" in names
        modules = {path.relative_to(folder).as_posix() for path in (folder / package).rglob("*.py")}
        shipped = {module for module in modules if not module.startswith(CHECKOUT_ONLY)}
        assert shipped <= names, f"of {package} the wheel lacks {sorted(shipped - names)}"
    assert [name for name in names if name.startswith(CHECKOUT_ONLY)] == []
    top = {name.partition("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == set(PACKAGES)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_metadata_says_what_it_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = email.message_from_bytes(archive.read(name))
    plain = [need for need in metadata.get_all("Requires-Dist", []) if "extra ==" not in need]
    assert sorted(need.split(">")[0].split("<")[0] for need in plain) == ["attrs", "httpx"]
    assert {"conformance"} <= set(metadata.get_all("Provides-Extra", []))
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    assert metadata.get_payload(), "the README is the long description"


def test_the_sdist_holds_what_is_committed_and_builds_the_same_wheel(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "a source", filter="data")
    (source,) = (tmp_path / "a source").iterdir()
    held = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    assert held - tracked_or_new() == {"PKG-INFO"}
    assert {"openapi.yaml", "LICENSE", "README.md", "Makefile", "generation/generate.py"} <= held
    assert f"conformance/{CHECKOUT_ONLY}matrix.py" in held
    again = build("wheel", source, tmp_path / "dist")
    assert again.name == wheel.name
    with zipfile.ZipFile(again) as rebuilt, zipfile.ZipFile(wheel) as original:
        assert {name: rebuilt.read(name) for name in rebuilt.namelist()} == {
            n: original.read(n) for n in original.namelist()
        }


@pytest.fixture(scope="module")
def alone(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that holds the wheel and what it pulls in, and nothing else."""
    folder = tmp_path_factory.mktemp("alone") / "an environment"
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", wheel, cwd=folder)
    return python


# The names of all that is installed, and of all that our distribution reaches by requirements that apply.
CLOSURE = """
import importlib.metadata as m, json, re
def name(n): return re.sub(r"[-_.]+", "-", n).lower()
have = {name(d.metadata["Name"]): d for d in m.distributions()}
seen, left = set(), ["runloop-benchmarks"]
while left:
    one = left.pop()
    if one in seen or one not in have: continue
    seen.add(one)
    left += [name(re.match(r"[\\w.-]+", r)[0]) for r in have[one].requires or [] if "extra ==" not in r]
print(json.dumps([sorted(have), sorted(seen), sorted(t for t, ds in m.packages_distributions().items()
      if any(name(d) in seen for d in ds))]))
"""
IMPORTED = """
import json, sys
before = set(sys.modules)
import runloop_benchmarks
runloop_benchmarks.Runloop, runloop_benchmarks.AsyncRunloop
with runloop_benchmarks.Runloop(bearer_token="t") as client: client.benchmarks.start_run
def third(module):
    file = getattr(module, "__file__", None) or ""
    return "site-packages" in file or "dist-packages" in file
new = {n.partition(".")[0] for n, module in list(sys.modules.items()) if n not in before and third(module)}
print(json.dumps(sorted(new)))
"""


def test_it_installs_alone_with_httpx_and_attrs_and_what_they_need(alone: Path, tmp_path: Path) -> None:
    installed, reached, _ = json.loads(run(alone, "-I", "-c", CLOSURE, cwd=tmp_path))
    assert installed == reached
    assert {"attrs", "httpx", "runloop-benchmarks"} <= set(installed)
    assert not {"click", "starlette", "schemathesis", "pyyaml", "pydantic", "aiohttp"} & set(installed)


def test_the_client_imports_alone(alone: Path, tmp_path: Path) -> None:
    run(alone, "-I", "-W", "error", "-c", "import runloop_benchmarks", cwd=tmp_path)
    *_, tops = json.loads(run(alone, "-I", "-c", CLOSURE, cwd=tmp_path))
    assert set(json.loads(run(alone, "-I", "-c", IMPORTED, cwd=tmp_path))) <= set(tops)


def test_the_client_takes_nothing_else_where_all_is_installed(alone: Path, tmp_path: Path) -> None:
    *_, tops = json.loads(run(alone, "-I", "-c", CLOSURE, cwd=tmp_path))
    taken = set(json.loads(run(sys.executable, "-I", "-c", IMPORTED, cwd=tmp_path)))
    assert taken - set(tops) <= TAKEN_BY_HTTPX


def test_the_suite_of_the_wheel_has_its_contract(wheel: Path, tmp_path: Path) -> None:
    """Installed beside its dependencies, the suite reads the contract that is packed with it."""
    site = tmp_path / "a site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site, wheel]
    run(*pip, cwd=tmp_path)
    where = "import runloop_conformance as r, runloop_benchmarks as b; print(r.__file__); print(b.__file__)"
    for line in run(sys.executable, "-c", where, cwd=tmp_path, PYTHONPATH=str(site)).splitlines():
        assert Path(line).is_relative_to(site)
    listed = run(sys.executable, "-m", "runloop_conformance", "clauses", cwd=tmp_path, PYTHONPATH=str(site))
    assert "benchmark_id" in listed
    prove = [sys.executable, "-m", "runloop_conformance", "prove"]
    environment = os.environ | {"PYTHONPATH": str(site)}
    done = subprocess.run(prove, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert "prove needs a checkout of the repository" in " ".join(done.stderr.split())
