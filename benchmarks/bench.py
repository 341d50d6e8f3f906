"""Measures the client against its peers, interleaved in one run, and writes the tables of README.md beside this file.

Ratios are medians of ratios of neighbouring rounds, so that what else the machine does hits both sides alike.
"""

from __future__ import annotations

import asyncio
import gc
import platform
import re
import resource
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import runloop_api_client as official
import runloop_benchmarks as ours
from fault_table import fault_table

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

HERE = Path(__file__).parent
PATH = "/v1/benchmarks/start_run"
BODY = {"benchmark_id": "bmd_30xCTWqsuNaUXk3uJ0GCo"}
IN_FLIGHT = 50


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server in a process of its own."""
    with subprocess.Popen([sys.executable, HERE / "fast_server.py"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.terminate()


def seconds_of(code: str) -> float:
    """Wall-clock seconds of a fresh interpreter that runs the code, less those of one that runs nothing."""

    def once(program: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], check=True)
        return time.perf_counter() - start

    return once(code) - once("pass")


def rounds(times: int, contenders: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Each contender once a round, so that all see the same weather."""
    results: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(times + 1):
        for name, measure in contenders.items():
            value = measure()
            if turn:  # the first round warms up
                results[name].append(value)
    return results


def ratio(results: dict[str, list[float]], one: str, other: str) -> float:
    """The median of the ratios, round by round."""
    return statistics.median(a / b for a, b in zip(results[one], results[other], strict=True))


def imports(url: str) -> list[str]:
    first = "c = Runloop(bearer_token='token', base_url={url!r}); c.benchmarks.start_run(benchmark_id='b')"
    results = rounds(
        9,
        {
            "import runloop_benchmarks": lambda: seconds_of("import runloop_benchmarks"),
            "import runloop_api_client": lambda: seconds_of("import runloop_api_client"),
            "first call": lambda: seconds_of(f"from runloop_benchmarks import Runloop; {first.format(url=url)}"),
            "first call, official": lambda: seconds_of(
                f"from runloop_api_client import Runloop; {first.format(url=url)}"
            ),
        },
    )
    middle = {name: statistics.median(values) * 1000 for name, values in results.items()}
    bare = ratio(results, "import runloop_benchmarks", "import runloop_api_client")
    whole = ratio(results, "first call", "first call, official")
    return [
        row("`import` of the package", "{:.1f} ms", middle, *list(middle)[:2], f"{bare:.3f} of it", "at most 0.1"),
        row("import, client, first call", "{:.0f} ms", middle, *list(middle)[2:], f"{whole:.2f} of it", "at most 0.33"),
    ]


def row(what: str, form: str, values: dict[str, float], one: str, other: str, *rest: str) -> str:
    """A line of the table."""
    return " | ".join(["| " + what, form.format(values[one]), form.format(values[other]), *rest]) + " |"


def sync_calls(url: str) -> list[str]:
    client = ours.Runloop(bearer_token="token", base_url=url)
    peer = official.Runloop(bearer_token="token", base_url=url)
    raw = httpx.Client()
    headers = {"Authorization": "Bearer token"}

    def per_call(call: Callable[[], Any]) -> Callable[[], float]:
        def measure() -> float:
            start = time.perf_counter()
            for _ in range(100):
                call()
            return (time.perf_counter() - start) / 100

        return measure

    results = rounds(
        15,
        {
            "ours": per_call(lambda: client.benchmarks.start_run(**BODY)),
            "official": per_call(lambda: peer.benchmarks.start_run(**BODY)),
            "raw": per_call(lambda: raw.post(url + PATH, json=BODY, headers=headers).json()),
        },
    )
    micro = {name: statistics.median(values) * 1e6 for name, values in results.items()}
    return [
        f"| sync call | {micro['ours']:.0f} µs | {micro['official']:.0f} µs "
        f"| {ratio(results, 'ours', 'raw'):.2f} of raw httpx ({micro['raw']:.0f} µs; "
        f"the official: {ratio(results, 'official', 'raw'):.2f}) | at most 1.15 |"
    ]


