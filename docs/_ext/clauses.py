"""Sphinx extension for two pages that are made from the contract: every clause, and the contract for readers.

It writes Markdown in place of a comment, so headings, links, search and themes are those of every other page.

Sphinx has no reader of OpenAPI 3.1 that also shows `x-rules` and `x-legal`, which are half of this contract.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import YamlLexer
from runloop_conformance.clauses import all_clauses
from runloop_conformance.clauses.ledger import ledger
from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.operation import escape
from runloop_conformance.contract.reading import METHODS, load_contract
from sphinx.application import Sphinx

CONTRACT = Path(__file__).resolve().parents[2] / "openapi.yaml"
CONSTRAINTS = ("format", "minimum", "maximum", "minLength", "maxLength", "pattern")


def inline(text: object) -> str:
    """A sentence of the contract as one line of Markdown, safe in a table."""
    escaped = re.sub(r"(`[^`]*`)|<", lambda match: match[1] or "&lt;", " ".join(str(text).split()))
    return escaped.replace("|", "\\|")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A Markdown table."""
    columns = list(head)
    yield f"\n| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def lines_of(path: Path) -> dict[str, int]:
    """The line of each JSON pointer into a YAML file, counted from 1."""
    lines: dict[str, int] = {}

    def walk(node: yaml.Node | None, pointer: str) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                below = f"{pointer}/{escape(str(key.value))}"
                lines[below] = key.start_mark.line + 1
                walk(value, below)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                lines[f"{pointer}/{index}"] = value.start_mark.line + 1
                walk(value, f"{pointer}/{index}")

    walk(yaml.compose(path.read_text(encoding="utf-8")), "#")
    return lines


def place(pointer: str, lines: Mapping[str, int]) -> str:
    """A link to the line of a pointer. A statement without a line ("is optional") gets that of its parent."""
    while pointer and pointer not in lines:
        pointer = pointer.rpartition("/")[0]
    line = lines.get(pointer, 1)
    return f'<a href="contract.html#line-{line}">openapi.yaml:{line}</a>'


def clauses(contract: Contract) -> Iterator[str]:
    """Every clause by chapter, then every statement of the contract with its clauses or the reason why it has none."""
    lines = lines_of(CONTRACT)
    every = all_clauses(contract)
    must = sum(clause.level == "must" for clause in every)
    yield f"There are {len(every)} clauses: {must} MUST and {len(every) - must} SHOULD."
    for chapter, of_chapter in groupby(every, lambda clause: clause.chapter):
        yield f"\n## {chapter}\n"
        for clause in of_chapter:
            yield f"```{{clause}} {clause.id}\n"
            yield f"**{clause.level.upper()}** · {place(clause.pointer, lines)}\n\n{inline(clause.text)}\n```"
    entries = ledger(contract, every)
    yield "\n## Statements without a clause\n\nStatements of the contract that no clause tests, with the reason."
    yield from table(
        ("Statement", "Why no clause tests it", "Where"),
        (
            (inline(entry.statement.text), inline(entry.statement.excluded), place(entry.statement.pointer, lines))
            for entry in entries
            if not entry.clauses
        ),
    )
    yield "\n## Every statement, with its clauses"
    yield from table(
        ("Statement", "Clauses", "Where"),
        (
            (
                inline(entry.statement.text),
                ", ".join(f"{{clause}}`{clause.id}`" for clause in entry.clauses),
                place(entry.statement.pointer, lines),
            )
            for entry in entries
            if entry.clauses
        ),
    )


