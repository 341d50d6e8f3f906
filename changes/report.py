"""What `make contract-diff` prints: whom each change breaks, the version it asks for, a paragraph for the changelog."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from changes.clauses import Moved, moved
from changes.verdict import Breaks, Bump, Change, bump_of, changes
from changes.version import VersionError, asked_for, is_enough
from generation.contract import Contract

TOLD: dict[Breaks, str] = {"breaks": "breaks", "weakly": "SHOULD", "read": "read it", "no": "-"}
LONGEST_NAMES = 1000  # characters: beyond, it is another contract rather than a change of this one
UNRELEASED = "## Unreleased\n"


@frozen
class Comparison:
    """Two contracts, and all that is to be said of the way from one to the other."""

    base: Contract
    revision: Contract
    changes: list[Change]
    clauses: Moved | None

    @classmethod
    def of(cls, base: Path, revision: Path) -> Comparison:
        """Compare two files.

        Raises:
            GenerationError: one of them is no contract. DiffError: the engine is absent. VersionError: as it says.
        """
        return cls.between(Contract(base), Contract(revision))

    @classmethod
    def between(cls, base: Contract, revision: Contract) -> Comparison:
        """Compare two contracts. Raises as `of` does."""
        return cls(base, revision, changes(base, revision), moved(base.path, revision.path))

    @property
    def bump(self) -> Bump | None:
        """The part of the version that has to move; None where nothing changed."""
        return bump_of(self.changes)

    @property
    def asked_for(self) -> str:
        """The lowest version that tells of the changes."""
        return asked_for(self.base.version, self.bump)

    @property
    def told(self) -> bool:
        """Whether the version of the revision tells of the changes."""
        return is_enough(self.base.version, self.revision.version, self.bump)

    def lines(self, against: str) -> Iterator[str]:
        """The whole report. `against`: what the contract is compared with, as it was named."""
        if not self.changes:
            yield f"{self.revision.path} says what {against} says."
            return
        many = len(self.changes)
        yield f"{many} change{'s' * (many > 1)} from {self.base.version} ({against})"
        yield ""
        yield f"  {'callers':9}{'servers':9}bump   what"
        for one in self.changes:
            yield f"  {TOLD[one.callers]:9}{TOLD[one.servers]:9}{one.bump:7}{one.what}"
            yield f"  {'':25}{self.revision.path.name}:{one.line} {one.pointer}"
        yield ""
        if any("read" in (one.callers, one.servers) for one in self.changes):
            yield "  read it: another sentence. Only a person can say whether it asks for more (minor) or less (major)."
        unusable = "the suite cannot use one of the two contracts"
        names = ", ".join(self.clauses.groups()) if self.clauses else unusable
        yield f"  clauses: {names if len(names) <= LONGEST_NAMES else names[:LONGEST_NAMES] + ' …'}"
        enough = "enough" if self.told else "not enough"
        yield f"  version: {self.bump}, so {self.asked_for} or more; {self.revision.version} is {enough}"
        yield ""
        yield "For CHANGELOG.md, under Unreleased (`make contract-accept` puts it there, and sets the version):"
        yield ""
        yield self.paragraph()

    def paragraph(self) -> str:
        """What a reader of the changelog needs to know of the changes."""
        version = self.revision.version if self.told else self.asked_for
        kinds = {
            "Breaks callers": [one for one in self.changes if one.callers == "breaks"],
            "Servers have to change": [one for one in self.changes if one.servers in ("breaks", "weakly")],
            "Says it otherwise": [one for one in self.changes if "read" in (one.callers, one.servers)],
            "Breaks nobody": [one for one in self.changes if one.callers == one.servers == "no"],
        }
        rows = [
            f"- {kind}: {'; '.join(one.what.rstrip('.') for one in found)}." for kind, found in kinds.items() if found
        ]
        return "\n".join([f"### Contract {version}", "", *rows, ""])


def accept(comparison: Comparison, contract: Path, changelog: Path) -> str:
    """Set the version that the changes ask for, and put their paragraph into the changelog. Answers what was done.

    Raises:
        VersionError: the version is not found in the file.
    """
    version = comparison.revision.version
    if not comparison.told:
        text = contract.read_text(encoding="utf-8")
        text, times = re.subn(rf"(?m)^(  version: ){re.escape(version)}$", rf"\g<1>{comparison.asked_for}", text)
        if times != 1:
            raise VersionError(f"{contract}: `  version: {version}` is not on one line of its own. Set it by hand.")
        contract.write_text(text, encoding="utf-8")
        version = comparison.asked_for
    before, heading, rest = changelog.read_text(encoding="utf-8").partition(UNRELEASED)
    here, released, after = rest.partition("\n## ")
    # What was accepted before is told again: every change is one from what was released.
    here = re.sub(r"(?ms)^### Contract \d[^\n]*\n.*?(?=^###|\Z)", "", here)
    text = f"{before}{heading}\n{comparison.paragraph()}{here.rstrip()}\n{released}{after}"
    changelog.write_text(text, encoding="utf-8")
    return f"{contract.name} is {version}, and {changelog.name} says why. Read it; then `make generate`."
