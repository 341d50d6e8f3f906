"""A command with a bound on its processor time and memory."""

from __future__ import annotations

import resource
import subprocess

SECONDS = 30
MEMORY = 600 * 1024 * 1024  # address space, which is more than what is resident


def run_with_limits(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command; it is killed by the system where it takes more."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    return subprocess.run(command, preexec_fn=limit, capture_output=True, encoding="utf-8", check=False, timeout=300)
