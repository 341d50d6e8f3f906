# Made by `make generate` from openapi.yaml, version 1.0.0, with openapi-python-client 0.29.1.
# Not to be edited: edit the contract and make it again.
from typing import Literal

LaunchParametersResourceSizeRequest = Literal[
    "CUSTOM_SIZE", "LARGE", "MEDIUM", "SMALL", "X_LARGE", "X_SMALL", "XX_LARGE"
]

LAUNCH_PARAMETERS_RESOURCE_SIZE_REQUEST_VALUES: set[LaunchParametersResourceSizeRequest] = {
    "CUSTOM_SIZE",
    "LARGE",
    "MEDIUM",
    "SMALL",
    "X_LARGE",
    "X_SMALL",
    "XX_LARGE",
}


def check_launch_parameters_resource_size_request(
    value: str,
) -> LaunchParametersResourceSizeRequest:
    if value in LAUNCH_PARAMETERS_RESOURCE_SIZE_REQUEST_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LAUNCH_PARAMETERS_RESOURCE_SIZE_REQUEST_VALUES!r}"
    )
