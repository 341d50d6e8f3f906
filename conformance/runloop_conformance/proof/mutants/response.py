"""Faults in the shape of a 200: members, types, null, the enum."""

from datetime import UTC, datetime
from typing import Any

from starlette.responses import RedirectResponse, Response

from runloop_conformance.proof.mutants.fault import (
    OPERATION,
    REQUIRED_IN_VIEW,
    VIEW,
    Asked,
    Chapter,
    Run,
    ask,
    drop,
    every,
    profile,
    put,
    since,
    times,
    turn,
)
from runloop_conformance.servers.reference import Reference

CHAPTER = Chapter("response")
fault, edit = CHAPTER.fault, CHAPTER.edit

OK = f"{OPERATION}/responses/200"
BODY = "#/components/schemas/BenchmarkRunView"
STATES = "#/components/schemas/BenchmarkRunState/enum"
ENV = VIEW + "environment_variables"
SECRETS = VIEW + "secrets_provided"
METADATA = VIEW + "metadata"
FULL = profile(purpose="regression", envVars={"A": "1", "B": "2"}, secrets={"DB_PASS": "DATABASE_PASSWORD"})
NAMED = ask(run_name="nightly", metadata={"team": "agents"})
DIGITS = ask(run_name="007", metadata={"build": "0042"}, runProfile={"envVars": {"PORT": "8080"}})
DONE = {"state": "completed", "duration_ms": 1250, "score": 0.75}

# --- members that are missing ---

for member in ("id", "benchmark_id", "start_time_ms", "state", "metadata"):
    name = member.replace("_", "-")
    edit(f"{name}-missing", REQUIRED_IN_VIEW, f"The answer has no {member}.", drop(member))
    edit(f"{name}-null", VIEW + member, f"The answer's {member} is null.", put(**{member: None}))
edit(
    "metadata-omitted-when-empty",
    REQUIRED_IN_VIEW,
    "Empty metadata is left out of the answer.",
    lambda run, asked: run if run["metadata"] else drop("metadata")(run, asked),
)
edit(
    "metadata-null-when-not-given",
    METADATA,
    "Metadata is null where none was given.",
    lambda run, asked: run if "metadata" in asked else run | {"metadata": None},
)
edit(
    "benchmark-id-missing-now-and-then",
    REQUIRED_IN_VIEW,
    "One answer in eight has no benchmark_id.",
    drop("benchmark_id"),
    *times(8, ask()),
    when=every(8),
)
edit(
    "state-missing-from-the-fifth",
    REQUIRED_IN_VIEW,
    "From the fifth run on the answer has no state.",
    drop("state"),
    *times(5, ask()),
    when=since(5),
)
edit(
    "start-time-missing-with-profile",
    REQUIRED_IN_VIEW,
    "A run with a runProfile has no start_time_ms yet.",
    drop("start_time_ms"),
    FULL,
    when=lambda _, asked: "runProfile" in asked,
)
edit(
    "members-in-camel-case",
    REQUIRED_IN_VIEW,
    "The answer spells its members in camel case.",
    lambda run, _: {camel(name): value for name, value in run.items()},
)


def camel(text: str) -> str:
    first, *rest = text.split("_")
    return first + "".join(map(str.capitalize, rest))


# --- the answer as a whole ---

edit("answer-in-data", BODY, "The run stands in a member `data`.", lambda run, _: {"data": run})
edit("answer-in-envelope", BODY, "The run stands in a member `benchmark_run`.", lambda run, _: {"benchmark_run": run})


@fault(BODY)
class AnswerInAList(Reference):
    """The answer is an array of one run."""

    def answer(self, run: Run) -> Response:
        return Response(self.dump([run]), media_type="application/json")


@fault(BODY)
class AnswerIsTheId(Reference):
    """The answer is the id alone."""

    def answer(self, run: Run) -> Response:
        return Response(self.dump(run["id"]), media_type="application/json")


class OtherStatus(Reference):
    """Answers as it should, with another status."""

    status = 201

    def answer(self, run: Run) -> Response:
        response = super().answer(run)
        response.status_code = self.status
        return response


