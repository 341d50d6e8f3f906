"""The facts of the reference page, read from its text (`start_run.txt`); `reading.py` reads them from the contract.

The page prints a property as its name, its type, its marks and a description:

    start_time_ms
    integer<int64>
    required

    The time the benchmark run execution started (Unix timestamp milliseconds).
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

TEXT = Path(__file__).with_name("start_run.txt").read_text(encoding="utf-8")

TYPE = re.compile(r"(?P<type>string|integer|number|object|enum)(?:<(?P<detail>\w+)>)?(?P<null> \| null)?")
SAMPLES: dict[str, Any] = {"string": "<string>", "integer": 123, "number": 123, "object": {}}


@dataclass(frozen=True)
class Property:
    """One property of the request or response body, or the header."""

    type: str
    format: str | None
    nullable: bool
    options: tuple[str, ...]
    required: bool
    description: str

    @property
    def sample(self) -> Any:
        """The value that the page's example response shows for such a property."""
        return self.options[0] if self.options else SAMPLES[self.type]


@dataclass(frozen=True)
class Page:
    """Everything that the page says about the operation."""

    method: str
    path: str
    authorization: Property
    authorization_header: str
    request_media_type: str
    request_required: bool
    request: dict[str, Property]
    status: str
    status_description: str
    response_media_type: str
    response_description: str
    response: dict[str, Property]
    sample_arguments: tuple[str, ...]
    sample_response: dict[str, Any]


def differences(page: Page, contract: Page) -> list[str]:
    """One line for each fact on which the two do not agree."""
    expected, actual = _flat(asdict(page)), _flat(asdict(contract))
    absent = "nothing"
    return [
        f"{fact}: the page says {expected.get(fact, absent)!r}, the contract {actual.get(fact, absent)!r}"
        for fact in sorted(expected.keys() | actual.keys())
        if expected.get(fact, absent) != actual.get(fact, absent)
    ]


def _flat(facts: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in facts.items():
        if isinstance(value, dict) and value:
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


class _Lines:
    """The lines of the page, read one after the other; a line that nothing reads is an error."""

    def __init__(self, text: str) -> None:
        self.left = text.splitlines()

    def take(self, expected: str = ".+") -> str:
        if not self.left:
            raise ValueError(f"the page ends where {expected!r} was expected")
        line = self.left.pop(0)
        if not re.fullmatch(expected, line):
            raise ValueError(f"the page has {line!r} where {expected!r} was expected")
        return line

    def blank(self) -> None:
        self.take("")

    def at(self, line: str) -> bool:
        return self.left[:1] == [line]

    def at_property(self) -> bool:
        return len(self.left) > 1 and TYPE.fullmatch(self.left[1]) is not None


def read_text(text: str) -> Page:
    """Read the facts from the text of the page.

    Raises:
        ValueError: it has a line that does not belong where it is.
    """
    lines = _Lines(text)
    lines.take("Skip to main content")
    method = lines.take("[A-Z]+").lower()
    path = ""
    while not lines.at("JavaScript"):
        path += lines.take(r"/|\w+")
    sample_arguments, sample_response = _samples(lines)
    lines.take("Authorizations")
    lines.blank()
    header = lines.take()
    authorization = _property(lines, "header")
    lines.take("Body")
    lines.blank()
    request_media_type = lines.take(r"\w+/\w+")
    request = _properties(lines)
    lines.take("Response")
    lines.blank()
    status, response_media_type = lines.take(r"\d{3} - \w+/\w+").split(" - ")
    lines.blank()
    status_description = lines.take()
    lines.blank()
    response_description = lines.take()
    lines.blank()
    response = _properties(lines)
    if lines.left:
        raise ValueError(f"the page has {lines.left[0]!r} where it should have ended")
    return Page(
        method=method,
        path=path,
        authorization=authorization,
        authorization_header=header,
        request_media_type=request_media_type,
        request_required=any(property_.required for property_ in request.values()),
        request=request,
        status=status,
        status_description=status_description,
        response_media_type=response_media_type,
        response_description=response_description,
        response=response,
        sample_arguments=sample_arguments,
        sample_response=sample_response,
    )


def _samples(lines: _Lines) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The arguments of the call in JavaScript, and the response in JSON."""
    code = []
    while not lines.at("{"):
        code.append(lines.take(".*"))
    call = re.search(r"client\.benchmarks\.startRun\(\{ (.*) \}\);", "\n".join(code))
    if call is None:
        raise ValueError("the page's example does not call startRun")
    response = [lines.take("{")]
    while response[-1] != "}":
        response.append(lines.take())
    lines.blank()
    return tuple(part.split(":")[0] for part in call[1].split(", ")), json.loads("\n".join(response))


def _properties(lines: _Lines) -> dict[str, Property]:
    properties = {}
    while lines.at_property():
        name = lines.take(r"\w+")
        properties[name] = _property(lines)
    return properties


def _property(lines: _Lines, where: str | None = None) -> Property:
    kind = TYPE.fullmatch(lines.take(TYPE.pattern))
    assert kind is not None
    if where:
        lines.take(where)
    required = lines.at("required")
    if required:
        lines.take()
    lines.blank()
    description = lines.take()
    options: list[str] = []
    if lines.left:
        lines.blank()
    if kind["type"] == "enum":
        lines.take("Available options:")
        options.append(lines.take(r"\w+,?"))
        while options[-1].endswith(","):
            options.append(lines.take(r"\w+,?"))
    return Property(
        type=kind["detail"] if options else kind["type"],
        format=None if options else kind["detail"],
        nullable=kind["null"] is not None,
        options=tuple(option.rstrip(",") for option in options),
        required=required,
        description=description,
    )
