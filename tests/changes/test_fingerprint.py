"""What counts in the fingerprint of a contract, and what is prose."""

from __future__ import annotations

import pytest
from runloop_conformance.proof.fingerprint import fingerprint, shape

SCHEMA = {"type": "object", "description": "A.", "properties": {"description": {"type": "string"}}}


@pytest.mark.parametrize(
    "other",
    [
        {**SCHEMA, "description": "B."},
        {"properties": {"description": {"type": "string", "example": "x"}}, "type": "object"},
    ],
)
def test_prose_and_order_do_not_count(other: object) -> None:
    assert fingerprint(shape(other)) == fingerprint(shape(SCHEMA))


@pytest.mark.parametrize(
    "other",
    [
        {"type": "object", "properties": {}},
        {**SCHEMA, "properties": {"description": {"type": "integer"}}},
        {**SCHEMA, "properties": {"description": {"type": "string"}, "properties": {"type": "string"}}},
    ],
)
def test_a_property_called_description_counts(other: object) -> None:
    assert fingerprint(shape(other)) != fingerprint(shape(SCHEMA))


def test_a_property_called_properties_has_prose_of_its_own() -> None:
    nested = {"properties": {"properties": {"type": "string", "description": "A."}}}
    assert shape(nested) == {"properties": {"properties": {"type": "string"}}}


def test_rules_count_by_level_and_freedoms_by_key() -> None:
    rule = {"level": "must", "source": "page", "text": "Be quick."}
    operation = {"x-rules": {"quick": rule}, "x-legal": {"late": "Lateness."}}
    assert shape(operation) == {"x-rules": {"quick": "must"}, "x-legal": ["late"]}
