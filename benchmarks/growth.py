"""What a contract costs as it grows: making its client, and testing a server against it, for 1, 10 and 100 operations.

`make bench` runs it and writes benchmarks/growth.md. Counted is the processor's time, children and all: what else the
machine does blurs it less, and the ratios are what is looked at. It fails where ten times the operations cost more than
ten times as much, and a margin.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from runloop_conformance.clock import VirtualClock
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.sending.in_process import in_process
from runloop_conformance.sending.sender import Limits
from runloop_conformance.servers.reference import Reference
from runloop_conformance.suite.options import Options
from runloop_conformance.suite.run import Suite
from starlette.types import ASGIApp, Receive, Scope, Send

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "a-token-of-the-benchmark"
SIZES = {1: 5, 10: 3, 100: 1}
"""How many operations, and how often each is measured: the best counts."""
RUNS = 12  # valid requests an operation
MARGIN = 1.5  # of more memory, which costs its collector and the caches; a square would be 10


def operation(number: int) -> dict[str, Any]:
    """One operation: a request with a member of each kind, an answer that says it again."""
    schemas = [f"#/components/schemas/{kind}{number}" for kind in ("Request", "Answer")]
    request, answer = ({"application/json": {"schema": {"$ref": schema}}} for schema in schemas)
    return {
        "operationId": f"make_{number}",
        "tags": [f"part{number // 10}"],
        "summary": f"Make thing {number}.",
        "security": [{"bearerAuth": []}],
        "requestBody": {"required": True, "content": request},
        "responses": {"200": {"description": "OK", "content": answer}, "4XX": {"description": "Refused."}},
    }


def schemas(number: int) -> dict[str, Any]:
    """The schemas of one operation."""
    members: dict[str, Any] = {
        "title": {"type": "string", "description": "What it is called."},
        "note": {"type": ["string", "null"]},
        "count": {"type": "integer", "minimum": 0, "maximum": 1000},
        "kind": {"type": "string", "enum": ["small", "large"]},
        "words": {"type": "array", "items": {"type": "string"}},
        "size": {"$ref": f"#/components/schemas/Size{number}"},
    }
    size = {"type": "object", "required": ["width"], "properties": {"width": {"type": "number"}}}
    answer = {"id": {"type": "string"}, **members}
    return {
        f"Size{number}": size,
        f"Request{number}": {"type": "object", "required": ["title"], "properties": members},
        f"Answer{number}": {"type": "object", "required": ["id", "title"], "properties": answer},
    }


def contract(size: int) -> dict[str, Any]:
    """A contract of so many operations."""
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{size} operations", "version": "1.0.0"},
        "servers": [{"url": "http://127.0.0.1"}],
        "paths": {f"/v1/things/{number}": {"post": operation(number)} for number in range(size)},
        "components": {
            "securitySchemes": {"bearerAuth": {"type": "http", "scheme": "bearer", "description": "A token."}},
            "schemas": {name: schema for number in range(size) for name, schema in schemas(number).items()},
        },
    }


class Thing(Reference):
    """A server of one operation: what was asked, with an id."""

    def run_of(self, run_request: dict[str, Any]) -> dict[str, Any]:
        known = {name: value for name, value in run_request.items() if name in schemas(0)["Request0"]["properties"]}
        return {"id": self.new_id(), **known}


def server(document: dict[str, Any]) -> ASGIApp:
    """A server of every operation."""
    parts: dict[str, Thing] = {}
    for path, item in document["paths"].items():
        number = path.rpartition("/")[2]
        own = {name: document["components"]["schemas"][name] for name in (f"Size{number}", f"Request{number}")}
        post = item["post"] | {"operationId": "start_run"}
        parts[path] = Thing({"paths": {path: {"post": post}}, "components": {"schemas": own}}, TOKEN)
    elsewhere = next(iter(parts.values()))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await parts.get(scope.get("path", ""), elsewhere)(scope, receive, send)

    return app


def cost(work: Callable[[], object]) -> float:
    """Seconds of the processor."""
    began = os.times()
    work()
    ended = os.times()
    return sum(ended[:4]) - sum(began[:4])


def main() -> int:
    """Measure, and write the table. Exit code 1: some of it grows faster than the contract."""
    sys.path.insert(0, str(ROOT))
    from generation.contract import Contract  # noqa: PLC0415 - found from the root alone
    from generation.generate import generate  # noqa: PLC0415 - as above

    rows: list[tuple[int, float, float, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        for size, turns in SIZES.items():
            path = Path(folder) / f"{size}.yaml"
            path.write_text(yaml.safe_dump(contract(size), sort_keys=False), encoding="utf-8")
            client = Path(folder) / f"client_{size}"
            sent: list[int] = []

            def make(path: Path = path, client: Path = client) -> None:
                shutil.rmtree(client, ignore_errors=True)
                generate(Contract(path), client)

            def test(path: Path = path, size: int = size, sent: list[int] = sent) -> None:
                known = load_contract(path)
                with in_process(server(contract(size)), clock=VirtualClock()) as to:
                    options = Options(to, TOKEN, (), Limits(RUNS * size), profile="quick")
                    result = Suite(known, options).run()
                assert result.verdict == "conformant", result.reason
                sent.append(result.requests)

            making, testing = (min(cost(work) for _ in range(turns)) for work in (make, test))
            rows.append((size, making, testing, sent[0]))
            print(f"{size} operations: client {making:.1f} s, suite {testing:.1f} s, {sent[0]} requests", flush=True)
    text = table(rows)
    (ROOT / "benchmarks" / "growth.md").write_text(text, encoding="utf-8")
    print(text)
    return int(any(too_fast(row, rows[index]) for index, row in enumerate(rows[1:])))


def too_fast(larger: tuple[int, float, float, int], smaller: tuple[int, float, float, int]) -> bool:
    """Whether a cost grew faster than the number of operations."""
    times = larger[0] / smaller[0] * MARGIN
    return larger[1] > smaller[1] * times or larger[2] > smaller[2] * times


def table(rows: list[tuple[int, float, float, int]]) -> str:
    """The document."""
    lines = [
        "# What a contract costs as it grows",
        "",
        "Written by `make bench`: seconds of the processor, for the client by `make generate`, and for the suite on a"
        f" server in its process with {RUNS} valid requests an operation. Beside each, the ratio to the row above.",
        "",
        "| operations | client | | suite | | requests |",
        "|---|---|---|---|---|---|",
    ]
    before: tuple[int, float, float, int] | None = None
    for row in rows:
        size, making, testing, requests = row
        ratios = (f"{making / before[1]:.1f}", f"{testing / before[2]:.1f}") if before else ("", "")
        lines.append(f"| {size} | {making:.1f} s | {ratios[0]} | {testing:.1f} s | {ratios[1]} | {requests} |")
        before = row
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
