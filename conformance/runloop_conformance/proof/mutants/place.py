"""The places that text has in a request and in its response."""

from collections.abc import Callable
from typing import Any

from attrs import frozen

from runloop_conformance.proof.mutants.changes import Change
from runloop_conformance.proof.mutants.witness import WitnessRequest, start_run, with_profile


@frozen
class Place:
    """A property of the response, and whether the text is in the keys of its map."""

    property: str
    keys: bool = False

    def request(self, text: str) -> WitnessRequest:
        """Make a request that has this text at the place."""
        if self.property == "name":
            return start_run(run_name=text)
        if self.property == "purpose":
            return with_profile(purpose=text)
        entries = {text: "value"} if self.keys else {"KEY": text}
        if self.property == "metadata":
            return start_run(metadata=entries)
        return with_profile(**{"secrets" if self.property == "secrets_provided" else "envVars": entries})

    def change(self, change: Callable[[str], str]) -> Change:
        """Change the text at the place in a response."""

        def changed(value: Any) -> Any:
            if value is None or isinstance(value, str):
                return value and change(value)
            if self.keys:
                return {change(key): text for key, text in value.items()}
            return {key: change(text) for key, text in value.items()}

        return lambda run, _run_request: run | {self.property: changed(run[self.property])}


NAME = Place("name")
PURPOSE = Place("purpose")
METADATA = Place("metadata")
METADATA_KEYS = Place("metadata", keys=True)
VARIABLES = Place("environment_variables")
VARIABLE_NAMES = Place("environment_variables", keys=True)
SECRETS = Place("secrets_provided")
SECRET_VARIABLES = Place("secrets_provided", keys=True)
