"""The reference server: it fulfils the contract, each SHOULD included, with one overridable method for each step.

A mutant of the suite is this server with one step changed, so the steps are small and independent.
"""

import hmac
import itertools
import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NoReturn, TypeAlias

import jsonschema_rs
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from runloop_conformance import clock
from runloop_conformance.contract.reading import load_contract

Document = Mapping[str, Any]
Json: TypeAlias = "dict[str, Json] | list[Json] | str | float | bool | None"

_CREDENTIALS: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) +(\S.*)")
_TOKEN68: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
# A string may lack its closing quote here: that makes the scan linear, and such text is rejected later.
_STRUCTURE: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


class RejectionError(Exception):
    """A request is rejected, with this status, message and headers."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, message, headers)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})


def default_document() -> dict[str, Any]:
    """Return the contract in the package, or in the checkout."""
    return dict(load_contract().document)


class _EveryMethod:
    """An ASGI application, since Starlette would restrict a plain function to GET."""

    def __init__(self, server: "Reference") -> None:
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._server.respond(Request(scope, receive))
        await response(scope, receive, send)


class Reference:
    """A correct server of the contract, as an ASGI application that can be mounted anywhere.

    Every benchmark is known if `benchmark_ids` is empty. `runs` counts the runs that were started.
    """

    max_body = 1024 * 1024
    max_depth = 100

    def __init__(self, document: Document, token: str, benchmark_ids: Sequence[str] = ()) -> None:
        if not token:
            raise ValueError("The token is empty: every request would have to be rejected.")
        self.document = document
        self.token = token
        self.benchmark_ids = frozenset(benchmark_ids)
        self.runs = 0
        self.path = operation_path(document)
        # Masked: a message that quotes the value could quote a secret.
        self.validator = jsonschema_rs.Draft202012Validator(self.request_schema(), mask="the value")
        self._count = itertools.count(1)
        self._app: ASGIApp = self.routes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def routes(self) -> ASGIApp:
        return Router([Route(self.path, _EveryMethod(self))], redirect_slashes=False, default=self._elsewhere)

    async def _elsewhere(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self.reject(RejectionError(404, "There is nothing at this path."))(scope, receive, send)

    # --- one request, from its first byte to its response ---

    async def respond(self, request: Request) -> Response:
        try:
            body = await self.read(request)
            self.check_method(request)
            self.authorize(request)
            self.check_media_type(request)
            run_request = self.parse(body)
            self.validate(run_request)
            self.look_up(run_request)
            return self.accept(self.run_of(run_request))
        except RejectionError as rejection:
            return self.reject(rejection)

    async def read(self, request: Request) -> bytes:
        """Read the whole body, even if it is too large: a client that is still sending would miss an early response."""
        body = bytearray()
        size = 0
        try:
            async for chunk in request.stream():
                size += len(chunk)
                if size <= self.max_body:
                    body += chunk
        except ClientDisconnect:
            raise RejectionError(400, "The body ended early.") from None
        if size > self.max_body:
            raise RejectionError(413, f"The body is larger than {self.max_body} bytes.")
        return bytes(body)

    def check_method(self, request: Request) -> None:
        if request.method != "POST":
            raise RejectionError(405, "Only POST starts a run.", {"Allow": "POST"})

    # --- authorization ---

    def authorize(self, request: Request) -> None:
        headers = self.credentials(request)
        if len(headers) > 1:
            raise RejectionError(400, "There is more than one Authorization header.")
        if not headers:
            self.challenge("An Authorization header is needed: Bearer <token>.")
        credentials = _CREDENTIALS.fullmatch(headers[0])
        if credentials is None:
            raise RejectionError(400, "The Authorization header is not of the form Bearer <token>.")
        scheme, token = credentials.groups()
        if not self.is_scheme(scheme):
            self.challenge("The authorization scheme is not Bearer.")
        if not self.is_token(token):
            if not _TOKEN68.fullmatch(token):
                raise RejectionError(400, "The bearer token is malformed.")
            self.challenge("The bearer token is not valid.")

    def credentials(self, request: Request) -> list[str]:
        return request.headers.getlist("authorization")

    def is_scheme(self, scheme: str) -> bool:
        return scheme.lower() == "bearer"

    def is_token(self, token: str) -> bool:
        # Header values are decoded as Latin-1.
        return hmac.compare_digest(token.encode("latin-1"), self.token.encode())

    def challenge(self, message: str) -> NoReturn:
        raise RejectionError(401, message, {"WWW-Authenticate": 'Bearer realm="runloop"'})

    # --- the body ---

    def check_media_type(self, request: Request) -> None:
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            raise RejectionError(415, "A compressed body is not accepted.")
        content_type = request.headers.get("content-type")
        if content_type is None:
            return
        media_type, *parameters = (part.strip().lower() for part in content_type.split(";"))
        if media_type != "application/json" and not re.fullmatch(r"application/[!#$&^_.+0-9a-z-]+\+json", media_type):
            raise RejectionError(415, "The body has to be application/json.")
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name == "charset" and value.strip('"') not in {"utf-8", "utf8"}:
                raise RejectionError(415, "The body has to be in UTF-8.")

    def parse(self, body: bytes) -> Any:
        text = self.decode(body)
        self.check_depth(text)
        value = self.load(text)
        self.check_text(value)
        return value

    def decode(self, body: bytes) -> str:
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            raise RejectionError(400, "The body is not valid UTF-8.") from None

    def check_depth(self, text: str) -> None:
        """Reject nesting that would exhaust the parser's stack."""
        if text.count("[") + text.count("{") <= self.max_depth:
            return
        depth = 0
        for token in _STRUCTURE.finditer(text):
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
            if depth > self.max_depth:
                raise RejectionError(400, f"The body is nested deeper than {self.max_depth} levels.")

    def load(self, text: str) -> Any:
        try:
            return json.loads(
                text, object_pairs_hook=self.object_of, parse_constant=self.constant, parse_int=self.integer
            )
        except json.JSONDecodeError as error:
            raise RejectionError(400, f"The body is not JSON: {error}.") from None

    def object_of(self, members: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(members)
        if len(value) != len(members):
            raise RejectionError(400, "The body has an object with a duplicate key.")
        return value

    def constant(self, name: str) -> Any:
        raise RejectionError(400, f"The body is not JSON: {name} is not a JSON value.")

    def integer(self, digits: str) -> int | float:
        # Python does not read integers of more than 4,300 digits.
        return int(digits) if len(digits) <= 1000 else float(digits)

    def check_text(self, value: Any) -> None:
        for text in texts_in(value):
            if _UNSTORABLE.search(text):
                raise RejectionError(400, "The body has a string with U+0000 or a lone surrogate.")

    def request_schema(self) -> dict[str, Any]:
        operation = self.document["paths"][self.path]["post"]
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        # References in the contract start at its root.
        return {"components": self.document["components"], "allOf": [schema]}

    def validate(self, run_request: Any) -> None:
        error = next(self.validator.iter_errors(run_request), None)
        if error is not None:
            where = ".".join(str(step) for step in error.instance_path) or "the body"
            raise RejectionError(422, f"{where}: {error.message}.")

    def look_up(self, run_request: dict[str, Any]) -> None:
        if self.benchmark_ids and run_request["benchmark_id"] not in self.benchmark_ids:
            raise RejectionError(404, "There is no such benchmark.")

    # --- the response ---

    def run_of(self, run_request: dict[str, Any]) -> dict[str, Any]:
        """Start the requested run, and return its view."""
        self.runs += 1
        profile = run_request.get("runProfile", {})
        return {
            "id": self.new_id(),
            "benchmark_id": run_request["benchmark_id"],
            "start_time_ms": self.now_ms(),
            "state": "running",
            "metadata": run_request.get("metadata", {}),
            "name": run_request.get("run_name"),
            "duration_ms": None,
            "score": None,
            "purpose": profile.get("purpose"),
            "environment_variables": profile.get("envVars") or {},
            "secrets_provided": profile.get("secrets") or {},
        }

    def new_id(self) -> str:
        # The count makes it unique and the rest makes it hard to guess. next() on a count is atomic.
        return f"bmr_{next(self._count):06d}{secrets.token_hex(8)}"

    def now_ms(self) -> int:
        return clock.now_ms()

    def dump(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def accept(self, run: dict[str, Any]) -> Response:
        return Response(self.dump(run), media_type="application/json")

    def reject(self, rejection: RejectionError) -> Response:
        return Response(
            self.dump({"message": rejection.message}),
            rejection.status,
            rejection.headers,
            media_type="application/json",
        )


def operation_path(document: Document) -> str:
    """Return the path whose POST is `start_run`."""
    for path, item in document["paths"].items():
        if item.get("post", {}).get("operationId") == "start_run":
            return str(path)
    raise ValueError("The contract has no operation start_run.")


def texts_in(value: Json) -> Iterator[str]:
    """Yield every string of a JSON value, keys included, in arbitrary order."""
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, dict):
            yield from node
            stack += node.values()
        elif isinstance(node, list):
            stack += node
