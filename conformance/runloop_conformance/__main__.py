"""`python -m runloop_conformance` is the command `runloop-conformance`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command; say what to install where only the client was."""
    try:
        from runloop_conformance.commands import main as command  # noqa: PLC0415 - it needs what the plain install lacks
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("runloop_conformance"):
            raise
        print(
            f"runloop-conformance needs {error.name}, which the plain install does not bring:"
            " pip install 'runloop-benchmarks[conformance]'",
            file=sys.stderr,
        )
        sys.exit(2)
    command(prog_name="runloop-conformance")


if __name__ == "__main__":
    main()
