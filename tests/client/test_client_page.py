"""The web server of docs/client.md responds."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import httpx
from fault_server import drop_without_response, fine

PAGE = Path(__file__).parents[2] / "docs" / "client.md"


def test_the_web_server_of_the_page(server, monkeypatch):
    monkeypatch.setenv("RUNLOOP_API_KEY", "token")
    monkeypatch.setenv("RUNLOOP_BASE_URL", server.url)
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    (code,) = [block for block in blocks if "FastAPI(" in block]
    names = {}
    exec(code, names)
    server.faults = [fine, drop_without_response]

    async def browse():
        transport = httpx.ASGITransport(names["app"])
        async with (
            names["lifespan"](names["app"]),
            httpx.AsyncClient(transport=transport, base_url="http://app") as own,
        ):
            return [await own.post("/nightly/bmd_1") for _ in range(2)]

    started, failed = asyncio.run(browse())
    assert started.json()["run_id"]
    assert failed.status_code == 502
    assert failed.json()["detail"].removeprefix("A run may have started: ") in server.runs
    assert server.started() == 2
