"""The guide quotes what the command prints for each cause of an inconclusive run."""

from __future__ import annotations

import asyncio
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from runloop_conformance.commands import main
from runloop_conformance.servers.hosting import running
from runloop_conformance.servers.reference import Reference, default_document
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from tests.conftest import ROOT, refusing_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

TOKEN = "Tok-3fA9-of-the-guide"
PATH = "/v1/benchmarks/start_run"
(TABLE,) = re.findall(
    r"^\| it says \|.*\n\|.*\n((?:\|.*\n)+)", (ROOT / "docs/testing-your-server.md").read_text("utf-8"), re.MULTILINE
)
ROWS = {row.split("|")[1].strip(" …") for row in TABLE.splitlines()}


def reference(token: str = TOKEN, *known: str) -> AbstractContextManager[str]:
    return running(Reference(default_document(), token, known))


def always(status: int, seconds: float = 0, **headers: str) -> AbstractContextManager[str]:
    async def respond(_: Any) -> Response:
        await asyncio.sleep(seconds)
        return Response(status_code=status, headers=headers)

    return running(Starlette(routes=[Route(PATH, respond, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])]))


@contextmanager
def nobody() -> Iterator[str]:
    with refusing_port() as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def plain_behind_https() -> Iterator[str]:
    with reference() as url:
        yield url.replace("http:", "https:")


CAUSES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "cannot be reached": (nobody, ()),
    "No secure connection": (plain_behind_https, ()),
    "The token was rejected": (lambda: reference("another-token"), ()),
    "The server responds with 404 to a valid request": (lambda: reference(TOKEN, "bmd_another"), ()),
    "The server redirects": (lambda: always(308, location=f"http://127.0.0.1:9{PATH}"), ()),
    "The server puts every request off with 429": (lambda: always(429), ()),
    "did not respond to a valid request": (lambda: always(200, 2), ("--timeout", "0.2")),
    "MUST clauses could not be tested": (reference, ("--max-runs", "2")),
}


def test_the_guide_names_each_cause() -> None:
    assert set(CAUSES) == ROWS


@pytest.mark.parametrize("words", CAUSES)
def test_an_inconclusive_run_prints_what_the_guide_quotes(words: str) -> None:
    server, options = CAUSES[words]
    with server() as url:
        done = CliRunner().invoke(main, ["run", url, "-q", *options], env={"RUNLOOP_API_KEY": TOKEN, "COLUMNS": "1000"})
    assert done.exit_code == 3, done.output
    assert words in " ".join(done.output.split())
