"""Faults of a server that says too much."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.fault import RULE, Asked, Chapter, Run, ask, profile, sent, times
from runloop_conformance.servers.reference import Reference, RefusalError

CHAPTER = Chapter("safety")
SHOULD = CHAPTER.should()
fault = SHOULD.fault

LEAKS = RULE + "nothing-leaks"
MINIMAL = ask().body
INVALID = sent({"benchmark_id": 1})
WRONG = sent(MINIMAL, authorization=("Bearer wr0ng-{token}",))
TRACE = """Traceback (most recent call last):
  File "/srv/app/runs.py", line 211, in start_run
    benchmark = self.benchmarks[body["benchmark_id"]]
KeyError: 'benchmark_id'"""
JAVA_TRACE = """java.lang.NullPointerException: benchmark_id
\tat ai.example.runs.RunService.start(RunService.java:211)
\tat ai.example.runs.RunResource.post(RunResource.java:48)"""
NODE_TRACE = """TypeError: Cannot read properties of undefined (reading 'length')
    at startRun (/srv/app/runs.js:211:17)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)"""


class Telling(Reference):
    """Tells more than a refusal has to."""

    statuses: tuple[int, ...] = (422,)
    told = TRACE

    def refuse(self, refusal: RefusalError) -> Response:
        if refusal.status in self.statuses:
            refusal = RefusalError(refusal.status, f"{refusal.message}\n{self.told}", refusal.headers)
        return super().refuse(refusal)


@fault(LEAKS, INVALID)
class TraceWhenInvalid(Telling):
    """What is invalid is answered with the stack trace of Python."""


@fault(LEAKS, sent(b"{"))
class TraceWhenUnreadable(Telling):
    """What is not JSON is answered with the stack trace of Node."""

    statuses = (400,)
    told = NODE_TRACE


@fault(LEAKS, WRONG)
class TraceWhenUnauthorized(Telling):
    """A wrong token is answered with the stack trace of Java."""

    statuses = (401,)
    told = JAVA_TRACE


@fault(LEAKS, sent(MINIMAL, method="PUT"))
class TraceForOtherMethods(Telling):
    """Another method is answered with a stack trace."""

    statuses = (405,)


@fault(LEAKS)
class TraceInTheAnswer(Reference):
    """An accepted request is answered with the trace of a warning besides."""

    def run_of(self, asked: Asked) -> Run:
        return super().run_of(asked) | {"warnings": [TRACE]}


class Echoing(Reference):
    """Repeats the credentials that it was given."""

    def headers_of(self, request: Request) -> dict[str, str]:
        return {name: value for name, value in request.headers.items() if name == "authorization"}

    async def respond(self, request: Request) -> Response:
        response = await super().respond(request)
        return self.said(response, self.headers_of(request).get("authorization", ""))

    def said(self, response: Response, given: str) -> Response:
        raise NotImplementedError

    def with_member(self, response: Response, name: str, value: Any) -> Response:
        body = json.loads(bytes(response.body)) | {name: value}
        kept = {key: held for key, held in response.headers.items() if key != "content-length"}
        return Response(self.dump(body), response.status_code, kept)


@fault(LEAKS, WRONG)
class TokenInTheRefusal(Echoing):
    """A wrong token is repeated in the refusal."""

    def said(self, response: Response, given: str) -> Response:
        if response.status_code != 401:
            return response
        return self.with_member(response, "message", f"{given} is not a valid token.")


@fault(LEAKS)
class TokenInTheAnswer(Echoing):
    """The answer to an accepted request has the token in a member."""

    def said(self, response: Response, given: str) -> Response:
        return self.with_member(response, "started_by", given) if response.status_code == 200 else response


@fault(LEAKS, *times(8, ask()))
class TokenInTheAnswerNowAndThen(Echoing):
    """One answer in eight has the token in a member."""

    def said(self, response: Response, given: str) -> Response:
        tells = response.status_code == 200 and self.runs % 8 == 0
        return self.with_member(response, "started_by", given) if tells else response


@fault(LEAKS, INVALID)
class HeadersInTheRefusal(Echoing):
    """A refusal repeats the headers of the request, so that it can be looked into."""

    def said(self, response: Response, given: str) -> Response:
        if response.status_code != 422:
            return response
        return self.with_member(response, "request", {"headers": {"authorization": given}})


@fault(LEAKS)
class TokenInAHeader(Echoing):
    """A header of the answer repeats the token."""

    def said(self, response: Response, given: str) -> Response:
        response.headers["X-Debug-Authorization"] = given
        return response


@fault(LEAKS)
class TokenInACookie(Echoing):
    """The token is set as a cookie."""

    def said(self, response: Response, given: str) -> Response:
        if response.status_code == 200:
            response.headers["Set-Cookie"] = f"session={given.rpartition(' ')[2]}; HttpOnly"
        return response


@fault(LEAKS)
class TokenInTheEnvironment(Reference):
    """The token is among the variables of the run, which may have some of the server's own."""

    def run_of(self, asked: Asked) -> Run:
        run = super().run_of(asked)
        own = {"RUNLOOP_API_KEY": self.token}
        return run | {"environment_variables": own | run["environment_variables"]}


@fault(LEAKS, profile(mounts=[{"type": "code_mount", "repo_name": "r", "repo_owner": "o", "token": "ghp_s3cr3t"}]))
class MountTokenInTheAnswer(Reference):
    """The answer repeats the mounts, with their tokens."""

    def run_of(self, asked: Asked) -> Run:
        mounts: list[Any] = asked.get("runProfile", {}).get("mounts") or []
        return super().run_of(asked) | ({"mounts": mounts} if mounts else {})
