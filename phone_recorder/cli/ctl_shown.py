"""What an agent answers as lines for people. Whatever stands in an answer, and whatever is missing, it can be shown.

Names in it come from callers, and from strangers' sticks: none of them can steer a terminal.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeGuard

from phone_recorder.recording.drive_view import span
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.printable import printable

Facts = dict[str, Any]

NO_CALLS = "there is no call"
MODES = {"server": "network"}
"""The mode as the control API has it, where the setting has another word for it."""
MOST = 1e18
"""What is more is no number of anything here."""


def word(facts: Facts, key: str) -> str:
    """A text or a number; empty if it is anything else."""
    value = facts.get(key)
    return printable(value) if isinstance(value, str) else str(value) if is_number(value) else ""


def rows(facts: Facts, key: str) -> list[Facts]:
    """The objects of a list."""
    value = facts.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def inner(facts: Facts, key: str) -> Facts:
    """An object in it."""
    value = facts.get(key)
    return value if isinstance(value, dict) else {}


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether it can be counted with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -MOST < value < MOST


def is_length(value: object) -> TypeGuard[int | float]:
    """Whether it can be a length of time in seconds."""
    return is_number(value) and 0 <= value < 1e9


def call_name(call: Facts) -> str:
    """`call 1 to 1002 Bob`."""
    party = " ".join(filter(None, (word(call, "number"), word(call, "name"))))
    way = "from" if call.get("direction") == "in" else "to"
    return " ".join(filter(None, ("call", word(call, "id"), f"{way} {party}" if party else "")))


def call_line(call: Facts) -> str:
    """`call 1 to 1002 Bob, connected, 0:12, current, mixed RTP to 127.0.0.1:40000`."""
    if call.get("state") == "idle":
        return NO_CALLS
    ended = call.get("state") == "ended"
    said = (
        call_name(call),
        word(call, "state"),
        length(call.get("seconds")),
        "current" if call.get("current") is True else "",
        word(call, "reason"),
        "" if ended else ports(call),
    )
    return ", ".join(filter(None, said))


def ports(call: Facts) -> str:
    """`mixed RTP to 127.0.0.1:40000`, or that of both legs."""
    host = word(call, "host")
    shown = f"[{host}]" if ":" in host else host
    numbers = inner(call, "ports")
    return " and ".join(f"{printable(name)} RTP to {shown}:{word(numbers, name)}" for name in numbers)


def where_to_send(call: Facts) -> str:
    """`call 1 to 1002: send its mixed RTP to 127.0.0.1:40000`."""
    return f"{call_name(call)}: send its {ports(call).replace(' and ', ' and its ')}"


def record_line(record: Facts) -> str:
    """`recording 00:12, lamp on: Recording`."""
    prompt = word(record, "prompt")
    shown = f"{word(record, 'icon')} {word(record, 'timer')}, lamp {word(record, 'lamp')}"
    return f"{shown}: {prompt}" if prompt else shown


def drive_lines(drives: Facts, recorded_to: bool = True) -> Iterator[str]:
    """A line for each drive, and why there is none to record to; `recorded_to` tells which one recordings go to."""
    for drive in rows(drives, "drives"):
        yield _drive_line(drive, recorded_to and drive.get("used") is True)
    if problem := word(drives, "problem"):
        yield problem


def recording_lines(recordings: Facts) -> Iterator[str]:
    """A line for each recording, and why there are none."""
    found = rows(recordings, "recordings")
    widest = max((len(word(one, "name")) for one in found), default=0)
    for one in found:
        note = "is being written" if one.get("running") is True else word(one, "problem")
        cells = (f"{word(one, 'name'):<{widest}}", f"{length(one.get('duration_s')):>8}", size(one.get("size")))
        yield "  ".join((*cells, word(one, "codec"), note)).rstrip()
    if problem := word(recordings, "problem"):
        yield problem


def setting_line(setting: Facts) -> str:
    """`record.mode = network`."""
    stars = "********" if setting.get("kind") == "secret" and setting.get("is_set") is True else ""
    return f"{word(setting, 'key')} = {stars or word(setting, 'value')}".rstrip()


def status_lines(status: Facts) -> Iterator[str]:
    """All that there is to say of an agent, a word before each line."""
    mode = word(status, "mode")
    for name, said in (("version", ""), ("mode", MODES.get(mode, mode)), ("device", "")):
        yield f"{name:<8} {said or word(status, name)}"
    for call in rows(status, "calls"):
        yield f"{'call':<8} {call_line(call).removeprefix('call ')}"
    yield f"{'record':<8} {record_line(inner(status, 'record'))}"
    for line in drive_lines(inner(status, "drives"), mode == "local"):
        yield f"{'drive':<8} {line}"
    if problem := word(status, "problem"):
        yield f"{'problem':<8} {problem}"


def length(seconds: object) -> str:
    """`1:02:03` or `0:12`; empty for what is no length."""
    if not is_length(seconds):
        return ""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def size(count: object) -> str:
    """Bytes as sticks are sold: a kB is 1,000 bytes; empty for what is no size."""
    if not is_number(count):
        return ""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.{0 if unit == 'B' else 1}f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def _drive_line(drive: Facts, used: bool) -> str:
    name, device = word(drive, "name"), word(drive, "device")
    head = f"{name} ({device})" if device and device != name else name
    if problem := word(drive, "problem"):
        return f"{head}: {problem}"
    free, seconds = size(drive.get("free")), drive.get("remaining_s")
    left = f"{span(round(seconds) * SECOND)} left" if is_length(seconds) else ""
    said = (head, f"{free} free" if free else "", left)
    return ", ".join(filter(None, (*said, "recordings go here" if used else "")))
