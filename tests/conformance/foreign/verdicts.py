"""What is expected of each foreign server, clause by clause, and why: verdicts.toml, read and compared.

`python -m tests.conformance.foreign.verdicts` puts the table of examples/servers/README.md in its place.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

HERE = Path(__file__).resolve().parent
EXAMPLES_README = HERE.parents[2] / "examples" / "servers" / "README.md"
FRAMEWORKS = {"fastapi": "FastAPI", "flask": "Flask", "django": "Django", "aiohttp": "aiohttp", "express": "Express"}
SHOWN = 4  # clauses of a reason, in the table


@frozen
class Reason:
    """Why some servers break some clauses, and what mends it. `unsettled`: what cannot be told for this reason."""

    why: str
    servers: tuple[str, ...]
    clauses: tuple[str, ...]
    unsettled: tuple[str, ...] = ()
    mend: str | None = None


def matches(pattern: str, clause: str) -> bool:
    """Whether a clause's id is meant: in a pattern `**` is anything, `+` one member's name, `{a,b}` one of these."""
    pattern = re.escape(pattern).replace(r"\*\*", ".*").replace(r"\+", r"\w+")
    return bool(re.fullmatch(re.sub(r"\\\{(.*?)\\\}", lambda m: f"(?:{m[1].replace(',', '|')})", pattern), clause))


def reasons(chapter: str) -> list[Reason]:
    """A chapter of the file: `naive`, `examples` or `mocks`."""
    with (HERE / "verdicts.toml").open("rb") as file:
        read = tomllib.load(file)[chapter]
    return [
        Reason(
            one["why"], tuple(one["servers"]), tuple(one["clauses"]), tuple(one.get("unsettled", ())), one.get("mend")
        )
        for one in read
    ]


def differences(server: str, chapter: str, clauses: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Where a report says another thing about a server than the file does, in either direction.

    A SHOULD that is expected to be broken may be `not_tested`: the refusals stop where too many of them start runs.
    """
    own = [reason for reason in reasons(chapter) if server in reason.servers]
    every = {(one, reason.why) for reason in own for one in reason.clauses}
    unused = set(every)
    for clause in clauses:
        found = {(one, why) for one, why in every if matches(one, clause["id"])}
        unused -= found
        unsettled = any(matches(one, clause["id"]) for reason in own for one in reason.unsettled)
        wanted = "fail" if found else "inconclusive" if unsettled else "pass"
        cut_short = found and (clause["level"], clause["status"]) == ("should", "not_tested")
        if clause["status"] != wanted and not cut_short:
            yield f"{clause['id']} ({clause['level']}): {clause['status']}, expected {wanted}"
    yield from (f"no clause is called {one} ({why})" for one, why in sorted(unused))


def table() -> str:
    """The faults of the first versions, one row for each reason."""
    lines = ["| the first version … | " + " | ".join(FRAMEWORKS.values()) + " | clauses | fixed by |"]
    lines.append("|---" * (len(FRAMEWORKS) + 3) + "|")
    for reason in reasons("naive"):
        marks = " | ".join("✗" if name in reason.servers else "" for name in FRAMEWORKS)
        clauses = ", ".join(f"`{clause}`" for clause in reason.clauses[:SHOWN])
        more = f" and {len(reason.clauses) - SHOWN} more" if len(reason.clauses) > SHOWN else ""
        why = reason.why.replace("|", "\\|")
        lines.append(f"| {why} | {marks} | {clauses}{more} | {reason.mend} |")
    return "\n".join(lines)


def with_table(readme: str) -> str:
    new, times = re.subn(
        r"(<!-- naive -->\n).*?(<!-- end -->)", lambda m: f"{m[1]}{table()}\n{m[2]}", readme, flags=re.DOTALL
    )
    assert times == 1, "the README has no place for the table"
    return new


def main() -> int:
    """Write the table; with --check, write nothing and fail if it is stale."""
    readme = EXAMPLES_README.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        return int(readme != with_table(readme))
    EXAMPLES_README.write_text(with_table(readme), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
