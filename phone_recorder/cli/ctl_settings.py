"""`phone-recorder ctl settings`: the settings of a running agent."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import click

from phone_recorder.cli.ctl_asking import Answer, Asking, takes_json
from phone_recorder.cli.ctl_shown import rows, setting_line, word
from phone_recorder.cli.main import EXIT_FAILED
from phone_recorder.cli.output import complain
from phone_recorder.errors import UsageError


@click.command()
@click.argument("wanted", metavar="[KEY[=VALUE]]...", nargs=-1)
@takes_json
@click.pass_obj
def settings(asking: Asking, wanted: tuple[str, ...]) -> None:
    """Show all settings of the agent, or those named; with a value, change them: all of them, or none.

    What concerns calls counts from the next call on, what concerns the USB port when the agent is started again. Exit
    code 1 if a change could not be kept, and is gone when the agent ends.

    \b
    phone-recorder ctl settings
    phone-recorder ctl settings record.mode=network server.host=192.0.2.7
    phone-recorder ctl settings record.mode
    """
    values = {key: value for key, equals, value in (one.partition("=") for one in wanted) if equals}
    keys = [one.partition("=")[0] for one in wanted]
    answer = _changed(asking, values, keys) if values else asking.ask("settings.list")
    chosen = _chosen(answer, keys)
    asking.show(chosen, _lines)
    if problem := word(answer, "problem"):
        lost = bool(values) and answer.get("kept") is False
        complain(f"{_what_holds(_chosen(answer, list(values)))}: {problem}" if lost else problem)
        sys.exit(EXIT_FAILED if lost else 0)


def _changed(asking: Asking, values: dict[str, str], keys: Sequence[str]) -> Answer:
    """What the agent answers to these changes, of which it makes none if there is no setting of one of these keys.

    It says so itself of those that are to be changed, and better: it knows which one was meant.
    """
    with asking.connect() as agent:
        if to_be_shown := [key for key in keys if key not in values]:
            _chosen(agent.ask("settings.list", {}), to_be_shown)
        return agent.ask("settings.set", {"values": values})


def _what_holds(changed: Answer) -> str:
    """`record.auto is on until the agent ends, but is not kept`."""
    said = [setting_line(one).replace(" =", " is", 1) for one in rows(changed, "settings")]
    said = [f"{one} empty" if one.endswith(" is") else one for one in said]
    return f"{' and '.join(said)} until the agent ends, but {'is' if len(said) == 1 else 'are'} not kept"


def _chosen(answer: Answer, keys: Sequence[str]) -> Answer:
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
