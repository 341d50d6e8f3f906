# Made by `make generate` from openapi.yaml, version 1.0.0, with openapi-python-client 0.29.1.
# Not to be edited: edit the contract and make it again.
from typing import Literal

LaunchParametersArchitecture = Literal["arm64", "x86_64"]

LAUNCH_PARAMETERS_ARCHITECTURE_VALUES: set[LaunchParametersArchitecture] = {
    "arm64",
    "x86_64",
}


def check_launch_parameters_architecture(value: str) -> LaunchParametersArchitecture:
    if value in LAUNCH_PARAMETERS_ARCHITECTURE_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LAUNCH_PARAMETERS_ARCHITECTURE_VALUES!r}"
    )
