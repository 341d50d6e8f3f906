# Made by `make generate` from openapi.yaml, version 1.0.0, with openapi-python-client 0.29.1.
# Not to be edited: edit the contract and make it again.
from typing import Literal

BenchmarkRunState = Literal["canceled", "completed", "running"]

BENCHMARK_RUN_STATE_VALUES: set[BenchmarkRunState] = {
    "canceled",
    "completed",
    "running",
}


def check_benchmark_run_state(value: str) -> BenchmarkRunState:
    if value in BENCHMARK_RUN_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {BENCHMARK_RUN_STATE_VALUES!r}")
