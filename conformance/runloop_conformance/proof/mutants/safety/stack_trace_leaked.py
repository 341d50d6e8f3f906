"""Responses that contain a stack trace."""

from starlette.responses import Response

from runloop_conformance.proof.mutants.changes import Run, RunRequest
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.safety.token_or_secret_leaked import INVALID, MINIMAL, WRONG
from runloop_conformance.proof.mutants.witness import WitnessRequest, with_body
from runloop_conformance.servers.reference import Reference, RejectionError

MUTANTS = Mutants(__name__)
SHOULD = MUTANTS.should()
LEAKS = RULE + "nothing-leaks"
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


class Tracing(Reference):
    """Rejects with a stack trace."""

    statuses: tuple[int, ...] = (422,)
    trace = TRACE

    def reject(self, rejection: RejectionError) -> Response:
        if rejection.status in self.statuses:
            rejection = RejectionError(rejection.status, f"{rejection.message}\n{self.trace}", rejection.headers)
        return super().reject(rejection)


@SHOULD.mutant(LEAKS, INVALID)
class TraceWhenInvalid(Tracing):
    """An invalid request gets the stack trace of Python."""


@SHOULD.mutant(LEAKS, with_body(b"{"))
class TraceWhenUnreadable(Tracing):
    """A body that is not JSON gets the stack trace of Node."""

    statuses = (400,)
    trace = NODE_TRACE


@SHOULD.mutant(LEAKS, WRONG)
class TraceWhenUnauthorized(Tracing):
    """A wrong token gets the stack trace of Java."""

    statuses = (401,)
    trace = JAVA_TRACE


@SHOULD.mutant(LEAKS, with_body(MINIMAL, method="PUT"))
class TraceForOtherMethods(Tracing):
    """Another method gets a stack trace."""

    statuses = (405,)


@SHOULD.mutant(LEAKS)
class TraceInTheAnswer(Reference):
    """The response to an accepted request also has the trace of a warning."""

    def run_of(self, run_request: RunRequest) -> Run:
        return super().run_of(run_request) | {"warnings": [TRACE]}


UNREADABLE = with_body(b"{")
WHEN: dict[int, tuple[str, str, WitnessRequest]] = {
    400: ("unreadable", "What is not JSON", UNREADABLE),
    422: ("invalid", "What is invalid", INVALID),
}
GO = """panic: runtime error: invalid memory address or nil pointer dereference

goroutine 34 [running]:
main.startRun(0xc0001a2000)
\t/srv/app/runs.go:211 +0x1d4"""
JAVA = """com.fasterxml.jackson.core.JsonParseException: Unexpected end-of-input
\tat com.example.runs.RunController.start(RunController.java:48)"""
RUBY = """NoMethodError: undefined method `length' for nil
app/controllers/runs_controller.rb:12:in `create'"""
PHP = """PHP Fatal error:  Uncaught TypeError: strlen(): Argument #1 must be of type string
Stack trace:
#0 /var/www/html/runs.php(12): start_run(NULL)
#1 {main}"""
# 0 /var/www/html/runs.php(12): start_run(NULL)
# 1 {main}"""
NODE = """SyntaxError: Unexpected end of JSON input
    at JSON.parse (<anonymous>)
    at parse (/srv/app/node_modules/body-parser/lib/types/json.js:92:19)"""
DOT_NET = """System.NullReferenceException: Object reference not set to an instance of an object.
   at Runs.Api.RunController.Post(StartRunRequest request) in C:\\src\\RunController.cs:line 42"""
RUST = """thread 'tokio-runtime-worker' panicked at src/runs.rs:42:9:
called `Result::unwrap()` on an `Err` value: Error("EOF while parsing", line: 1, column: 1)"""
for language, name, status, trace in (
    ("Go", "go", 400, GO),
    ("Java", "java", 400, JAVA),
    ("Ruby", "ruby", 422, RUBY),
    ("PHP", "php", 422, PHP),
    ("Node", "node", 400, NODE),
    (".NET", "dot-net", 422, DOT_NET),
    ("Rust", "rust", 400, RUST),
):
    when, what, witness = WHEN[status]
    SHOULD.add(
        f"{name}-trace-when-{when}",
        LEAKS,
        f"{what} gets the stack trace of {language}.",
        type(name, (Tracing,), {"statuses": (status,), "told": trace}),
        witness,
    )
