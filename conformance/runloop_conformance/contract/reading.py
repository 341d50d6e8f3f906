"""Reads `openapi.yaml` into a contract."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from attrs import evolve

from runloop_conformance.contract.document import Contract, ContractError
from runloop_conformance.contract.general_rules import general_rules
from runloop_conformance.contract.operation import BEARER, Json, Operation, Parameter, Property, Rule, escape
from runloop_conformance.contract.properties import properties_of

PACKAGED = Path(__file__).parents[1] / "openapi.yaml"
CHECKOUT = Path(__file__).resolve().parents[3] / "openapi.yaml"

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
ORDER = ("post", "put", "patch", "get", "head", "delete", "options", "trace")
IGNORED = ("accept", "content-type", "authorization")  # not parameters, says OpenAPI (3.1, 4.8.12)
FROM_RESPONSE = "$response.body#/"


def load_contract(path: Path | None = None) -> Contract:
    """Read the contract at `path`, else the one in the package, else the one of the checkout.

    Raises:
        ContractError: it cannot be read, or is not an OpenAPI document.
    """
    path = path or (PACKAGED if PACKAGED.exists() else CHECKOUT)
    try:
        raw = path.read_bytes()
        document = yaml.load(raw, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    except OSError as error:
        raise ContractError(f"{path}: cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContractError(f"{path}: is not YAML: {str(error).rstrip('.')}.") from error
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict) or "info" not in document:
        raise ContractError(f"{path}: is not an OpenAPI document: `info` and `paths` are needed.")
    contract = Contract(path, document, hashlib.sha256(raw).hexdigest())
    try:  # so that a contract that cannot be used does not fail in the middle of a run
        _ = contract.version
        return evolve(contract, operations=_operations(contract), untested=_untested(contract))
    except (KeyError, TypeError, AttributeError) as error:
        raise ContractError(f"{path}: is not an OpenAPI document that can be read: {error!r}.") from error
    return contract


def _operations(contract: Contract) -> tuple[Operation, ...]:
    """What creates something comes before what reads it, and what deletes it comes last."""
    operations = [
        _read_operation(contract, path, method)
        for path, method in _methods(contract)
        if not _untestable(contract, path, method)
    ]
    if not operations:
        raise ContractError(
            f"{contract.path}: no operation can be tested: there is none, or each takes a body that is not JSON."
        )
    operations.sort(key=lambda operation: (not operation.own_rules, ORDER.index(operation.method.lower())))
    main, *others = operations
    return (evolve(main, prefix=""), *others) if main.own_rules or not others else tuple(operations)


def _untested(contract: Contract) -> dict[str, str]:
    reasons = {f"{method.upper()} {path}": _untestable(contract, path, method) for path, method in _methods(contract)}
    return {name: reason for name, reason in reasons.items() if reason}


def _methods(contract: Contract) -> Iterator[tuple[str, str]]:
    for path, operations in contract.document["paths"].items():
        yield from ((path, method) for method in METHODS if method in operations)


def _matches(template: str, path: str) -> bool:
    """Whether a request for `path` may also be for `template`: `/pet/{id}` matches `/pet/findByStatus`."""
    pattern = "".join(
        "[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", template)
    )
    return template == path or re.fullmatch(pattern, path) is not None


def _untestable(contract: Contract, path: str, method: str) -> str | None:
    """Why an operation cannot be tested; None where it can."""
    operation = contract.document["paths"][path][method]
    body = operation.get("requestBody")
    if body is not None and _json_content(contract, body) is None:
        kinds = ", ".join(contract.resolve(body)[0].get("content", {})) or "nothing"
        return f"it takes {kinds}, and the suite writes JSON"
    if method in ("options", "trace"):
        return "HTTP, not the API, defines what OPTIONS and TRACE do"
    return None


def _json_content(contract: Contract, message: Mapping[str, Json] | None) -> Mapping[str, Json] | None:
    if message is None:
        return None
    content = contract.resolve(message)[0].get("content", {})
    json_content: Mapping[str, Json] | None = content.get("application/json")
    return json_content


def _read_operation(contract: Contract, path: str, method: str) -> Operation:
    pointer = f"#/paths/{escape(path)}/{method}"
    operation = contract.at(pointer)
    body = _json_content(contract, operation.get("requestBody"))
    status = next((status for status in operation["responses"] if str(status).startswith("2")), None)
    stated = status if status is not None else next(iter(operation["responses"]), "200")
    response_at = f"{pointer}/responses/{stated}"
    response = contract.resolve(operation["responses"].get(stated, {}), response_at)[0]
    received = _json_content(contract, response)
    request_schema, request_pointer = contract.resolve((body or {}).get("schema", {}), f"{pointer}/requestBody")
    response_schema, response_pointer = contract.resolve((received or {}).get("schema", {}), response_at)
    identifier = str(operation.get("operationId") or f"{method.upper()} {path}")
    credentials = _credentials(contract, operation)
    made = Operation(
        id=identifier,
        prefix=f"{identifier}/",
        method=method.upper(),
        path=path,
        pointer=pointer,
        takes_json=body is not None,
        gives_json=received is not None,
        needs_body=body is not None and bool(contract.resolve(operation["requestBody"])[0].get("required")),
        request_schema=request_schema,
        request_pointer=request_pointer,
        response_schema=response_schema,
        response_pointer=response_pointer,
        status=int(status) if status is not None and str(status).isdigit() else 200,
        status_pointer=response_at,
        status_text=str(response.get("description", "")),
        credentials=credentials,
        parameters=tuple(_parameters(contract, path, method)),
        request=tuple(_request(contract, operation, request_schema, request_pointer)) if body is not None else (),
        response=tuple(properties_of(contract, response_schema, response_pointer)) if received is not None else (),
        own_rules="x-rules" in operation,
        rules={
            name: Rule(name, f"{pointer}/x-rules/{escape(name)}", rule["level"], rule["source"], rule["text"])
            for name, rule in operation.get("x-rules", {}).items()
        },
        responses=tuple(str(status) for status in operation["responses"]),
        examples=_examples(body or {}),
        other_methods=frozenset(other.upper() for there, other in _methods(contract) if _matches(there, path)),
    )
    return made if made.own_rules else evolve(made, rules=general_rules(made))


def _request(
    contract: Contract, operation: Mapping[str, Json], schema: Mapping[str, Json], pointer: str
) -> Iterator[Property]:
    free = "null-objects" in operation.get("x-legal", {})
    for prop in properties_of(contract, schema, pointer):
        optional_object = "object" in prop.types and len(prop.path) == 1 and not prop.required
        yield evolve(prop, null_is_free=free and optional_object and not prop.nullable)


def _examples(content: Mapping[str, Json]) -> dict[str, Json]:
    examples = {name: example["value"] for name, example in content.get("examples", {}).items() if "value" in example}
    return {"example": content["example"], **examples} if "example" in content else examples


def _credentials(contract: Contract, operation: Mapping[str, Json]) -> tuple[str, str] | None:
    """The header that carries the token; None if a request needs none."""
    needed = operation.get("security", contract.document.get("security", []))
    schemes = contract.document.get("components", {}).get("securitySchemes", {})
    if not needed or {} in needed:
        return None
    known = [contract.resolve(schemes.get(name, {}))[0] for requirement in needed for name in requirement]
    for scheme in known:
        kind = scheme.get("type")
        if (kind == "http" and str(scheme.get("scheme", "")).lower() == "bearer") or kind in (
            "oauth2",
            "openIdConnect",
        ):
            return BEARER
    keys = (scheme for scheme in known if scheme.get("type") == "apiKey" and scheme.get("in") == "header")
    return next(((str(scheme["name"]), "") for scheme in keys), None)


def _parameters(contract: Contract, path: str, method: str) -> Iterator[Parameter]:
    whole = contract.document["paths"][path]
    at = f"#/paths/{escape(path)}"
    parameters: dict[tuple[str, str], Parameter] = {}
    for holder, pointer in ((whole, at), (whole[method], f"{at}/{method}")):
        for index, raw in enumerate(holder.get("parameters", [])):
            stated, where = contract.resolve(raw, f"{pointer}/parameters/{index}")
            if stated["in"] not in ("path", "query", "header") or stated["name"].lower() in IGNORED:
                continue
            schema = contract.resolve(stated.get("schema", {}), where)[0]
            examples = [stated["example"]] if "example" in stated else []
            examples += [example["value"] for example in stated.get("examples", {}).values() if "value" in example]
            parameters[stated["in"], stated["name"]] = Parameter(
                name=stated["name"],
                place=stated["in"],
                pointer=where,
                schema=schema,
                required=stated["in"] == "path" or bool(stated.get("required")),
                description=str(stated.get("description", "")),
                examples=tuple(examples),
                link=_link(contract, whole[method].get("operationId"), stated["name"]),
            )
    yield from parameters.values()


def _link(contract: Contract, identifier: str | None, name: str) -> tuple[str, tuple[str, ...]] | None:
    """The response that a `links` entry takes a parameter's value from, and the path in it (OpenAPI 3.1, 4.8.20)."""
    for path, method in _methods(contract):
        operation = contract.document["paths"][path][method]
        for raw in operation.get("responses", {}).values():
            for link in contract.resolve(raw)[0].get("links", {}).values():
                stated = contract.resolve(link)[0]
                source = str(stated.get("parameters", {}).get(name, ""))
                if identifier and stated.get("operationId") == identifier and source.startswith(FROM_RESPONSE):
                    return str(operation.get("operationId", "")), tuple(source.removeprefix(FROM_RESPONSE).split("/"))
    return None
