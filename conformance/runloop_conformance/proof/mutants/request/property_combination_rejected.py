"""Valid requests that are rejected for the properties that they have or lack."""

from runloop_conformance.proof.mutants.changes import env_vars, has_value, profile_value
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import PROFILE, RULE
from runloop_conformance.proof.mutants.witness import start_run, with_profile

MUTANTS = Mutants(__name__)
VALID = RULE + "accepts-valid"
TEXT = RULE + "accepts-text"
MUTANTS.reject(
    "null-name-refused",
    VALID,
    "A run_name that is null is rejected.",
    lambda run_request: "run_name" in run_request and run_request["run_name"] is None,
    start_run(run_name=None),
    status=422,
)
MUTANTS.reject(
    "empty-name-refused",
    TEXT,
    "An empty run_name is rejected.",
    lambda run_request: run_request.get("run_name") == "",
    start_run(run_name=""),
)
MUTANTS.reject(
    "name-without-metadata-refused",
    VALID,
    "A name without metadata is rejected.",
    lambda run_request: bool(run_request.get("run_name")) and not run_request.get("metadata"),
    start_run(run_name="nightly"),
)
MUTANTS.reject(
    "name-refused",
    VALID,
    "Any name is rejected.",
    lambda run_request: bool(run_request.get("run_name")),
    start_run(run_name="nightly"),
)
MUTANTS.reject(
    "name-required", VALID, "A request without run_name is rejected.", lambda run_request: "run_name" not in run_request
)
MUTANTS.reject(
    "metadata-required",
    VALID,
    "A request without metadata is rejected.",
    lambda run_request: "metadata" not in run_request,
)
MUTANTS.reject(
    "profile-required",
    VALID,
    "A request without runProfile is rejected.",
    lambda run_request: "runProfile" not in run_request,
)
MUTANTS.reject(
    "empty-metadata-refused",
    VALID,
    "Empty metadata is rejected.",
    lambda run_request: run_request.get("metadata") == {},
    start_run(metadata={}),
)
MUTANTS.reject(
    "empty-profile-refused",
    VALID,
    "An empty runProfile is rejected.",
    lambda run_request: run_request.get("runProfile") == {},
    with_profile(),
)
MUTANTS.reject(
    "empty-variables-refused",
    VALID,
    "Empty envVars are rejected.",
    lambda run_request: profile_value(run_request).get("envVars") == {},
    with_profile(envVars={}),
)
MUTANTS.reject(
    "null-variables-refused",
    PROFILE + "envVars",
    "A runProfile whose envVars are null is rejected.",
    lambda run_request: profile_value(run_request).get("envVars", {}) is None,
    with_profile(envVars=None),
)
MUTANTS.reject(
    "null-purpose-refused",
    PROFILE + "purpose",
    "A purpose that is null is rejected.",
    lambda run_request: profile_value(run_request).get("purpose", "") is None,
    with_profile(purpose=None),
)
MUTANTS.reject(
    "purpose-required",
    PROFILE + "purpose",
    "A runProfile without a purpose is rejected.",
    lambda run_request: "runProfile" in run_request and "purpose" not in profile_value(run_request),
    with_profile(envVars={"A": "1"}),
)
MUTANTS.reject(
    "variables-required",
    PROFILE + "envVars",
    "A runProfile without envVars is rejected.",
    lambda run_request: "runProfile" in run_request and "envVars" not in profile_value(run_request),
    with_profile(purpose="x"),
)
MUTANTS.reject(
    "empty-purpose-refused",
    TEXT,
    "An empty purpose is rejected.",
    lambda run_request: profile_value(run_request).get("purpose") == "",
    with_profile(purpose=""),
)
MUTANTS.reject(
    "empty-value-refused",
    TEXT,
    "An empty value in metadata is rejected.",
    lambda run_request: "" in run_request.get("metadata", {}).values(),
    start_run(metadata={"a": ""}),
)
MUTANTS.reject(
    "empty-key-refused",
    TEXT,
    "An empty key in metadata is rejected.",
    lambda run_request: "" in run_request.get("metadata", {}),
    start_run(metadata={"": "x"}),
)
MUTANTS.reject(
    "empty-variable-refused",
    TEXT,
    "An empty variable is rejected.",
    lambda run_request: "" in env_vars(run_request).values(),
    with_profile(envVars={"A": ""}),
)
MUTANTS.reject(
    "name-beside-metadata-refused",
    VALID,
    "A name and metadata together are rejected.",
    lambda run_request: has_value("run_name")(run_request) and has_value("metadata")(run_request),
    start_run(run_name="x", metadata={"a": "1"}),
)
MUTANTS.reject(
    "purpose-beside-variables-refused",
    VALID,
    "A purpose and variables together are rejected.",
    lambda run_request: (
        has_value("runProfile", "purpose")(run_request) and has_value("runProfile", "envVars")(run_request)
    ),
    with_profile(purpose="x", envVars={"A": "1"}),
)
MUTANTS.reject(
    "metadata-beside-profile-refused",
    VALID,
    "Metadata and a runProfile together are rejected.",
    lambda run_request: has_value("metadata")(run_request) and "runProfile" in run_request,
    start_run(metadata={"a": "1"}, runProfile={}),
)
