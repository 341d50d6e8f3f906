# Made by `make generate` from openapi.yaml, version 1.0.0, with openapi-python-client 0.29.1.
# Not to be edited: edit the contract and make it again.
from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import Unset

T = TypeVar("T", bound="StringMap")


@_attrs_define(eq=False)
class StringMap(MutableMapping[str, str]):
    """A free-form map of strings."""

    additional_properties: dict[str, str] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        string_map = cls()

        string_map.additional_properties = d
        return string_map

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> str:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: str) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: object) -> bool:
        return key in self.additional_properties

    def __iter__(self) -> Iterator[str]:
        return iter(self.additional_properties)

    def __len__(self) -> int:
        return len(self.additional_properties)


def to_string_map_or_unset(value: Mapping[str, str] | Unset) -> StringMap | Unset:
    return (
        StringMap.from_dict(value)
        if isinstance(value, Mapping) and not isinstance(value, StringMap)
        else value
    )


def to_string_map(value: Mapping[str, str]) -> StringMap:
    return (
        StringMap.from_dict(value)
        if isinstance(value, Mapping) and not isinstance(value, StringMap)
        else value
    )


def to_string_map_or_none_or_unset(
    value: Mapping[str, str] | None | Unset,
) -> StringMap | None | Unset:
    return (
        StringMap.from_dict(value)
        if isinstance(value, Mapping) and not isinstance(value, StringMap)
        else value
    )
