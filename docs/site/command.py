"""The command reference: `runloop-conformance` and its subcommands, read from the command itself."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from textwrap import dedent

import click
from attrs import frozen
from runloop_conformance.commands import main

NAME = "runloop-conformance"
RANGE = re.compile(r"(INTEGER|FLOAT) RANGE")
BOUNDS = re.compile(r"\s*\[x>=[\d.]+\]|; [\d<=]*x[<>=\d.]+")


@frozen
class Option:
    """An option or an argument: how it is written, what it does."""

    written: str
    text: str


@frozen
class Command:
    """A subcommand. `text`: paragraphs of its help; those that are code begin with a line break."""

    name: str
    usage: str
    text: tuple[str, ...]
    options: tuple[Option, ...]


def about() -> tuple[str, ...]:
    """What the command as a whole says of itself."""
    return _paragraphs(main)


def commands() -> tuple[Command, ...]:
    """Every subcommand, in the order that they are defined in."""
    return tuple(_command(name, command) for name, command in main.commands.items() if not command.hidden)


def _command(name: str, command: click.Command) -> Command:
    context = click.Context(command, info_name=f"{NAME} {name}", terminal_width=200, max_content_width=200)
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    return Command(name, usage, _paragraphs(command), tuple(_options(command, context)))


def _options(command: click.Command, context: click.Context) -> Iterator[Option]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None:
            written, text = record
            yield Option(RANGE.sub("N", written), BOUNDS.sub("", text).strip())


def _paragraphs(command: click.Command) -> tuple[str, ...]:
    text = dedent(inspect.cleandoc(command.help or ""))
    return tuple(part.replace("\b\n", "\n") if part.startswith("\b") else part for part in text.split("\n\n"))
