"""Every change between two contracts, and whom it breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from attrs import frozen

from changes.redocly import Rated, rated
from changes.wording import name_of, said
from generation.contract import Contract, pointer

# `weakly`: what breaks is a SHOULD. `read`: a sentence is another, and only a person can say whether it asks for more.
Breaks = Literal["breaks", "weakly", "read", "no"]
Bump = Literal["major", "minor", "patch"]

BUMPS: tuple[Bump, ...] = ("patch", "minor", "major")


@frozen
class Change:
    """One thing that is otherwise than before. `pointer` and `line` lead to it in the contract that has it."""

    what: str
    pointer: str
    line: int
    callers: Breaks
    servers: Breaks
    adds: bool = False

    @property
    def bump(self) -> Bump:
        """Major where a call or a reading that was right may fail, minor where something came or a server has to
        change, patch for the rest: the version tells callers."""
        if self.callers == "breaks":
            return "major"
        return "patch" if self.servers == "no" and self.callers == "no" and not self.adds else "minor"


def changes(base: Contract, revision: Contract) -> list[Change]:
    """What changed from `base` to `revision`, in the order of the contract.

    Raises:
        DiffError: the engine is not installed.
    """
    forward = rated(base.path, revision.path)
    undone = {(one.places, one.word): one for one in rated(base.path, revision.path, reverse=True)}
    found = [_of_the_shape(one, undone.get((one.places, one.word)), base, revision) for one in forward if _counts(one)]
    found += [_level(one) for one in forward if one.word == "x-level"]
    found += _of_the_rules(base, revision)
    seen = {place for one in forward for place in one.places}
    found += _unrated(base, revision, seen)
    return sorted(found, key=lambda change: change.line)


def bump_of(found: list[Change]) -> Bump | None:
    """The part of the version that has to move; None where nothing changed."""
    return BUMPS[max(BUMPS.index(change.bump) for change in found)] if found else None


def _counts(one: Rated) -> bool:
    """Leaves out the version, what `_of_the_rules` compares, and the second mention of a mapping's alternative."""
    ours = one.pointer == "#/info/version" or one.word == "x-level" or "/x-legal" in one.path
    return not ours and "/discriminator/mapping/" not in one.path


# --- The shape: rated by Redocly ---


def _of_the_shape(one: Rated, undone: Rated | None, base: Contract, revision: Contract) -> Change:
    asked = "/requestBody" in one.path or "/parameters/" in one.path
    is_member = one.thing == "Schema" and bool(re.search(r"/properties/[^/]+$", one.path))
    callers, servers = one.breaking, undone is not None and undone.breaking
    if asked:
        # What callers may no longer send, servers have to refuse; a member that is new, they have to check.
        servers |= one.breaking or (is_member and (one.kind == "added" or one.word == "key"))
        # Redocly lets a member of the request go: to who sends it, it is lost in silence.
        callers |= is_member and (one.kind == "removed" or one.word == "key")
    if one.path.startswith("#/components/") and one.kind != "modified":
        # By itself it is nothing on the wire: where it is used, that is rated too.
        callers = servers = False
    contract = base if one.kind == "removed" else revision
    weak: Breaks = "weakly" if "should" in _levels(contract, one) else "breaks"
    adds = one.adds and not one.path.startswith("#/components/")
    return Change(said(one), one.pointer, one.line, "breaks" if callers else "no", weak if servers else "no", adds)


def _levels(contract: Contract, one: Rated) -> Iterator[str]:
    """Every `x-level` on the way to a change, and those of the members that `required` names anew."""
    node: Any = contract.document
    for step in one.path.split("/")[1:]:
        while isinstance(node, dict) and "$ref" in node and step not in node:
            node = contract.resolved(node)
        if step == "$ref":
            node = contract.resolved(node)
        else:
            name = step.replace("~1", "/").replace("~0", "~")
            node = node[int(name)] if isinstance(node, list) else node.get(name, {})
        if isinstance(node, dict):
            yield str(node.get("x-level", ""))
    node = contract.resolved(node) if isinstance(node, dict) else {}
    yield str(node.get("x-level", ""))
    if one.word == "required":
        for name in set(one.after or []) ^ set(one.before or []):
            yield str(contract.resolved(node.get("properties", {}).get(name, {})).get("x-level", ""))


