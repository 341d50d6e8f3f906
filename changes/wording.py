"""A change in the words of a person."""

from __future__ import annotations

import re
from typing import Any

from changes.redocly import Rated
from generation.contract import METHODS

LONGEST_VALUE = 60


def said(one: Rated) -> str:
    """A change in the words of a person."""
    side = " in the request" if "/requestBody" in one.path else " in the answer" if "/responses/" in one.path else ""
    name = name_of(one.path)
    if one.thing in ("PathItem", "Operation") and one.kind != "modified":
        held = [word.upper() for word in METHODS if word in (one.after or one.before or {})]
        where = one.path.split("/")[2].replace("~1", "/")
        method = " and ".join(held) or one.path.rpartition("/")[2].upper()
        return f"{method} {where} {'are' if len(held) > 1 else 'is'} {_fate(one)}"
    if one.path.startswith("#/components/"):
        return f"`{one.path.rpartition('/')[2]}` is {_fate(one)} among the {one.path.split('/')[2]}"
    if one.word == "key":
        return f"`{one.before}`{side} is called `{one.after}` now"
    if one.word == "required" and (isinstance(one.before, list) or isinstance(one.after, list)):
        gained, lost = _gained_and_lost(one)
        parts = [
            f"{_each(gained, name)} required{side}" if gained else "",
            f"{_each(lost, name)} optional{side}" if lost else "",
        ]
        return " and ".join(part for part in parts if part)
    if one.word == "enum":
        gained, lost = _gained_and_lost(one)
        parts = [
            f"gains {', '.join(map(str, gained))}" if gained else "",
            f"loses {', '.join(map(str, lost))}" if lost else "",
        ]
        return f"`{name}`{side} {' and '.join(part for part in parts if part)}"
    if "/oneOf/" in one.path or "/anyOf/" in one.path:
        name = name_of(re.sub(r"/(?:oneOf|anyOf)/\d+$", "", one.path))
        if one.kind != "modified":
            return (
                f"one more alternative for `{name}`{side}"
                if one.kind == "added"
                else f"one alternative less for `{name}`{side}"
            )
    if one.kind == "modified" and one.word in ("description", "summary", "title"):
        return f"the {one.word} of `{name}`{side} is another"
    if one.kind == "modified":
        return f"`{name}`{side}: {one.word} {_value(one.before)} → {_value(one.after)}"
    return f"`{name}`{side} is {_fate(one)}"


def _fate(one: Rated) -> str:
    return "new" if one.kind == "added" else "gone"


def _gained_and_lost(one: Rated) -> tuple[list[Any], list[Any]]:
    before, after = one.before or [], one.after or []
    return [value for value in after if value not in before], [value for value in before if value not in after]


def _each(names: list[Any], inside: str) -> str:
    quoted = [f"`{inside}.{name}`" if inside != "it" else f"`{name}`" for name in names]
    return f"{', '.join(quoted)} {'is' if len(names) == 1 else 'are'}"


def _value(value: Any) -> str:
    text = " | ".join(map(str, value)) if isinstance(value, list) else "nothing" if value is None else str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def name_of(path: str) -> str:
    """The dotted name of a member, as clauses and reports write it: `runProfile.mounts[].target`."""
    _, found, below = path.partition("/schema/")
    if not found:
        last = [step for step in path.split("/")[1:] if not step.isdigit()][-1]
        return "it" if path.endswith("/schema") else last.replace("~1", "/").replace("~0", "~")
    name = re.sub(r"(?:^|/)properties/([^/]+)", r".\1", below)
    name = re.sub(r"(?:^|/)items(?=/|\.|$)", "[]", name)
    name = re.sub(r"(?:^|/)additionalProperties(?=/|\.|$)", ".*", name)
    name = re.sub(r"/(?:\$ref|anyOf/\d+|oneOf/\d+)(?=/|\.|\[|$)", "", name)
    return name.lstrip(".").replace("~1", "/").replace("~0", "~") or "it"
