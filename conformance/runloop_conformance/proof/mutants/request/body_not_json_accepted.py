"""Bodies that are not JSON, and are accepted."""

import json
import re
from collections.abc import Callable
from typing import Any

import yaml

from runloop_conformance.proof.mutants.json_repair import DEFAULT, LAST, Repair, add_repairing, body, default_of, form
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import BENCHMARK, WitnessRequest, repeated, start_run, with_body
from runloop_conformance.servers.reference import Reference, RejectionError

MUTANTS = Mutants(__name__)
NOT_JSON = RULE + "refuses-not-json"


def completed(raw: bytes) -> bytes | None:
    """Close what is open, as lenient parsers of streams do."""
    text = raw.decode("utf-8", "replace")
    if not text.lstrip().startswith("{"):
        return None
    in_string = len(re.findall(r'(?<!\\)"', text)) % 2 == 1
    text += '"' * in_string
    return (
        text.rstrip().rstrip(",")
        + "]" * (text.count("[") - text.count("]"))
        + "}" * (text.count("{") - text.count("}"))
    ).encode()


def from_yaml(raw: bytes) -> bytes | None:
    # Reading large YAML takes seconds, which would be a second fault.
    if len(raw) > 4096:
        return None
    try:
        value = yaml.safe_load(raw)
        return json.dumps(value).encode() if isinstance(value, dict) else None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return None


UNREADABLE: tuple[tuple[str, str, Repair, str], ...] = (
    (
        "empty-body-accepted",
        "An empty body starts a default run.",
        lambda raw: None if raw else DEFAULT.encode(),
        "",
    ),
    (
        "blank-body-accepted",
        "A body of white space starts a default run.",
        lambda raw: DEFAULT.encode() if raw.isspace() else None,
        " \n",
    ),
    ("truncated-body-mended", "A truncated body is completed.", completed, LAST),
    ("truncated-by-a-brace-mended", "A missing brace at the end is added.", lambda raw: raw + b"}", LAST),
    (
        "any-text-accepted",
        "A body that cannot be read starts a default run.",
        lambda raw: DEFAULT.encode() if raw[:1].isalpha() else None,
        "start the run",
    ),
    ("form-read", "A form is read, whatever the Content-Type says.", form, f"benchmark_id={BENCHMARK}"),
    ("yaml-read", "YAML is read.", from_yaml, f"benchmark_id: {BENCHMARK}"),
    (
        "xml-read",
        "XML is read.",
        lambda raw: DEFAULT.encode() if raw.lstrip().startswith(b"<") else None,
        f"<benchmark_id>{BENCHMARK}</benchmark_id>",
    ),
)
for name, summary, repair, sample in UNREADABLE:
    add_repairing(MUTANTS, name, NOT_JSON, summary, repair, body(sample))


@MUTANTS.mutant(NOT_JSON, *repeated(6, body(LAST)))
class UnreadableAcceptedFromTheFifth(Reference):
    """From the fifth body on that cannot be read, a default run is started."""

    failures = 0

    def load(self, text: str) -> Any:
        try:
            return super().load(text)
        except RejectionError:
            self.failures += 1
            if self.failures < 5:
                raise
            return default_of(self)


def cut_back(raw: bytes) -> bytes | None:
    """Remove the last property, which is incomplete."""
    return raw[: raw.rfind(b",")] + b"}" if b"," in raw else None


JSON: tuple[tuple[str, str, Callable[[bytes], bytes | None], WitnessRequest], ...] = (
    (
        "braces-left-out-accepted",
        "The braces of the body may be left out.",
        lambda raw: b"{" + raw + b"}",
        with_body(b'"benchmark_id":"%s"' % BENCHMARK.encode()),
    ),
    (
        "truncated-body-cut-back",
        "A truncated body is cut back to its last complete property.",
        cut_back,
        with_body(start_run(run_name="nightly").body[:-4]),
    ),
)
for name, summary, repair, witness in JSON:
    add_repairing(MUTANTS, name, NOT_JSON, summary, repair, witness)
