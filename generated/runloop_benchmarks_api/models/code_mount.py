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

T = TypeVar("T", bound="CodeMount")


@_attrs_define
class CodeMount:
    """A repository.

    Attributes:
        type_ (Literal['code_mount']):
        repo_name (str):
        repo_owner (str):
        token (str | Unset):
        install_command (str | Unset):
    """

    type_: Literal["code_mount"]
    repo_name: str
    repo_owner: str
    token: str | Unset = UNSET
    install_command: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        repo_name = self.repo_name

        repo_owner = self.repo_owner

        token = self.token

        install_command = self.install_command

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
                "repo_name": repo_name,
                "repo_owner": repo_owner,
            }
        )
        if token is not UNSET:
            field_dict["token"] = token
        if install_command is not UNSET:
            field_dict["install_command"] = install_command

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        type_ = cast(Literal["code_mount"], d.pop("type"))
        if type_ != "code_mount":
            raise ValueError(f"type must match const 'code_mount', got '{type_}'")

        repo_name = d.pop("repo_name")

        repo_owner = d.pop("repo_owner")

        token = d.pop("token", UNSET)

        install_command = d.pop("install_command", UNSET)

        code_mount = cls(
            type_=type_,
            repo_name=repo_name,
            repo_owner=repo_owner,
            token=token,
            install_command=install_command,
        )

        code_mount.additional_properties = d
        return code_mount

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
