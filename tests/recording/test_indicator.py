"""The screen and the lamp, for every pair of what the user wants and what is true."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from phone_recorder.recording.account import Account, Fault, Health, Part
from phone_recorder.recording.destination import State
from phone_recorder.recording.drive_view import DriveView
from phone_recorder.recording.indicator import LOW_SPACE, Indicator, indicator_document, show
from phone_recorder.recording.record_key import WAITING, Action, Key
from phone_recorder.recording.recorder import RetryPolicy, Status

SECOND = 8000
PART = Part("Record_1.wav", 8076, 50, 1.0)


def account(recorded: int = 0, reason: str = "", parts: int = 0) -> Account:
    return Account("00ff", "local", "PCMU", recorded=recorded, reason=reason, parts=(PART,) * parts)


PAIRS = list(product(Key, State))
EXPECTED = {
    (Key.RECORDING, State.OPENING): Indicator("idle", "00:00", "Starting the recording", "blinking"),
    (Key.RECORDING, State.OPEN): Indicator("recording", "00:00", "Recording", "on"),
    (Key.PAUSED, State.OPENING): Indicator("idle", "00:00", "Starting the recording, paused", "blinking"),
    (Key.PAUSED, State.OPEN): Indicator("paused", "00:00", "Recording paused", "blinking"),
    (Key.IDLE, State.OPENING): Indicator("idle", "00:00", "Cancelling the recording", "off"),
    (Key.IDLE, State.OPEN): Indicator("idle", "00:00", "Saving the recording", "off"),
    **{(key, State.CLOSING): Indicator("idle", "00:00", "Saving the recording", "off") for key in Key},
    **{(key, State.CLOSED): Indicator("idle", "00:00", "Recording saved", "off") for key in Key},
    **{(key, State.CANCELLED): Indicator("idle", "00:00", "Recording cancelled", "off") for key in Key},
    **{(key, State.FAILED): Indicator("failed", "00:00", "Recording failed: why", "off") for key in Key},
    **{(key, State.OPENING): Indicator("idle", "00:00", "Cancelling the recording", "off") for key in WAITING},
    **{(key, State.OPEN): Indicator("idle", "00:00", "Saving the recording", "off") for key in WAITING},
    **{(key, State.FAILED): Indicator("failed", "00:00", "Recording failed: why", "blinking") for key in WAITING},
}


@pytest.mark.parametrize(("key", "state"), PAIRS)
def test_every_pair_of_key_and_destination(key: Key, state: State) -> None:
    assert show(Status(key, state, account(reason="why"))) == EXPECTED[key, state]


BY_SIP_INFO = {
    (Key.RECORDING, State.OPENING): "Asking the SIP server to record",
    (Key.RECORDING, State.OPEN): "The SIP server is recording",
    (Key.IDLE, State.OPENING): "Cancelling the recording",
    (Key.IDLE, State.OPEN): "Asking the SIP server to stop recording",
    (Key.IDLE, State.CLOSING): "Asking the SIP server to stop recording",
    (Key.IDLE, State.CLOSED): "The SIP server has stopped recording",
    (Key.IDLE, State.CANCELLED): "Recording cancelled",
    (Key.IDLE, State.FAILED): "Recording failed: why",
}


@pytest.mark.parametrize(("key", "state"), BY_SIP_INFO)
@pytest.mark.parametrize("recorded", [0, SECOND])
def test_a_recording_of_the_sip_server_is_called_so(key: Key, state: State, recorded: int) -> None:
    made = replace(account(recorded, reason="why"), mode="sip_info")
    own = show(Status(key, state, replace(made, recorded=0, mode="local")))
    timer = "00:01" if recorded else "00:00"
    assert show(Status(key, state, made)) == replace(own, prompt=BY_SIP_INFO[key, state], timer=timer)


@pytest.mark.parametrize(("key", "state"), PAIRS)
def test_c10_it_shows_recording_only_where_the_destination_is_open(key: Key, state: State) -> None:
    screen = show(Status(key, state, account()))
    assert (screen.icon == "recording" or screen.lamp == "on") == (key is Key.RECORDING and state is State.OPEN)
    assert (screen.icon == "failed") == (state is State.FAILED)
    assert (screen.prompt == "Recording") == (screen.icon == "recording")


@pytest.mark.parametrize("key", Key)
def test_c10_a_key_that_was_pressed_is_no_recording_yet(key: Key) -> None:
    assert show(Status(key)) == Indicator("idle", "00:00", "", "off")


@pytest.mark.parametrize(
    ("seconds", "timer"),
    [(0, "00:00"), (0.999, "00:00"), (1, "00:01"), (61.5, "01:01"), (3599, "59:59"), (6000, "100:00")],
)
def test_the_timer_counts_audio_that_was_written(seconds: float, timer: str) -> None:
    assert show(Status(Key.RECORDING, State.OPEN, account(int(seconds * SECOND)))).timer == timer


def test_what_was_saved_is_told() -> None:
    assert show(Status(Key.IDLE, State.CLOSED, account(SECOND, parts=1))).prompt == "Recording saved: 1 file"
    assert show(Status(Key.IDLE, State.CLOSED, account(SECOND, parts=3))).prompt == "Recording saved: 3 files"


def test_a_failure_tells_whether_something_was_kept() -> None:
    nothing = account(0, "the drive is full")
    some = account(SECOND, "the drive is full")
    assert show(Status(Key.IDLE, State.FAILED, nothing)).prompt == "Recording failed: the drive is full"
    assert show(Status(Key.IDLE, State.FAILED, some)).prompt == (
        "Recording failed: the drive is full, what came before is kept"
    )
    sent = replace(account(SECOND, "it is gone"), mode="server")
    assert (
        show(Status(Key.IDLE, State.FAILED, sent)).prompt == "Recording failed: it is gone, what came before was sent"
    )


@pytest.mark.parametrize(
    ("action", "prompt"),
    [
        (Action.REFUSE_NOT_RECORDING, "Nothing is being recorded"),
        (Action.REFUSE_RECORDING, "A recording is already running"),
        (Action.REFUSE_PAUSE, "The SIP server cannot pause a recording"),
        (
            Action.REFUSE_DISABLED,
            "Recording is switched off: switch it on in Applications > Record manager",
        ),
    ],
)
def test_a_key_in_vain_is_told_and_changes_nothing_else(action: Action, prompt: str) -> None:
    assert show(Status(Key.IDLE, refused=action)) == Indicator(prompt=prompt)
    status = Status(Key.RECORDING, State.OPEN, account(SECOND), action)
    assert show(status) == Indicator("recording", "00:01", prompt, "on")


THREE = RetryPolicy(3, SECOND // 2)


@pytest.mark.parametrize(
    ("key", "state", "attempt", "prompt"),
    [
        (Key.WAITING, State.FAILED, 1, "Recording failed: why; trying again in 0.5 s (1 of 3)"),
        (Key.WAITING_PAUSED, State.FAILED, 3, "Recording failed: why; trying again in 0.5 s (3 of 3), paused"),
        (Key.RECORDING, State.OPENING, 2, "Starting the recording, attempt 2 of 3"),
        (Key.PAUSED, State.OPENING, 2, "Starting the recording, paused, attempt 2 of 3"),
        (Key.RECORDING, State.OPEN, 2, "Recording"),
        (Key.IDLE, State.CLOSED, 2, "Recording saved"),
        (Key.IDLE, State.CANCELLED, 3, "Recording cancelled"),
        (Key.IDLE, State.FAILED, 0, "Recording failed: why"),
        (Key.IDLE, State.FAILED, 2, "Recording failed: why"),
        (Key.IDLE, State.FAILED, 3, "Recording failed: why; given up after 3 more attempts"),
    ],
)
def test_how_far_the_phone_has_come_with_trying_again(key: Key, state: State, attempt: int, prompt: str) -> None:
    assert show(Status(key, state, account(reason="why"), attempt=attempt, retry=THREE)).prompt == prompt


def test_one_attempt_is_no_attempts() -> None:
    status = Status(Key.IDLE, State.FAILED, account(reason="why"), attempt=1, retry=RetryPolicy(1))
    assert show(status).prompt == "Recording failed: why; given up after 1 more attempt"


def test_a_failure_of_the_recording_before_is_said() -> None:
    status = Status(Key.RECORDING, State.OPEN, account(), earlier="why")
    assert show(status).prompt == "Recording; the one before failed: why"


def test_screens_differ_by_more_than_the_timer() -> None:
    screen = Indicator("recording", "00:01", "Recording", "on")
    assert not screen.differs(Indicator("recording", "00:02", "Recording", "on"))
    assert screen.differs(Indicator("paused", "00:01", "Recording", "on"))
    assert screen.differs(Indicator("recording", "00:01", "", "on"))
    assert screen.differs(Indicator("recording", "00:01", "Recording", "off"))


def test_a_screen_as_a_line_and_as_json() -> None:
    screen = Indicator("recording", "00:01", "Recording", "on")
    assert str(screen) == "[recording] 00:01  lamp on        Recording"
    assert indicator_document(12_000, screen) == {
        "t": 1.5,
        "icon": "recording",
        "timer": "00:01",
        "prompt": "Recording",
        "lamp": "on",
        "left": "",
    }
    assert str(replace(screen, left="12 min")) == "[recording] 00:01  lamp on        Recording  (12 min left)"


def troubled(**health: object) -> Status:
    made = account(SECOND)
    made.health = Health(**health)  # type: ignore[arg-type]
    return Status(Key.RECORDING, State.OPEN, made)


FAULT = Fault(8000, "an I/O error")


@pytest.mark.parametrize(
    ("health", "prompt"),
    [
        ({}, "Recording"),
        ({"remaining": LOW_SPACE}, "Recording"),
        ({"remaining": LOW_SPACE - 1}, "Recording, the drive is almost full"),
        ({"remaining": 0, "behind": SECOND}, "Recording, the drive is slow"),
        ({"remaining": 0, "behind": SECOND, "faults": (FAULT,)}, "Recording, the drive reports errors"),
    ],
)
def test_the_worst_that_troubles_the_drive_is_said_while_it_is_recorded_to(
    health: dict[str, object], prompt: str
) -> None:
    assert show(troubled(**health)).prompt == prompt


def test_s6_that_a_drive_has_reported_errors_is_said_at_the_end_too() -> None:
    made = account(SECOND, parts=1)
    made.health = Health(faults=(FAULT,))
    prompt = show(Status(Key.IDLE, State.CLOSED, made)).prompt
    assert prompt == "Recording saved: 1 file, the drive has reported errors"


def test_how_long_the_drive_can_record_is_the_recording_s_own_while_it_runs() -> None:
    drive = DriveView(True, remaining=90 * SECOND)
    assert show(troubled(remaining=3600 * SECOND), drive).left == "1 h 00 min"
    assert show(Status(Key.IDLE, State.CLOSED, account(SECOND)), drive).left == "1 min"
    assert show(Status(Key.IDLE), drive).left == "1 min"
    assert show(Status(Key.IDLE)).left == ""
    assert not Indicator(left="1 min").differs(Indicator(left="2 min"))


def test_the_drive_s_news_fill_an_empty_screen() -> None:
    assert show(Status(Key.IDLE), DriveView(news="no USB drive")).prompt == "No USB drive"
    refused = Status(Key.IDLE, refused=Action.REFUSE_NOT_RECORDING)
    assert show(refused, DriveView(news="no USB drive")).prompt == "Nothing is being recorded"


def test_a_drive_that_comes_back_is_news_and_one_that_goes_is_the_recording_s_own_reason() -> None:
    failed = Status(Key.IDLE, State.FAILED, account(SECOND, "the drive was removed"))
    gone = show(failed, DriveView(news="none is plugged in"), "none is plugged in")
    assert (gone.icon, gone.prompt) == ("failed", "Recording failed: the drive was removed, what came before is kept")
    back = show(failed, DriveView(True, news="it is ready"), "it is ready")
    assert (back.icon, back.prompt) == ("idle", "It is ready")
    assert show(failed, DriveView(True, news="it is ready")).icon == "failed"
    running = show(troubled(), DriveView(True, news="it is ready"), "it is ready")
    assert running.prompt == "Recording"
