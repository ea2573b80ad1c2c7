"""`phone-recorder ctl settings`: the settings of a running agent."""

from __future__ import annotations

from collections.abc import Iterator

import click

from phone_recorder.cli.ctl_asking import Answer, Asking, takes_json
from phone_recorder.cli.ctl_shown import rows, setting_line, word
from phone_recorder.cli.output import complain
from phone_recorder.errors import UsageError


@click.command()
@click.argument("wanted", metavar="[KEY[=VALUE]]...", nargs=-1)
@takes_json
@click.pass_obj
def settings(asking: Asking, wanted: tuple[str, ...]) -> None:
    """Show all settings of the agent, or those named; with a value, change them: all of them, or none.

    What concerns calls counts from the next call on.

    \b
    phone-recorder ctl settings
    phone-recorder ctl settings record.mode=network server.host=192.0.2.7
    phone-recorder ctl settings record.mode
    """
    values = {key: value for key, equals, value in (one.partition("=") for one in wanted) if equals}
    answer = asking.ask("settings.set", {"values": values}) if values else asking.ask("settings.list")
    chosen = _chosen(answer, [one.partition("=")[0] for one in wanted])
    asking.show(chosen, _lines)
    if problem := word(answer, "problem"):
        complain(problem)


def _chosen(answer: Answer, keys: list[str]) -> Answer:
    """The answer with those settings alone, in that order; all of them if none is named."""
    if not keys:
        return answer
    known = {word(setting, "key"): setting for setting in rows(answer, "settings")}
    for key in keys:
        if key not in known:
            raise UsageError(f"the agent has no setting {key!r}: `phone-recorder ctl settings` lists them")
    return {**answer, "settings": [known[key] for key in keys]}


def _lines(answer: Answer) -> Iterator[str]:
    return map(setting_line, rows(answer, "settings"))
