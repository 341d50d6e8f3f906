"""Where text stands in a request, and where the answer has it."""

from collections.abc import Callable
from typing import Any

from attrs import frozen

from runloop_conformance.proof.mutants.fault import VIEW, Ask, Asked, Chapter, Run, ask, profile


@frozen
class Place:
    """A place for text in a request, and where the answer has it."""

    member: str
    keys: bool = False

    def ask(self, text: str) -> Ask:
        match self.member:
            case "name":
                return ask(run_name=text)
            case "purpose":
                return profile(purpose=text)
            case _:
                return self.ask_in_map(text)

    def ask_in_map(self, text: str) -> Ask:
        held = {text: "value"} if self.keys else {"KEY": text}
        if self.member == "metadata":
            return ask(metadata=held)
        return profile(**{"secrets" if self.member == "secrets_provided" else "envVars": held})

    def change(self, change: Callable[[str], str]) -> Callable[[Run, Asked], Run]:
        def changed(value: Any) -> Any:
            if value is None or isinstance(value, str):
                return value and change(value)
            if self.keys:
                return {change(key): text for key, text in value.items()}
            return {key: change(text) for key, text in value.items()}

        return lambda run, _asked: run | {self.member: changed(run[self.member])}


NAME = Place("name")
PURPOSE = Place("purpose")
METADATA = Place("metadata")
METADATA_KEYS = Place("metadata", keys=True)
VARIABLES = Place("environment_variables")
VARIABLE_NAMES = Place("environment_variables", keys=True)
SECRETS = Place("secrets_provided")
SECRET_VARIABLES = Place("secrets_provided", keys=True)


def text_in(chapter: Chapter) -> Callable[[str, Place, str, Callable[[str], str], str], None]:
    """Give a function that registers a server which changes text: name, place, summary, change, an example of text."""

    def text(name: str, place: Place, summary: str, change: Callable[[str], str], sample: str) -> None:
        chapter.edit(name, VIEW + place.member, summary, place.change(change), place.ask(sample))

    return text
