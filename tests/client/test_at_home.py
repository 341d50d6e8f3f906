"""Familiar to users of the official SDK, and cheap to import."""

from __future__ import annotations

import asyncio
import copy
import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import runloop_api_client as official
import runloop_benchmarks as rb
from conftest import Caller

ROOT = Path(__file__).parents[2]
ERRORS = [name for name in official.__all__ if name.endswith("Error")]


def parameters(function):
    return {name for name in inspect.signature(function).parameters if not name.startswith("_")} - {"self"}


@pytest.mark.parametrize("name", ERRORS)
def test_the_same_exception_tree(name):
    theirs = {kind.__name__ for kind in getattr(official, name).__mro__ if kind.__name__ in ERRORS}
    ours = {kind.__name__ for kind in getattr(rb, name).__mro__}
    assert theirs <= ours


@pytest.mark.parametrize("kind", ["Runloop", "AsyncRunloop"])
def test_the_same_arguments(kind):
    ours, theirs = getattr(rb, kind), getattr(official, kind)
    assert parameters(theirs.__init__) <= parameters(ours.__init__) | {"kwargs"}
    absent = {"set_default_headers", "set_default_query"}  # named in docs/moving-from-runloop_api_client.md
    assert parameters(theirs.with_options) - absent <= parameters(ours.with_options)
    make = {"bearer_token": "token"}
    mine, other = ours(**make).benchmarks, theirs(**make).benchmarks
    assert parameters(other.start_run) <= parameters(mine.start_run)
    assert parameters(other.start_run) <= parameters(mine.with_raw_response.start_run)


def test_sync_and_async_are_the_same():
    for name in ("__init__", "with_options", "copy"):
        ours, theirs = (inspect.signature(getattr(kind, name)) for kind in (rb.Runloop, rb.AsyncRunloop))
        assert list(ours.parameters) == list(theirs.parameters)
        assert [p.default for p in ours.parameters.values()] == [p.default for p in theirs.parameters.values()]
    pair = rb.Runloop(bearer_token="t").benchmarks, rb.AsyncRunloop(bearer_token="t").benchmarks
    assert inspect.signature(pair[0].start_run) == inspect.signature(pair[1].start_run)
    assert inspect.getdoc(pair[0].start_run) == inspect.getdoc(pair[1].start_run)
    names = [{name for name in dir(kind) if not name.startswith("_")} for kind in (rb.Runloop, rb.AsyncRunloop)]
    assert names[1] - names[0] == {"aclose"}
    raws = [{name for name in dir(kind) if not name.startswith("_")} for kind in (rb.RawResponse, rb.AsyncRawResponse)]
    assert raws[0] == raws[1]


@pytest.mark.parametrize("kind", ["Runloop", "AsyncRunloop"])
def test_options_are_attributes_that_can_be_set(kind, server):
    client = getattr(rb, kind)(bearer_token="first", base_url="https://first.example", default_query={"a": 1})
    official_client = getattr(official, kind)(bearer_token="first", base_url="https://first.example")
    for name, value in {"timeout": 5.0, "max_retries": 1, "bearer_token": "second", "base_url": server.url}.items():
        for each in (client, official_client):
            setattr(each, name, value)
            assert str(getattr(each, name)).rstrip("/") == str(value).rstrip("/")
    call = Caller("sync", server.url)
    call.do(lambda own, _: setattr(own, "bearer_token", "second") or own.benchmarks.start_run(benchmark_id="b"))
    assert server.requests[-1].headers["authorization"] == "Bearer second"
    headers = {name.lower(): value for name, value in official_client.default_headers.items()}
    ours = {name.lower(): value for name, value in client.default_headers.items()}
    assert {name: ours[name] for name in ("authorization", "accept", "content-type")} == {
        name: headers[name] for name in ("authorization", "accept", "content-type")
    }
    assert client.default_query == {"a": 1}
    for name, value in {"timeout": 0, "max_retries": -1, "bearer_token": "", "base_url": "nowhere"}.items():
        before = getattr(client, name)
        with pytest.raises(ValueError, match=r"timeout|max_retries|token|base_url"):
            setattr(client, name, value)
        assert getattr(client, name) == before


@pytest.mark.parametrize("kind", ["Runloop", "AsyncRunloop"])
def test_a_copy_shares_connections_and_keeps_attributes(kind):
    class Own(getattr(rb, kind)):
        def __init__(self, *, team, **options):
            super().__init__(**options)
            self.team = team

    client = Own(team="agents", bearer_token="t")
    for copied in (copy.copy(client), client.copy(), client.with_options(timeout=5)):
        assert (type(copied), copied.team, copied.bearer_token) == (Own, "agents", "t")
        assert copied.benchmarks is copied.benchmarks is not client.benchmarks
    copied.timeout = 7
    assert client.timeout == rb.DEFAULT_TIMEOUT
    closing = copied.close()
    if kind == "AsyncRunloop":
        asyncio.run(closing)
    assert client.is_closed()


@pytest.mark.parametrize("name", ["NOT_GIVEN", "not_given", "omit", "UNSET"])
def test_omitted_arguments_have_the_default(call, server, name):
    missing = getattr(rb, name)
    call.start_run(run_name=missing, metadata=missing, run_profile=missing, timeout=missing)
    assert server.requests[-1].json() == {"benchmark_id": "bmd_1"}
    client = rb.Runloop(bearer_token="t", timeout=missing, max_retries=missing)
    assert (client.timeout, client.max_retries) == (rb.DEFAULT_TIMEOUT, rb.DEFAULT_MAX_RETRIES)
    changed = client.with_options(timeout=3, max_retries=1).with_options(timeout=missing, max_retries=missing)
    assert (changed.timeout, changed.max_retries) == (3, 1)


