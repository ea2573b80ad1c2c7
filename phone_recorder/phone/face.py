"""The phone's screen and the record key's lamp, derived from what was written or acknowledged (EDGE-CASES C10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import State
from phone_recorder.recording.record_key import Action, Key
from phone_recorder.recording.recorder import Status
from phone_recorder.recording.units import SECOND, to_seconds


@dataclass(frozen=True, slots=True)
class Screen:
    """`icon`: idle, recording, paused or failed; `timer`: audio written or sent, MM:SS; `lamp`: off, on or blinking."""

    icon: str = "idle"
    timer: str = "00:00"
    prompt: str = ""
    lamp: str = "off"

    def __str__(self) -> str:
        return f"[{self.icon:^9}] {self.timer}  lamp {self.lamp:<8}  {self.prompt}"

    def differs(self, other: Screen) -> bool:
        """Whether more than the timer has changed."""
        return (self.icon, self.prompt, self.lamp) != (other.icon, other.prompt, other.lamp)


_RUNNING = {
    (Key.RECORDING, State.OPENING): ("idle", "blinking", "Starting the recording"),
    (Key.RECORDING, State.OPEN): ("recording", "on", "Recording"),
    (Key.PAUSED, State.OPENING): ("idle", "blinking", "Starting the recording, paused"),
    (Key.PAUSED, State.OPEN): ("paused", "blinking", "Recording paused"),
}
_ENDED = {
    State.OPENING: ("idle", "off", "Cancelling the recording"),
    State.OPEN: ("idle", "off", "Saving the recording"),
    State.CLOSING: ("idle", "off", "Saving the recording"),
    State.CLOSED: ("idle", "off", "Recording saved"),
    State.CANCELLED: ("idle", "off", "Recording cancelled"),
    State.FAILED: ("failed", "off", "Recording failed"),
}
_REFUSED = {
    Action.REFUSE_NOT_RECORDING: "Nothing is being recorded",
    Action.REFUSE_RECORDING: "A recording is already running",
}


def show(status: Status) -> Screen:
    """The screen for what is true of the recorder."""
    refusal = _REFUSED[status.refused] if status.refused else ""
    if status.account is None or status.destination is None:
        return Screen(prompt=refusal)
    running = _RUNNING.get((status.key, status.destination))
    icon, lamp, prompt = running or _ENDED[status.destination]
    prompt += _detail(status.destination, status.account)
    return Screen(icon, _timer(status.account.recorded), refusal or prompt, lamp)


def screen_document(instant: int, screen: Screen) -> dict[str, Any]:
    """A line of `screen[]` in JSON: `t` in seconds from the start of the call."""
    return {
        "t": to_seconds(instant),
        "icon": screen.icon,
        "timer": screen.timer,
        "prompt": screen.prompt,
        "lamp": screen.lamp,
    }


def _detail(state: State, account: Account) -> str:
    if state is State.FAILED:
        kept = ", what came before is kept" if account.recorded else ""
        return f": {account.reason}{kept}"
    if state is State.CLOSED and account.parts:
        files = len(account.parts)
        return f": {files} file{'s' if files > 1 else ''}"
    return ""


def _timer(units: int) -> str:
    minutes, seconds = divmod(units // SECOND, 60)
    return f"{minutes:02}:{seconds:02}"
