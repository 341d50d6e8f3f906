"""Servers that break a SHOULD and no MUST: the suite warns, and they are conformant."""

from typing import Any, NoReturn

from starlette.requests import Request

from runloop_conformance.proof.mutants.changes import RunRequest
from runloop_conformance.proof.mutants.mutant import patched
from runloop_conformance.proof.mutants.pointers import PROFILE, RULE
from runloop_conformance.proof.variants.variant import Variants
from runloop_conformance.servers.reference import Reference, RejectionError

VARIANTS = Variants()


def rejecting(name: str) -> Any:
    """Make a build whose server rejects a property of runProfile unless it is null."""

    def build(document: Any, token: str, benchmark_ids: Any) -> Reference:
        return Reference(patched(document, {PROFILE + name: {"type": "null"}}), token, benchmark_ids)

    return staticmethod(build)


@VARIANTS.variant(RULE + "accepts-known-members", warns=True)
class RefusesSecrets:
    """`secrets`, which the page does not have, is rejected."""

    build = rejecting("secrets")


@VARIANTS.variant(RULE + "accepts-known-members", warns=True)
class RefusesMounts:
    """`mounts`, which the page does not have, is rejected."""

    build = rejecting("mounts")


@VARIANTS.variant(RULE + "accepts-known-members", warns=True)
class RefusesLaunchParameters:
    """`launchParameters`, which the page does not have, is rejected."""

    build = rejecting("launchParameters")


@VARIANTS.variant(RULE + "ignores-unknown-members", warns=True)
class RefusesUnknownMembers(Reference):
    """A property that the contract does not name is rejected."""

    def look_up(self, run_request: RunRequest) -> None:
        super().look_up(run_request)
        known = self.document["components"]["schemas"]["StartRunRequest"]["properties"]
        if not run_request.keys() <= known.keys():
            raise RejectionError(422, "There is a property that is not known.")


@VARIANTS.variant(RULE + "refuses-json-extensions", warns=True)
class LenientJson(Reference):
    """The body is parsed as Python does, NaN and duplicate keys included."""

    def object_of(self, members: list[tuple[str, Any]]) -> dict[str, Any]:
        return dict(members)

    def constant(self, name: str) -> Any:
        return float(name)


@VARIANTS.variant(RULE + "refuses-other-media-types", warns=True)
class AnyMediaType(Reference):
    """The Content-Type is not checked."""

    def check_media_type(self, request: Request) -> None:
        """Accept every media type."""


@VARIANTS.variant(RULE + "challenge", warns=True)
class PlainUnauthorized(Reference):
    """A 401 has no challenge, and the scheme has to be spelled `Bearer`."""

    def challenge(self, message: str) -> NoReturn:
        raise RejectionError(401, message)

    def is_scheme(self, scheme: str) -> bool:
        return scheme == "Bearer"
