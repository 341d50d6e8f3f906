"""docs/in-your-tests.md: its examples run with each kind of client, and its table is checked with the real tools."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import httpx
import pook
import pytest
import respx
import runloop_benchmarks as rb
import vcr

PAGE = Path(__file__).parents[2] / "docs" / "in-your-tests.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
VIEW = {"id": "bmr_mock", "benchmark_id": "bmd_1", "start_time_ms": 1, "state": "running", "metadata": {}}
PATH = "/v1/benchmarks/start_run"

# The columns of the table: a client, and what makes its http_client.
CLIENTS = {
    "sync": (0, rb.Runloop, lambda: None),
    "async": (0, rb.AsyncRunloop, lambda: None),
    "sync http_client": (1, rb.Runloop, httpx.Client),
    "async http_client": (1, rb.AsyncRunloop, httpx.AsyncClient),
    "aiohttp": (2, rb.AsyncRunloop, rb.DefaultAioHttpClient),
}


def start(kind, http_client, url):
    options = {"bearer_token": "token", "base_url": url, "max_retries": 0, "http_client": http_client}
    if kind is rb.Runloop:
        with rb.Runloop(**options) as client:
            return client.benchmarks.start_run(benchmark_id="bmd_1").id

    async def main():
        async with rb.AsyncRunloop(**options) as client:
            return (await client.benchmarks.start_run(benchmark_id="bmd_1")).id

    return asyncio.run(main())


def mocked_by_pytest_httpx(call, server, request):
    request.getfixturevalue("httpx_mock").add_response(url=server.url + PATH, json=VIEW)
    return call(server.url) == "bmr_mock" and not server.requests


def mocked_by_respx(call, server, _request):
    with respx.mock(assert_all_called=False) as mock:
        mock.post(server.url + PATH).respond(json=VIEW)
        return call(server.url) == "bmr_mock" and not server.requests


def mocked_by_pook(call, server, _request):
    with pook.use(network=True):
        pook.post(server.url + PATH).reply(200).json(VIEW)
        return call(server.url) == "bmr_mock" and not server.requests


def recorded_by_vcrpy(call, server, request):
    cassette = str(request.getfixturevalue("tmp_path") / "cassette.yaml")
    with vcr.use_cassette(cassette):
        recorded = call(server.url)
    with vcr.use_cassette(cassette):
        return call(server.url) == recorded and len(server.requests) == 1


def seen_by_opentelemetry(call, server, _request):
    from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    HTTPXClientInstrumentor().instrument(tracer_provider=provider)
    try:
        call(server.url)
    finally:
        HTTPXClientInstrumentor().uninstrument()
    return len(exporter.get_finished_spans()) == 1


def seen_by_sentry(call, server, _request):
    import sentry_sdk
    from sentry_sdk.integrations.httpx import HttpxIntegration
    from sentry_sdk.transport import Transport

    envelopes = []

    class Memory(Transport):
        def capture_envelope(self, envelope):
            envelopes.append(envelope)

    sentry_sdk.init(
        dsn="http://public@127.0.0.1:1/1",
        transport=Memory,
        traces_sample_rate=1.0,
        default_integrations=False,
        integrations=[HttpxIntegration()],
    )
    try:
        with sentry_sdk.start_transaction(name="test"):
            call(server.url)
    finally:
        sentry_sdk.get_client().close()
    return len(envelopes[0].get_transaction_event()["spans"]) == 1


TOOLS = {
    "pytest-httpx 0.36": mocked_by_pytest_httpx,
    "respx 0.23": mocked_by_respx,
    "pook 2.1": mocked_by_pook,
    "vcrpy 9.4": recorded_by_vcrpy,
    "OpenTelemetry, httpx": seen_by_opentelemetry,
    "Sentry, httpx": seen_by_sentry,
}
VCRPY_8 = """
import sys
sys.modules["aiohttp"] = sys.modules["httpx_aiohttp"] = None  # it cannot patch a new one
import vcr
from test_in_your_tests import CLIENTS, start
_, kind, http_client = CLIENTS[sys.argv[2]]
ids = []
for _ in range(2):
    with vcr.use_cassette(sys.argv[3]):
        ids.append(start(kind, http_client(), sys.argv[1]))
