"""What a legal variant is: a correct server, and what in the contract allows it to be different."""

import re
from collections.abc import Callable, Sequence

from attrs import field, frozen
from starlette.types import ASGIApp

from runloop_conformance.servers.hosting import RawServer
from runloop_conformance.servers.reference import Document

Build = Callable[[Document, str, Sequence[str]], ASGIApp | RawServer]

OPERATION = "#/paths/~1v1~1benchmarks~1start_run/post"
RULE = f"{OPERATION}/x-rules/"


@frozen
class Variant:
    """A correct server. `legal` points at what allows it in the contract; `warns` says that it breaks a SHOULD."""

    name: str
    legal: str
    summary: str
    build: Build = field(repr=False)
    warns: bool = False
    needs_socket: bool = False


@frozen
class Variants:
    """The variants of one module, in the order in which they are written."""

    needs_socket: bool = False
    variants: list[Variant] = field(factory=list[Variant], repr=False)

    def variant(self, legal: str, *, warns: bool = False) -> Callable[[type], type]:
        """Register a class, or a class's `build`. `legal` is a key of x-legal, or a pointer."""
        pointer = legal if legal.startswith("#/") else f"{OPERATION}/x-legal/{legal}"

        def register(server: type) -> type:
            name = re.sub(r"(?<=.)(?=[A-Z][a-z]|(?<=[a-z])[A-Z0-9])", "-", server.__name__).lower()
            build: Build = getattr(server, "build", server)
            self.variants.append(Variant(name, pointer, str(server.__doc__), build, warns, self.needs_socket))
            return server

        return register
