"""Every step of the drill, with what a person would say of it before looking at what the diff says."""

from __future__ import annotations

from copy import deepcopy
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from attrs import frozen

from tests.generation.drill import by_hand, history

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.generation.drill.history import Document

Breaks = Literal["breaks", "weakly", "read", "no"]


@frozen
class Step:
    """One change of the contract, from `before` to `after`.

    callers, servers: whom it breaks, and the bump. caught: clauses by which the suite tells a server of the old
    contract; none where such a server keeps the new one. types: what mypy says of a caller of the old client on the new
    one, by error code. call: what becomes of a call of the old client on a server of the new contract.
    """

    name: str
    before: Document
    after: Document
    callers: Breaks
    servers: Breaks
    bump: str
    caught: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    call: Literal["works", "refused"] = "works"


def _history() -> list[Step]:
    said: dict[str, tuple[str, Breaks, Breaks, str, set[str], set[str]]] = {
        "0.17.0": (
            "`score`, `start_time_ms`, `duration_ms`",
            "no",
            "breaks",
            "minor",
            {"response.start_time_ms.required"},
            set(),
        ),
        "0.24.0": (
            "`metadata` both ways",
            "no",
            "breaks",
            "minor",
            {"response.metadata.required", "request.metadata.type"},
            set(),
        ),
        "0.35.0": ("state `canceled`", "breaks", "no", "major", set(), set()),
        "0.49.0": (
            "`runProfile`, and what it sets",
            "no",
            "breaks",
            "minor",
            {"request.runProfile.type", "run.purpose.echo"},
            set(),
        ),
        "0.52.0": ("`secrets`, `secrets_provided`", "no", "breaks", "minor", {"run.secrets_provided.echo"}, set()),
        "0.57.0": ("`launchParameters`", "no", "weakly", "minor", {"request.runProfile.launchParameters.type"}, set()),
        "1.0.0": ("`mounts`", "no", "weakly", "minor", {"request.runProfile.mounts.type"}, set()),
        "1.3.0": ("`benchmark_id` optional in the answer", "breaks", "no", "major", set(), {"return-value"}),
        "1.12.1": ("state `failed`", "breaks", "no", "major", set(), set()),
    }
    chain = history.chain()
    versions = list(chain)
    steps: list[Step] = []
    for old, new in pairwise(versions):
        name, callers, servers, bump, caught, types = said[new]
        title = f"{old.removesuffix('.0')} → {new.removesuffix('.0')}: {name}"
        steps.append(Step(title, chain[old], chain[new], callers, servers, bump, frozenset(caught), frozenset(types)))
    return steps


def _edit(
    name: str,
    edit: Callable[[Document], None],
    callers: Breaks,
    servers: Breaks,
    bump: str,
    *caught: str,
    types: str = "",
    call: Literal["works", "refused"] = "works",
) -> Step:
    after = deepcopy(history.TODAY)
    edit(after)
    return Step(name, history.TODAY, after, callers, servers, bump, frozenset(caught), frozenset(types.split()), call)


def steps() -> list[Step]:
    """The history, then the edits made by hand."""
    edit = by_hand
    return [
        *_history(),
        _edit(
            "a member of the request renamed",
            edit.renamed,
            "breaks",
            "breaks",
            "major",
            "request.run_title.type",
            types="call-arg",
        ),
        _edit(
            "a new required member",
            edit.new_required,
            "breaks",
            "breaks",
            "major",
            "request.region.required",
            types="call-arg",
            call="refused",
        ),
        _edit(
            "a new optional member",
            edit.new_optional,
            "no",
            "breaks",
            "minor",
            "request.priority.type",
            "request.priority.maximum",
        ),
        _edit(
            "null no more, in the request",
            edit.null_no_more,
            "breaks",
            "breaks",
            "major",
            "request.run_name.null",
            types="arg-type",
            call="refused",
        ),
        _edit(
            "always there and never null, in the answer",
            edit.name_always_there,
            "no",
            "breaks",
            "minor",
            "response.name.not-null",
        ),
        _edit("a new state", edit.new_state, "breaks", "no", "major"),
        _edit("a member of the answer removed", edit.removed, "breaks", "no", "major", types="attr-defined"),
        _edit("a second operation", edit.second_operation, "no", "breaks", "minor", "get_run/request.accepted"),
        _edit("a recursive schema", edit.recursive, "no", "no", "minor"),
        _edit("`oneOf` with a discriminator", edit.told_apart, "no", "no", "minor"),
        _edit("a SHOULD that is a MUST", edit.stronger, "no", "breaks", "minor"),
        _edit("a rule that says otherwise", edit.reworded, "read", "read", "minor"),
        _edit("a rule that is new", edit.new_rule, "no", "weakly", "minor"),
    ]
