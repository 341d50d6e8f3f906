"""The contract with a second operation, and servers of both: what a contract that grows looks like."""

from __future__ import annotations

import copy
import json
from typing import Any

from runloop_conformance.servers.reference import Reference, default_document
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

READ = {
    "operationId": "get_run",
    "summary": "Reads a run.",
    "security": [{"bearerAuth": []}],
    "parameters": [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "description": "The id of a run."}
    ],
    "responses": {
        "200": {
            "description": "OK",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BenchmarkRunView"}}},
        },
        "404": {"description": "There is no such run."},
    },
}
PATH = "/v1/benchmarks/runs/"


def document() -> dict[str, Any]:
    """The contract with `GET /v1/benchmarks/runs/{id}`, and a link that says which runs there are."""
    grown = copy.deepcopy(default_document())
    grown["paths"][f"{PATH}{{id}}"] = {"get": READ}
    started = grown["paths"]["/v1/benchmarks/start_run"]["post"]["responses"]["200"]
    started["links"] = {"run": {"operationId": "get_run", "parameters": {"id": "$response.body#/id"}}}
    return grown


class Both(Reference):
    """The reference server with a second path."""

    def __init__(self, token: str) -> None:
        super().__init__(default_document(), token)
        self.stored_runs: dict[str, Any] = {}

    async def respond(self, request: Request) -> Response:
        if request.url.path.startswith(PATH):
            return self.view_run(request, request.url.path.removeprefix(PATH))
        response = await super().respond(request)
        if response.status_code == 200:
            run = json.loads(bytes(response.body))
            self.stored_runs[run["id"]] = run
        return response

    def routes(self) -> Any:
        async def everything(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                await (await self.respond(Request(scope, receive)))(scope, receive, send)

        return everything

    def authorized(self, request: Request) -> bool:
        credentials = request.headers.getlist("authorization")
        return (
            len(credentials) == 1
            and credentials[0].split(" ", 1)[0].lower() == "bearer"
            and credentials[0][7:] == self.token
        )

    def view_run(self, request: Request, run: str) -> Response:
        if not self.authorized(request):
            return JSONResponse({"message": "who are you?"}, 401, {"WWW-Authenticate": "Bearer"})
        if request.method not in ("GET", "HEAD"):
            return JSONResponse({"message": "GET"}, 405, {"Allow": "GET, HEAD"})
        if run not in self.stored_runs:
            return JSONResponse({"message": "no such run"}, 404)
        return JSONResponse(self.stored_runs[run])