assert vcr.__version__.startswith("8.1.")
assert ids[0] == ids[1]
"""


def table():
    """The name of a tool to its cells."""
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in TEXT.splitlines() if line[:2] == "| "]
    return {tool: cells for tool, *cells in rows[1:]}


def cell_for(tool, how):
    return table()[tool][CLIENTS[how][0]]


def test_the_table_has_a_row_for_each_tool():
    assert set(table()) == {*TOOLS, "vcrpy 8.1"}
    for name in TOOLS:
        distribution, _, number = name.replace(", httpx", "").lower().partition(" ")
        if number:
            assert version(distribution).startswith(number)


@pytest.mark.httpx_mock(assert_all_responses_were_requested=False)
@pytest.mark.parametrize("how", CLIENTS)
@pytest.mark.parametrize("tool", TOOLS)
def test_the_table_says_what_a_tool_sees(tool, how, request, server):
    cell = cell_for(tool, how)
    _, kind, make = CLIENTS[how]

    def call(url):
        return start(kind, make(), url)

    if "fails" in cell:
        with pytest.raises(rb.RunMayHaveStartedError):
            TOOLS[tool](call, server, request)
        assert "nothing is sent" in cell
        assert server.requests == []
    else:
        assert TOOLS[tool](call, server, request) == (cell == "yes")
        assert cell in {"yes", "no"}
        assert cell == "yes" or len(server.requests) == 1


@pytest.fixture(scope="session")
def vcrpy_8(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vcrpy")
    install = ["install", "-q", "--disable-pip-version-check", "--no-deps", "--target", str(folder), "vcrpy==8.1.1"]
    done = subprocess.run([sys.executable, "-m", "pip", *install], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"vcrpy 8 cannot be installed: {done.stderr[-200:]}")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("how", [how for how in CLIENTS if how != "aiohttp"])
def test_the_table_says_what_vcrpy_8_sees(how, server, vcrpy_8, tmp_path):
    path = os.pathsep.join([str(vcrpy_8), str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-c", VCRPY_8, server.url, how, str(tmp_path / "cassette.yaml")]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(server.requests) == 1
    assert cell_for("vcrpy 8.1", how) == "yes, if aiohttp is absent or old"


def test_the_page_says_that_vcrpy_8_fails_with_aiohttp(vcrpy_8):
    assert "fails" in cell_for("vcrpy 8.1", "aiohttp")
    code = "import vcr, aiohttp\nwith vcr.use_cassette('none.yaml'): print('patched')"
    environment = os.environ | {"PYTHONPATH": str(vcrpy_8)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert "AsyncStreamReaderMixin" in done.stderr


HEAD = """\
import asyncio, contextlib, httpx

async def closing(client, call):
    try:
        return await call
    finally:
        await client.close()

"""


def variant(code, how):
    """An example, with another kind of client."""
    if how.startswith("async"):
        code = code.replace("Runloop", "AsyncRunloop")
        code = re.sub(r"with (AsyncRunloop\(.*\)) as client", r"with contextlib.nullcontext(\1) as client", code)
        code = re.sub(r"run = (client\.benchmarks\.start_run\(.*\))", r"run = asyncio.run(closing(client, \1))", code)
    made = {"sync http_client": "httpx.Client()", "async http_client": "httpx.AsyncClient()"}.get(how)
    return HEAD + (code.replace('bearer_token="test"', f'bearer_token="test", http_client={made}') if made else code)


@pytest.mark.parametrize("how", [how for how in CLIENTS if how != "aiohttp"])
def test_the_examples_run(how, server, tmp_path):
    program, *examples = BLOCKS
    (tmp_path / "nightly.py").write_text(variant(program, how), encoding="utf-8")
    recorded = []
    for number, example in enumerate(examples):
        path = tmp_path / f"test_{number}.py"
        path.write_text(variant(example, how), encoding="utf-8")
        recorded += [path.name] if "vcr" in example else []
    server.faults = [identified]
    run_pytest(tmp_path, "--ignore", *recorded, tests=TEXT.count("\ndef test_") - 1)
    for _ in range(2):  # the first records, the second replays
        run_pytest(tmp_path, *recorded, tests=1, RUNLOOP_BASE_URL=server.url)
    assert len(server.requests) == 1
    assert "Bearer test" not in (tmp_path / "nightly.yaml").read_text(encoding="utf-8")


def identified(exchange):
    exchange.respond(200, exchange.view(id="bmr_1"), "content-type: application/json")


def run_pytest(folder, *arguments, tests, **environment):
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{tests} passed" in done.stdout
