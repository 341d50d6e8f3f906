"""Fingerprints of what a committed document is made from.

A document that takes minutes to make records the fingerprints of its sources, so that a check tells in a second
whether it is stale.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from runloop_conformance.clauses.clause import Clause

LENGTH = 16  # hexadecimal digits
PROSE = ("description", "summary", "title", "example", "examples", "externalDocs", "info", "servers")
"""Keywords that address people alone."""
NAME_MAPS = ("paths", "responses", "schemas", "properties", "patternProperties", "dependentSchemas", "$defs")
"""Keywords whose value has names, not keywords, as its keys."""


def fingerprint(value: Any) -> str:
    """A short digest of a JSON value. The order of properties does not count."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:LENGTH]


def shape(node: Any, keyword: str = "") -> Any:
    """A contract, or a part of it, without prose: no descriptions, examples, or sentences of `x-rules` and `x-legal`.

    keyword: the keyword that `node` is the value of; empty where it stands under a name.
    """
    if isinstance(node, list):
        return [shape(item) for item in node]
    if not isinstance(node, dict):
        return node
    if keyword == "x-legal":
        return sorted(node)
    if keyword == "x-rules":
        return {name: rule["level"] for name, rule in node.items()}
    if keyword in NAME_MAPS:
        return {name: shape(value) for name, value in node.items()}
    return {key: shape(value, key) for key, value in node.items() if key not in PROSE}


def clause_levels(clauses: Iterable[Clause]) -> str:
    """The fingerprint of the ids and levels of some clauses."""
    return fingerprint({clause.id: clause.level for clause in clauses})
