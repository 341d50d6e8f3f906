"""What a mutant is: the reference server with one step changed, and the requests that show the fault."""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any, Literal

from attrs import evolve, field, frozen
from starlette.types import ASGIApp

from runloop_conformance.proof.mutants.changes import Change, Place, RunRequest, When
from runloop_conformance.proof.mutants.pointers import VIEW
from runloop_conformance.proof.mutants.tolerant import Tolerant
from runloop_conformance.proof.mutants.witness import WitnessRequest, start_run
from runloop_conformance.servers.hosting import Build
from runloop_conformance.servers.reference import Document, Reference, RejectionError

Level = Literal["must", "should"]
TextRow = tuple[str, Place, str, Callable[[str], str], str]
"""The name, the place, the summary, the change, and a sample of text that it changes."""


@frozen
class Mutant:
    """A server with one fault.

    `breaks` points at the broken statement in the contract. The responses to the requests of `witness`, sent in order
    or (`at_once`) together, differ from those of the reference server. A mutant `needs_socket` if its fault is below
    ASGI, or is a hang.
    """

    name: str
    chapter: str
    breaks: str
    level: Level
    summary: str
    build: Build = field(repr=False)
    witness: tuple[WitnessRequest, ...] = field(repr=False)
    at_once: bool = False
    needs_socket: bool = False


@frozen
class Mutants:
    """The mutants of one module, in the order of the file. The chapter is the name of the module's folder."""

    module: str
    level: Level = "must"
    registered: list[Mutant] = field(factory=list[Mutant], repr=False)

    def should(self) -> "Mutants":
        """Return the same registry for mutants that break a SHOULD."""
        return evolve(self, level="should")

    def mutant(
        self, breaks: str, *witness: WitnessRequest, at_once: bool = False
    ) -> Callable[[type[Reference]], type[Reference]]:
        """Register a class as a mutant. Its name becomes the mutant's name, its docstring the summary."""

        def register(server: type[Reference]) -> type[Reference]:
            name = re.sub(r"(?<=.)(?=[A-Z][a-z]|(?<=[a-z])[A-Z0-9])", "-", server.__name__).lower()
            self.add(name, breaks, str(server.__doc__), server, *witness, at_once=at_once)
            return server

        return register

    def add(self, name: str, breaks: str, summary: str, build: Build, *witness: WitnessRequest, **fields: Any) -> None:
        """Register a mutant. Without a witness, a minimal request is the witness."""
        chapter = self.module.split(".")[-2]
        self.registered.append(
            Mutant(name, chapter, breaks, self.level, summary, build, witness or (start_run(),), **fields)
        )

    def change_response(
        self,
        name: str,
        breaks: str,
        summary: str,
        change: Change,
        *witness: WitnessRequest,
        when: When = lambda _count, _run_request: True,
    ) -> None:
        """Register a server that changes its responses: `change` takes the right run and returns the wrong one."""

        class Changed(Reference):
            def run_of(self, run_request: RunRequest) -> dict[str, Any]:
                run = super().run_of(run_request)
                return change(run, run_request) if when(self.runs, run_request) else run

        self.add(name, breaks, summary, Changed, *witness)

    def change_texts(self, *rows: TextRow) -> None:
        """Register servers that change the text at a place of their responses, one for each row."""
        for name, place, summary, change, sample in rows:
            self.change_response(name, VIEW + place.property, summary, place.change(change), place.request(sample))

    def reject(
        self,
        name: str,
        breaks: str,
        summary: str,
        unwanted: Callable[[RunRequest], bool],
        *witness: WitnessRequest,
        status: int = 400,
    ) -> None:
        """Register a server that rejects, or fails at, some valid requests."""

        class Rejecting(Reference):
            def look_up(self, run_request: RunRequest) -> None:
                super().look_up(run_request)
                if unwanted(run_request):
                    raise RejectionError(status, "The request cannot be processed.")

        self.add(name, breaks, summary, Rejecting, *witness)

    def ignore_schema(self, name: str, pointer: str, summary: str, *witness: WitnessRequest) -> None:
        """Register a server that does not validate one schema of the contract."""
        self.replace_schemas(name, pointer, summary, {pointer: {}}, *witness)

    def replace_schemas(
        self, name: str, breaks: str, summary: str, schemas: Mapping[str, Any], *witness: WitnessRequest
    ) -> None:
        """Register a server that validates requests against a contract with other schemas at these pointers."""

        def build(document: Document, token: str, benchmark_ids: Sequence[str]) -> ASGIApp:
            return Tolerant(patched(document, schemas), token, benchmark_ids)

        self.add(name, breaks, summary, build, *witness)


def patched(document: Document, schemas: Mapping[str, Any]) -> Document:
    """Return a copy of the contract with other schemas at these pointers."""
    changed = deepcopy(dict(document))
    for pointer, schema in schemas.items():
        *path, last = (step.replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("#/").split("/"))
        node: Any = changed
        for step in path:
            node = node[step]
        node[last] = schema
    return changed