async def async_calls(url: str) -> list[str]:
    plain = ours.AsyncRunloop(bearer_token="token", base_url=url)
    riding = ours.AsyncRunloop(bearer_token="token", base_url=url, http_client=ours.DefaultAioHttpClient())
    peer = official.AsyncRunloop(bearer_token="token", base_url=url)
    bare = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), headers={"Authorization": "Bearer token"})

    async def bare_call() -> Any:
        async with bare.post(url + PATH, json=BODY) as response:
            return await response.json()

    async def rate(call: Callable[[], Awaitable[Any]], calls: int = 500) -> float:
        turns = iter(range(calls))

        async def worker() -> None:
            for _ in turns:
                await call()

        start = time.perf_counter()
        await asyncio.gather(*[worker() for _ in range(IN_FLIGHT)])
        return calls / (time.perf_counter() - start)

    contenders: dict[str, Callable[[], Awaitable[Any]]] = {
        "ours": lambda: plain.benchmarks.start_run(**BODY),
        "aiohttp": lambda: riding.benchmarks.start_run(**BODY),
        "official": lambda: peer.benchmarks.start_run(**BODY),
        "bare": bare_call,
    }
    results: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(10):
        for name, call in contenders.items():
            value = await rate(call)
            if turn:
                results[name].append(value)
    for client in (plain, riding, peer, bare):
        await client.close()
    rates = {name: statistics.median(values) for name, values in results.items()}
    return [
        f"| async, {IN_FLIGHT} in flight | {rates['ours']:.0f}/s | {rates['official']:.0f}/s "
        f"| {ratio(results, 'ours', 'official'):.1f} times the official | at least 1.5 |",
        f"| the same on `[aiohttp]` | {rates['aiohttp']:.0f}/s | {rates['official']:.0f}/s "
        f"| {ratio(results, 'aiohttp', 'official'):.1f} times the official | at least 4 |",
        f"| the same, against bare aiohttp | {rates['aiohttp']:.0f}/s | (bare: {rates['bare']:.0f}/s) "
        f"| {ratio(results, 'aiohttp', 'bare'):.2f} of bare aiohttp | goal 0.5 |",
    ]


def memory(url: str, calls: int = 100_000) -> list[str]:
    """Resident memory after a tenth of the calls, and how much it grew over all of them."""

    def resident() -> int:
        gc.collect()
        status = Path("/proc/self/status")
        if not status.exists():
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        match = re.search(r"VmRSS:\s+(\d+)", status.read_text())
        assert match is not None
        return int(match[1]) * 1024

    with ours.Runloop(bearer_token="token", base_url=url) as client:
        for _ in range(calls // 10):
            client.benchmarks.start_run(**BODY)
        before = resident()
        for _ in range(calls - calls // 10):
            client.benchmarks.start_run(**BODY)
        grown = resident() - before
    return [f"| memory over {calls:,} calls | grew {grown / 1024:.0f} KiB | | | flat |"]


def main() -> None:
    with server() as url:
        lines = [*imports(url), *sync_calls(url), *asyncio.run(async_calls(url)), *memory(url)]
    text = "\n".join(
        [
            "# Measured",
            "",
            "Written by `make bench`, on "
            f"Python {platform.python_version()}, {platform.system()} {platform.machine()}: "
            f"`runloop_benchmarks` {ours.__version__}, `runloop_api_client` {version('runloop_api_client')}, "
            f"httpx {version('httpx')}, aiohttp {version('aiohttp')}. All take turns in one run, against one "
            "server in another process; look at the ratios, since the rest is the machine's.",
            "",
            "## Light and fast",
            "",
            "| | ours | official SDK | ratio | asked for |",
            "|---|---|---|---|---|",
            *lines,
            "",
            "## Runs started by one call",
            "",
            "A server that acts and then fails, over real sockets. Allowed are 1 and 0; what is more costs money. "
            "The official SDK's waits between attempts are cut to 10 ms here; how often it tries is its own.",
            "",
            *fault_table(),
            "",
        ]
    )
    (HERE / "README.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
