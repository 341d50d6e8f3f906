"""Valid requests that are rejected for a property of runProfile that SHOULD be accepted, or for an unknown one."""

from collections.abc import Callable
from typing import Any

from runloop_conformance.proof.mutants.changes import RunRequest, has_value, profile_value
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import PROFILE, RULE
from runloop_conformance.proof.mutants.witness import start_run, with_profile

MUTANTS = Mutants(__name__)
SHOULD = MUTANTS.should()
UNKNOWN = RULE + "ignores-unknown-members"
KNOWN = RULE + "accepts-known-members"


def asks_for(member: str, value: Any) -> Callable[[RunRequest], bool]:
    def asked_for(run_request: RunRequest) -> bool:
        given: RunRequest = profile_value(run_request).get("launchParameters") or {}
        return bool(given.get(member) == value)

    return asked_for


SHOULD.reject(
    "unknown-member-refused",
    UNKNOWN,
    "A property that is not known is rejected.",
    lambda run_request: not run_request.keys() <= {"benchmark_id", "run_name", "metadata", "runProfile"},
    start_run(more=1),
    status=422,
)
SHOULD.reject(
    "unknown-member-of-profile-refused",
    UNKNOWN,
    "A property of runProfile that is not known is rejected.",
    lambda run_request: (
        not profile_value(run_request).keys() <= {"envVars", "secrets", "purpose", "launchParameters", "mounts"}
    ),
    with_profile(more=1),
)
for member, example in (
    ("secrets", {"A": "ONE"}),
    ("launchParameters", {"architecture": "x86_64"}),
    ("mounts", [{"type": "file_mount", "target": "/a", "content": ""}]),
):
    SHOULD.reject(
        f"{member.lower()}-refused",
        KNOWN,
        f"A runProfile with {member} is rejected.",
        has_value("runProfile", member),
        with_profile(**{member: example}),
        status=422,
    )
for member, value in (
    ("architecture", "arm64"), ("resource_size_request", "XX_LARGE"), ("keep_alive_time_seconds", 172800),
    ("available_ports", [80]), ("custom_cpu_cores", 2), ("launch_commands", ["true"]),
):  # fmt: skip
    SHOULD.reject(
        f"{member.replace('_', '-')}-refused",
        KNOWN,
        f"A legal value of {member} is rejected.",
        asks_for(member, value),
        with_profile(launchParameters={member: value}),
        status=422,
    )
SHOULD.reject(
    "null-purpose-beside-variables-refused",
    KNOWN,
    "Beside variables a purpose that is null is rejected.",
    lambda run_request: (
        profile_value(run_request).get("purpose", "") is None and has_value("runProfile", "envVars")(run_request)
    ),
    with_profile(purpose=None, envVars={"A": "1"}),
    status=422,
)


def launch(run_request: RunRequest) -> RunRequest:
    found: RunRequest = profile_value(run_request).get("launchParameters") or {}
    return found


SHOULD.reject(
    "long-launch-command-refused",
    KNOWN,
    "A launch command of more than 256 characters is rejected.",
    lambda run_request: any(len(command) > 256 for command in launch(run_request).get("launch_commands", [])),
    with_profile(launchParameters={"launch_commands": ["x" * 257]}),
    status=422,
)
LAUNCH_PARAMETERS = {
    "after_idle", "architecture", "available_ports", "custom_cpu_cores", "custom_disk_size", "custom_gb_memory",
    "keep_alive_time_seconds", "launch_commands", "required_services", "resource_size_request", "user_parameters",
}  # fmt: skip
SHOULD.reject(
    "unknown-launch-parameter-refused",
    UNKNOWN,
    "A property of launchParameters that is not known is rejected.",
    lambda run_request: not launch(run_request).keys() <= LAUNCH_PARAMETERS,
    with_profile(launchParameters={"more": 1}),
    status=422,
)


def given(*path: str) -> Callable[[RunRequest], bool]:
    """Whether there is something at a path of the profile."""

    def found(run_request: RunRequest) -> bool:
        value: Any = run_request.get("runProfile")
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return bool(value)

    return found


def lacking(member: str) -> Callable[[RunRequest], bool]:
    """Whether a profile does without a property."""
    return lambda run_request: bool(run_request.get("runProfile")) and member not in run_request["runProfile"]


def empty(member: str, nothing: Any) -> Callable[[RunRequest], bool]:
    """Whether a property of the profile is this kind of nothing."""
    return lambda run_request: (
        member in (run_request.get("runProfile") or {}) and run_request["runProfile"][member] == nothing
    )


for member, parameter in (
    ("after_idle", {"idle_time_seconds": 60, "on_idle": "shutdown"}), ("available_ports", [8080]),
    ("custom_cpu_cores", 2), ("custom_disk_size", 10), ("custom_gb_memory", 4), ("keep_alive_time_seconds", 60),
    ("launch_commands", ["make"]), ("required_services", ["redis"]),
    ("user_parameters", {"uid": 1000, "username": "user"}),
):  # fmt: skip
    SHOULD.reject(
        f"any-{member.replace('_', '-')}-refused",
        KNOWN,
        f"A request with {member} is rejected.",
        given("launchParameters", member),
        with_profile(launchParameters={member: parameter}),
        status=422,
    )
for member in ("secrets", "launchParameters", "mounts"):
    SHOULD.reject(
        f"{member.lower()}-required",
        KNOWN,
        f"A runProfile without {member} is rejected.",
        lacking(member),
        with_profile(purpose="x"),
        status=422,
    )
    SHOULD.reject(
        f"null-{member.lower()}-refused",
        KNOWN,
        f"A runProfile whose {member} are null is rejected.",
        empty(member, None),
        with_profile(**{member: None}),
        status=422,
    )
MUTANTS.reject(
    "purpose-refused",
    f"{PROFILE}purpose",
    "A purpose counts as a property that is not known.",
    given("purpose"),
    with_profile(purpose="x"),
    status=422,
)
MUTANTS.reject(
    "purpose-of-nothing-refused",
    f"{PROFILE}purpose",
    "A purpose is rejected where it is the empty text.",
    empty("purpose", ""),
    with_profile(purpose=""),
    status=422,
)
