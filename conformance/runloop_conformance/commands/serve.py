"""`serve`: the reference server."""

from __future__ import annotations

import click

from runloop_conformance.servers import hosting


def serve(host: str, port: int, token: str | None, benchmark_ids: tuple[str, ...]) -> None:
    """Serve the contract until Ctrl-C."""
    try:
        hosting.serve(host, port, token, benchmark_ids)
    except hosting.CannotListenError as error:
        raise click.UsageError(str(error)) from error
