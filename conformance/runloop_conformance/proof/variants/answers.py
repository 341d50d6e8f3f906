"""Legal ways to answer: statuses, error bodies, members, states, names."""

import json
import uuid
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from runloop_conformance.proof.mutants.changes import Run, RunRequest
from runloop_conformance.proof.variants.variant import RULE, Variants
from runloop_conformance.servers.reference import Reference, RejectionError

HERE = Variants()
variant = HERE.variant

# --- 0: which 4xx a rejection has; any error body or none ---


class Refusals(Reference):
    """Refuses with statuses of its own."""

    statuses: ClassVar[dict[int, int]] = {}

    def reject(self, rejection: RejectionError) -> Response:
        status = self.statuses.get(rejection.status, rejection.status)
        return super().reject(RejectionError(status, rejection.message, rejection.headers))


@variant("error-response")
class InvalidIs400(Refusals):
    """Whatever is wrong with a body is answered with 400."""

    statuses: ClassVar = {422: 400, 404: 400, 413: 400, 415: 400}


@variant("error-response")
class InvalidIs422(Refusals):
    """Whatever is wrong with a body is answered with 422, JSON or not."""

    statuses: ClassVar = {400: 422, 415: 422}

    def authorize(self, request: Request) -> None:
        try:
            super().authorize(request)
        except RejectionError as rejection:
            raise RejectionError(401, rejection.message, {"WWW-Authenticate": "Bearer"}) from None


@variant("error-response")
class InvalidIs404(Refusals):
    """Whatever does not name a benchmark properly is not found."""

    statuses: ClassVar = {422: 404}


@variant("error-response")
class InvalidIs409(Refusals):
    """An odd, and legal, choice of statuses."""

    statuses: ClassVar = {422: 409, 415: 406, 413: 417}


@variant("error-response")
class ForbiddenNotUnauthorized(Refusals):
    """Every lack of authorization is answered with 403."""

    def authorize(self, request: Request) -> None:
        try:
            super().authorize(request)
        except RejectionError:
            raise RejectionError(403, "Forbidden") from None


@variant("error-response")
class OnlyWrongTokensForbidden(Refusals):
    """No credentials are answered with 401, wrong ones with 403."""

    statuses: ClassVar = {401: 401}

    def is_token(self, token: str) -> bool:
        if not super().is_token(token):
            raise RejectionError(403, "Forbidden")
        return True


class ErrorBody(Reference):
    """Refuses with a body of its own."""

    def reject(self, rejection: RejectionError) -> Response:
        return Response(self.dump(self.error(rejection)), rejection.status, rejection.headers, "application/json")

    def error(self, rejection: RejectionError) -> Any:
        raise NotImplementedError


@variant("error-response")
class EmptyErrors(Reference):
    """Refusals have no body."""

    def reject(self, rejection: RejectionError) -> Response:
        return Response(b"", rejection.status, rejection.headers)


@variant("error-response", warns=True)
class TextErrors(Reference):
    """Refusals are told in plain text."""

    def reject(self, rejection: RejectionError) -> Response:
        return PlainTextResponse(rejection.message, rejection.status, rejection.headers)


@variant("error-response", warns=True)
class HtmlErrors(Reference):
    """Refusals are told in HTML, as a proxy does."""

    def reject(self, rejection: RejectionError) -> Response:
        return HTMLResponse(f"<h1>{rejection.status}</h1>\n<p>It was refused.</p>", rejection.status, rejection.headers)


@variant("error-response")
class ProblemDetails(Reference):
    """Refusals are told as problem details."""

    def reject(self, rejection: RejectionError) -> Response:
        problem = {"type": "about:blank", "title": rejection.message, "status": rejection.status}
        return Response(self.dump(problem), rejection.status, rejection.headers, "application/problem+json")


@variant("error-response")
class DetailList(ErrorBody):
    """Refusals are told as a list of details, as FastAPI does."""

    def error(self, rejection: RejectionError) -> Any:
        return {"detail": [{"loc": ["body"], "msg": rejection.message, "type": "value_error"}]}


@variant("error-response")
class ErrorIsAString(ErrorBody):
    """The body of a rejection is a JSON string."""

    def error(self, rejection: RejectionError) -> Any:
        return rejection.message


@variant("error-response")
class ErrorIsNull(Reference):
    """The body of a rejection is null."""

    def reject(self, rejection: RejectionError) -> Response:
        return Response(b"null", rejection.status, rejection.headers, "application/json")


@variant("error-response")
class LongErrors(ErrorBody):
    """Refusals are explained at length."""

    def error(self, rejection: RejectionError) -> Any:
        return {"message": rejection.message, "help": ["Read the reference page. " * 400] * 20}


# --- 1: members of its own, nullable members absent or null, variables of its own ---


class Edited(Reference):
    """Changes its answer, within what is legal."""

    def run_of(self, run_request: RunRequest) -> Run:
        return self.edit(super().run_of(run_request))

    def edit(self, run: Run) -> Run:
        raise NotImplementedError


