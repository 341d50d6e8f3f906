"""Faults in which run the answer is about: its id, and what is left of other requests."""

import asyncio
import hashlib
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.fault import (
    RULE,
    Asked,
    Chapter,
    Run,
    ask,
    every,
    profile,
    put,
    sent,
    since,
    times,
)
from runloop_conformance.servers.reference import Document, Reference

CHAPTER = Chapter("run")
fault, edit = CHAPTER.fault, CHAPTER.edit

NEW = RULE + "new-run"
THIS = RULE + "answers-about-this-run"
TWICE = times(2, ask())
FULL = ask(
    run_name="nightly",
    metadata={"team": "agents"},
    runProfile={"purpose": "regression", "envVars": {"A": "1"}, "secrets": {"DB_PASS": "DATABASE_PASSWORD"}},
)

# --- ids ---


def digest(value: Any) -> str:
    return "bmr_" + hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:22]


edit("id-empty", NEW, "The id is empty.", put(id=""))
edit("id-empty-now-and-then", NEW, "One id in eight is empty.", put(id=""), *times(8, ask()), when=every(8))
edit("id-constant", NEW, "Every run has the same id.", put(id="bmr_30xCV5qQ4ZkW1bqNRpBlT"), *TWICE)
edit(
    "id-from-the-body", NEW, "The id is a hash of the request.", lambda run, asked: run | {"id": digest(asked)}, *TWICE
)
edit(
    "id-from-the-benchmark",
    NEW,
    "The id is made of the benchmark's.",
    lambda run, asked: run | {"id": digest(asked["benchmark_id"])},
    *TWICE,
    ask(run_name="x"),
)
edit(
    "id-from-the-name",
    NEW,
    "Runs of one name share their id.",
    lambda run, asked: run | {"id": digest(asked["run_name"])} if asked.get("run_name") else run,
    *times(2, ask(run_name="nightly")),
)
edit(
    "id-from-the-metadata",
    NEW,
    "Runs with the same metadata share their id.",
    lambda run, asked: run | {"id": digest(asked["metadata"])} if asked.get("metadata") else run,
    *times(2, ask(metadata={"a": "1"})),
)
edit(
    "id-by-the-second",
    NEW,
    "The id is the second in which the run started.",
    lambda run, _: run | {"id": f"bmr_{run['start_time_ms'] // 1000}"},
    *times(4, ask()),
)
edit(
    "id-by-the-hour",
    NEW,
    "The id is made of the benchmark and the hour.",
    lambda run, _: run | {"id": f"bmr_{run['start_time_ms'] // 3_600_000}"},
    *TWICE,
)
edit(
    "id-of-three-digits-wrapping",
    NEW,
    "Ids are counted from 0 to 3, and over again.",
    lambda run, _: run | {"id": f"bmr_{int(run['id'][4:10]) % 4}"},
    *times(5, ask()),
)
edit(
    "id-repeated-now-and-then",
    NEW,
    "Every eighth run has the id of the one before.",
    lambda run, _: run | {"id": f"bmr_{int(run['id'][4:10]) - (int(run['id'][4:10]) % 8 == 0)}"},
    *times(8, ask()),
)
edit(
    "id-constant-from-the-fifth",
    NEW,
    "From the fifth run on the counter is stuck.",
    put(id="bmr_5"),
    *times(6, ask()),
    when=since(5),
)
edit(
    "id-the-benchmarks",
    NEW,
    "The id of the run is that of the benchmark.",
    lambda run, _: run | {"id": run["benchmark_id"]},
    *TWICE,
)
edit(
    "id-the-name",
    NEW,
    "The id of a run with a name is its name.",
    lambda run, _: run | {"id": run["name"] or run["id"]},
    *times(2, ask(run_name="nightly")),
)


@fault(NEW, *times(4, ask()), at_once=True)
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
        return self.answer(json.loads(bytes(response.body)) | {"id": f"bmr_{taken}"})