@fault(OK)
class Created(OtherStatus):
    """A started run is answered with 201."""


@fault(OK)
class Accepted(OtherStatus):
    """A started run is answered with 202."""

    status = 202


@fault(OK, *times(8, ask()))
class CreatedNowAndThen(OtherStatus):
    """One run in eight is answered with 201."""

    def answer(self, run: Run) -> Response:
        return super().answer(run) if self.runs % 8 == 0 else Reference.answer(self, run)


@fault(OK)
class NoContent(Reference):
    """A started run is answered with 204 and no body."""

    def answer(self, run: Run) -> Response:
        return Response(status_code=204, headers={"Location": f"/v1/benchmarks/runs/{run['id']}"})


@fault(OK)
class SeeOther(Reference):
    """A started run is answered with a redirect to where it can be seen."""

    def answer(self, run: Run) -> Response:
        return RedirectResponse(f"/v1/benchmarks/runs/{run['id']}", 303)


# --- types, member by member ---


def iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()


def numbers(value: dict[str, str]) -> dict[str, Any]:
    return {key: int(text) if text.isdecimal() and text.isascii() else text for key, text in value.items()}


def pairs(value: dict[str, str]) -> list[list[str]]:
    return [[key, text] for key, text in value.items()]


edit("id-a-number", VIEW + "id", "The id is a number.", turn("id", lambda text: int(text[4:12], 16)))
edit("id-an-object", VIEW + "id", "The id is an object, as a document store has it.", turn("id", lambda i: {"$oid": i}))
edit(
    "id-a-number-now-and-then", VIEW + "id", "One id in eight is a number.", put(id=7), *times(8, ask()), when=every(8)
)
edit(
    "benchmark-id-an-object",
    VIEW + "benchmark_id",
    "The benchmark is given whole.",
    turn("benchmark_id", lambda text: {"id": text}),
)
edit(
    "benchmark-id-a-list",
    VIEW + "benchmark_id",
    "The benchmark's id is a list of one.",
    turn("benchmark_id", lambda text: [text]),
)
edit("start-time-a-string", VIEW + "start_time_ms", "The start time is a string of digits.", turn("start_time_ms", str))
edit("start-time-iso", VIEW + "start_time_ms", "The start time is an ISO 8601 date.", turn("start_time_ms", iso))
edit(
    "start-time-a-fraction",
    VIEW + "start_time_ms",
    "The start time has a fraction of a millisecond.",
    turn("start_time_ms", lambda ms: ms + 0.25),
)
edit(
    "start-time-a-string-when-named",
    VIEW + "start_time_ms",
    "The start time of a run with a name is a string.",
    turn("start_time_ms", str),
    NAMED,
    when=lambda _, asked: bool(asked.get("run_name")),
)
edit(
    "start-time-beyond-int64",
    f"{VIEW}start_time_ms/format",
    "The start time does not fit 64 bits.",
    turn("start_time_ms", lambda ms: ms << 24),
)
edit(
    "duration-beyond-int64",
    f"{VIEW}duration_ms/format",
    "The duration is 2 to the power of 63.",
    put(**DONE | {"duration_ms": 2**63}),
)
edit("duration-a-string", VIEW + "duration_ms", "The duration is a string.", put(**DONE | {"duration_ms": "1250"}))
edit("duration-a-fraction", VIEW + "duration_ms", "The duration is in seconds.", put(**DONE | {"duration_ms": 1.25}))
edit(
    "duration-a-timestamp-text",
    VIEW + "duration_ms",
    "The duration is an ISO 8601 one.",
    put(**DONE | {"duration_ms": "PT1S"}),
)
edit("score-a-string", VIEW + "score", "The score is a string.", put(**DONE | {"score": "0.75"}))
edit("score-a-boolean", VIEW + "score", "The score says whether all passed.", put(**DONE | {"score": True}))
edit("score-an-object", VIEW + "score", "The score is an object.", put(**DONE | {"score": {"sum": 3, "count": 4}}))
edit(
    "name-a-number",
    VIEW + "name",
    "A name of digits becomes a number.",
    turn("name", lambda text: int(text) if str(text).isdecimal() else text),
    DIGITS,
)
edit(
    "name-an-object",
    VIEW + "name",
    "The name is an object by language.",
    turn("name", lambda text: {"en": text}),
    NAMED,
)
edit("name-false-when-empty", VIEW + "name", "An empty name is false.", turn("name", lambda text: text or False))
edit(
    "purpose-a-list",
    VIEW + "purpose",
    "The purpose is a list.",
    turn("purpose", lambda text: [text] if text else None),
    FULL,
)
edit(
    "purpose-empty-object",
    VIEW + "purpose",
    "A purpose that was not given is an empty object.",
    turn("purpose", lambda text: text or {}),
)

