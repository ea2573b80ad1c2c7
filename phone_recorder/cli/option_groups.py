"""Options under headings: a command that takes thirty is read by what they are about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any

import click
from click.core import ParameterSource

from phone_recorder.cli.lazy_commands import LazyCommands
from phone_recorder.errors import UsageError

Decorator = Callable[[Any], Any]


class GroupedOption(click.Option):
    """An option that stands under the heading `group`."""

    def __init__(self, *names: Any, group: str, **more: Any) -> None:
        super().__init__(*names, **more)
        self.group = group


def under(heading: str) -> Callable[..., Decorator]:
    """`click.option`, for options under one heading."""
    return partial(click.option, cls=GroupedOption, group=heading)


def with_options(options: Sequence[Decorator]) -> Decorator:
    """Decorates a command with all of these, in this order."""
    return lambda command: reduce(lambda decorated, option: option(decorated), reversed(options), command)


def write_groups(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """A command's options under their headings, in the order in which they come."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for option in command.get_params(ctx):
        if isinstance(option, click.Option) and (record := option.get_help_record(ctx)):
            groups.setdefault(getattr(option, "group", "Options"), []).append(record)
    for heading, records in groups.items():
        with formatter.section(heading):
            formatter.write_dl(records)


class GroupedCommand(click.Command):
    """A command whose help shows its options under their headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_groups(self, ctx, formatter)


class GroupedCommands(LazyCommands):
    """A command with commands below it, whose help shows its options under their headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_groups(self, ctx, formatter)
        self.format_commands(ctx, formatter)


def refuse(names: Sequence[str], where: str) -> None:
    """UsageError if one of these options was given: it makes no sense but with another."""
    context = click.get_current_context()
    for name in names:
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise UsageError(f"--{name.replace('_', '-')} goes with {where}")
