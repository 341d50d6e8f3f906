"""What the contract takes from the official SDK, where the page is silent: a table, and the check of it.

A star marks what is required. `StringMap` holds strings by this source too: the page says "object".
"""

from __future__ import annotations

from typing import Any

Node = dict[str, Any]

MEMBERS: dict[str, dict[str, str]] = {
    "RunProfile": {
        "envVars": "StringMap | null",
        "secrets": "StringMap | null",
        "purpose": "string | null",
        "launchParameters": "LaunchParameters | null",
        "mounts": "Mount[] | null",
    },
    "LaunchParameters": {
        "after_idle": "AfterIdle",
        "architecture": "x86_64, arm64",
        "available_ports": "integer[]",
        "custom_cpu_cores": "integer",
        "custom_disk_size": "integer",
        "custom_gb_memory": "integer",
        "keep_alive_time_seconds": "integer maximum=172800",
        "launch_commands": "string[]",
        "required_services": "string[]",
        "resource_size_request": "X_SMALL, SMALL, MEDIUM, LARGE, X_LARGE, XX_LARGE, CUSTOM_SIZE",
        "user_parameters": "UserParameters",
    },
    "AfterIdle": {"idle_time_seconds*": "integer", "on_idle*": "shutdown, suspend"},
    "UserParameters": {"uid*": "integer", "username*": "string"},
    "ObjectMount": {"type*": "object_mount", "object_id*": "string", "object_path*": "string"},
    "AgentMount": {
        "type*": "agent_mount",
        "agent_id*": "string | null",
        "agent_name*": "string | null",
        "agent_path": "string",
        "auth_token": "string format=password",
    },
    "CodeMount": {
        "type*": "code_mount",
        "repo_name*": "string",
        "repo_owner*": "string",
        "token": "string format=password",
        "install_command": "string",
    },
    "FileMount": {"type*": "file_mount", "target*": "string", "content*": "string"},
}
MOUNTS = {
    "object_mount": "ObjectMount",
    "agent_mount": "AgentMount",
    "code_mount": "CodeMount",
    "file_mount": "FileMount",
}
# What a conforming server must take, since the page names `purpose` and `environment_variables` in its answer.
MUST = {"RunProfile/envVars", "RunProfile/purpose"}
ON_THE_PAGE = {"RunProfile"}  # named there, as an object; its members are not
SAYS_NOTHING = {"description", "x-source", "x-level"}


def faults(document: Node) -> list[str]:
    """Where `document` says something else than the table, or does not mark it as coming from there."""
    schemas = document["components"]["schemas"]
    found: list[str] = []
    for name, members in MEMBERS.items():
        schema = schemas.get(name, {})
        found += _marks(name, schema) if name not in ON_THE_PAGE else []
        found += _object(name, schema, members)
    for name in MEMBERS["RunProfile"]:
        found += _marks(f"RunProfile/{name}", schemas["RunProfile"]["properties"].get(name, {}))
    mount = schemas.get("Mount", {})
    found += _marks("Mount", mount)
    refs = {kind: f"#/components/schemas/{name}" for kind, name in MOUNTS.items()}
    if {key: value for key, value in mount.items() if key not in SAYS_NOTHING} != {
        "oneOf": [{"$ref": ref} for ref in refs.values()],
        "discriminator": {"propertyName": "type", "mapping": refs},
    }:
        found.append(f"Mount: is not one of {list(MOUNTS)}, told apart by `type`")
    return found + _string_maps(schemas)


def _string_maps(schemas: Node) -> list[str]:
    """The objects of the page whose values are strings by this source."""
    values = schemas["StringMap"].get("additionalProperties", {})
    found = _marks("StringMap/additionalProperties", values)
    if spelled(values) != "string":
        found.append(f"StringMap: its values are strings, not {spelled(values)!r}")
    maps = {
        "StartRunRequest": {"metadata": "StringMap", "runProfile": "RunProfile"},
        "BenchmarkRunView": dict.fromkeys(("metadata", "environment_variables", "secrets_provided"), "StringMap"),
    }
    for name, members in maps.items():
        for member, expected in members.items():
            kept = spelled(schemas[name]["properties"].get(member, {}))
            found += [f"{name}/{member}: is {kept!r}, not {expected!r}"] if kept != expected else []
    return found


def _object(name: str, schema: Node, members: dict[str, str]) -> list[str]:
    required = schema.get("required", [])
    kept = {
        f"{member}*" if member in required else member: spelled(inner)
        for member, inner in schema.get("properties", {}).items()
    }
    found = [
        f"{name}/{member}: is {kept.get(member)!r}, not {members.get(member)!r}"
        for member in sorted(kept.keys() | members.keys())
        if kept.get(member) != members.get(member)
    ]
    rest = {key: value for key, value in schema.items() if key not in SAYS_NOTHING | {"properties", "required"}}
    if rest != {"type": "object", "additionalProperties": True}:
        found.append(f"{name}: is an object, open to members that came later, and no more; not {rest}")
    if set(required) != {member.rstrip("*") for member in members if member.endswith("*")}:
        found.append(f"{name}: requires {required}")
    return found


def _marks(where: str, schema: Node) -> list[str]:
    level = "must" if where in MUST else "should"
    marks = {"x-source": schema.get("x-source"), "x-level": schema.get("x-level")}
    return [f"{where}: is marked {marks}"] if marks != {"x-source": "wire-facts", "x-level": level} else []


def spelled(schema: Node) -> str:
    """`schema` in a few words; each keyword that has no word of its own is shown as it stands."""
    rest = {key: value for key, value in schema.items() if key not in SAYS_NOTHING}
    if "anyOf" in rest:
        words = " | ".join(spelled(choice) for choice in rest.pop("anyOf"))
    elif "$ref" in rest:
        words = rest.pop("$ref").removeprefix("#/components/schemas/")
    else:
        types = rest.pop("type", "anything")
        types = [types] if isinstance(types, str) else types
        words = " | ".join(_word(kind, rest) for kind in types)
    return " ".join([words, *(f"{key}={value}" for key, value in sorted(rest.items()))])


def _word(kind: str, rest: Node) -> str:
    if kind == "array":
        return f"{spelled(rest.pop('items', {}))}[]"
    if kind == "string" and "enum" in rest:
        return ", ".join(rest.pop("enum"))
    if kind == "string" and "const" in rest:
        return str(rest.pop("const"))
    return kind
