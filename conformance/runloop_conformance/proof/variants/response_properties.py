"""Legal runs in a response: extra or omitted properties, any state, a default name."""

from runloop_conformance.proof.mutants.changes import Run, RunRequest
from runloop_conformance.proof.variants.variant import Variants
from runloop_conformance.servers.reference import Reference

VARIANTS = Variants()


class Edited(Reference):
    """Changes its responses."""

    def run_of(self, run_request: RunRequest) -> Run:
        return self.edit(super().run_of(run_request))

    def edit(self, run: Run) -> Run:
        raise NotImplementedError


@VARIANTS.variant("response-properties")
class ExtraMembers(Edited):
    """The response has additional properties."""

    def edit(self, run: Run) -> Run:
        own: Run = {"object": "benchmark_run", "pending_scenarios": [{"id": None, "score": -1}], "": None, "url": {}}
        return own | run | {"benchmark": {"id": run["benchmark_id"], "metadata": None}, "created_by": "api"}


@VARIANTS.variant("response-properties")
class NullsOmitted(Edited):
    """Properties that would be null are left out."""

    def edit(self, run: Run) -> Run:
        return {name: value for name, value in run.items() if value is not None}


@VARIANTS.variant("response-properties")
class EmptyOmitted(Edited):
    """Properties that are neither required nor filled are left out."""

    def edit(self, run: Run) -> Run:
        required = self.document["components"]["schemas"]["BenchmarkRunView"]["required"]
        return {name: value for name, value in run.items() if name in required or value not in (None, {})}


@VARIANTS.variant("response-properties")
class OwnVariables(Edited):
    """The environment also has variables of the server."""

    def edit(self, run: Run) -> Run:
        own = {"RUNLOOP_RUN_ID": run["id"], "PATH": "/usr/bin:/bin", "_": ""}
        return run | {"environment_variables": own | run["environment_variables"]}


@VARIANTS.variant("initial-state")
class CompletedAtOnce(Edited):
    """Every run is over at once, with a score."""

    def edit(self, run: Run) -> Run:
        return run | {"state": "completed", "duration_ms": 0, "score": 0.3333333333333333}


@VARIANTS.variant("initial-state")
class CompletedWithWholeScore(Edited):
    """Every run is over at once, and its score is spelled as an integer."""

    def edit(self, run: Run) -> Run:
        return run | {"state": "completed", "duration_ms": 1250, "score": 1}


@VARIANTS.variant("initial-state")
class CanceledAtOnce(Edited):
    """Every run is canceled at once, without a score."""

    def edit(self, run: Run) -> Run:
        return run | {"state": "canceled", "duration_ms": 7}


@VARIANTS.variant("initial-state")
class StatesInTurn(Edited):
    """Some runs are over at once and some are not."""

    def edit(self, run: Run) -> Run:
        over: Run = {"state": "completed", "duration_ms": 2**63 - 1, "score": -0.0}
        canceled: Run = {"state": "canceled"}
        return run | ({}, over, canceled)[self.runs % 3]


@VARIANTS.variant("default-name")
class NameMadeUp(Edited):
    """A run without a name gets one."""

    def edit(self, run: Run) -> Run:
        return run | {"name": f"brave-heron-{self.runs}" if run["name"] is None else run["name"]}


@VARIANTS.variant("default-name")
class NameEmpty(Edited):
    """A run without a name has an empty one."""

    def edit(self, run: Run) -> Run:
        return run | {"name": run["name"] or ""}