@fault(NEW, *times(4, ask()), at_once=True)
class EqualRequestsMerged(Reference):
    """Equal requests that come while the first is being answered share its answer."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
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
    """Gives the answer to an earlier request again where both have the same key."""

    def __init__(self, document: Document, token: str, benchmark_ids: Any = ()) -> None:
        super().__init__(document, token, benchmark_ids)
        self.cached: dict[str, Run] = {}

    def key(self, asked: Asked) -> str:
        return digest(asked)

    def run_of(self, asked: Asked) -> Run:
        key = self.key(asked)
        if key not in self.cached:
            self.cached[key] = super().run_of(asked)
        return self.cached[key]


@fault(NEW, *TWICE)
class EqualRequestsCached(Cache):
    """An equal request is answered from a cache, and starts nothing."""


@fault(NEW, *times(2, ask()))
class BareRequestsResumed(Cache):
    """Who asks for a benchmark and says no more is given the run of it that there is."""

    def run_of(self, asked: Asked) -> Run:
        return super().run_of(asked) if len(asked) == 1 else Reference.run_of(self, asked)


@fault(THIS, ask(run_name="one"), ask(run_name="two"))
class CachedByBenchmark(Cache):
    """Answers are cached by benchmark."""

    def key(self, asked: Asked) -> str:
        return str(asked["benchmark_id"])


@fault(THIS, ask(run_name="one"), ask(run_name="two"))
class CachedByLength(Cache):
    """Answers are cached by a key so weak that it is only the length of the request."""

    def key(self, asked: Asked) -> str:
        return str(len(json.dumps(asked)))


@fault(THIS, ask(metadata={"a": "1"}), ask(metadata={"a": "2"}))
class CachedWithoutMetadata(Cache):
    """The key of the cache leaves out the metadata."""

    def key(self, asked: Asked) -> str:
        return digest({name: value for name, value in asked.items() if name != "metadata"})


# --- what other requests leave behind ---


class Remembering(Reference):
    """Knows the run before."""

    before: Run | None = None

    def run_of(self, asked: Asked) -> Run:
        run = super().run_of(asked)
        before, self.before = self.before or run, run
        return self.mixed(run, before)

    def mixed(self, run: Run, before: Run) -> Run:
        """Mix something of the run before into the answer."""
        raise NotImplementedError


def left_over(member: str) -> type[Reference]:
    class LeftOver(Remembering):
        def mixed(self, run: Run, before: Run) -> Run:
            self.before = run | {member: run[member] or before[member]}
            return self.before

    return LeftOver


for member in ("name", "metadata", "purpose", "environment_variables", "secrets_provided"):
    CHAPTER.add(
        f"{member.replace('_', '-')}-left-over",
        THIS,
        f"Where a request gives no {member}, that of the request before is answered.",
        left_over(member),
        FULL,
        ask(),
    )


@fault(THIS, ask(run_name="one"), ask(run_name="two"))
class OneBehind(Remembering):
    """Every answer is the one to the request before."""

    def mixed(self, run: Run, before: Run) -> Run:
        return before | {"id": run["id"]}


@fault(THIS, ask(metadata={"a": "1"}), ask(metadata={"b": "2"}))
class MetadataMerged(Remembering):
    """Metadata is merged with that of earlier runs: a default argument that is shared."""

    def mixed(self, run: Run, before: Run) -> Run:
        merged = before["metadata"] | run["metadata"]
        self.before = run | {"metadata": merged}
        return self.before


@fault(THIS, profile(envVars={"A": "1"}), profile(envVars={"A": "2"}))
class EnvironmentKept(Remembering):
    """A variable keeps the value that it was given first."""

    def mixed(self, run: Run, before: Run) -> Run:
        kept = run["environment_variables"] | before["environment_variables"]
        self.before = run | {"environment_variables": kept}
        return self.before


@fault(THIS, *(ask(run_name=f"number {count}") for count in range(8)))
class NameOfAnotherNowAndThen(Remembering):
    """One answer in eight has the name of the run before."""

    def mixed(self, run: Run, before: Run) -> Run:
        return run | {"name": before["name"]} if self.runs % 8 == 0 else run


@fault(THIS, ask(run_name="one"), ask(run_name="two"), at_once=True)
class GlobalRequest(Reference):
    """What is asked for is kept in a global while the machines are looked for: simultaneous requests mix."""

    async def respond(self, request: Request) -> Response:
        response = await super().respond(request)
        if response.status_code == 200:
            self.current = response
            await asyncio.sleep(0.02)
            # The id is the thread's own, so only what was asked for is another's.
            own = json.loads(bytes(response.body))["id"]
            return self.answer(json.loads(bytes(self.current.body)) | {"id": own})
        return response


@fault(THIS, sent({"benchmark_id": "bmd_one"}), ask())
class FirstBenchmarkAnswered(Reference):
    """The benchmark's id is that of the first request ever."""

    first = ""

    def run_of(self, asked: Asked) -> Run:
        self.first = self.first or asked["benchmark_id"]
        return super().run_of(asked) | {"benchmark_id": self.first}
