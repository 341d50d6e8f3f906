"""Faults that show only at times, of statements whose other faults always do."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.fault import (
    PROFILE,
    RULE,
    VIEW,
    Ask,
    Asked,
    Chapter,
    Run,
    ask,
    drop,
    every,
    profile,
    put,
    times,
    turn,
)
from runloop_conformance.servers.reference import Reference, RefusalError

CHAPTER = Chapter("response")
SHOULD = CHAPTER.should()
AUTHORIZATION = Chapter("authorization")
fault, edit = AUTHORIZATION.fault, CHAPTER.edit

BEARER = "#/components/securitySchemes/bearerAuth/description"
VALUES = "#/components/schemas/StringMap/additionalProperties"
DONE = {"state": "completed", "duration_ms": 1250, "score": 0.75}

# --- members of the answer ---

for member, nth in (("id", 8), ("benchmark_id", 6), ("start_time_ms", 7), ("state", 5)):
    edit(
        f"{member.replace('_', '-')}-null-now-and-then",
        VIEW + member,
        f"One {member} in {nth} is null.",
        put(**{member: None}),
        *times(nth, ask()),
        when=every(nth),
    )
edit(
    "start-time-of-a-century",
    f"{VIEW}start_time_ms/format",
    "One start time in six is in a unit that does not fit 64 bits.",
    turn("start_time_ms", lambda ms: ms * 10**9),
    *times(6, ask()),
    when=every(6),
)
edit(
    "duration-unset-is-the-largest",
    f"{VIEW}duration_ms/format",
    "A duration that is not known yet is 2 to the power of 64, where the request has metadata.",
    lambda run, asked: run | DONE | {"duration_ms": 2**64} if asked.get("metadata") else run,
    ask(metadata={"a": "1"}),
)
edit("score-of-a-double", f"{VIEW}score/format", "The score is beyond a float.", put(**DONE | {"score": 1e300}))
edit(
    "score-of-a-double-at-times",
    f"{VIEW}score/format",
    "The score of a named run is beyond a float.",
    lambda run, asked: run | DONE | {"score": 4e38 if asked.get("run_name") else 0.5},
    ask(run_name="nightly"),
)
edit(
    "id-missing-now-and-then",
    f"{VIEW}id",
    "One answer in eight is without its id.",
    drop("id"),
    *times(8, ask()),
    when=every(8),
)
edit(
    "benchmark-id-expanded",
    f"{VIEW}benchmark_id/type",
    "The benchmark is written out where the request has a runProfile.",
    lambda run, asked: run | {"benchmark_id": {"id": run["benchmark_id"]}} if "runProfile" in asked else run,
    profile(),
)
edit(
    "state-a-number-now-and-then",
    f"{VIEW}state",
    "One state in five is the number of the state.",
    put(state=1),
    *times(5, ask()),
    when=every(5),
)
edit(
    "duration-told-to-the-nanosecond",
    f"{VIEW}duration_ms/type",
    "A duration has a fraction where the request has metadata.",
    lambda run, asked: run | DONE | {"duration_ms": 1250.000001 if asked.get("metadata") else 1250},
    ask(metadata={"a": "1"}),
)
edit(
    "score-in-per-cent-when-named",
    f"{VIEW}score/type",
    "The score of a named run is a text.",
    lambda run, asked: run | DONE | {"score": "75 %" if asked.get("run_name") else 0.75},
    ask(run_name="nightly"),
)


def value(path: tuple[str, ...], wrong: Any) -> Any:
    """Give the last value of a map of the answer this value."""

    def change(run: Run, _asked: Asked) -> Run:
        values = dict(run.get(path[0]) or {})
        if values:
            values[list(values)[-1]] = wrong
        return run | {path[0]: values} if values else run

    return change


for member, witness in (
    ("metadata", ask(metadata={"a": "1"})),
    ("environment_variables", profile(envVars={"A": "1"})),
    ("secrets_provided", profile(secrets={"A": "B"})),
):
    for told, wrong in (("a-number", 1), ("a-list", ["1"]), ("null", None)):
        SHOULD.edit(
            f"{member.replace('_', '-')}-value-{told}",
            VALUES,
            f"The last value of {member} is {told.replace('-', ' ')}.",
            value((member,), wrong),
            witness,
        )


# --- one member ---

KNOWN = RULE + "accepts-known-members"
REQUESTS = Chapter("request")
KNOWN_REQUESTS = REQUESTS.should()


def given(*path: str) -> Callable[[Asked], bool]:
    """Whether there is something at a path of the profile."""

    def found(asked: Asked) -> bool:
        value: Any = asked.get("runProfile")
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return bool(value)

    return found


def lacking(member: str) -> Callable[[Asked], bool]:
    """Whether a profile does without a member."""
    return lambda asked: bool(asked.get("runProfile")) and member not in asked["runProfile"]


def empty(member: str, nothing: Any) -> Callable[[Asked], bool]:
    """Whether a member of the profile is this kind of nothing."""
    return lambda asked: member in (asked.get("runProfile") or {}) and asked["runProfile"][member] == nothing


for member, example in (
    ("after_idle", {"idle_time_seconds": 60, "on_idle": "shutdown"}), ("available_ports", [8080]),
    ("custom_cpu_cores", 2), ("custom_disk_size", 10), ("custom_gb_memory", 4), ("keep_alive_time_seconds", 60),
    ("launch_commands", ["make"]), ("required_services", ["redis"]),
    ("user_parameters", {"uid": 1000, "username": "user"}),
):  # fmt: skip
    KNOWN_REQUESTS.refuse(
        f"any-{member.replace('_', '-')}-refused",
        KNOWN,
        f"Whoever asks for {member} is refused.",
        given("launchParameters", member),
        profile(launchParameters={member: example}),
        status=422,
    )
for member in ("secrets", "launchParameters", "mounts"):
    KNOWN_REQUESTS.refuse(
        f"{member.lower()}-required",
        KNOWN,
        f"A runProfile without {member} is refused.",
        lacking(member),
        profile(purpose="x"),
        status=422,
    )
    KNOWN_REQUESTS.refuse(
        f"null-{member.lower()}-refused",
        KNOWN,
        f"A runProfile whose {member} are null is refused.",
        empty(member, None),
        profile(**{member: None}),
        status=422,
    )
REQUESTS.refuse(
    "purpose-refused",
    f"{PROFILE}purpose",
    "A purpose is taken for a member that is not known.",
    given("purpose"),
    profile(purpose="x"),
    status=422,
)
REQUESTS.refuse(
    "purpose-of-nothing-refused",
    f"{PROFILE}purpose",
    "A purpose is refused where it is the empty text.",
    empty("purpose", ""),
    profile(purpose=""),
    status=422,
)

# --- the right token ---


class RightTokenRefused(Reference):
    """Refuses the right token at times."""

    @staticmethod
    def worn(runs: int, size: int, /) -> bool:
        """Whether it does, at the so-manieth run, for a body of this size."""
        raise NotImplementedError

    size = 0

    async def read(self, request: Request) -> bytes:
        body = await super().read(request)
        self.size = len(body)
        return body

    async def respond(self, request: Request) -> Response:
        response = await super().respond(request)
        if response.status_code == 200 and self.worn(self.runs, self.size):
            return self.refuse(RefusalError(401, "The token is not valid.", {"WWW-Authenticate": "Bearer"}))
        return response


@fault(BEARER, *times(8, ask()))
class OneReplicaWithAnOldToken(RightTokenRefused):
    """One of eight replicas has not heard of the token."""

    @staticmethod
    def worn(runs: int, _size: int, /) -> bool:
        return runs % 8 == 0


@fault(BEARER, ask(run_name="x" * 1000))
class SignatureOverTheBeginning(RightTokenRefused):
    """A gateway that looks into the first 4 KB does not find the end of a larger request, and calls it forged."""

    @staticmethod
    def worn(_runs: int, size: int, /) -> bool:
        return size > 900


@fault(BEARER, *times(12, ask()))
class TokenWornOut(RightTokenRefused):
    """A token is good for ten runs."""

    @staticmethod
    def worn(runs: int, _size: int, /) -> bool:
        return runs > 10


ONCE = RULE + "bearer-malformed"


@fault(ONCE, Ask(ask().body, authorization=("Basic dXNlcjpwYXNz", "Bearer {token}")))
class FirstBearerCounts(Reference):
    """Of several Authorization headers the first that is a bearer token counts; the others are looked past."""

    def credentials(self, request: Request) -> list[str]:
        given = super().credentials(request)
        return next(([one] for one in given if one.startswith("Bearer ")), given)


SAFETY = Chapter("safety")


@SAFETY.fault(RULE + "no-server-error", Ask(b"{"))
class EveryRefusalFails(Reference):
    """What is raised to refuse a request is handled nowhere."""

    def refuse(self, refusal: RefusalError) -> Response:
        return super().refuse(RefusalError(500, refusal.message))
