"""What a variant is: a correct server, and the statement of the contract that allows the difference."""

import re
from collections.abc import Callable

from attrs import field, frozen

from runloop_conformance.proof.mutants.pointers import OPERATION
from runloop_conformance.servers.hosting import Build


@frozen
class Variant:
    """A correct server. `legal` points at the statement that allows the difference; `warns`: it breaks a SHOULD."""

    name: str
    legal: str
    summary: str
    build: Build = field(repr=False)
    warns: bool = False
    needs_socket: bool = False


@frozen
class Variants:
    """The variants of one module, in the order of the file."""

    needs_socket: bool = False
    registered: list[Variant] = field(factory=list[Variant], repr=False)

    def variant(self, legal: str, *, warns: bool = False) -> Callable[[type], type]:
        """Register a class, or a class's `build`. `legal` is a key of x-legal, or a pointer."""
        pointer = legal if legal.startswith("#/") else f"{OPERATION}/x-legal/{legal}"

        def register(server: type) -> type:
            name = re.sub(r"(?<=.)(?=[A-Z][a-z]|(?<=[a-z])[A-Z0-9])", "-", server.__name__).lower()
            build: Build = getattr(server, "build", server)
            self.registered.append(Variant(name, pointer, str(server.__doc__), build, warns, self.needs_socket))
            return server

        return register
