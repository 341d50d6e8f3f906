"""A request as a curl command that works as pasted, with `$RUNLOOP_API_KEY` in place of the token."""

from __future__ import annotations

import re
import shlex

from runloop_conformance.exchanges.exchange import Probe

LARGEST = 100_000  # bytes; a longer argument is more than a system may allow, unless the shell's own printf takes it

# How a shell makes the value of each placeholder from the token, which is not in the command.
IN_SHELL = {
    "{token}": '"$RUNLOOP_API_KEY"',
    "{token|shorter}": '"${RUNLOOP_API_KEY%?}"',
    "{token|longer}": '"${RUNLOOP_API_KEY}x"',
    "{token|case}": "\"$(printf %s \"$RUNLOOP_API_KEY\" | tr 'a-zA-Z' 'A-Za-z')\"",
    "{token|altered}": (
        '"$(printf %s "$RUNLOOP_API_KEY" | awk \'{m=int(length($0)/2); c=substr($0,m+1,1);'
        ' printf "%s%s%s", substr($0,1,m), (c=="X"?"Y":"X"), substr($0,m+2)}\')"'
    ),
    "{token|begun}": '"another${RUNLOOP_API_KEY}"',
    "{token|end}": (
        '"$(printf %s "$RUNLOOP_API_KEY" | awk \'{s=substr($0, int(length($0)/2) + 1); sub(/^[^0-9A-Za-z]+/, "", s);'
        ' printf "%s", s}\')"'
    ),
    "{token|padded}": '"${RUNLOOP_API_KEY}="',
    "{token|swapped}": (
        '"$(printf %s "$RUNLOOP_API_KEY" | awk \'{m=int(length($0)/2);'
        ' printf "%s%s%s%s", substr($0,1,m-1), substr($0,m+1,1), substr($0,m,1), substr($0,m+2)}\')"'
    ),
    "{token|undashed}": '"$(printf %s "$RUNLOOP_API_KEY" | tr -d \'_-\')"',
    "{token|basic}": '"$(printf %s: "$RUNLOOP_API_KEY" | base64 | tr -d \'\\n\')"',
    "{token|basic-user}": '"$(printf user:%s "$RUNLOOP_API_KEY" | base64 | tr -d \'\\n\')"',
    "{token|percent}": "\"$(printf %s \"$RUNLOOP_API_KEY\" | od -An -v -tx1 | tr -d '\\n' | tr ' ' '%')\"",
    "{token|quoted}": "\"$(printf %s \"$RUNLOOP_API_KEY\" | od -An -v -tx1 | tr -d '\\n' | tr ' ' '%')\"",
}
CANNOT = {
    "short": "announce more bytes than it sends",
    "kept": "cut a request off and go on with the next one on the same connection",
    "two lengths": "announce two lengths",
    "both": "announce a length beside chunks",
}
PLACEHOLDER = re.compile(r"(\{token(?:\|[a-z0-9-]+)?\})")


def curl(probe: Probe, server: str) -> str:
    """The command. `server` is the server's URL, with its prefix.

    Where a shell cannot carry the body's bytes, printf writes them and curl reads them; a request that curl cannot
    make at all (one that breaks the framing) gets a comment that says so.
    """
    if probe.framing in CANNOT:
        return f"# curl cannot {CANNOT[probe.framing]}: `runloop-conformance replay` sends it again, byte for byte"
    words = ["curl", "-sS", "-i"]
    words += ["-I"] if probe.method == "HEAD" else ["-X", shlex.quote(probe.method)]
    words.append(_quoted(server + probe.path + (f"?{probe.query}" if probe.query else "")))
    for name, value in probe.headers:
        words += ["-H", _quoted(f"{name}: {value}" if value else f"{name};")]
    if probe.body and not any(name.lower() == "content-type" for name, _ in probe.headers):
        words += ["-H", "'Content-Type:'"]  # or curl makes it a form
    if probe.framing == "chunked":
        words += ["-H", "'Transfer-Encoding: chunked'"]
    if probe.method == "HEAD":  # curl sends no body with it
        return " ".join(words)
    if not probe.body:
        return " ".join([*words, "--data-raw", "''"] if probe.method in ("POST", "PUT", "PATCH") else words)
    if not _plain(probe.body):
        return f"printf -- '{_octal(probe.body)}' | " + " ".join([*words, "--data-binary", "@-"])
    body = shlex.quote(probe.body.decode())
    if len(probe.body) > LARGEST:
        return f"printf -- %s {body} | " + " ".join([*words, "--data-binary", "@-"])
    return " ".join([*words, "--data-raw", body])


def _plain(body: bytes) -> bool:
    """Whether a terminal and a shell carry it as it is: UTF-8 without control characters."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(char.isprintable() or char == "\n" for char in text)


def _octal(body: bytes) -> str:
    safe = set(range(32, 127)) - set(b"'\\%")
    return "".join(chr(byte) if byte in safe else f"\\{byte:03o}" for byte in body)


def _quoted(template: str) -> str:
    return "".join(
        IN_SHELL[part] if part in IN_SHELL else _word(part) if part else "" for part in PLACEHOLDER.split(template)
    )


def _word(part: str) -> str:
    """One word of a shell. What is not ASCII is sent as Latin-1, as headers are, whatever the terminal's coding."""
    return shlex.quote(part) if part.isascii() else f"\"$(printf -- '{_octal(part.encode('latin-1', 'replace'))}')\""
