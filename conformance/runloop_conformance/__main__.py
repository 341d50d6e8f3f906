"""`python -m runloop_conformance` is the command `runloop-conformance`."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import Any


class Unfailing(io.RawIOBase):
    """A stream that drops what cannot be written: a closed pipe or a full disk must not change the exit code."""

    def __init__(self, raw: io.RawIOBase) -> None:
        super().__init__()
        self._raw = raw

    def writable(self) -> bool:
        """A stream to print to."""
        return True

    def isatty(self) -> bool:
        """As the stream below."""
        return self._raw.isatty()

    def fileno(self) -> int:
        """As the stream below."""
        return self._raw.fileno()

    def write(self, data: Any) -> int:
        """Write what can be written, and report all of it as written."""
        view = memoryview(data)
        with suppress(OSError):
            written = self._raw.write(view)
            if written is not None:
                return written
        return view.nbytes


def unfailing(stream: object) -> io.TextIOWrapper:
    """The standard stream as one whose writing cannot fail: what its encoding lacks is printed as an escape."""
    if not isinstance(stream, io.TextIOWrapper):  # closed before the start
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - for as long as the process lives
    below: Any = stream.buffer
    raw = Unfailing(getattr(below, "raw", below))
    return io.TextIOWrapper(
        io.BufferedWriter(raw), stream.encoding, errors="backslashreplace", line_buffering=stream.line_buffering
    )


def main() -> None:
    """Run the command; say what to install where only the client was."""
    sys.stdout, sys.stderr = unfailing(sys.stdout), unfailing(sys.stderr)
    try:
        from runloop_conformance.commands import main as command  # noqa: PLC0415 - it needs what the plain install lacks
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("runloop_conformance"):
            raise
        print(
            f"runloop-conformance needs {error.name}, which the plain install does not bring:"
            " run pip install '.[conformance]' in a clone of the repository.",
            file=sys.stderr,
        )
        sys.exit(2)
    command(prog_name="runloop-conformance")


if __name__ == "__main__":
    main()
