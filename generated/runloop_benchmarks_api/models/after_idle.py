# Made by `make generate` from openapi.yaml, version 1.0.0, with openapi-python-client 0.29.1.
# Not to be edited: edit the contract and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.after_idle_on_idle import AfterIdleOnIdle, check_after_idle_on_idle

T = TypeVar("T", bound="AfterIdle")


@_attrs_define
class AfterIdle:
    """What happens to an idle machine.

    Attributes:
        idle_time_seconds (int):
        on_idle (AfterIdleOnIdle):
    """

    idle_time_seconds: int
    on_idle: AfterIdleOnIdle
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        idle_time_seconds = self.idle_time_seconds

        on_idle: str = self.on_idle

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "idle_time_seconds": idle_time_seconds,
                "on_idle": on_idle,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        idle_time_seconds = d.pop("idle_time_seconds")

        on_idle = check_after_idle_on_idle(d.pop("on_idle"))

        after_idle = cls(
            idle_time_seconds=idle_time_seconds,
            on_idle=on_idle,
        )

        after_idle.additional_properties = d
        return after_idle

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
