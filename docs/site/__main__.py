"""`python -m docs.site [FOLDER]`: build the site; exit 1 with file and line of what is wrong with a page."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from docs.site.build import build
from docs.site.pages import ROOT, DocumentationError


def main(folder: Path) -> int:
    """Build into `folder`, which is made anew when the whole is right, and else stays as it was."""
    staging = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        count, notes = build(staging)
    except DocumentationError as error:
        print(f"docs: {error}", file=sys.stderr)
        shutil.rmtree(staging, ignore_errors=True)
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    staging.rename(folder)
    for note in notes:
        print(f"docs: {note}", file=sys.stderr)
    print(f"docs: {count} pages, from {folder / 'index.html'} on")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "site"))
