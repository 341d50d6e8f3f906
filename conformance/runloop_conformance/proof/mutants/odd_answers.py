"""Faults in answers that are only seen when something about the run is unusual: it is large, or not ASCII."""

import gzip
import json
from collections.abc import Callable

from starlette.responses import Response

from runloop_conformance.proof.mutants.bodies import ANSWER
from runloop_conformance.proof.mutants.fault import (
    RULE,
    VIEW,
    Ask,
    Asked,
    Chapter,
    Run,
    ask,
    env,
    has,
    profile,
    put,
)
from runloop_conformance.proof.mutants.state import DONE
from runloop_conformance.servers.reference import Reference

CHAPTER = Chapter("response")
HTTP = Chapter("http")

STATES = "#/components/schemas/BenchmarkRunState/enum"
WHOLE = "#/components/schemas/BenchmarkRunView"
LONG = "x" * 1000

# --- the state ---


def large_environment(_count: int, asked: Asked) -> bool:
    return sum(map(len, env(asked).values())) > 2000


CHAPTER.edit(
    "state-failed-with-large-environment",
    STATES,
    "A run with variables of more than 2,000 characters is in the state `failed`.",
    put(state="failed"),
    profile(envVars={"A": LONG, "B": LONG, "C": LONG}),
    when=large_environment,
)
CHAPTER.edit(
    "state-queued-with-launch-parameters",
    STATES,
    "A run that has launchParameters is in the state `queued`.",
    put(state="queued"),
    profile(launchParameters={"custom_cpu_cores": 2}),
    when=lambda _, asked: has("runProfile", "launchParameters")(asked),
)

# --- the whole ---


def answering(
    chapter: Chapter, name: str, breaks: str, summary: str, change: Callable[[Run, bytes], Response], *witness: Ask
) -> None:
    """Register a server that writes some answers in its own way."""

    class Answering(Reference):
        def answer(self, run: Run) -> Response:
            return change(run, self.dump(run))

    chapter.add(name, breaks, summary, Answering, *witness)


def written(body: bytes, **headers: str) -> Response:
    given = {"content-type": "application/json"} | {key.replace("_", "-"): value for key, value in headers.items()}
    return Response(body, headers=given)


answering(
    CHAPTER,
    "answer-in-a-string-beyond-ascii",
    WHOLE,
    "An answer that is not ASCII is encoded twice, and is a string.",
    lambda _, body: written(body if body.isascii() else json.dumps(body.decode()).encode()),
    ask(run_name="café"),
)
answering(
    HTTP,
    "answer-labelled-hal-with-variables",
    ANSWER,
    "A 200 to a request with variables is labelled application/hal+json.",
    lambda run, body: written(body, content_type=f"application/{'hal+' * bool(run['environment_variables'])}json"),
    profile(envVars={"A": "1"}),
)
answering(
    HTTP,
    "answer-compressed-unlabelled",
    ANSWER,
    "A 200 of more than 4 KB is compressed, and does not say so.",
    lambda _, body: written(gzip.compress(body, mtime=0) if len(body) > 4096 else body),
    ask(metadata={f"{number}": LONG for number in range(5)}),
)
answering(
    HTTP,
    "answer-labelled-compressed-when-large",
    RULE + "always-answers",
    "A 200 of more than 2,000 bytes is labelled as compressed, and is not.",
    lambda _, body: written(body, **{"content_encoding": "gzip"} if len(body) > 2000 else {}),
    ask(metadata={"a": LONG, "b": LONG, "c": LONG}),
)
answering(
    CHAPTER,
    "score-beyond-all-bounds",
    f"{VIEW}score/format",
    "The score is spelled as 1e999, which no number can hold.",
    lambda run, _: written(
        json.dumps(run | DONE | {"score": None}).replace('"score": null', '"score": 1e999').encode()
    ),
)
