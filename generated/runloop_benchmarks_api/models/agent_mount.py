# Made by `make generate` from openapi.yaml, version 1.0.0, with openapi-python-client 0.29.1.
# Not to be edited: edit the contract and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import (
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="AgentMount")


@_attrs_define
class AgentMount:
    """An agent, named by its id or by its name.

    Attributes:
        type_ (Literal['agent_mount']):
        agent_id (None | str):
        agent_name (None | str):
        agent_path (str | Unset):
        auth_token (str | Unset):
    """

    type_: Literal["agent_mount"]
    agent_id: None | str
    agent_name: None | str
    agent_path: str | Unset = UNSET
    auth_token: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        agent_id: None | str
        agent_id = self.agent_id

        agent_name: None | str
        agent_name = self.agent_name

        agent_path = self.agent_path

        auth_token = self.auth_token

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
                "agent_id": agent_id,
                "agent_name": agent_name,
            }
        )
        if agent_path is not UNSET:
            field_dict["agent_path"] = agent_path
        if auth_token is not UNSET:
            field_dict["auth_token"] = auth_token

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        type_ = cast(Literal["agent_mount"], d.pop("type"))
        if type_ != "agent_mount":
            raise ValueError(f"type must match const 'agent_mount', got '{type_}'")

        def _parse_agent_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        agent_id = _parse_agent_id(d.pop("agent_id"))

        def _parse_agent_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        agent_name = _parse_agent_name(d.pop("agent_name"))

        agent_path = d.pop("agent_path", UNSET)

        auth_token = d.pop("auth_token", UNSET)

        agent_mount = cls(
            type_=type_,
            agent_id=agent_id,
            agent_name=agent_name,
            agent_path=agent_path,
            auth_token=auth_token,
        )

        agent_mount.additional_properties = d
        return agent_mount

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
