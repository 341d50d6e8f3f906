"""Valid requests that are rejected for the names or values of their environment variables."""

import re
from collections.abc import Callable

from runloop_conformance.proof.mutants.changes import RunRequest, env_vars, profile_value
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import many_entries, with_profile

MUTANTS = Mutants(__name__)
VALID = RULE + "accepts-valid"
TEXT = RULE + "accepts-text"
MUTANTS.reject(
    "underscored-variable-refused",
    VALID,
    "A variable that begins with an underscore is rejected.",
    lambda run_request: any(key.startswith("_") for key in env_vars(run_request)),
    with_profile(envVars={"_A": "1"}),
)
MUTANTS.reject(
    "lower-case-variable-refused",
    VALID,
    "A variable that is not in capitals is rejected.",
    lambda run_request: any(key != key.upper() for key in env_vars(run_request)),
    with_profile(envVars={"log_level": "1"}),
)
MUTANTS.reject(
    "equals-in-variable-refused",
    TEXT,
    "An equals sign in a variable is rejected.",
    lambda run_request: any("=" in value for value in env_vars(run_request).values()),
    with_profile(envVars={"A": "a=b"}),
)
MUTANTS.reject(
    "line-break-in-variable-refused",
    TEXT,
    "A line break in a variable is rejected.",
    lambda run_request: any("\n" in value for value in env_vars(run_request).values()),
    with_profile(envVars={"A": "a\nb"}),
)
SIZES = RULE + "accepts-sizes"


def any_variable(pattern: str) -> Callable[[RunRequest], bool]:
    return lambda run_request: any(re.search(pattern, key) for key in env_vars(run_request))


for name, summary, pattern, sample in (
    (
        "variable-ending-in-digit",
        "A variable whose name ends in a digit or an underscore is rejected.",
        "(?<=.)[0-9_]$",
        "PORT_1",
    ),
    ("variable-path", "PATH is the server's own, and rejected.", "^PATH$", "PATH"),
    ("variable-of-runloop", "Variables that begin with RUNLOOP are rejected.", "^RUNLOOP", "RUNLOOP_API_URL"),
):
    MUTANTS.reject(
        f"{name}-refused", VALID, summary, any_variable(pattern), with_profile(envVars={sample: "x"}), status=422
    )
MUTANTS.reject(
    "secrets-beyond-20-refused",
    SIZES,
    "More than 20 secrets are rejected.",
    lambda run_request: len(profile_value(run_request).get("secrets") or {}) > 20,
    with_profile(secrets=many_entries(21)),
    status=422,
)