@variant("response-properties")
class ExtraMembers(Edited):
    """The answer has members that came later."""

    def edit(self, run: Run) -> Run:
        own: Run = {"object": "benchmark_run", "pending_scenarios": [{"id": None, "score": -1}], "": None, "url": {}}
        return own | run | {"benchmark": {"id": run["benchmark_id"], "metadata": None}, "created_by": "api"}


@variant("response-properties")
class NullsOmitted(Edited):
    """Members that would be null are left out."""

    def edit(self, run: Run) -> Run:
        return {name: value for name, value in run.items() if value is not None}


@variant("response-properties")
class EmptyOmitted(Edited):
    """Members that are neither required nor filled are left out."""

    def edit(self, run: Run) -> Run:
        required = self.document["components"]["schemas"]["BenchmarkRunView"]["required"]
        return {name: value for name, value in run.items() if name in required or value not in (None, {})}


@variant("response-properties")
class OwnVariables(Edited):
    """The environment has variables of the server's own besides."""

    def edit(self, run: Run) -> Run:
        own = {"RUNLOOP_RUN_ID": run["id"], "PATH": "/usr/bin:/bin", "_": ""}
        return run | {"environment_variables": own | run["environment_variables"]}


# --- 3: completed and canceled at once ---


@variant("initial-state")
class CompletedAtOnce(Edited):
    """Every run is over at once, with a score."""

    def edit(self, run: Run) -> Run:
        return run | {"state": "completed", "duration_ms": 0, "score": 0.3333333333333333}


@variant("initial-state")
class CompletedWithWholeScore(Edited):
    """Every run is over at once, and its score is spelled as an integer."""

    def edit(self, run: Run) -> Run:
        return run | {"state": "completed", "duration_ms": 1250, "score": 1}


@variant("initial-state")
class CanceledAtOnce(Edited):
    """Every run is canceled at once, without a score."""

    def edit(self, run: Run) -> Run:
        return run | {"state": "canceled", "duration_ms": 7}


@variant("initial-state")
class StatesInTurn(Edited):
    """Some runs are over at once and some are not."""

    def edit(self, run: Run) -> Run:
        over: Run = {"state": "completed", "duration_ms": 2**63 - 1, "score": -0.0}
        canceled: Run = {"state": "canceled"}
        return run | ({}, over, canceled)[self.runs % 3]


# --- 4: a name where none was given ---


@variant("default-name")
class NameMadeUp(Edited):
    """A run without a name is given one."""

    def edit(self, run: Run) -> Run:
        return run | {"name": f"brave-heron-{self.runs}" if run["name"] is None else run["name"]}


@variant("default-name")
class NameEmpty(Edited):
    """A run without a name has an empty one."""

    def edit(self, run: Run) -> Run:
        return run | {"name": run["name"] or ""}


# --- the same JSON, spelled otherwise ---


class Spelled(Reference):
    """Spells its answers in its own way."""

    def dump(self, value: Any) -> bytes:
        return self.spell(value).encode()

    def spell(self, value: Any) -> str:
        raise NotImplementedError


@variant(RULE + "json-answer")
class PrettyPrinted(Spelled):
    """Answers are indented, and end with a line break."""

    def spell(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, indent=4) + "\r\n"


@variant(RULE + "json-answer")
class Escaped(Spelled):
    """Answers are in ASCII, with everything else and the slash escaped."""

    def spell(self, value: Any) -> str:
        return json.dumps(value).replace("/", "\\/")


@variant(RULE + "json-answer")
class MembersReversed(Spelled):
    """Members come in the reverse order."""

    def spell(self, value: Any) -> str:
        def backwards(members: list[tuple[str, Any]]) -> dict[str, Any]:
            return dict(reversed(members))

        return json.dumps(json.loads(json.dumps(value), object_pairs_hook=backwards), ensure_ascii=False)


@variant(RULE + "json-answer")
class MembersSorted(Spelled):
    """Members come in alphabetical order, those of maps too."""

    def spell(self, value: Any) -> str:
        return json.dumps(value, sort_keys=True)


class ContentType(Reference):
    """Labels its answers otherwise."""

    content_type = "application/json; charset=utf-8"

    def answer(self, run: Run) -> Response:
        return Response(self.dump(run), headers={"Content-Type": self.content_type})


@variant(RULE + "json-answer")
class WithCharset(ContentType):
    """The Content-Type says charset=utf-8."""


@variant(RULE + "json-answer")
class TypeInCapitals(ContentType):
    """The Content-Type is spelled in capitals, and without a space."""

    content_type = 'Application/JSON;charset="UTF-8"'


# --- ids of any form ---


class Ids(Reference):
    """Has ids of another form."""

    form = "{number}"

    def new_id(self) -> str:
        return self.form.format(number=next(self._count), uuid=uuid.uuid4())


@variant(RULE + "new-run")
class IdsAreNumbers(Ids):
    """Ids are integers, in strings."""


@variant(RULE + "new-run")
class IdsAreUuids(Ids):
    """Ids are UUIDs."""

    form = "{uuid}"


@variant(RULE + "new-run")
class IdsAreAddresses(Ids):
    """Ids are long, and full of characters that need care."""

    form = "https://api.example.org/runs/{number}?of=ü&“{uuid}”#" + "-" * 600
