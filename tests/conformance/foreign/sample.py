"""The sample of a failed clause in the guide. `python -m tests.conformance.foreign.sample` writes it again."""

from __future__ import annotations

import re

from tests.conformance.foreign.serving import serving
from tests.conformance.outside import call
from tests.conftest import CONTRACT, ROOT, free_port

GUIDE = ROOT / "docs" / "testing-your-server.md"
SHOWN = re.compile(
    r"(^\$ runloop-conformance run http://127\.0\.0\.1:4010 (--[^\n]*)\n)(.*?)(?=^```)", re.MULTILINE | re.DOTALL
)


def printed(url: str, options: str) -> str:
    """What the command prints of a server, as if it listened where the sample says."""
    done = call("run", url, *options.split())
    out = done.err + done.out
    return out.replace(url, "http://127.0.0.1:4010").rstrip("\n") + "\n"


def told(text: str) -> str:
    """The output without what differs from run to run: the time."""
    return re.sub(r"\d+\.\d s", "N s", text)


def main() -> None:
    port = free_port()
    prism = str(ROOT / "node_modules" / ".bin" / "prism")
    guide = GUIDE.read_text(encoding="utf-8")
    with serving([prism, "mock", str(CONTRACT), "--port", str(port), "--host", "127.0.0.1"], port) as url:
        new, times = SHOWN.subn(lambda found: found[1] + printed(url, found[2]), guide)
    assert times == 1, "the guide has no place for the sample"
    GUIDE.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
