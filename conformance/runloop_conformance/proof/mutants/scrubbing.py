"""Faults of what scrubs secrets and personal data out of logs, and of what guards exports, let loose on answers."""

import re
from collections.abc import Callable

from runloop_conformance.proof.mutants.fault import VIEW, Chapter, ask, profile, turn
from runloop_conformance.proof.mutants.place import METADATA, PURPOSE, text_in

CHAPTER = Chapter("run")
edit = CHAPTER.edit
text = text_in(CHAPTER)

Map = dict[str, str]


def masked(pattern: str) -> Callable[[Map], Map]:
    """Mask the values of the keys that match."""
    wanted = re.compile(pattern, re.IGNORECASE)
    return lambda value: {key: "********" if wanted.search(key) else held for key, held in value.items()}


edit(
    "variables-masked",
    VIEW + "environment_variables",
    "Variables whose names say that they are secret are masked.",
    turn("environment_variables", masked("password|secret|token")),
    profile(envVars={"DB_PASSWORD": "none"}),
)
edit(
    "metadata-masked",
    VIEW + "metadata",
    "Metadata under a key that says that it is secret is masked.",
    turn("metadata", masked("^(password|passwd|authorization|api_?key|token|secret)$")),
    ask(metadata={"authorization": "approved"}),
)
text(
    "metadata-addresses-scrubbed",
    METADATA,
    "What looks like an e-mail address is scrubbed.",
    lambda value: re.sub(r"[\w.]{1,64}@[\w.]{1,64}", "[EMAIL]", value),
    "agents@example.org",
)
text(
    "purpose-card-numbers-scrubbed",
    PURPOSE,
    "Sixteen digits are scrubbed, as the number of a card.",
    lambda value: re.sub(r"\b\d{16}\b", "[CARD]", value),
    "4111111111111111",
)
text(
    "metadata-formulas-guarded",
    METADATA,
    "What a spreadsheet would take for a formula gets an apostrophe.",
    lambda value: f"'{value}" if value.startswith(("=", "+", "-", "@")) else value,
    "=1+1",
)
