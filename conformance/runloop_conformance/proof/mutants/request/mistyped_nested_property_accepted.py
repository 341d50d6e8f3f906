"""Requests with a wrong type inside a map or runProfile that are accepted; rejecting them is a SHOULD."""

import json
from typing import Any

from runloop_conformance.proof.mutants.coercion import NUMBERS, Coerce, Row, in_member, of_type
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import PROFILE
from runloop_conformance.proof.mutants.tolerant import as_object, is_object
from runloop_conformance.proof.mutants.witness import start_run, with_profile

MUTANTS = Mutants(__name__)
SHOULD = MUTANTS.should()
SCHEMAS = "#/components/schemas/"
LAUNCH = SCHEMAS + "LaunchParameters/properties/"
VALUES = SCHEMAS + "StringMap/additionalProperties"


def in_metadata(coerce: Coerce) -> Coerce:
    """Coerce every value of metadata that is an object."""
    return lambda value: {key: coerce(text) for key, text in as_object(value).items()} if is_object(value) else value


HELD: tuple[Row, ...] = (
    ("number", "Metadata may hold numbers.", NUMBERS, json.dumps, 1),
    ("boolean", "Metadata may hold booleans.", bool, json.dumps, True),
    ("null", "Metadata may hold null.", type(None), json.dumps, None),
    ("array", "Metadata may hold arrays.", list, json.dumps, ["x"]),
    ("object", "Metadata may hold objects.", dict, json.dumps, {"a": "b"}),
)
for name, summary, kind, made, value in HELD:
    SHOULD.add(
        f"metadata-with-{name}-accepted",
        VALUES,
        summary,
        in_member("metadata", coerce=in_metadata(of_type(kind, made))),
        start_run(metadata={"a": value}),
    )
SHOULD.ignore_schema(
    "map-values-accepted",
    VALUES,
    "Maps may hold anything.",
    with_profile(envVars={"A": 1}),
    start_run(metadata={"a": 1}),
)
IN_PROFILE: tuple[tuple[str, Any], ...] = (
    ("envVars", ["A=1"]),
    ("secrets", ["A"]),
    ("purpose", 1),
    ("launchParameters", []),
    ("mounts", {}),
)
for name, value in IN_PROFILE:
    SHOULD.ignore_schema(
        f"mistyped-{name.lower()}-accepted",
        PROFILE + name,
        f"The property {name} may be anything.",
        with_profile(**{name: value}),
    )
IN_LAUNCH: tuple[tuple[str, Any], ...] = (
    ("architecture", "sparc"),
    ("available_ports", ["80"]),
    ("custom_cpu_cores", "2"),
    ("custom_disk_size", 1.5),
    ("custom_gb_memory", True),
    ("keep_alive_time_seconds", 172801),
    ("launch_commands", "true"),
    ("required_services", [1]),
    ("resource_size_request", "HUGE"),
    ("user_parameters", {"uid": 1}),
    ("after_idle", {}),
)
for name, value in IN_LAUNCH:
    SHOULD.ignore_schema(
        f"mistyped-{name.replace('_', '-')}-accepted",
        LAUNCH + name,
        f"The property {name} may be anything.",
        with_profile(launchParameters={name: value}),
    )
SHOULD.replace_schemas(
    "keep-alive-unlimited",
    f"{LAUNCH}keep_alive_time_seconds/maximum",
    "Machines may be kept alive for any time.",
    {f"{LAUNCH}keep_alive_time_seconds": {"type": "integer"}},
    with_profile(launchParameters={"keep_alive_time_seconds": 172801}),
)
IN_PARTS: tuple[tuple[str, str, Any], ...] = (
    ("AfterIdle", "idle_time_seconds", "600"),
    ("AfterIdle", "on_idle", "explode"),
    ("UserParameters", "uid", "1000"),
    ("UserParameters", "username", 1),
)
for schema, name, value in IN_PARTS:
    whole = {"idle_time_seconds": 600, "on_idle": "suspend"} if schema == "AfterIdle" else {"uid": 1, "username": "a"}
    holder = "after_idle" if schema == "AfterIdle" else "user_parameters"
    SHOULD.ignore_schema(
        f"mistyped-{name.replace('_', '-')}-accepted",
        f"{SCHEMAS}{schema}/properties/{name}",
        f"The property {name} may be anything.",
        with_profile(launchParameters={holder: whole | {name: value}}),
    )
MOUNTS: dict[str, dict[str, Any]] = {
    "ObjectMount": {"type": "object_mount", "object_id": "o", "object_path": "/o"},
    "AgentMount": {"type": "agent_mount", "agent_id": "a", "agent_name": None},
    "CodeMount": {"type": "code_mount", "repo_name": "r", "repo_owner": "o"},
    "FileMount": {"type": "file_mount", "target": "/t", "content": ""},
}
OPTIONAL = {"AgentMount": ("agent_path", "auth_token"), "CodeMount": ("token", "install_command")}
for schema, mount in MOUNTS.items():
    short = schema.removesuffix("Mount").lower()
    SHOULD.replace_schemas(
        f"incomplete-{short}-mount-accepted",
        f"{SCHEMAS}{schema}/required",
        f"An incomplete {short} mount is accepted.",
        {f"{SCHEMAS}{schema}/required": ["type"]},
        with_profile(mounts=[{"type": mount["type"]}]),
    )
    for name in [name for name in (*mount, *OPTIONAL.get(schema, ())) if name != "type"]:
        SHOULD.ignore_schema(
            f"mistyped-{name.replace('_', '-')}-accepted",
            f"{SCHEMAS}{schema}/properties/{name}",
            f"The property {name} may be anything.",
            with_profile(mounts=[mount | {name: 1}]),
        )
SHOULD.ignore_schema(
    "unknown-mount-accepted", SCHEMAS + "Mount", "A mount may be anything.", with_profile(mounts=[{"type": "?"}])
)
SHOULD.replace_schemas(
    "incomplete-after-idle-accepted",
    f"{SCHEMAS}AfterIdle/required",
    "An incomplete after_idle is accepted.",
    {f"{SCHEMAS}AfterIdle/required": []},
    with_profile(launchParameters={"after_idle": {}}),
)
SHOULD.replace_schemas(
    "incomplete-user-accepted",
    f"{SCHEMAS}UserParameters/required",
    "Incomplete user_parameters are accepted.",
    {f"{SCHEMAS}UserParameters/required": []},
    with_profile(launchParameters={"user_parameters": {}}),
)
