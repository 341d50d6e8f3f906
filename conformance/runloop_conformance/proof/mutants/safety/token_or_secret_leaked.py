"""Responses that contain the token or a secret."""

import base64
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.changes import Run, RunRequest
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import repeated, start_run, with_body, with_profile
from runloop_conformance.servers.reference import Reference

MUTANTS = Mutants(__name__)
SHOULD = MUTANTS.should()
LEAKS = RULE + "nothing-leaks"
MINIMAL = start_run().body
INVALID = with_body({"benchmark_id": 1})
WRONG = with_body(MINIMAL, authorization=("Bearer wr0ng-{token}",))


class Echoing(Reference):
    """Repeats the credentials of the request."""

    def headers_of(self, request: Request) -> dict[str, str]:
        return {name: value for name, value in request.headers.items() if name == "authorization"}

    async def respond(self, request: Request) -> Response:
        response = await super().respond(request)
        return self.leak(response, self.headers_of(request).get("authorization", ""))

    def leak(self, response: Response, authorization: str) -> Response:
        raise NotImplementedError

    def with_property(self, response: Response, name: str, value: Any) -> Response:
        body = json.loads(bytes(response.body)) | {name: value}
        headers = {key: value for key, value in response.headers.items() if key != "content-length"}
        return Response(self.dump(body), response.status_code, headers)


@SHOULD.mutant(LEAKS, WRONG)
class TokenInTheRefusal(Echoing):
    """A wrong token is repeated in the rejection."""

    def leak(self, response: Response, authorization: str) -> Response:
        if response.status_code != 401:
            return response
        return self.with_property(response, "message", f"{authorization} is not a valid token.")


@SHOULD.mutant(LEAKS)
class TokenInTheAnswer(Echoing):
    """The response to an accepted request has the token in a property."""

    def leak(self, response: Response, authorization: str) -> Response:
        return self.with_property(response, "started_by", authorization) if response.status_code == 200 else response


@SHOULD.mutant(LEAKS, *repeated(8, start_run()))
class TokenInTheAnswerNowAndThen(Echoing):
    """One response in eight has the token in a property."""

    def leak(self, response: Response, authorization: str) -> Response:
        leaks = response.status_code == 200 and self.runs % 8 == 0
        return self.with_property(response, "started_by", authorization) if leaks else response


@SHOULD.mutant(LEAKS, INVALID)
class HeadersInTheRefusal(Echoing):
    """A rejection repeats the headers of the request, so that it can be looked into."""

    def leak(self, response: Response, authorization: str) -> Response:
        if response.status_code != 422:
            return response
        return self.with_property(response, "request", {"headers": {"authorization": authorization}})


@SHOULD.mutant(LEAKS)
class TokenInAHeader(Echoing):
    """A header of the response repeats the token."""

    def leak(self, response: Response, authorization: str) -> Response:
        response.headers["X-Debug-Authorization"] = authorization
        return response


@SHOULD.mutant(LEAKS)
class TokenInACookie(Echoing):
    """The token is set as a cookie."""

    def leak(self, response: Response, authorization: str) -> Response:
        if response.status_code == 200:
            response.headers["Set-Cookie"] = f"session={authorization.rpartition(' ')[2]}; HttpOnly"
        return response


@SHOULD.mutant(LEAKS)
class TokenInTheEnvironment(Reference):
    """The token is among the variables of the run, which may also have variables of the server."""

    def run_of(self, run_request: RunRequest) -> Run:
        run = super().run_of(run_request)
        own = {"RUNLOOP_API_KEY": self.token}
        return run | {"environment_variables": own | run["environment_variables"]}


@SHOULD.mutant(
    LEAKS, with_profile(mounts=[{"type": "code_mount", "repo_name": "r", "repo_owner": "o", "token": "ghp_s3cr3t"}])
)
class MountTokenInTheAnswer(Reference):
    """The response repeats the mounts, with their tokens."""

    def run_of(self, run_request: RunRequest) -> Run:
        mounts: list[Any] = run_request.get("runProfile", {}).get("mounts") or []
        return super().run_of(run_request) | ({"mounts": mounts} if mounts else {})


@SHOULD.mutant(LEAKS)
class TokenInBase64(Reference):
    """The response has the token in base64."""

    def run_of(self, run_request: RunRequest) -> Run:
        return super().run_of(run_request) | {"cursor": base64.b64encode(self.token.encode()).decode()}


@SHOULD.mutant(LEAKS)
class TokenInALink(Reference):
    """The response has a link with the token in its query."""

    def run_of(self, run_request: RunRequest) -> Run:
        run = super().run_of(run_request)
        return run | {"links": {"self": f"/v1/benchmarks/runs/{run['id']}?access_token={self.token}"}}
