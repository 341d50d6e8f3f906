"""The command `runloop-conformance`: its options in `cli`, and each subcommand in the module of its name."""

from runloop_conformance.commands.cli import main

__all__ = ["main"]
