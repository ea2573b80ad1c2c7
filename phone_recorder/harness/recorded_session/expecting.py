"""What a recorded scenario expects: what was seen after each step, and what was left of it all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from phone_recorder.control_api import Screen
from phone_recorder.harness.evidence import FileSeen
from phone_recorder.harness.judging.lengths import length
from phone_recorder.harness.recorded_session.flow import Value, seconds
from phone_recorder.harness.recorded_session.session import Kept, Look, Session
from phone_recorder.harness.recorded_session.steps import Written
from phone_recorder.recording.units import SECOND, from_ms, from_seconds

LOOKS_AFTER = from_ms(500)
"""So long after a step it is looked what came of it."""
NEAR_ENOUGH = from_ms(200)
"""A hand and a clock, and steps that are written to a tenth of a second."""
_LOCAL = "local"
_RUNNING = "recording"
_HEARD = SECOND // 2
"""What is shorter says little."""

_COLON = re.compile("(: |：)")  # noqa: RUF001  # Chinese has punctuation of its own

Entry = dict[str, Value]


def expected(session: Session, steps: Iterable[Written], ends: Iterable[int]) -> Iterator[Entry]:
    """All of it, in the order of time. Calls that end by themselves do so at `ends`, as written."""
    yield from _after_steps(session.looks, list(steps), list(ends))
    recordings = session.recordings
    if recordings and all(kept.account["mode"] == _LOCAL for kept in recordings):
        yield {"files": _files(session.files, len(recordings))}
    for number, kept in enumerate(recordings, 1):
        which: Entry = {"recording": number} if len(recordings) > 1 else {}
        yield from ({**which, **entry} for entry in _of_recording(kept))


def _after_steps(looks: Iterable[Look], steps: list[Written], ends: list[int]) -> Iterator[Entry]:
    """Nothing is looked at that another step may have changed, or the end of a call."""
    seen = {look.after: look for look in looks}
    news = False
    for step, following in pairwise([*steps, None]):
        assert step, "only the last of them is none"
        news = step.key == "settings" or (news and step.key != "press")
        at = step.at + LOOKS_AFTER
        undisturbed = following is None or following.at > at
        if step.after in seen and undisturbed and not any(abs(at - end) <= NEAR_ENOUGH for end in ends):
            look = seen[step.after]
            yield {"at": seconds(at), "state": {"key": look.key, "call": look.call}}
            yield {"at": seconds(at), "screen": _screen(look.screen, news)}


def _screen(screen: Screen, news: bool) -> Entry:
    """`news`: the phone has told when settings count, which a step that sets them does not have it tell."""
    said: Entry = {"icon": screen.icon}
    if not news and (prompt := _without_details(screen.prompt, 2)):
        said["prompt"] = prompt
    lamps = [key.lamp for key in screen.dss if key.does == "record"]
    return {**said, "lamp": lamps[0]} if lamps else said


def _without_details(text: str, parts: int) -> str:
    """The first parts of a sentence: what follows is of a moment, such as how many bytes are free; no paths."""
    cut = "".join(_COLON.split(text)[: 2 * parts - 1])
    return "" if "/" in cut else cut


def _files(files: tuple[FileSeen, ...], recordings: int) -> Entry:
    said: Entry = {"count": len(files)}
    total = sum(from_seconds(file.header.duration_s) for file in files if file.header)
    if files:
        key = "duration" if len(files) == 1 else "total"
        said[key] = f"{seconds(total)} ± {length(NEAR_ENOUGH * max(recordings, 1))}"
    if files and not any(file.problem for file in files):
        said["whole"] = True
    return said


def _of_recording(kept: Kept) -> Iterator[Entry]:
    account = kept.account
    if account["state"] == _RUNNING:  # how it ended was not seen
        return
    yield {"account": _account(kept)}
    if account["mode"] == _LOCAL and account["parts"] and from_seconds(account["duration_s"]) >= _HEARD:
        heard: Entry = {"no clicks": None}
        yield {"audio": {"contains": ", ".join(kept.spoke), **heard} if kept.spoke else heard}


def _account(kept: Kept) -> Entry:
    account = kept.account
    said: Entry = {"state": account["state"]}
    if reason := _without_details(account["reason"], 1):
        said["reason"] = reason
    if account["mode"] == _LOCAL:
        said["parts"] = len(account["parts"])
    gaps = account["gaps_count"]
    return {**said, "gaps_count": f"at most {gaps}" if gaps else 0}