for member, pointer, example in (
    ("metadata", METADATA, NAMED),
    ("environment_variables", ENV, FULL),
    ("secrets_provided", SECRETS, FULL),
):
    name = member.replace("_", "-")
    edit(
        f"{name}-a-list-when-empty",
        pointer,
        f"Empty {member} is [], as PHP spells it.",
        turn(member, lambda v: v or []),
    )
    edit(f"{name}-pairs", pointer, f"The answer's {member} is a list of pairs.", turn(member, pairs), example)
    edit(f"{name}-text", pointer, f"The answer's {member} is a string.", turn(member, str), example)
edit("metadata-of-numbers", METADATA, "Metadata of digits becomes numbers.", turn("metadata", numbers), DIGITS)
edit(
    "environment-of-numbers", ENV, "Variables of digits become numbers.", turn("environment_variables", numbers), DIGITS
)
edit("environment-null", ENV, "The environment is null.", put(environment_variables=None))
edit(
    "environment-null-when-not-given",
    ENV,
    "The environment is null where none was given.",
    lambda run, _: run | {"environment_variables": run["environment_variables"] or None},
)
edit(
    "environment-assignments",
    ENV,
    "The environment is a list of assignments.",
    turn("environment_variables", lambda value: [f"{key}={text}" for key, text in value.items()]),
    FULL,
)
edit("secrets-null", SECRETS, "The secrets are null.", put(secrets_provided=None))
edit(
    "secrets-null-when-none",
    SECRETS,
    "The secrets are null where none were given.",
    lambda run, _: run | {"secrets_provided": run["secrets_provided"] or None},
)
edit(
    "secrets-listed",
    SECRETS,
    "The secrets are a list of names.",
    turn("secrets_provided", lambda v: [*v.values()]),
    FULL,
)
edit("secrets-counted", SECRETS, "The secrets are a number.", turn("secrets_provided", len), FULL)


# --- the states ---

for state, summary in {
    "failed": "A new run is in the state `failed`, which came later.",
    "RUNNING": "The state is spelled in capitals.",
    "Running": "The state is spelled with a capital letter.",
    "cancelled": "The state is spelled the British way.",
    "queued": "A new run is in the state `queued`.",
    "": "The state is empty.",
}.items():
    spelling = {"": "empty", "RUNNING": "in-capitals", "Running": "capitalized"}.get(state, state)
    edit(f"state-{spelling}", STATES, summary, put(state=state))
edit("state-a-number", VIEW + "state", "The state is the number of the enum's member.", put(state=0))
edit("state-an-object", VIEW + "state", "The state is an object.", put(state={"name": "running"}))
edit(
    "state-pending-now-and-then",
    STATES,
    "One run in eight is pending.",
    put(state="pending"),
    *times(8, ask()),
    when=every(8),
)
edit(
    "state-queued-from-the-fifth",
    STATES,
    "From the fifth run on they are queued.",
    put(state="queued"),
    *times(5, ask()),
    when=since(5),
)


def with_two_profile_members(_count: int, asked: Asked) -> bool:
    return {"purpose", "envVars"} <= set(asked.get("runProfile", {}))


edit(
    "state-initializing-with-two",
    STATES,
    "A run with a purpose and variables is `initializing` first.",
    put(state="initializing"),
    FULL,
    when=with_two_profile_members,
)
