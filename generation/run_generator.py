"""Runs openapi-python-client, and prints its errors and warnings as JSON: a process with a fixed environment calls it.

Usage: run_generator.py CONTRACT CONFIG OUTPUT
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType


def main(contract: str, config: str, output: str) -> None:
    """Make the client in the folder `output`, which must not exist yet."""
    options = Config.from_sources(
        ConfigFile.load_from_path(path=Path(config)),
        MetaType.NONE,
        Path(contract),
        "utf-8",
        overwrite=False,
        output_path=Path(output),
    )
    errors = [
        {"level": error.level.value, "header": error.header, "detail": error.detail or ""}
        for error in generate(config=options)
    ]
    json.dump(errors, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
