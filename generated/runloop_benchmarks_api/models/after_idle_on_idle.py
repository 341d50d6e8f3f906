# Made by `make generate` from openapi.yaml, version 1.0.0, with openapi-python-client 0.29.1.
# Not to be edited: edit the contract and make it again.
from typing import Literal

AfterIdleOnIdle = Literal["shutdown", "suspend"]

AFTER_IDLE_ON_IDLE_VALUES: set[AfterIdleOnIdle] = {
    "shutdown",
    "suspend",
}


def check_after_idle_on_idle(value: str) -> AfterIdleOnIdle:
    if value in AFTER_IDLE_ON_IDLE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {AFTER_IDLE_ON_IDLE_VALUES!r}")
