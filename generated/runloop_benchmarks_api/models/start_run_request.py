# Made by `make generate` from openapi.yaml, version 1.0.0, with openapi-python-client 0.29.1.
# Not to be edited: edit the contract and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.string_map import to_string_map_or_unset
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.run_profile import RunProfile
    from ..models.string_map import StringMap


T = TypeVar("T", bound="StartRunRequest")


@_attrs_define
class StartRunRequest:
    """What to run, and how.

    Attributes:
        benchmark_id (str): ID of the Benchmark to run.
        run_name (None | str | Unset): Display name of the run.
        metadata (StringMap | Unset): A free-form map of strings.
        run_profile (RunProfile | Unset): Runtime configuration to use for a benchmark run. Open to properties that are
            added later.
    """

    benchmark_id: str
    run_name: None | str | Unset = UNSET
    metadata: StringMap | Unset = _attrs_field(default=UNSET, converter=to_string_map_or_unset)
    run_profile: RunProfile | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        benchmark_id = self.benchmark_id

        run_name: None | str | Unset
        if isinstance(self.run_name, Unset):
            run_name = UNSET
        else:
            run_name = self.run_name

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        run_profile: dict[str, Any] | Unset = UNSET
        if not isinstance(self.run_profile, Unset):
            run_profile = self.run_profile.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "benchmark_id": benchmark_id,
            }
        )
        if run_name is not UNSET:
            field_dict["run_name"] = run_name
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if run_profile is not UNSET:
            field_dict["runProfile"] = run_profile

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.run_profile import RunProfile  # noqa: PLC0415
        from ..models.string_map import StringMap  # noqa: PLC0415

        d = dict(src_dict)
        benchmark_id = d.pop("benchmark_id")

        def _parse_run_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        run_name = _parse_run_name(d.pop("run_name", UNSET))

        _metadata = d.pop("metadata", UNSET)
        metadata: StringMap | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = StringMap.from_dict(_metadata)

        _run_profile = d.pop("runProfile", UNSET)
        run_profile: RunProfile | Unset
        if isinstance(_run_profile, Unset):
            run_profile = UNSET
        else:
            run_profile = RunProfile.from_dict(_run_profile)

        start_run_request = cls(
            benchmark_id=benchmark_id,
            run_name=run_name,
            metadata=metadata,
            run_profile=run_profile,
        )

        start_run_request.additional_properties = d
        return start_run_request

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
