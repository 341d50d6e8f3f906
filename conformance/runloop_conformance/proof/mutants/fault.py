"""How a single fault is written down: the reference server with one step changed, and the requests that show it."""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any, Literal

from attrs import evolve, field, frozen
from starlette.types import ASGIApp

from runloop_conformance.servers.hosting import RawServer
from runloop_conformance.servers.reference import Document, Json, Reference, RefusalError, texts_in

Run = dict[str, Any]
Asked = dict[str, Any]
Level = Literal["must", "should"]
# Which run it is, counted from 1, and what was asked for.
When = Callable[[int, Asked], bool]

OPERATION = "#/paths/~1v1~1benchmarks~1start_run/post"
RULE = f"{OPERATION}/x-rules/"
REQUEST = "#/components/schemas/StartRunRequest/properties/"
PROFILE = "#/components/schemas/RunProfile/properties/"
VIEW = "#/components/schemas/BenchmarkRunView/properties/"
REQUIRED_IN_VIEW = "#/components/schemas/BenchmarkRunView/required"
REQUIRED_IN_REQUEST = "#/components/schemas/StartRunRequest/required"

BENCHMARK = "bmd_30xCTWqsuNaUXk3uJ0GCo"
AUTHORIZED = "Bearer {token}"
JSON = "application/json"


@frozen
class Ask:
    """One request. What stands in braces in `authorization`, `query` and `headers` is made of the server's token."""

    body: bytes
    method: str = "POST"
    authorization: tuple[str, ...] = (AUTHORIZED,)
    content_type: str | None = JSON
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    def with_token(self, token: str) -> "Ask":
        """Fill in the token, or what is made of it to be nearly right."""
        made = {
            "{token}": token,
            "{shortened}": token[:-2],
            "{swapped}": token.swapcase(),
            "{masked}": "x" * len(token),
            "{beginning}": f"{token[:8]}-and-another-end",
            "{end}": token[-10:],
            "{edges}": f"{token[:8]}-another-middle-{token[-4:]}",
            "{exchanged}": token[1] + token[0] + token[2:],
            "{percented}": "".join(f"%{ord(each):02X}" for each in token),
            "{user}": base64.b64encode(f"{token}:".encode()).decode(),
        }

        def fill(text: str) -> str:
            return re.sub(r"\{\w+\}", lambda found: made[found[0]], text)

        headers = tuple((name, fill(value)) for name, value in self.headers)
        return evolve(self, authorization=tuple(map(fill, self.authorization)), query=fill(self.query), headers=headers)


def ask(**members: Any) -> Ask:
    """Ask for a run, with these members besides the benchmark's id."""
    return Ask(json.dumps({"benchmark_id": BENCHMARK} | members).encode())


def profile(**members: Any) -> Ask:
    return ask(runProfile=members)


def sent(body: Any, **how: Any) -> Ask:
    """Send this body: bytes as they are, anything else as JSON."""
    return Ask(body if isinstance(body, bytes) else json.dumps(body).encode(), **how)


@frozen
class Mutant:
    """A server with one fault.

    `breaks` points at the broken statement in the contract. The requests of `witness`, sent in order (or `at_once`),
    are answered otherwise than by the reference server. Where `needs_socket`, the fault is below ASGI, or is a hang.
    """

    name: str
    chapter: str
    breaks: str
    level: Level
    summary: str
    build: Callable[[Document, str, Sequence[str]], ASGIApp | RawServer] = field(repr=False)
    witness: tuple[Ask, ...] = field(repr=False)
    at_once: bool = False
    needs_socket: bool = False


