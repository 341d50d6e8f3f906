"""The contract for readers: Redoc's page of it, which asks nobody for anything when it is looked at.

Redoc knows no `x-rules` and no `x-legal`, which are half of the contract, so they are written into the introduction of
a copy of the document. The page's policy (`Content-Security-Policy`) allows no connection at all.
"""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from runloop_conformance.contract.document import METHODS, load_contract

from docs.site.pages import ROOT, DocumentationError

REDOCLY = ROOT / "node_modules" / ".bin" / "redocly"
SHOWN_EXTENSIONS = ("x-source", "x-level")
LOGO = re.compile(r"https://cdn\.redoc\.ly/redoc/[\w-]+\.svg")
NAME = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='38' height='12'%3E%3Ctext y='10' "
    "font-family='sans-serif' font-size='10' fill='%233b76e0'%3ERedoc%3C/text%3E%3C/svg%3E"
)
"""What stands for the logo, which Redoc would fetch from its own host."""

ELSEWHERE = "What a server does beyond these shapes, and what it is free to do, stands in the introduction."


def absent() -> str | None:
    """Why the page cannot be made here; None where it can."""
    if shutil.which("node") is None:
        return "Node is not installed"
    return None if REDOCLY.exists() else "Redocly is not installed: run `make node`"


def for_readers(document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the contract that says the rules and freedoms of its operations in its introduction."""
    told: dict[str, Any] = copy.deepcopy(dict(document))
    introduction = [told["info"].get("description", "")]
    for path, item in told.get("paths", {}).items():
        for method in METHODS:
            operation = item.get(method)
            if operation is not None:
                rules, legal = operation.pop("x-rules", {}), operation.pop("x-legal", {})
                introduction += _said(f"{method.upper()} {path}", rules, legal)
                if rules or legal:
                    operation["description"] = f"{operation.get('description', '')}\n{ELSEWHERE}"
    told["info"]["description"] = "\n".join(introduction)
    return told


def _said(operation: str, rules: Mapping[str, Any], legal: Mapping[str, str]) -> Iterator[str]:
    if rules:
        yield f"\n## What a server does\n\nOn `{operation}`, beyond the shapes. Each rule has its source.\n"
        for rule in rules.values():
            yield f"- **{rule['level'].upper()}** {_text(rule['text'])} *({_text(rule['source'])})*"
    if legal:
        yield f"\n## What a server is free to do\n\nOn `{operation}`, and no clause holds it against the server.\n"
        yield from (f"- {_text(freedom)}" for freedom in legal.values())


def _text(said: str) -> str:
    """A sentence of the contract in Markdown: `<token>` is no element."""
    return said.replace("<", "&lt;")


def page(template: Path, contract: Path = ROOT / "openapi.yaml") -> str:
    """The page of the contract as HTML.

    Raises:
        DocumentationError: Redocly cannot make it, with what it says.
    """
    with tempfile.TemporaryDirectory(prefix="redoc-") as folder:
        told = Path(folder, "contract.json")
        told.write_text(json.dumps(for_readers(load_contract(contract).document)), encoding="utf-8")
        made = Path(folder, "contract.html")
        command: list[str | Path] = [
            REDOCLY,
            "build-docs",
            told,
            "--output",
            made,
            "--template",
            template,
            "--inlineBundle",
        ]
        command += [f"--openapi.showExtensions={name}" for name in SHOWN_EXTENSIONS]
        done = subprocess.run(  # noqa: S603 - the pinned tool on a file of ours
            command,
            env=os.environ | {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        if done.returncode or not made.is_file():
            raise DocumentationError(f"Redocly makes no page of {contract.name}:\n{done.stdout}{done.stderr}")
        return LOGO.sub(NAME, made.read_text(encoding="utf-8"))
