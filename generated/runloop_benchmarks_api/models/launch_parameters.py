# Made by `make generate` from openapi.yaml, version 1.0.0, with openapi-python-client 0.29.1.
# Not to be edited: edit the contract and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.launch_parameters_architecture import (
    LaunchParametersArchitecture,
    check_launch_parameters_architecture,
)
from ..models.launch_parameters_resource_size_request import (
    LaunchParametersResourceSizeRequest,
    check_launch_parameters_resource_size_request,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.after_idle import AfterIdle
    from ..models.user_parameters import UserParameters


T = TypeVar("T", bound="LaunchParameters")


@_attrs_define
class LaunchParameters:
    """The machines that a run is started on.

    Attributes:
        after_idle (AfterIdle | Unset): What happens to an idle machine.
        architecture (LaunchParametersArchitecture | Unset):
        available_ports (list[int] | Unset):
        custom_cpu_cores (int | Unset):
        custom_disk_size (int | Unset):
        custom_gb_memory (int | Unset):
        keep_alive_time_seconds (int | Unset):
        launch_commands (list[str] | Unset):
        required_services (list[str] | Unset):
        resource_size_request (LaunchParametersResourceSizeRequest | Unset):
        user_parameters (UserParameters | Unset): The user that commands run as.
    """

    after_idle: AfterIdle | Unset = UNSET
    architecture: LaunchParametersArchitecture | Unset = UNSET
    available_ports: list[int] | Unset = UNSET
    custom_cpu_cores: int | Unset = UNSET
    custom_disk_size: int | Unset = UNSET
    custom_gb_memory: int | Unset = UNSET
    keep_alive_time_seconds: int | Unset = UNSET
    launch_commands: list[str] | Unset = UNSET
    required_services: list[str] | Unset = UNSET
    resource_size_request: LaunchParametersResourceSizeRequest | Unset = UNSET
    user_parameters: UserParameters | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        after_idle: dict[str, Any] | Unset = UNSET
        if not isinstance(self.after_idle, Unset):
            after_idle = self.after_idle.to_dict()

        architecture: str | Unset = UNSET
        if not isinstance(self.architecture, Unset):
            architecture = self.architecture

        available_ports: list[int] | Unset = UNSET
        if not isinstance(self.available_ports, Unset):
            available_ports = self.available_ports

        custom_cpu_cores = self.custom_cpu_cores

        custom_disk_size = self.custom_disk_size

        custom_gb_memory = self.custom_gb_memory

        keep_alive_time_seconds = self.keep_alive_time_seconds

        launch_commands: list[str] | Unset = UNSET
        if not isinstance(self.launch_commands, Unset):
            launch_commands = self.launch_commands

        required_services: list[str] | Unset = UNSET
        if not isinstance(self.required_services, Unset):
            required_services = self.required_services

        resource_size_request: str | Unset = UNSET
        if not isinstance(self.resource_size_request, Unset):
            resource_size_request = self.resource_size_request

        user_parameters: dict[str, Any] | Unset = UNSET
        if not isinstance(self.user_parameters, Unset):
            user_parameters = self.user_parameters.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if after_idle is not UNSET:
            field_dict["after_idle"] = after_idle
        if architecture is not UNSET:
            field_dict["architecture"] = architecture
        if available_ports is not UNSET:
            field_dict["available_ports"] = available_ports
        if custom_cpu_cores is not UNSET:
            field_dict["custom_cpu_cores"] = custom_cpu_cores
        if custom_disk_size is not UNSET:
            field_dict["custom_disk_size"] = custom_disk_size
        if custom_gb_memory is not UNSET:
            field_dict["custom_gb_memory"] = custom_gb_memory
        if keep_alive_time_seconds is not UNSET:
            field_dict["keep_alive_time_seconds"] = keep_alive_time_seconds
        if launch_commands is not UNSET:
            field_dict["launch_commands"] = launch_commands
        if required_services is not UNSET:
            field_dict["required_services"] = required_services
        if resource_size_request is not UNSET:
            field_dict["resource_size_request"] = resource_size_request
        if user_parameters is not UNSET:
            field_dict["user_parameters"] = user_parameters

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.after_idle import AfterIdle  # noqa: PLC0415
        from ..models.user_parameters import UserParameters  # noqa: PLC0415

        d = dict(src_dict)
        _after_idle = d.pop("after_idle", UNSET)
        after_idle: AfterIdle | Unset
        if isinstance(_after_idle, Unset):
            after_idle = UNSET
        else:
            after_idle = AfterIdle.from_dict(_after_idle)

        _architecture = d.pop("architecture", UNSET)
        architecture: LaunchParametersArchitecture | Unset
        if isinstance(_architecture, Unset):
            architecture = UNSET
        else:
            architecture = check_launch_parameters_architecture(_architecture)

        available_ports = cast(list[int], d.pop("available_ports", UNSET))

        custom_cpu_cores = d.pop("custom_cpu_cores", UNSET)

        custom_disk_size = d.pop("custom_disk_size", UNSET)

        custom_gb_memory = d.pop("custom_gb_memory", UNSET)

        keep_alive_time_seconds = d.pop("keep_alive_time_seconds", UNSET)

        launch_commands = cast(list[str], d.pop("launch_commands", UNSET))

        required_services = cast(list[str], d.pop("required_services", UNSET))

        _resource_size_request = d.pop("resource_size_request", UNSET)
        resource_size_request: LaunchParametersResourceSizeRequest | Unset
        if isinstance(_resource_size_request, Unset):
            resource_size_request = UNSET
        else:
            resource_size_request = check_launch_parameters_resource_size_request(
                _resource_size_request
            )

        _user_parameters = d.pop("user_parameters", UNSET)
        user_parameters: UserParameters | Unset
        if isinstance(_user_parameters, Unset):
            user_parameters = UNSET
        else:
            user_parameters = UserParameters.from_dict(_user_parameters)

        launch_parameters = cls(
            after_idle=after_idle,
            architecture=architecture,
            available_ports=available_ports,
            custom_cpu_cores=custom_cpu_cores,
            custom_disk_size=custom_disk_size,
            custom_gb_memory=custom_gb_memory,
            keep_alive_time_seconds=keep_alive_time_seconds,
            launch_commands=launch_commands,
            required_services=required_services,
            resource_size_request=resource_size_request,
            user_parameters=user_parameters,
        )

        launch_parameters.additional_properties = d
        return launch_parameters

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
