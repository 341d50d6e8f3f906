"""Changes to the run in a response, the requests for which they are made, and the places that text has in both."""

from collections.abc import Callable
from typing import Any

from attrs import frozen

from runloop_conformance.proof.mutants.witness import WitnessRequest, start_run, with_profile
from runloop_conformance.servers.reference import texts_in

Run = dict[str, Any]  # in a response
RunRequest = dict[str, Any]  # the JSON body of a request
Map = dict[str, str]
Change = Callable[[Run, RunRequest], Run]
When = Callable[[int, RunRequest], bool]
"""Whether to change a response: the number of the run, from 1, and its request."""

COMPLETED: Run = {"state": "completed", "duration_ms": 1250, "score": 0.75}


def set_properties(**properties: Any) -> Change:
    return lambda run, _run_request: run | properties


def remove_properties(*names: str) -> Change:
    return lambda run, _run_request: {name: value for name, value in run.items() if name not in names}


def change_property(name: str, change: Callable[[Any], Any]) -> Change:
    return lambda run, _run_request: run | {name: change(run[name])}


def every_nth(nth: int) -> When:
    return lambda count, _run_request: count % nth == 0


def from_nth(nth: int) -> When:
    return lambda count, _run_request: count >= nth


def has_value(*path: str) -> Callable[[RunRequest], bool]:
    """Test whether the request has a value at this path that is neither null nor empty."""

    def test(run_request: Any) -> bool:
        for name in path:
            run_request = run_request.get(name) or {}
        return bool(run_request)

    return test


def any_text(matches: Callable[[str], object]) -> Callable[[RunRequest], bool]:
    """Test whether any string of the request matches, its keys included."""
    return lambda run_request: any(matches(text) for text in texts_in(run_request))


def profile_value(run_request: RunRequest) -> RunRequest:
    profile: RunRequest = run_request.get("runProfile", {})
    return profile


def env_vars(run_request: RunRequest) -> Map:
    return profile_value(run_request).get("envVars") or {}


def maps_in(run_request: RunRequest) -> list[Map]:
    """List the metadata, the environment variables and the secrets of a request."""
    profile = profile_value(run_request)
    return [run_request.get("metadata", {}), profile.get("envVars") or {}, profile.get("secrets") or {}]


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
