"""Runs whose id is empty, not new, or made from the request."""

import asyncio
import hashlib
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.changes import Run, RunRequest, every_nth, from_nth, set_properties
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import repeated, start_run
from runloop_conformance.servers.reference import Document, Reference

MUTANTS = Mutants(__name__)
NEW = RULE + "new-run"
THIS = RULE + "answers-about-this-run"
TWICE = repeated(2, start_run())


def digest(value: Any) -> str:
    return "bmr_" + hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:22]


MUTANTS.change_response("id-empty", NEW, "The id is empty.", set_properties(id=""))
MUTANTS.change_response(
    "id-empty-now-and-then",
    NEW,
    "One id in eight is empty.",
    set_properties(id=""),
    *repeated(8, start_run()),
    when=every_nth(8),
)
MUTANTS.change_response(
    "id-constant", NEW, "Every run has the same id.", set_properties(id="bmr_30xCV5qQ4ZkW1bqNRpBlT"), *TWICE
)
MUTANTS.change_response(
    "id-from-the-body",
    NEW,
    "The id is a hash of the request.",
    lambda run, run_request: run | {"id": digest(run_request)},
    *TWICE,
)
MUTANTS.change_response(
    "id-from-the-benchmark",
    NEW,
    "The id is made of the benchmark's.",
    lambda run, run_request: run | {"id": digest(run_request["benchmark_id"])},
    *TWICE,
    start_run(run_name="x"),
)
MUTANTS.change_response(
    "id-from-the-name",
    NEW,
    "Runs of one name share their id.",
    lambda run, run_request: run | {"id": digest(run_request["run_name"])} if run_request.get("run_name") else run,
    *repeated(2, start_run(run_name="nightly")),
)
MUTANTS.change_response(
    "id-from-the-metadata",
    NEW,
    "Runs with the same metadata share their id.",
    lambda run, run_request: run | {"id": digest(run_request["metadata"])} if run_request.get("metadata") else run,
    *repeated(2, start_run(metadata={"a": "1"})),
)
MUTANTS.change_response(
    "id-by-the-second",
    NEW,
    "The id is the second in which the run started.",
    lambda run, _: run | {"id": f"bmr_{run['start_time_ms'] // 1000}"},
    *repeated(4, start_run()),
)
MUTANTS.change_response(
    "id-by-the-hour",
    NEW,
    "The id is made of the benchmark and the hour.",
    lambda run, _: run | {"id": f"bmr_{run['start_time_ms'] // 3_600_000}"},
    *TWICE,
)
MUTANTS.change_response(
    "id-of-three-digits-wrapping",
    NEW,
    "Ids are counted from 0 to 3, and over again.",
    lambda run, _: run | {"id": f"bmr_{int(run['id'][4:10]) % 4}"},
    *repeated(5, start_run()),
)
MUTANTS.change_response(
    "id-repeated-now-and-then",
    NEW,
    "Every eighth run has the id of the one before.",
    lambda run, _: run | {"id": f"bmr_{int(run['id'][4:10]) - (int(run['id'][4:10]) % 8 == 0)}"},
    *repeated(8, start_run()),
)
MUTANTS.change_response(
    "id-constant-from-the-fifth",
    NEW,
    "From the fifth run on the counter is stuck.",
    set_properties(id="bmr_5"),
    *repeated(6, start_run()),
    when=from_nth(5),
)
MUTANTS.change_response(
    "id-the-benchmarks",
    NEW,
    "The id of the run is that of the benchmark.",
    lambda run, _: run | {"id": run["benchmark_id"]},
    *TWICE,
)
MUTANTS.change_response(
    "id-the-name",
    NEW,
    "The id of a run with a name is its name.",
    lambda run, _: run | {"id": run["name"] or run["id"]},
    *repeated(2, start_run(run_name="nightly")),
)


@MUTANTS.mutant(NEW, *repeated(4, start_run()), at_once=True)
class IdRace(Reference):
    """The next id is read, and counted up only after a wait: simultaneous runs share one."""

    next_id = 0

    async def respond(self, request: Request) -> Response:
        taken = self.next_id
        await asyncio.sleep(0.02)
        response = await super().respond(request)
        if response.status_code != 200:
            return response
        self.next_id = taken + 1
        return self.accept(json.loads(bytes(response.body)) | {"id": f"bmr_{taken}"})


@MUTANTS.mutant(NEW, *repeated(4, start_run()), at_once=True)
class EqualRequestsMerged(Reference):
    """Equal requests that come before the first response share it."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.waiting: dict[bytes, asyncio.Future[Response]] = {}

    async def respond(self, request: Request) -> Response:
        key = await request.body() + repr(request.headers.raw).encode()
        if key in self.waiting:
            first = await self.waiting[key]
            return Response(first.body, first.status_code, first.headers)
        future = self.waiting[key] = asyncio.get_running_loop().create_future()
        await asyncio.sleep(0.02)
        response = await super().respond(request)
        del self.waiting[key]
        future.set_result(response)
        return response


class Cache(Reference):
    """Sends the response to an earlier request again if both have the same key."""

    def __init__(self, document: Document, token: str, benchmark_ids: Any = ()) -> None:
        super().__init__(document, token, benchmark_ids)
        self.cached: dict[str, Run] = {}

    def key(self, run_request: RunRequest) -> str:
        return digest(run_request)

    def run_of(self, run_request: RunRequest) -> Run:
        key = self.key(run_request)
        if key not in self.cached:
            self.cached[key] = super().run_of(run_request)
        return self.cached[key]


@MUTANTS.mutant(NEW, *TWICE)
class EqualRequestsCached(Cache):
    """An equal request gets a cached response, and starts nothing."""


@MUTANTS.mutant(NEW, *repeated(2, start_run()))
class BareRequestsResumed(Cache):
    """A request with only a benchmark_id gets the existing run of that benchmark."""

    def run_of(self, run_request: RunRequest) -> Run:
        return super().run_of(run_request) if len(run_request) == 1 else Reference.run_of(self, run_request)


@MUTANTS.mutant(THIS, start_run(run_name="one"), start_run(run_name="two"))
class CachedByBenchmark(Cache):
    """Responses are cached by benchmark."""

    def key(self, run_request: RunRequest) -> str:
        return str(run_request["benchmark_id"])


@MUTANTS.mutant(THIS, start_run(run_name="one"), start_run(run_name="two"))
class CachedByLength(Cache):
    """Responses are cached by a key so weak that it is only the length of the request."""

    def key(self, run_request: RunRequest) -> str:
        return str(len(json.dumps(run_request)))


@MUTANTS.mutant(THIS, start_run(metadata={"a": "1"}), start_run(metadata={"a": "2"}))
class CachedWithoutMetadata(Cache):
    """The key of the cache leaves out the metadata."""

    def key(self, run_request: RunRequest) -> str:
        return digest({name: value for name, value in run_request.items() if name != "metadata"})
