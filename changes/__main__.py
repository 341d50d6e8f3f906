"""The commands behind `make contract-diff`, `contract-accept`, `contract-release` and `contract-check`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from runloop_conformance.contract.document import ContractError

from changes.redocly import ROOT, DiffError
from changes.report import Comparison, accept
from changes.unfinished import CHANGELOG, CHECKS, CONTRACT, RELEASED
from changes.version import VersionError
from generation.contract import GenerationError


class NoBaseError(Exception):
    """There is nothing to compare with. The message says where it was looked for."""


def base_at(name: str, folder: Path) -> Path:
    """The contract in a file, or the one at a revision of git (`main`, `v1.0.0`, `HEAD~2`), written into `folder`.

    Raises:
        NoBaseError: it is neither.
    """
    if Path(name).is_file():
        return Path(name)
    done = subprocess.run(["git", "show", f"{name}:{CONTRACT.name}"], cwd=ROOT, capture_output=True, check=False)  # noqa: S607 - git is found where it is
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise NoBaseError(f"BASE={name} is no file, and git has no {CONTRACT.name} there: {said}")
    path = folder / f"{name.replace('/', '-')}.yaml"
    path.write_bytes(done.stdout)
    return path


def difference(contract: Path, base: str) -> int:
    """Print the comparison."""
    with tempfile.TemporaryDirectory() as folder:
        shown = os.path.relpath(base) if Path(base).is_file() else base
        print("\n".join(Comparison.of(base_at(base, Path(folder)), contract).lines(shown)))
    return 0


def accepted() -> int:
    """Set the version, and write the changelog."""
    found = Comparison.of(RELEASED, CONTRACT)
    if not found.changes:
        print(f"{CONTRACT.name} says what {found.base.version} said: there is nothing to accept.")
        return 0
    print(accept(found, CONTRACT, CHANGELOG))
    return 0


def released() -> int:
    """Make the contract that which the next change is compared with."""
    found = Comparison.of(RELEASED, CONTRACT)
    if not found.told:
        print(f"{found.revision.version} does not tell of what changed: {found.asked_for} does.", file=sys.stderr)
        return 1
    RELEASED.write_bytes(CONTRACT.read_bytes())
    print(f"{RELEASED.relative_to(ROOT)} is contract {found.revision.version} now.")
    return 0


def check(names: list[str]) -> int:
    """Run the checks, all of them before any fails, and list what is left to do."""
    reasons: list[str] = []
    for name in names or CHECKS:
        try:
            reasons += [f"{name}: {reason}" for reason in CHECKS[name]()]
        except (GenerationError, DiffError, VersionError, ContractError) as error:
            reasons.append(f"{name}: {error}")
    if not reasons:
        print("contract: nothing is left to do by hand")
        return 0
    print(f"contract: {len(reasons)} thing{'s' * (len(reasons) > 1)} left to do", file=sys.stderr)
    for reason in reasons:
        print(f"  {reason}", file=sys.stderr)
    return 1


def main() -> int:
    """Exit codes: 0 done, 1 something is left to do, 2 there is nothing to compare."""
    parser = argparse.ArgumentParser(prog="python -m changes", description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    comparing = commands.add_parser("diff", help="what changed, and whom it breaks")
    comparing.add_argument("--contract", type=Path, default=CONTRACT, help="default: openapi.yaml")
    comparing.add_argument(
        "--base", default=str(RELEASED), help="a file, or a revision of git; default: the last release"
    )
    commands.add_parser("accept", help="set the version that the changes ask for, and write the changelog")
    commands.add_parser("release", help="compare with this contract from now on")
    checking = commands.add_parser("check", help="what a person still has to do")
    checking.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CHECKS)}; default: all")
    options = parser.parse_args()
    if unknown := [name for name in getattr(options, "names", []) if name not in CHECKS]:
        parser.error(f"no check is called {unknown[0]!r}: there are {', '.join(CHECKS)}")
    try:
        if options.command == "diff":
            return difference(options.contract, options.base)
        if options.command == "check":
            return check(options.names)
        return accepted() if options.command == "accept" else released()
    except (NoBaseError, GenerationError, DiffError, VersionError) as error:
        print(f"contract: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
