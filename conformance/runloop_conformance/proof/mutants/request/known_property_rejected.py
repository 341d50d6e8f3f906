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


def asks_for(name: str, value: Any) -> Callable[[RunRequest], bool]:
    def asked_for(run_request: RunRequest) -> bool:
        profile_has: RunRequest = profile_value(run_request).get("launchParameters") or {}
        return bool(profile_has.get(name) == value)

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
for name, example in (
    ("secrets", {"A": "ONE"}),
    ("launchParameters", {"architecture": "x86_64"}),
    ("mounts", [{"type": "file_mount", "target": "/a", "content": ""}]),
):
    SHOULD.reject(
        f"{name.lower()}-refused",
        KNOWN,
        f"A runProfile with {name} is rejected.",
        has_value("runProfile", name),
        with_profile(**{name: example}),
        status=422,
    )
for name, value in (
    ("architecture", "arm64"), ("resource_size_request", "XX_LARGE"), ("keep_alive_time_seconds", 172800),
    ("available_ports", [80]), ("custom_cpu_cores", 2), ("launch_commands", ["true"]),
):  # fmt: skip
    SHOULD.reject(
        f"{name.replace('_', '-')}-refused",
        KNOWN,
        f"A legal value of {name} is rejected.",
        asks_for(name, value),
        with_profile(launchParameters={name: value}),
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
    test: RunRequest = profile_value(run_request).get("launchParameters") or {}
    return test


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


def profile_has(*path: str) -> Callable[[RunRequest], bool]:
    """Test whether the profile has a value at this path."""

    def test(run_request: RunRequest) -> bool:
        value: Any = run_request.get("runProfile")
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return bool(value)

    return test


def profile_lacks(name: str) -> Callable[[RunRequest], bool]:
    """Test whether the profile lacks a property."""
    return lambda run_request: bool(run_request.get("runProfile")) and name not in run_request["runProfile"]


def profile_is_empty(name: str, nothing: Any) -> Callable[[RunRequest], bool]:
    """Test whether a property of the profile has this empty value."""
    return lambda run_request: (
        name in (run_request.get("runProfile") or {}) and run_request["runProfile"][name] == nothing
    )


for name, parameter in (
    ("after_idle", {"idle_time_seconds": 60, "on_idle": "shutdown"}), ("available_ports", [8080]),
    ("custom_cpu_cores", 2), ("custom_disk_size", 10), ("custom_gb_memory", 4), ("keep_alive_time_seconds", 60),
    ("launch_commands", ["make"]), ("required_services", ["redis"]),
    ("user_parameters", {"uid": 1000, "username": "user"}),
):  # fmt: skip
    SHOULD.reject(
        f"any-{name.replace('_', '-')}-refused",
        KNOWN,
        f"A request with {name} is rejected.",
        profile_has("launchParameters", name),
        with_profile(launchParameters={name: parameter}),
        status=422,
    )
for name in ("secrets", "launchParameters", "mounts"):
    SHOULD.reject(
        f"{name.lower()}-required",
        KNOWN,
        f"A runProfile without {name} is rejected.",
        profile_lacks(name),
        with_profile(purpose="x"),
        status=422,
    )
    SHOULD.reject(
        f"null-{name.lower()}-refused",
        KNOWN,
        f"A runProfile whose {name} are null is rejected.",
        profile_is_empty(name, None),
        with_profile(**{name: None}),
        status=422,
    )
MUTANTS.reject(
    "purpose-refused",
    f"{PROFILE}purpose",
    "A purpose counts as a property that is not known.",
    profile_has("purpose"),
    with_profile(purpose="x"),
    status=422,
)
MUTANTS.reject(
    "purpose-of-nothing-refused",
    f"{PROFILE}purpose",
    "A purpose is rejected where it is the empty text.",
    profile_is_empty("purpose", ""),
    with_profile(purpose=""),
    status=422,
)
