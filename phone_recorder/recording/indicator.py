"""The record indicator and the record key's lamp, derived from what was written or acknowledged (EDGE-CASES C10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from phone_recorder.recording.account import Account, Health
from phone_recorder.recording.destination import State
from phone_recorder.recording.drive_view import NO_DRIVE, DriveView, span
from phone_recorder.recording.record_key import WAITING, Action, Key
from phone_recorder.recording.recorder import Status
from phone_recorder.recording.units import SECOND, from_seconds, to_seconds

Icon = Literal["idle", "recording", "paused", "failed"]
Lamp = Literal["off", "on", "blinking"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """`icon`: idle, recording, paused or failed; `timer`: audio written or sent, MM:SS; `lamp`: off, on or blinking.

    `left`: how long the drive can still record; empty where that is not known.
    """

    icon: Icon = "idle"
    timer: str = "00:00"
    prompt: str = ""
    lamp: Lamp = "off"
    left: str = ""

    def __str__(self) -> str:
        left = f"  ({self.left} left)" if self.left else ""
        return f"[{self.icon:^9}] {self.timer}  lamp {self.lamp:<8}  {self.prompt}{left}"

    def differs(self, other: Indicator) -> bool:
        """Whether more than the times have changed."""
        return (self.icon, self.prompt, self.lamp) != (other.icon, other.prompt, other.lamp)


@dataclass(frozen=True, slots=True)
class IndicatorFacts:
    """What the indicator is derived from, as `show` takes it. The account in `status` goes on while it is recorded."""

    status: Status
    drive: DriveView = NO_DRIVE
    news: str = ""


_RUNNING: dict[tuple[Key, State], tuple[Icon, Lamp, str]] = {
    (Key.RECORDING, State.OPENING): ("idle", "blinking", "Starting the recording"),
    (Key.RECORDING, State.OPEN): ("recording", "on", "Recording"),
    (Key.PAUSED, State.OPENING): ("idle", "blinking", "Starting the recording, paused"),
    (Key.PAUSED, State.OPEN): ("paused", "blinking", "Recording paused"),
    (Key.WAITING, State.FAILED): ("failed", "blinking", "Recording failed"),
    (Key.WAITING_PAUSED, State.FAILED): ("failed", "blinking", "Recording failed"),
}
_ENDED: dict[State, tuple[Icon, Lamp, str]] = {
    State.OPENING: ("idle", "off", "Cancelling the recording"),
    State.OPEN: ("idle", "off", "Saving the recording"),
    State.CLOSING: ("idle", "off", "Saving the recording"),
    State.CLOSED: ("idle", "off", "Recording saved"),
    State.CANCELLED: ("idle", "off", "Recording cancelled"),
    State.FAILED: ("failed", "off", "Recording failed"),
}
_SIP_INFO = {
    "Starting the recording": "Asking the SIP server to record",
    "Recording": "The SIP server is recording",
    "Saving the recording": "Asking the SIP server to stop recording",
    "Recording saved": "The SIP server has stopped recording",
}
_WORDS: dict[str, dict[str, str]] = {"sip_info": _SIP_INFO}
"""By mode, what is said instead where the recording is not this phone's."""
_KEPT = {"local": ", what came before is kept", "server": ", what came before was sent"}
"""By mode, what has become of a recording that failed. What a server has made of it, nobody here knows."""
_REFUSED = {
    Action.REFUSE_NOT_RECORDING: "Nothing is being recorded",
    Action.REFUSE_RECORDING: "A recording is already running",
    Action.REFUSE_PAUSE: "The SIP server cannot pause a recording",
    Action.REFUSE_DISABLED: "Recording is switched off: switch it on in Applications > Record manager",
}


LOW_SPACE = from_seconds(300)
"""A drive that can record less than this is almost full."""

Say = Callable[[str], str]
"""Says a piece of a prompt in the phone's language."""


def english(text: str) -> str:
    """As it stands here."""
    return text


def show(status: Status, drive: DriveView = NO_DRIVE, news: str = "", say: Say = english) -> Indicator:
    """The screen for what is true of the recorder and of the drive; `news` of the drive, if it came after the rest.

    A prompt is put together from pieces, and each of them goes through `say`.
    """
    refusal = say(_REFUSED[status.refused]) if status.refused else ""
    if status.account is None or status.destination is None:
        return Indicator(prompt=refusal or sentence(say(drive.news)), left=_left(drive.remaining, say))
    running = _RUNNING.get((status.key, status.destination))
    icon, lamp, prompt = running or _ENDED[status.destination]
    head = _WORDS.get(status.account.mode, {}).get(prompt, prompt)
    details = (*_detail(status.destination, status.account), *_attempts(status), *_earlier(status))
    prompt = "".join(map(say, (head, *details)))
    if not running and news and (drive.ready or status.destination is not State.FAILED):
        icon, prompt = "idle", sentence(say(news))
    remaining = status.account.health.remaining if running else drive.remaining
    return Indicator(icon, _timer(status.account.recorded), refusal or prompt, lamp, _left(remaining, say))


def indicator_document(instant: int, screen: Indicator) -> dict[str, Any]:
    """A line of `screen[]` in JSON: `t` in seconds from the start of the call."""
    return {
        "t": to_seconds(instant),
        "icon": screen.icon,
        "timer": screen.timer,
        "prompt": screen.prompt,
        "lamp": screen.lamp,
        "left": screen.left,
    }


def _detail(state: State, account: Account) -> Iterator[str]:
    if state is State.FAILED:
        yield f": {account.reason}"
        yield _KEPT.get(account.mode, "") if account.recorded else ""
    elif state is State.CLOSED and account.parts:
        files = len(account.parts)
        yield f": {files} file{'s' if files > 1 else ''}"
        yield ", the drive has reported errors" if account.health.faults else ""
    elif state is State.OPEN:
        yield _trouble(account.health)


def _attempts(status: Status) -> Iterator[str]:
    """How far the phone has come with trying again."""
    number, retry = status.attempt, status.retry
    if not number:
        return
    if status.key in WAITING:
        yield f"; trying again in {to_seconds(retry.after):g} s ({number} of {retry.attempts})"
        yield ", paused" if status.key is Key.WAITING_PAUSED else ""
    elif status.destination is State.OPENING:
        yield f", attempt {number} of {retry.attempts}"
    elif status.destination is State.FAILED and number == retry.attempts:
        yield f"; given up after {number} more attempt{'s' if number > 1 else ''}"


def _earlier(status: Status) -> Iterator[str]:
    """A failure that no screen of its own would show, another recording having begun."""
    if status.earlier:
        yield f"; the one before failed: {status.earlier}"


def _trouble(health: Health) -> str:
    """What the user should know of the drive while it is recorded to; the worst first."""
    if health.faults:
        return ", the drive reports errors"
    if health.behind:
        return ", the drive is slow"
    low = health.remaining is not None and health.remaining < LOW_SPACE
    return ", the drive is almost full" if low else ""


def _left(remaining: int | None, say: Say) -> str:
    return "" if remaining is None else say(span(remaining))


def sentence(text: str) -> str:
    """As a prompt begins."""
    return text[:1].upper() + text[1:]


def _timer(units: int) -> str:
    minutes, seconds = divmod(units // SECOND, 60)
    return f"{minutes:02}:{seconds:02}"