# --- What is ours: x-rules, x-legal, x-level ---


def _of_the_rules(base: Contract, revision: Contract) -> Iterator[Change]:
    before = {(method, path): (steps, operation) for steps, method, path, operation in base.operations()}
    for steps, method, path, operation in revision.operations():
        if (method, path) not in before:
            continue
        old_steps, old = before[method, path]
        rules, old_rules = operation.get("x-rules", {}), old.get("x-rules", {})
        for name, rule in rules.items():
            at = (*steps, "x-rules", name)
            yield from _rule(name, old_rules.get(name), rule, pointer(at), revision.line_at(at))
        for name in old_rules.keys() - rules.keys():
            at = (*old_steps, "x-rules", name)
            yield from _rule(name, old_rules[name], None, pointer(at), base.line_at(at))
        legal, old_legal = _legal(operation), _legal(old)
        for name, text in legal.items():
            if text not in old_legal.values():
                at = (*steps, "x-legal", name)
                yield Change(f"servers are free now: {text}", pointer(at), revision.line_at(at), "read", "no")
        for name, text in old_legal.items():
            if text not in legal.values():
                at = (*old_steps, "x-legal", name)
                yield Change(f"servers are free no more: {text}", pointer(at), base.line_at(at), "no", "read")


def _legal(operation: Mapping[str, Any]) -> dict[str, str]:
    """The statements of `x-legal` by key. It was a list without keys before: a revision of git may still have that."""
    legal = operation.get("x-legal", {})
    return legal if isinstance(legal, dict) else {str(index): text for index, text in enumerate(legal)}


def _rule(
    name: str, old: Mapping[str, str] | None, new: Mapping[str, str] | None, at: str, line: int
) -> Iterator[Change]:
    level = (new or old or {}).get("level")
    strength: Breaks = "breaks" if level == "must" else "weakly"
    if old is None:
        yield Change(f"new {str(level).upper()}, {name}: {(new or {})['text']}", at, line, "no", strength, adds=True)
    elif new is None:
        yield Change(
            f"no {str(level).upper()} any more, {name}: {old['text']}",
            at,
            line,
            "breaks" if level == "must" else "no",
            "no",
        )
    else:
        if old["level"] != new["level"]:
            weaker = new["level"] == "should"
            what = f"{name}: {old['level'].upper()} → {new['level'].upper()}"
            yield Change(what, at, line, "breaks" if weaker else "no", "no" if weaker else "breaks")
        if old["text"] != new["text"]:
            yield Change(f"{name} says: {new['text']} It said: {old['text']}", at, line, "read", "read")


def _level(one: Rated) -> Change:
    weaker = one.after == "should"
    what = f"`{name_of(one.path)}`: {str(one.before or 'must').upper()} → {str(one.after or 'must').upper()}"
    return Change(what, one.pointer, one.line, "breaks" if weaker else "no", "no" if weaker else "breaks")


# --- The rest: what Redocly does not look at, examples first of all ---


def _unrated(base: Contract, revision: Contract, seen: set[str]) -> Iterator[Change]:
    told: set[str] = set()
    for steps in _differing(base.document, revision.document):
        at = pointer(steps)
        ours = any(word in steps for word in ("x-rules", "x-legal", "x-level")) or at == "#/info/version"
        if ours or any(at == one or at.startswith(f"{one}/") or one.startswith(f"{at}/") for one in seen):
            continue
        word = next((step for step in steps if step in ("examples", "example")), None)
        what = f"the {word} of {pointer(steps[: steps.index(word)])} are others" if word else f"{at} is another"
        if what not in told:
            told.add(what)
            yield Change(what, at, revision.line_at(steps), "no", "no")


def _differing(one: Any, other: Any, steps: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            yield from _differing(one.get(key), other.get(key), (*steps, str(key)))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _differing(left, right, (*steps, str(index)))
    elif one != other:
        yield steps


def read(path: Path) -> Contract:
    """A contract to compare. Raises GenerationError with its place where it is broken."""
    return Contract(path)
