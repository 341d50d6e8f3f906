"""The suite beside plain tools, on the same servers: a seeded sample of those with known faults, and of correct ones.

`make peers` runs it and writes conformance/peers.json, after each server, so that it can be stopped and gone on with:
results of the same versions and seed are not measured again. `--show` measures nothing.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import peer_tools
from peer_table import section
from peer_tools import NODE, ROOT, TOKEN, Prism, Reports
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.proof.degenerate import DEGENERATES
from runloop_conformance.proof.mutants import MUTANTS
from runloop_conformance.proof.variants import VARIANTS
from runloop_conformance.servers.hosting import running
from runloop_conformance.servers.reference import Reference

RESULT = ROOT / "conformance" / "peers.json"
AT_ONCE = 3  # servers: plain `st run` waits more than it works
REFERENCES = 3  # seeds with which each tool is tried on the reference server: what it reports there is no finding
Tool = Callable[[str, int, float], Reports | None]
LONGEST = {"degenerate": 120.0}  # seconds of one call; what takes longer has said nothing
LONGEST_ELSE = 300.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sample(seed: int, mutants: int, variants: int, degenerates: int) -> list[tuple[str, Any]]:
    """Kind and server, drawn at random, the kinds mixed. A larger sample with the same seed holds the smaller one.

    Variants that break a SHOULD are left out: they have a fault.
    """
    source = random.Random(seed)
    correct = [one for one in VARIANTS if not one.warns]
    chosen: list[tuple[float, str, Any]] = []
    for kind, every, count in (
        ("mutant", MUTANTS, mutants),
        ("variant", correct, variants),
        ("degenerate", DEGENERATES, degenerates),
    ):
        shuffled = source.sample(every, len(every))[:count]
        chosen += [(number / count, kind, one) for number, one in enumerate(shuffled)]
    return [(kind, one) for _, kind, one in sorted(chosen, key=lambda one: one[:2])]


def versions() -> dict[str, str]:
    def node(command: str) -> str:
        done = subprocess.run([str(NODE / command), "--version"], capture_output=True, text=True, check=True)
        return next(word for word in done.stdout.split() if word[:1].isdigit() or word[:2] in ("v1", "v5"))

    return {
        "runloop-conformance": importlib.metadata.version("runloop-benchmarks"),
        "st run": importlib.metadata.version("schemathesis"),
        "prism proxy": node("prism"),
        "dredd": node("dredd").removeprefix("v"),
        "python": platform.python_version(),
    }


class Bench:
    """Three servers at a time, each with a Prism of its own before it."""

    def __init__(self) -> None:
        self.document = load_contract().document
        self.local = threading.local()
        self.prisms: list[Prism] = []
        self.lock = threading.Lock()

    def prism(self) -> tuple[Prism, int]:
        """This thread's Prism, and the port that it hands on to."""
        if not hasattr(self.local, "prism"):
            upstream = free_port()
            self.local.prism = Prism(free_port(), upstream), upstream
            with self.lock:
                self.prisms.append(self.local.prism[0])
        prism: tuple[Prism, int] = self.local.prism
        return prism

    def tools(self) -> dict[str, Tool]:
        return {
            "runloop-conformance": peer_tools.ours,
            "st run": peer_tools.st_run,
            "prism proxy": self.prism()[0].reports,
            "dredd": peer_tools.dredd,
        }

    def measure(
        self, build: Callable[..., Any], seed: int, known: Mapping[str, Any], within: float = LONGEST_ELSE
    ) -> dict[str, Any]:
        """What each tool reports of a server, started anew for each of them."""
        said: dict[str, Any] = {}
        for name, tool in self.tools().items():
            if name in known:
                said[name] = known[name]
                continue
            app = build(self.document, TOKEN, ())
            with running(app, port=self.prism()[1]) as url:
                began = time.monotonic()
                reports = tool(url, seed, within)
                seconds = round(time.monotonic() - began, 2)
            said[name] = {
                "reports": None if reports is None else sorted(reports),
                "seconds": seconds,
                "runs": getattr(app, "runs", None),
            }
        return said

    def reference(self, seed: int, known: Mapping[str, Any]) -> dict[str, Any]:
        return self.measure(Reference, seed, known)

    def close(self) -> None:
        for prism in self.prisms:
            prism.stop()


def measured(bench: Bench, chosen: list[tuple[str, Any]], known: dict[str, Any], seed: int) -> Iterator[dict[str, Any]]:
    def one(kind: str, server: Any) -> dict[str, Any]:
        before = known.get(f"{kind} {server.name}", {})
        tools = bench.measure(server.build, seed, before, LONGEST.get(kind, LONGEST_ELSE))
        return {"kind": kind, "name": server.name, "level": getattr(server, "level", None), "tools": tools}

    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        for future in [pool.submit(one, kind, server) for kind, server in chosen]:
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)  # what has begun is waited for, and no more is begun


def write_section() -> None:
    """Write conformance/peers.md, which PROOF.md contains, from conformance/peers.json."""
    text = section(json.loads(RESULT.read_text(encoding="utf-8")))
    RESULT.with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--mutants", type=int, default=120)
    parser.add_argument("--variants", type=int, default=30)
    parser.add_argument("--degenerates", type=int, default=20)
    parser.add_argument("--show", action="store_true", help="measure nothing; write peers.md again")
    options = parser.parse_args()
    if options.show:
        write_section()
        return
    chosen = sample(options.seed, options.mutants, options.variants, options.degenerates)
    before = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    result = {
        "versions": versions(),
        "sample": {"seed": options.seed, "mutants": options.mutants, "variants": options.variants,
                   "degenerates": options.degenerates, "of": [len(MUTANTS), len(VARIANTS), len(DEGENERATES)]},
        "reference": [],
        "servers": [],
    }  # fmt: skip
    same = before.get("versions") == result["versions"] and before["sample"]["seed"] == options.seed
    known = {f"{one['kind']} {one['name']}": one["tools"] for one in before.get("servers", [])} if same else {}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that it stops what it started
    bench = Bench()
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            references = before["reference"] if same else [{}] * REFERENCES
            seeds = range(options.seed, options.seed + REFERENCES)
            result["reference"] = list(pool.map(bench.reference, seeds, references))
        for number, one in enumerate(measured(bench, chosen, known, options.seed), 1):
            result["servers"].append(one)
            RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(f"{number} of {len(chosen)}: {one['kind']} {one['name']}", flush=True)
    finally:
        bench.close()
    write_section()


if __name__ == "__main__":
    main()
