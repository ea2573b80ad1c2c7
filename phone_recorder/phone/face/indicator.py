"""The phone's screen and the record key's lamp, derived from what was written or acknowledged (EDGE-CASES C10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from phone_recorder.recording.account import Account, Health
from phone_recorder.recording.destination import State
from phone_recorder.recording.drive_view import NO_DRIVE, DriveView, span
from phone_recorder.recording.record_key import WAITING, Action, Key
from phone_recorder.recording.recorder import Status
from phone_recorder.recording.units import SECOND, from_seconds, to_seconds


@dataclass(frozen=True, slots=True)
class Indicator:
    """`icon`: idle, recording, paused or failed; `timer`: audio written or sent, MM:SS; `lamp`: off, on or blinking.

    `left`: how long the drive can still record; empty where that is not known.
    """

    icon: str = "idle"
    timer: str = "00:00"
    prompt: str = ""
    lamp: str = "off"
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


_RUNNING = {
    (Key.RECORDING, State.OPENING): ("idle", "blinking", "Starting the recording"),
    (Key.RECORDING, State.OPEN): ("recording", "on", "Recording"),
    (Key.PAUSED, State.OPENING): ("idle", "blinking", "Starting the recording, paused"),
    (Key.PAUSED, State.OPEN): ("paused", "blinking", "Recording paused"),
    (Key.WAITING, State.FAILED): ("failed", "blinking", "Recording failed"),
    (Key.WAITING_PAUSED, State.FAILED): ("failed", "blinking", "Recording failed"),
}
_ENDED = {
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


def show(status: Status, drive: DriveView = NO_DRIVE, news: str = "") -> Indicator:
    """The screen for what is true of the recorder and of the drive; `news` of the drive, if it came after the rest."""
    refusal = _REFUSED[status.refused] if status.refused else ""
    if status.account is None or status.destination is None:
        return Indicator(prompt=refusal or _sentence(drive.news), left=_left(drive.remaining))
    running = _RUNNING.get((status.key, status.destination))
    icon, lamp, prompt = running or _ENDED[status.destination]
    prompt = _WORDS.get(status.account.mode, {}).get(prompt, prompt)
    prompt += _detail(status.destination, status.account) + _attempts(status) + _earlier(status)
    if not running and news and (drive.ready or status.destination is not State.FAILED):
        icon, prompt = "idle", _sentence(news)
    remaining = status.account.health.remaining if running else drive.remaining
    return Indicator(icon, _timer(status.account.recorded), refusal or prompt, lamp, _left(remaining))


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


def _detail(state: State, account: Account) -> str:
    if state is State.FAILED:
        return f": {account.reason}{_KEPT.get(account.mode, '') if account.recorded else ''}"
    errors = ", the drive has reported errors" if account.health.faults else ""
    if state is State.CLOSED and account.parts:
        files = len(account.parts)
        return f": {files} file{'s' if files > 1 else ''}{errors}"
    return _trouble(account.health) if state is State.OPEN else ""


def _attempts(status: Status) -> str:
    """How far the phone has come with trying again."""
    number, retry = status.attempt, status.retry
    if not number:
        return ""
    if status.key in WAITING:
        paused = ", paused" if status.key is Key.WAITING_PAUSED else ""
        return f"; trying again in {to_seconds(retry.after):g} s ({number} of {retry.attempts}){paused}"
    if status.destination is State.OPENING:
        return f", attempt {number} of {retry.attempts}"
    given_up = status.destination is State.FAILED and number == retry.attempts
    return f"; given up after {number} more attempt{'s' if number > 1 else ''}" if given_up else ""


def _earlier(status: Status) -> str:
    """A failure that no screen of its own would show, another recording having begun."""
    return f"; the one before failed: {status.earlier}" if status.earlier else ""


def _trouble(health: Health) -> str:
    """What the user should know of the drive while it is recorded to; the worst first."""
    if health.faults:
        return ", the drive reports errors"
    if health.behind:
        return ", the drive is slow"
    low = health.remaining is not None and health.remaining < LOW_SPACE
    return ", the drive is almost full" if low else ""


def _left(remaining: int | None) -> str:
    return "" if remaining is None else span(remaining)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _timer(units: int) -> str:
    minutes, seconds = divmod(units // SECOND, 60)
    return f"{minutes:02}:{seconds:02}"