def kind(schema: Mapping[str, Any]) -> str:
    """The type of a schema in a few words; another schema is a link to its heading."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            return " or ".join(kind(branch) for branch in schema[keyword])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    types = schema.get("type", "any")
    words = " or ".join([types] if isinstance(types, str) else types)
    if "items" in schema:
        words = words.replace("array", f"array of {kind(schema['items'])}")
    if isinstance(schema.get("additionalProperties"), dict) and "properties" not in schema:
        words += f" of {kind(schema['additionalProperties'])}"
    return ", ".join([words, *(f"{name} `{schema[name]}`" for name in CONSTRAINTS if name in schema)])


def source(node: Mapping[str, Any]) -> str:
    """Where a statement comes from, when it is not from the reference page."""
    return f"{node['x-source']}, {node['x-level'].upper()}" if "x-source" in node else ""


def schema_section(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    """One schema: its description, and a row for each property."""
    yield f"\n### {name}\n\n{inline(schema.get('description', ''))}"
    properties = schema.get("properties")
    if not properties:
        yield f"\n{kind(schema)}\n"
        return
    required = schema.get("required", ())
    yield from table(
        ("Property", "Type", "Description", "Source"),
        (
            (
                f"`{key}`" + (" (required)" if key in required else ""),
                kind(value),
                inline(value.get("description", "")),
                inline(source(value)),
            )
            for key, value in properties.items()
        ),
    )


def bodies(contract: Contract, operation: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each body of an operation, with what it is."""
    messages = {"Request": operation.get("requestBody", {})}
    messages |= {f"Response {status}": response for status, response in operation["responses"].items()}
    for title, message in messages.items():
        resolved = contract.at(message["$ref"]) if "$ref" in message else message
        description = f" ({inline(resolved['description']).rstrip('.')})" if "description" in resolved else ""
        for media_type, body in resolved.get("content", {}).items():
            yield f"{title}{description}: `{media_type}`, {kind(body['schema'])}", body


def operation_section(contract: Contract, method: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    """One operation: parameters, bodies, rules, freedoms, examples."""
    yield f"\n## {method.upper()} {path}\n\n{inline(operation.get('description', operation.get('summary', '')))}"
    described = list(bodies(contract, operation))
    parameters = (contract.at(each["$ref"]) if "$ref" in each else each for each in operation.get("parameters", []))
    for parameter in parameters:
        yield f"\n- Parameter in {parameter['in']}: `{parameter['name']}`, {kind(parameter['schema'])}"
    yield from (f"\n- {title}" for title, _ in described)
    if "x-rules" in operation:
        yield "\n### Rules\n\nWhat a server does beyond the schemas, with the source of each rule."
        rules = operation["x-rules"].values()
        rows = ((rule["level"].upper(), inline(rule["text"]), inline(rule["source"])) for rule in rules)
        yield from table(("Level", "Rule", "Source"), rows)
    if "x-legal" in operation:
        yield "\n### Freedoms\n\nWhat a server may do. No clause fails because of it.\n"
        yield from (f"- {inline(text)}" for text in operation["x-legal"].values())
    yield "\n### Examples"
    for title, body in described:
        for example in body.get("examples", {}).values():
            text = json.dumps(example["value"], indent=2)
            yield f"\n{title.partition(':')[0]}: {inline(example['summary'])}.\n\n```json\n{text}\n```\n"


def reading(contract: Contract) -> Iterator[str]:
    """The contract for readers: operations, then schemas."""
    document = contract.document
    yield f"Version {contract.version}. {inline(document['info']['description'])}"
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield from operation_section(contract, method, path, item[method])
    yield "\n## Schemas"
    for name, schema in document["components"]["schemas"].items():
        yield from schema_section(name, schema)


def coloured_source(_: Contract) -> Iterator[str]:
    """openapi.yaml with an anchor for each line; literalinclude of Sphinx has none."""
    html = highlight(
        CONTRACT.read_text(encoding="utf-8"), YamlLexer(), HtmlFormatter(linenos="inline", linespans="line")
    )
    yield f'````{{raw}} html\n<div class="highlight-yaml notranslate">{html}</div>\n````'


MARKS = {"clauses": clauses, "contract": reading, "contract source": coloured_source}


def fill_in(_app: Sphinx, _docname: str, text: list[str]) -> None:
    """Put the Markdown in place of `<!-- made from openapi.yaml: NAME -->`."""
    for name, function in MARKS.items():
        mark = f"<!-- made from openapi.yaml: {name} -->"
        if mark in text[0]:
            text[0] = text[0].replace(mark, "\n".join(function(load_contract(CONTRACT))))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the object type `clause`, which the search finds and `{clause}` links to, and fill in the two pages."""
    app.add_object_type("clause", "clause", objname="clause")
    app.connect("source-read", fill_in)
    return {"parallel_read_safe": True}
