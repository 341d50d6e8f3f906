# Made by `make generate` from openapi.yaml, version 1.0.0, with openapi-python-client 0.29.1.
# Not to be edited: edit the contract and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.string_map import to_string_map_or_none_or_unset
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.agent_mount import AgentMount
    from ..models.code_mount import CodeMount
    from ..models.file_mount import FileMount
    from ..models.launch_parameters import LaunchParameters
    from ..models.object_mount import ObjectMount
    from ..models.string_map import StringMap


T = TypeVar("T", bound="RunProfile")


@_attrs_define
class RunProfile:
    """Runtime configuration to use for a benchmark run. Open to properties that are added later.

    Attributes:
        env_vars (None | StringMap | Unset): Environment variable to value.
        secrets (None | StringMap | Unset): Environment variable to the name of a user secret.
        purpose (None | str | Unset): Purpose of the run.
        launch_parameters (LaunchParameters | None | Unset): The machines that the run is started on.
        mounts (list[AgentMount | CodeMount | FileMount | ObjectMount] | None | Unset): What is mounted on the machines
            of the run.
    """

    env_vars: None | StringMap | Unset = _attrs_field(
        default=UNSET, converter=to_string_map_or_none_or_unset
    )
    secrets: None | StringMap | Unset = _attrs_field(
        default=UNSET, converter=to_string_map_or_none_or_unset
    )
    purpose: None | str | Unset = UNSET
    launch_parameters: LaunchParameters | None | Unset = UNSET
    mounts: list[AgentMount | CodeMount | FileMount | ObjectMount] | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.agent_mount import AgentMount  # noqa: PLC0415
        from ..models.code_mount import CodeMount  # noqa: PLC0415
        from ..models.launch_parameters import LaunchParameters  # noqa: PLC0415
        from ..models.object_mount import ObjectMount  # noqa: PLC0415
        from ..models.string_map import StringMap  # noqa: PLC0415

        env_vars: dict[str, Any] | None | Unset
        if isinstance(self.env_vars, Unset):
            env_vars = UNSET
        elif isinstance(self.env_vars, StringMap):
            env_vars = self.env_vars.to_dict()
        else:
            env_vars = self.env_vars

        secrets: dict[str, Any] | None | Unset
        if isinstance(self.secrets, Unset):
            secrets = UNSET
        elif isinstance(self.secrets, StringMap):
            secrets = self.secrets.to_dict()
        else:
            secrets = self.secrets

        purpose: None | str | Unset
        if isinstance(self.purpose, Unset):
            purpose = UNSET
        else:
            purpose = self.purpose

        launch_parameters: dict[str, Any] | None | Unset
        if isinstance(self.launch_parameters, Unset):
            launch_parameters = UNSET
        elif isinstance(self.launch_parameters, LaunchParameters):
            launch_parameters = self.launch_parameters.to_dict()
        else:
            launch_parameters = self.launch_parameters

        mounts: list[dict[str, Any]] | None | Unset
        if isinstance(self.mounts, Unset):
            mounts = UNSET
        elif isinstance(self.mounts, list):
            mounts = []
            for mounts_type_0_item_data in self.mounts:
                mounts_type_0_item: dict[str, Any]
                if isinstance(mounts_type_0_item_data, ObjectMount):
                    mounts_type_0_item = mounts_type_0_item_data.to_dict()
                elif isinstance(mounts_type_0_item_data, AgentMount):
                    mounts_type_0_item = mounts_type_0_item_data.to_dict()
                elif isinstance(mounts_type_0_item_data, CodeMount):
                    mounts_type_0_item = mounts_type_0_item_data.to_dict()
                else:
                    mounts_type_0_item = mounts_type_0_item_data.to_dict()

                mounts.append(mounts_type_0_item)

        else:
            mounts = self.mounts

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if env_vars is not UNSET:
            field_dict["envVars"] = env_vars
        if secrets is not UNSET:
            field_dict["secrets"] = secrets
        if purpose is not UNSET:
            field_dict["purpose"] = purpose
        if launch_parameters is not UNSET:
            field_dict["launchParameters"] = launch_parameters
        if mounts is not UNSET:
            field_dict["mounts"] = mounts

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.agent_mount import AgentMount  # noqa: PLC0415
        from ..models.code_mount import CodeMount  # noqa: PLC0415
        from ..models.file_mount import FileMount  # noqa: PLC0415
        from ..models.launch_parameters import LaunchParameters  # noqa: PLC0415
        from ..models.object_mount import ObjectMount  # noqa: PLC0415
        from ..models.string_map import StringMap  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_env_vars(data: object) -> None | StringMap | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                env_vars_type_0 = StringMap.from_dict(data)

                return env_vars_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | StringMap | Unset, data)

        env_vars = _parse_env_vars(d.pop("envVars", UNSET))

        def _parse_secrets(data: object) -> None | StringMap | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                secrets_type_0 = StringMap.from_dict(data)

                return secrets_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | StringMap | Unset, data)

        secrets = _parse_secrets(d.pop("secrets", UNSET))

        def _parse_purpose(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        purpose = _parse_purpose(d.pop("purpose", UNSET))

        def _parse_launch_parameters(data: object) -> LaunchParameters | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                launch_parameters_type_0 = LaunchParameters.from_dict(data)

                return launch_parameters_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LaunchParameters | None | Unset, data)

        launch_parameters = _parse_launch_parameters(d.pop("launchParameters", UNSET))

        def _parse_mounts(
            data: object,
        ) -> list[AgentMount | CodeMount | FileMount | ObjectMount] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                mounts_type_0 = []
                _mounts_type_0 = data
                for mounts_type_0_item_data in _mounts_type_0:

                    def _parse_mounts_type_0_item(
                        data: object,
                    ) -> AgentMount | CodeMount | FileMount | ObjectMount:
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            componentsschemas_mount_type_0 = ObjectMount.from_dict(data)

                            return componentsschemas_mount_type_0
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            componentsschemas_mount_type_1 = AgentMount.from_dict(data)

                            return componentsschemas_mount_type_1
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            componentsschemas_mount_type_2 = CodeMount.from_dict(data)

                            return componentsschemas_mount_type_2
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        if not isinstance(data, dict):
                            raise TypeError()
                        componentsschemas_mount_type_3 = FileMount.from_dict(data)

                        return componentsschemas_mount_type_3

                    mounts_type_0_item = _parse_mounts_type_0_item(mounts_type_0_item_data)

                    mounts_type_0.append(mounts_type_0_item)

                return mounts_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[AgentMount | CodeMount | FileMount | ObjectMount] | None | Unset, data)

        mounts = _parse_mounts(d.pop("mounts", UNSET))

        run_profile = cls(
            env_vars=env_vars,
            secrets=secrets,
            purpose=purpose,
            launch_parameters=launch_parameters,
            mounts=mounts,
        )

        run_profile.additional_properties = d
        return run_profile

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
