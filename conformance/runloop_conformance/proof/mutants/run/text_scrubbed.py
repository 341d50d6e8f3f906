"""Text that is masked as if it were a secret, personal data or a formula."""

import re
from collections.abc import Callable

from runloop_conformance.proof.mutants.changes import METADATA, PURPOSE, Map, change_property
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import VIEW
from runloop_conformance.proof.mutants.witness import start_run, with_profile

MUTANTS = Mutants(__name__)


def masked(pattern: str) -> Callable[[Map], Map]:
    """Mask the values of the keys that match."""
    wanted = re.compile(pattern, re.IGNORECASE)
    return lambda value: {key: "********" if wanted.search(key) else held for key, held in value.items()}


MUTANTS.change_response(
    "variables-masked",
    VIEW + "environment_variables",
    "Variables whose names say that they are secret are masked.",
    change_property("environment_variables", masked("password|secret|token")),
    with_profile(envVars={"DB_PASSWORD": "none"}),
)
MUTANTS.change_response(
    "metadata-masked",
    VIEW + "metadata",
    "Metadata under a key that says that it is secret is masked.",
    change_property("metadata", masked("^(password|passwd|authorization|api_?key|token|secret)$")),
    start_run(metadata={"authorization": "approved"}),
)
MUTANTS.change_texts(
    (
        "metadata-addresses-scrubbed",
        METADATA,
        "What looks like an e-mail address is scrubbed.",
        lambda value: re.sub(r"[\w.]{1,64}@[\w.]{1,64}", "[EMAIL]", value),
        "agents@example.org",
    ),
    (
        "purpose-card-numbers-scrubbed",
        PURPOSE,
        "Sixteen digits are scrubbed, as the number of a card.",
        lambda value: re.sub(r"\b\d{16}\b", "[CARD]", value),
        "4111111111111111",
    ),
    (
        "metadata-formulas-guarded",
        METADATA,
        "What a spreadsheet would take for a formula gets an apostrophe.",
        lambda value: f"'{value}" if value.startswith(("=", "+", "-", "@")) else value,
        "=1+1",
    ),
)
