"""Responses whose Content-Type is not that of JSON."""

from starlette.responses import Response

from runloop_conformance.proof.mutants.changes import Run
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import WitnessRequest, repeated, start_run
from runloop_conformance.servers.reference import Reference

MUTANTS = Mutants(__name__)
JSON_RESPONSE = RULE + "json-answer"


def label(name: str, summary: str, content_type: str | None, *witness: WitnessRequest, nth: int = 1) -> None:
    class Labelled(Reference):
        def accept(self, run: Run) -> Response:
            if self.runs % nth:
                return super().accept(run)
            return Response(self.dump(run), headers={} if content_type is None else {"Content-Type": content_type})

    MUTANTS.add(name, JSON_RESPONSE, summary, Labelled, *witness)


label("answer-unlabelled", "A 200 has no Content-Type.", None)
label("answer-labelled-text", "A 200 is labelled text/plain.", "text/plain; charset=utf-8")
label("answer-labelled-html", "A 200 is labelled text/html.", "text/html; charset=utf-8")
label("answer-labelled-octets", "A 200 is labelled application/octet-stream.", "application/octet-stream")
label("answer-labelled-javascript", "A 200 is labelled as JavaScript.", "text/javascript")
label("answer-labelled-text-json", "A 200 is labelled text/json.", "text/json")
label("answer-labelled-vaguely", "A 200 has a Content-Type that is not valid.", "json")
label("answer-labelled-lines", "A 200 is labelled as lines of JSON.", "application/x-ndjson")
label(
    "answer-labelled-html-now-and-then",
    "One 200 in eight is labelled text/html.",
    "text/html",
    *repeated(8, start_run()),
    nth=8,
)
