"""A session as the text of a scenario's file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from phone_recorder.control_api import Stick
from phone_recorder.harness.recorded_session.expecting import Entry, expected
from phone_recorder.harness.recorded_session.flow import TENTH, flow, scalar, seconds, tenths
from phone_recorder.harness.recorded_session.session import Session, Talk
from phone_recorder.harness.recorded_session.steps import Steps, Written, can_be_set, size_text, steps_of
from phone_recorder.harness.scenario.parties import is_made
from phone_recorder.recording.units import SECOND
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import SETTINGS, changed, value_of

_HEAD = """\
# Recorded from a live session. What is expected here is what was, not what should be: read it, and mend what is wrong.
# Times are of a hand, to a tenth of a second.
"""
_SHORT = {"phone.model": "model", "phone.number": "number", "phone.name": "name", "phone.language": "language"}
_AFTER_CALL = 55 * SECOND
"""What is later than that after a call's end, the call has to be longer for."""


def scenario_text(session: Session, directory: Path) -> str:
    """What stands in a file in that directory, from which voices are named."""
    steps = steps_of(session.done, session.beginning.stick.locked)
    length, ends = _ends(session.talks, steps.steps)
    hung_up = [Written(end, -1, "call", "hang up") for end in ends]
    bad = [Written(0, -1, "stick", "bad sector")] if session.beginning.stick.bad else []
    written = sorted([*bad, *steps.steps, *hung_up], key=lambda step: step.at)
    over = [*ends, *([] if ends else [length])]
    lists = {
        "steps": [{"at": seconds(step.at), step.key: step.value} for step in written],
        "expect": list(expected(session, written, over)),
    }
    return "".join((_HEAD, *_missing(steps), *_top(session, length, directory), *_lists(lists)))


def _ends(talks: tuple[Talk, ...], steps: list[Written]) -> tuple[int, list[int]]:
    """How long a call lasts, and when somebody has to hang up who did not do so here.

    One call alone that ended by itself is as long as it was. Of several the scenario has one length, which is longer
    than any of them.
    """
    last = max([0, *(step.at for step in steps)])
    inside = max([0, *(step.at + TENTH for step in steps if step.after < talks[0].end)])
    alone = max(-(-talks[0].length // TENTH) * TENTH, inside)
    if len(talks) == 1 and not talks[0].by_request and last <= alone + _AFTER_CALL:
        return alone, []
    longest = max(talk.length for talk in talks) // SECOND * SECOND + 2 * SECOND
    ends = [tenths(talk.end) for talk in talks if not talk.by_request]
    return max(longest, (last // SECOND + 1) * SECOND - _AFTER_CALL), ends


def _missing(steps: Steps) -> Iterator[str]:
    for at, what in steps.missing:
        yield f"# Not among the steps, for no step says it: at {seconds(at)} {what}\n"


def _top(session: Session, length: int, directory: Path) -> Iterator[str]:
    beginning, calls = session.beginning, len(session.talks)
    yield f"scenario: {_title(calls, len(session.recordings))}\n"
    if phone := _phone(beginning.settings):
        yield f"phone: {flow(phone)}\n"
    yield f"call: {flow(_call(session.talks[0], length))}\n"
    for leg, voice in (("near", beginning.near), ("far", beginning.far)):
        yield f"{leg}: {_voice(voice, beginning.settings.call.repeat, directory)}\n"
    yield f"stick: {flow(_stick(beginning.stick))}\n"


def _title(calls: int, recordings: int) -> str:
    counted = [
        f"{count} {word}{'s' if count != 1 else ''}" for count, word in ((calls, "call"), (recordings, "recording"))
    ]
    return f"A live session again, with {' and '.join(counted)}"


def _phone(settings: PhoneSettings) -> Entry:
    """What is not as it is on a phone that was just unpacked."""
    keys = [key for key in changed(PhoneSettings(), settings) if can_be_set(key)]
    values: Entry = {key: SETTINGS[key].kind.in_toml(value_of(settings, key)) for key in keys}
    phone: Entry = {short: values.pop(key) for key, short in _SHORT.items() if key in values}
    return {**phone, "settings": values} if values else phone


def _call(talk: Talk, length: int) -> Entry:
    said: Entry = {"length": seconds(length), "direction": talk.direction}
    named = {"number": talk.number, "name": talk.name, "codec": talk.codec}
    return {**said, **{key: text for key, text in named.items() if text.strip()}}


def _voice(voice: str, repeat: bool, directory: Path) -> str:
    if is_made(voice):
        return scalar(voice)
    path = os.path.relpath(voice, directory)
    return flow({"voice": path, "repeat": True}) if repeat else scalar(path)


def _stick(stick: Stick) -> Entry:
    said: Entry = {}
    if stick.capacity is not None:
        said["size"] = size_text(stick.capacity)
        if stick.free is not None and stick.free != stick.capacity:
            said["left"] = size_text(stick.free)
    said["file system"] = stick.file_system
    more: Entry = {"locked": stick.locked, "slow": f"{stick.delay_ms} ms" if stick.delay_ms else False}
    more = {key: value for key, value in more.items() if value}
    return {**said, **more, **({} if stick.inserted else {"plugged": False})}


def _lists(lists: dict[str, list[Entry]]) -> Iterator[str]:
    """Each that has something in it, an item a line."""
    for key, entries in lists.items():
        if entries:
            yield f"{key}:\n"
            yield from (f"  - {flow(entry)}\n" for entry in entries)