@frozen
class Chapter:
    """The faults of one chapter of the suite, in the order in which they are written, all of one level."""

    name: str
    level: Level = "must"
    mutants: list[Mutant] = field(factory=list[Mutant], repr=False)

    def should(self) -> "Chapter":
        """Give the same chapter for faults that break a SHOULD."""
        return evolve(self, level="should")

    def fault(self, breaks: str, *witness: Ask, at_once: bool = False) -> Callable[[type[Reference]], type[Reference]]:
        """Register a class as a mutant: named by its name, told by its docstring."""

        def register(server: type[Reference]) -> type[Reference]:
            name = re.sub(r"(?<=.)(?=[A-Z][a-z]|(?<=[a-z])[A-Z0-9])", "-", server.__name__).lower()
            self.add(name, breaks, str(server.__doc__), server, *witness, at_once=at_once)
            return server

        return register

    def add(
        self,
        name: str,
        breaks: str,
        summary: str,
        build: Callable[[Document, str, Sequence[str]], ASGIApp | RawServer],
        *witness: Ask,
        **more: Any,
    ) -> None:
        self.mutants.append(Mutant(name, self.name, breaks, self.level, summary, build, witness or (ask(),), **more))

    def edit(
        self,
        name: str,
        breaks: str,
        summary: str,
        change: Callable[[Run, Asked], Run],
        *witness: Ask,
        when: When = lambda _count, _asked: True,
    ) -> None:
        """Register a server that changes its answer: `change` is given the right one, and returns the wrong one."""

        class Edited(Reference):
            def run_of(self, asked: Asked) -> Run:
                run = super().run_of(asked)
                return change(run, asked) if when(self.runs, asked) else run

        self.add(name, breaks, summary, Edited, *witness)

    def refuse(
        self,
        name: str,
        breaks: str,
        summary: str,
        unwanted: Callable[[Asked], bool],
        *witness: Ask,
        status: int = 400,
    ) -> None:
        """Register a server that refuses, or fails at, some requests that fit the contract."""

        class Refusing(Reference):
            def look_up(self, asked: Asked) -> None:
                super().look_up(asked)
                if unwanted(asked):
                    raise RefusalError(status, "The request cannot be processed.")

        self.add(name, breaks, summary, Refusing, *witness)

    def loosen(self, name: str, pointer: str, summary: str, *witness: Ask) -> None:
        """Register a server that does not look at one schema of the contract."""
        self.patch(name, pointer, summary, {pointer: {}}, *witness)

    def patch(self, name: str, breaks: str, summary: str, schemas: Mapping[str, Any], *witness: Ask) -> None:
        """Register a server that validates requests against a contract with other schemas at these pointers."""

        def build(document: Document, token: str, benchmark_ids: Sequence[str]) -> ASGIApp:
            return Tolerant(patched(document, schemas), token, benchmark_ids)

        self.add(name, breaks, summary, build, *witness)


class Tolerant(Reference):
    """Answers in the contract's shape also where it took something of another shape."""

    def look_up(self, asked: Any) -> None:
        # What was made up for a missing or mistyped id is taken for known, or the fault would hide behind a 404.
        if isinstance(as_object(asked).get("benchmark_id"), str):
            super().look_up(tidied(asked))

    def run_of(self, asked: Any) -> Run:
        return super().run_of(tidied(asked))


def times(count: int, each: Ask) -> tuple[Ask, ...]:
    return (each,) * count


def every(nth: int) -> When:
    return lambda count, _asked: count % nth == 0


def since(nth: int) -> When:
    return lambda count, _asked: count >= nth


def has(*path: str) -> Callable[[Asked], bool]:
    """Whether there is a value other than null, and not empty, at this path of the request."""

    def found(asked: Any) -> bool:
        for step in path:
            asked = asked.get(step) or {}
        return bool(asked)

    return found


def any_text(matches: Callable[[str], object]) -> Callable[[Asked], bool]:
    """Whether any string of the request matches, its keys among them."""
    return lambda asked: any(matches(text) for text in texts_in(asked))


def env(asked: Asked) -> dict[str, str]:
    found: dict[str, str] = asked.get("runProfile", {}).get("envVars") or {}
    return found


def maps_in(asked: Asked) -> list[dict[str, str]]:
    """Give the metadata, the environment and the secrets of a request."""
    given: Asked = asked.get("runProfile", {})
    return [asked.get("metadata", {}), given.get("envVars") or {}, given.get("secrets") or {}]


def patched(document: Document, schemas: Mapping[str, Any]) -> Document:
    changed = deepcopy(dict(document))
    for pointer, schema in schemas.items():
        *path, last = (step.replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("#/").split("/"))
        node: Any = changed
        for step in path:
            node = node[step]
        node[last] = schema
    return changed


def tidied(asked: Any) -> Asked:
    """Make what was taken fit the contract, as a server with loose types would."""
    asked = as_object(asked)
    run_profile = as_object(asked.get("runProfile"))
    made: Asked = {
        **asked,
        "benchmark_id": as_text(asked.get("benchmark_id", "")),
        "run_name": None if asked.get("run_name") is None else as_text(asked["run_name"]),
        "metadata": as_texts(asked.get("metadata")),
        "runProfile": run_profile
        | {
            "purpose": None if run_profile.get("purpose") is None else as_text(run_profile["purpose"]),
            "envVars": as_texts(run_profile.get("envVars")),
            "secrets": as_texts(run_profile.get("secrets")),
        },
    }
    return made


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def is_object(value: object) -> bool:
    return isinstance(value, dict)


def as_object(value: Json) -> dict[str, Any]:
    return {**value} if isinstance(value, dict) else {}


def as_texts(value: Any) -> dict[str, str]:
    return {key: as_text(member) for key, member in as_object(value).items()}


def put(**members: Any) -> Callable[[Run, Asked], Run]:
    """Change an answer by giving these members these values."""
    return lambda run, _asked: run | members


def drop(*members: str) -> Callable[[Run, Asked], Run]:
    """Change an answer by leaving these members out."""
    return lambda run, _asked: {name: value for name, value in run.items() if name not in members}


def turn(member: str, change: Callable[[Any], Any]) -> Callable[[Run, Asked], Run]:
    """Change an answer by changing the value of one member."""
    return lambda run, _asked: run | {member: change(run[member])}
