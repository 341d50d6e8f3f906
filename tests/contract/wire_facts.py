"""What the contract takes from the official SDK, where the page says nothing: a table, and a check of it.

A star marks what is required. `StringMap` holds strings by this source too: the page says "object".
"""

from __future__ import annotations

from typing import Any

Node = dict[str, Any]

PROPERTIES: dict[str, dict[str, str]] = {
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
# MUST: the page has `purpose` and `environment_variables` in the response.
MUST = {"RunProfile/envVars", "RunProfile/purpose"}
ON_THE_PAGE = {"RunProfile"}  # named there, as an object; its properties are not
SAYS_NOTHING = {"description", "x-source", "x-level"}


def faults(document: Node) -> list[str]:
    """Where `document` differs from the table, or does not mark what comes from it."""
    schemas = document["components"]["schemas"]
    found: list[str] = []
    for name, properties in PROPERTIES.items():
        schema = schemas.get(name, {})
        found += _marks(name, schema) if name not in ON_THE_PAGE else []
        found += _object(name, schema, properties)
    for name in PROPERTIES["RunProfile"]:
        found += _marks(f"RunProfile/{name}", schemas["RunProfile"]["properties"].get(name, {}))
    mount = schemas.get("Mount", {})
    found += _marks("Mount", mount)
    refs = {kind: f"#/components/schemas/{name}" for kind, name in MOUNTS.items()}
    if {key: value for key, value in mount.items() if key not in SAYS_NOTHING} != {
        "oneOf": [{"$ref": ref} for ref in refs.values()],
        "discriminator": {"propertyName": "type", "mapping": refs},
    }:
        found.append(f"Mount: is not one of {list(MOUNTS)}, distinguished by `type`")
    return found + _string_maps(schemas)


def _string_maps(schemas: Node) -> list[str]:
    """Objects on the page whose values are strings according to the SDK."""
    values = schemas["StringMap"].get("additionalProperties", {})
    found = _marks("StringMap/additionalProperties", values)
    if spelled(values) != "string":
        found.append(f"StringMap: its values are strings, not {spelled(values)!r}")
    maps = {
        "StartRunRequest": {"metadata": "StringMap", "runProfile": "RunProfile"},
        "BenchmarkRunView": dict.fromkeys(("metadata", "environment_variables", "secrets_provided"), "StringMap"),
    }
    for name, properties in maps.items():
        for key, expected in properties.items():
            actual = spelled(schemas[name]["properties"].get(key, {}))
            found += [f"{name}/{key}: is {actual!r}, not {expected!r}"] if actual != expected else []
    return found


def _object(name: str, schema: Node, properties: dict[str, str]) -> list[str]:
    required = schema.get("required", [])
    actual = {
        f"{key}*" if key in required else key: spelled(inner) for key, inner in schema.get("properties", {}).items()
    }
    found = [
        f"{name}/{key}: is {actual.get(key)!r}, not {properties.get(key)!r}"
        for key in sorted(actual.keys() | properties.keys())
        if actual.get(key) != properties.get(key)
    ]
    rest = {key: value for key, value in schema.items() if key not in SAYS_NOTHING | {"properties", "required"}}
    if rest != {"type": "object", "additionalProperties": True}:
        found.append(f"{name}: must be an open object with no other keyword; it has {rest}")
    if set(required) != {key.rstrip("*") for key in properties if key.endswith("*")}:
        found.append(f"{name}: requires {required}")
    return found


def _marks(where: str, schema: Node) -> list[str]:
    level = "must" if where in MUST else "should"
    marks = {"x-source": schema.get("x-source"), "x-level": schema.get("x-level")}
    return [f"{where}: is marked {marks}"] if marks != {"x-source": "wire-facts", "x-level": level} else []


def spelled(schema: Node) -> str:
    """`schema` in a few words. A keyword without a word for it is shown as it is."""
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
