"""Which version a change asks for, and whether it was given."""

from __future__ import annotations

import re

from changes.verdict import Bump


class VersionError(Exception):
    """A version that is none. The message says which, and what is wanted."""


def parts(version: str) -> tuple[int, int, int]:
    """The three numbers of a version.

    Raises:
        VersionError: it is not three numbers.
    """
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)
    if found is None:
        raise VersionError(f"info.version is {version!r}; three numbers are wanted, such as 1.0.0.")
    return int(found[1]), int(found[2]), int(found[3])


def asked_for(released: str, bump: Bump | None) -> str:
    """The lowest version that tells of the change. Before 1.0.0 what breaks moves the second number (SemVer, 4)."""
    major, minor, patch = parts(released)
    if bump is None:
        return released
    if bump == "major" and major > 0:
        return f"{major + 1}.0.0"
    if bump in ("major", "minor"):
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"


def is_enough(released: str, now: str, bump: Bump | None) -> bool:
    """Whether `now` tells of the change."""
    return parts(now) >= parts(asked_for(released, bump))
