# Made by `make generate` from openapi.yaml, version 1.0.0, with openapi-python-client 0.29.1.
# Not to be edited: edit the contract and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.benchmark_run_state import BenchmarkRunState, check_benchmark_run_state
from ..models.string_map import to_string_map, to_string_map_or_unset
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.string_map import StringMap


T = TypeVar("T", bound="BenchmarkRunView")


@_attrs_define
class BenchmarkRunView:
    """A BenchmarkRunView represents a run of a complete set of Scenarios, organized under a Benchmark.

    Attributes:
        id (str): The ID of the BenchmarkRun.
        benchmark_id (str): The ID of the Benchmark.
        start_time_ms (int): The time the benchmark run execution started (Unix timestamp milliseconds).
        state (BenchmarkRunState): The state of a BenchmarkRun.
        metadata (StringMap): A free-form map of strings.
        name (None | str | Unset): The name of the BenchmarkRun.
        duration_ms (int | None | Unset): The duration for the BenchmarkRun to complete.
        score (float | None | Unset): The final score across the BenchmarkRun, present once completed. Calculated as sum
            of scenario scores / number of scenario runs.
        purpose (None | str | Unset): Purpose of the run.
        environment_variables (StringMap | Unset): A free-form map of strings.
        secrets_provided (StringMap | Unset): A free-form map of strings.
    """

    id: str
    benchmark_id: str
    start_time_ms: int
    state: BenchmarkRunState | str
    metadata: StringMap = _attrs_field(converter=to_string_map)
    name: None | str | Unset = UNSET
    duration_ms: int | None | Unset = UNSET
    score: float | None | Unset = UNSET
    purpose: None | str | Unset = UNSET
    environment_variables: StringMap | Unset = _attrs_field(
        default=UNSET, converter=to_string_map_or_unset
    )
    secrets_provided: StringMap | Unset = _attrs_field(
        default=UNSET, converter=to_string_map_or_unset
    )
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        benchmark_id = self.benchmark_id

        start_time_ms = self.start_time_ms

        state: str = self.state

        metadata = self.metadata.to_dict()

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        duration_ms: int | None | Unset
        if isinstance(self.duration_ms, Unset):
            duration_ms = UNSET
        else:
            duration_ms = self.duration_ms

        score: float | None | Unset
        if isinstance(self.score, Unset):
            score = UNSET
        else:
            score = self.score

        purpose: None | str | Unset
        if isinstance(self.purpose, Unset):
            purpose = UNSET
        else:
            purpose = self.purpose

        environment_variables: dict[str, Any] | Unset = UNSET
        if not isinstance(self.environment_variables, Unset):
            environment_variables = self.environment_variables.to_dict()

        secrets_provided: dict[str, Any] | Unset = UNSET
        if not isinstance(self.secrets_provided, Unset):
            secrets_provided = self.secrets_provided.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "benchmark_id": benchmark_id,
                "start_time_ms": start_time_ms,
                "state": state,
                "metadata": metadata,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name
        if duration_ms is not UNSET:
            field_dict["duration_ms"] = duration_ms
        if score is not UNSET:
            field_dict["score"] = score
        if purpose is not UNSET:
            field_dict["purpose"] = purpose
        if environment_variables is not UNSET:
            field_dict["environment_variables"] = environment_variables
        if secrets_provided is not UNSET:
            field_dict["secrets_provided"] = secrets_provided

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.string_map import StringMap  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        benchmark_id = d.pop("benchmark_id")

        start_time_ms = d.pop("start_time_ms")

        state = check_benchmark_run_state(d.pop("state"))

        metadata = StringMap.from_dict(d.pop("metadata"))

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_duration_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        duration_ms = _parse_duration_ms(d.pop("duration_ms", UNSET))

        def _parse_score(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        score = _parse_score(d.pop("score", UNSET))

        def _parse_purpose(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        purpose = _parse_purpose(d.pop("purpose", UNSET))

        _environment_variables = d.pop("environment_variables", UNSET)
        environment_variables: StringMap | Unset
        if isinstance(_environment_variables, Unset):
            environment_variables = UNSET
        else:
            environment_variables = StringMap.from_dict(_environment_variables)

        _secrets_provided = d.pop("secrets_provided", UNSET)
        secrets_provided: StringMap | Unset
        if isinstance(_secrets_provided, Unset):
            secrets_provided = UNSET
        else:
            secrets_provided = StringMap.from_dict(_secrets_provided)

        benchmark_run_view = cls(
            id=id,
            benchmark_id=benchmark_id,
            start_time_ms=start_time_ms,
            state=state,
            metadata=metadata,
            name=name,
            duration_ms=duration_ms,
            score=score,
            purpose=purpose,
            environment_variables=environment_variables,
            secrets_provided=secrets_provided,
        )

        benchmark_run_view.additional_properties = d
        return benchmark_run_view

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
