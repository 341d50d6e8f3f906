"""Responses that contain something from another request."""

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.changes import Map, Run, RunRequest
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import start_run, with_body, with_profile
from runloop_conformance.servers.reference import Reference

MUTANTS = Mutants(__name__)
THIS = RULE + "answers-about-this-run"
FULL = start_run(
    run_name="nightly",
    metadata={"team": "agents"},
    runProfile={"purpose": "regression", "envVars": {"A": "1"}, "secrets": {"DB_PASS": "DATABASE_PASSWORD"}},
)


class Remembering(Reference):
    """Remembers the previous run."""

    before: Run | None = None

    def run_of(self, run_request: RunRequest) -> Run:
        run = super().run_of(run_request)
        before, self.before = self.before or run, run
        return self.mixed(run, before)

    def mixed(self, run: Run, before: Run) -> Run:
        """Mix something of the previous run into the response."""
        raise NotImplementedError


def left_over(name: str) -> type[Reference]:
    class LeftOver(Remembering):
        def mixed(self, run: Run, before: Run) -> Run:
            self.before = run | {name: run[name] or before[name]}
            return self.before

    return LeftOver


for name in ("name", "metadata", "purpose", "environment_variables", "secrets_provided"):
    MUTANTS.add(
        f"{name.replace('_', '-')}-left-over",
        THIS,
        f"Where a request gives no {name}, the response has that of the previous request.",
        left_over(name),
        FULL,
        start_run(),
    )


@MUTANTS.mutant(THIS, start_run(run_name="one"), start_run(run_name="two"))
class OneBehind(Remembering):
    """Every response is the one to the request before."""

    def mixed(self, run: Run, before: Run) -> Run:
        return before | {"id": run["id"]}


@MUTANTS.mutant(THIS, start_run(metadata={"a": "1"}), start_run(metadata={"b": "2"}))
class MetadataMerged(Remembering):
    """Metadata is merged with that of earlier runs: a default argument that is shared."""

    def mixed(self, run: Run, before: Run) -> Run:
        merged = before["metadata"] | run["metadata"]
        self.before = run | {"metadata": merged}
        return self.before


@MUTANTS.mutant(THIS, with_profile(envVars={"A": "1"}), with_profile(envVars={"A": "2"}))
class EnvironmentKept(Remembering):
    """A variable keeps the value that it was given first."""

    def mixed(self, run: Run, before: Run) -> Run:
        merged = run["environment_variables"] | before["environment_variables"]
        self.before = run | {"environment_variables": merged}
        return self.before


@MUTANTS.mutant(THIS, *(start_run(run_name=f"number {count}") for count in range(8)))
class NameOfAnotherNowAndThen(Remembering):
    """One response in eight has the name of the run before."""

    def mixed(self, run: Run, before: Run) -> Run:
        return run | {"name": before["name"]} if self.runs % 8 == 0 else run


@MUTANTS.mutant(THIS, start_run(run_name="one"), start_run(run_name="two"), at_once=True)
class GlobalRequest(Reference):
    """The request is stored in a global variable, so simultaneous requests mix."""

    async def respond(self, request: Request) -> Response:
        response = await super().respond(request)
        if response.status_code == 200:
            self.current = response
            await asyncio.sleep(0.02)
            # The id is not shared, so only the requested properties are those of another request.
            own = json.loads(bytes(response.body))["id"]
            return self.accept(json.loads(bytes(self.current.body)) | {"id": own})
        return response


@MUTANTS.mutant(THIS, with_body({"benchmark_id": "bmd_one"}), start_run())
class FirstBenchmarkAnswered(Reference):
    """The benchmark's id is that of the first request ever."""

    first = ""

    def run_of(self, run_request: RunRequest) -> Run:
        self.first = self.first or run_request["benchmark_id"]
        return super().run_of(run_request) | {"benchmark_id": self.first}


@MUTANTS.mutant(
    THIS, start_run(run_name="nightly", metadata={"a": "1"}), start_run(run_name="nightly", metadata={"a": "2"})
)
class MetadataCachedByName(Reference):
    """Metadata is cached by the name of the run, so the second run of a name has that of the first."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.first_metadata: dict[str, Map] = {}

    def run_of(self, run_request: RunRequest) -> Run:
        run = super().run_of(run_request)
        return run | {"metadata": self.first_metadata.setdefault(run["name"], run["metadata"])} if run["name"] else run