def test_the_default_http_clients_can_be_passed(server):
    with rb.Runloop(bearer_token="t", base_url=server.url, http_client=rb.DefaultHttpxClient()) as client:
        assert client.timeout == rb.DEFAULT_TIMEOUT
        assert client.benchmarks.start_run(benchmark_id="b").id
    client = rb.AsyncRunloop(bearer_token="t", http_client=rb.DefaultAsyncHttpxClient(timeout=3))
    assert client.timeout == httpx.Timeout(3)


def test_hover_text_names_every_argument_and_error():
    text = inspect.getdoc(rb.Runloop(bearer_token="t").benchmarks.start_run)
    for name in parameters(rb.Runloop(bearer_token="t").benchmarks.start_run):
        assert f"{name}:" in text
    for name in ("RunMayHaveStartedError", "APIResponseValidationError", "APIStatusError", "TypeError"):
        assert name in text
    for name in parameters(rb.Runloop.__init__):
        assert f"{name}:" in inspect.getdoc(rb.Runloop.__init__)


def test_every_public_name_is_there():
    for name in rb.__all__:
        assert getattr(rb, name) is not None
    assert set(rb.__all__) <= set(dir(rb))
    assert len(rb.__all__) == len(set(rb.__all__))
    for name in ("nonsense", "_nonsense"):
        with pytest.raises(AttributeError, match=name):
            getattr(rb, name)


INSPECTION = """
import inspect, pydoc, sys
from unittest.mock import create_autospec, patch
import runloop_benchmarks as rb
if "plain" in sys.argv:
    sys.modules["httpx_aiohttp"] = None  # as if not installed
names = {}
exec("from runloop_benchmarks import *", names)
assert set(rb.__all__) <= set(names)
assert {"Runloop", "DefaultAioHttpClient"} <= {name for name, _ in inspect.getmembers(rb)}
assert hasattr(rb, "DefaultAioHttpClient")
assert "class Runloop" in pydoc.render_doc(rb, renderer=pydoc.plaintext)
package = create_autospec(rb)
client = package.Runloop(bearer_token="t")
client = create_autospec(rb.Runloop(bearer_token="t"))
client.benchmarks.start_run.return_value.id = "bmr_1"
assert client.benchmarks.start_run(benchmark_id="bmd_1").id == "bmr_1"
for wrong in ({}, {"nonsense": 1}):
    try:
        client.benchmarks.start_run(**wrong)
    except TypeError:
        continue
    raise AssertionError(wrong)
with patch("runloop_benchmarks.Runloop") as fake:
    assert rb.Runloop is fake
assert rb.Runloop is not fake
if "plain" in sys.argv:
    try:
        rb.DefaultAioHttpClient()
    except ImportError as error:
        print(error)
else:
    print(rb.DefaultAioHttpClient.__mro__)
"""


@pytest.mark.parametrize("installed", ["plain", "with aiohttp"])
def test_the_package_can_be_inspected(installed):
    """`import *`, help(), getmembers, hasattr and mocks, with aiohttp and without."""
    command = [sys.executable, "-W", "error", "-c", INSPECTION, installed]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert ("httpx-aiohttp, which is not installed" in done.stdout) == (installed == "plain")


def test_no_document_installs_from_an_index_what_is_not_there():
    """Somebody else could register the name."""
    texts = [*ROOT.glob("*.*"), *(ROOT / "docs").glob("*.md")]
    texts += [path for room in ("overrides", "conformance", "examples") for path in (ROOT / room).rglob("*.*")]
    command = re.compile(r"pip install[^\n]*[\s'\"]runloop[-_]benchmarks\b")
    read = [path for path in texts if path.suffix in {".md", ".py", ".yml", ".jinja"}]
    assert [path for path in read if command.search(path.read_text(encoding="utf-8"))] == []


def test_the_exception_tree_of_the_docstring_is_the_tree():
    from runloop_benchmarks import _exceptions

    lines = [line for line in _exceptions.__doc__.splitlines() if "── " in line]
    drawn = {line.partition("── ")[2].split()[0] for line in lines}
    errors = {name for name in rb.__all__ if name.endswith("Error") and not name.startswith("Ambiguous")}
    assert drawn | {"RunloopError"} == errors
    for name in drawn - {"RunMayHaveStartedError", "APIError"}:
        kind = getattr(rb, name)
        if issubclass(kind, rb.APIConnectionError | rb.APIStatusError):
            assert issubclass(getattr(rb, f"Ambiguous{name}"), kind)


def modules_after(code):
    program = f"{code}\nimport sys, json\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ)
    return set(json.loads(done.stdout))


def test_importing_imports_next_to_nothing():
    before = modules_after("import typing, __future__")
    assert modules_after("import runloop_benchmarks") - before == {"runloop_benchmarks"}
    client = modules_after("from runloop_benchmarks import Runloop; Runloop(bearer_token='t')")
    for heavy in ("pydantic", "aiohttp", "httpx_aiohttp", "runloop_api_client", "opentelemetry"):
        assert heavy not in client


def test_the_version_is_the_distributions():
    assert f'version = "{rb.__version__}"' in (ROOT / "pyproject.toml").read_text()
