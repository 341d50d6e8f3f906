"""`serve`: the reference server."""

from __future__ import annotations

import click

from runloop_conformance.servers import hosting


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 picks a free one.",
)
@click.option(
    "--token",
    envvar="RUNLOOP_API_KEY",
    show_envvar=True,
    help="Bearer token to take; without one, one is made up and printed.",
)
@click.option(
    "--benchmark-id",
    "benchmark_ids",
    multiple=True,
    metavar="ID",
    help="A benchmark that exists; repeatable. Without any, all do.",
)
def serve(host: str, port: int, token: str | None, benchmark_ids: tuple[str, ...]) -> None:
    """Serve the contract correctly: the reference server, until Ctrl-C."""
    try:
        hosting.serve(host, port, token, benchmark_ids)
    except hosting.CannotListenError as error:
        raise click.UsageError(str(error)) from error
