"""Legal limits of requests: unknown benchmarks, unsupported text, sizes."""

import json
import re
from typing import Any

from starlette.requests import Request

from runloop_conformance.proof.mutants.changes import RunRequest, maps_in
from runloop_conformance.proof.variants.variant import Variants
from runloop_conformance.servers.reference import Reference, RejectionError, texts_in

VARIANTS = Variants()


@VARIANTS.variant("unknown-benchmark")
class UnknownBenchmarkIs422(Reference):
    """An unknown benchmark gets 422."""

    def look_up(self, run_request: RunRequest) -> None:
        try:
            super().look_up(run_request)
        except RejectionError as rejection:
            raise RejectionError(422, rejection.message) from None


@VARIANTS.variant("unknown-benchmark")
class BenchmarkIdsChecked(Reference):
    """An id that is empty, or does not look like one, gets 400."""

    def look_up(self, run_request: RunRequest) -> None:
        super().look_up(run_request)
        if not re.fullmatch(r"[A-Za-z]+_[A-Za-z0-9]+", run_request["benchmark_id"]) and not self.benchmark_ids:
            raise RejectionError(400, "That is not the id of a benchmark.")


@VARIANTS.variant("unsupported-text")
class AnyCharacterTaken(Reference):
    """U+0000 and lone surrogates are accepted, and given back as they came."""

    def check_text(self, value: Any) -> None:
        """Accept any text."""

    def validate(self, run_request: Any) -> None:
        """The validator accepts only Unicode text, and no schema depends on a surrogate."""
        super().validate(json.loads(json.dumps(run_request, ensure_ascii=False).encode("utf-8", "replace")))

    def dump(self, value: Any) -> bytes:
        # A lone surrogate has no UTF-8: it can only be escaped.
        return json.dumps(value).encode()


@VARIANTS.variant("unsupported-text")
class PosixNamesOnly(Reference):
    """Environment variables need POSIX names."""

    def look_up(self, run_request: RunRequest) -> None:
        super().look_up(run_request)
        _, variables, secrets = maps_in(run_request)
        names = [*variables, *secrets]
        if not all(re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name) for name in names):
            raise RejectionError(422, "That is not the name of an environment variable.")


@VARIANTS.variant("size-limits")
class SmallBodiesOnly(Reference):
    """A body of more than 64 KB is rejected with 413."""

    max_body = 65536


@VARIANTS.variant("size-limits")
class ShortStringsOnly(Reference):
    """A string of more than 1,000 characters, or an object of more than 64 entries, is rejected with 413."""

    def look_up(self, run_request: RunRequest) -> None:
        super().look_up(run_request)
        if any(len(text) > 1000 for text in texts_in(run_request)) or any(
            len(entries) > 64 for entries in maps_in(run_request)
        ):
            raise RejectionError(413, "That is too long.")


@VARIANTS.variant("size-limits")
class ShortHeadersOnly(Reference):
    """A long query is rejected with 414 and long headers with 431."""

    def check_method(self, request: Request) -> None:
        if len(request.url.query) > 512:
            raise RejectionError(414, "The query is too long.")
        if sum(len(name) + len(value) for name, value in request.headers.raw) > 2048:
            raise RejectionError(431, "The headers are too large.")
        super().check_method(request)
