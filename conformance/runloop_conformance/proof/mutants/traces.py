"""Faults of what languages say when they fail, and of tokens that are hidden in answers."""

import base64

from runloop_conformance.proof.mutants.fault import Ask, Asked, Chapter, Run, sent
from runloop_conformance.proof.mutants.leaks import INVALID, LEAKS, Telling
from runloop_conformance.servers.reference import Reference

CHAPTER = Chapter("safety", "should")
fault = CHAPTER.fault

UNREADABLE = sent(b"{")
WHEN: dict[int, tuple[str, str, Ask]] = {
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
    CHAPTER.add(
        f"{name}-trace-when-{when}",
        LEAKS,
        f"{what} is answered with the stack trace of {language}.",
        type(name, (Telling,), {"statuses": (status,), "told": trace}),
        witness,
    )


@fault(LEAKS)
class TokenInBase64(Reference):
    """The answer has the token in base64."""

    def run_of(self, asked: Asked) -> Run:
        return super().run_of(asked) | {"cursor": base64.b64encode(self.token.encode()).decode()}


@fault(LEAKS)
class TokenInALink(Reference):
    """The answer has a link with the token in its query."""

    def run_of(self, asked: Asked) -> Run:
        run = super().run_of(asked)
        return run | {"links": {"self": f"/v1/benchmarks/runs/{run['id']}?access_token={self.token}"}}
