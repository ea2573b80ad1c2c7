"""A whole call recorded on a server that does what it should, or not: what is on the screen, and in the accounts."""

from __future__ import annotations

import pytest

from phone_recorder.recording.recorder import RetryPolicy
from tests.phone.rig import SECOND, Rig
from tests.phone.servers import DIES_AFTER

MIX = 800
"""The mixer's horizon: a server that listens live is not kept waiting."""
RESET = "the connection to the record server was lost: connection reset by peer"
REFUSED = "the record server cannot be reached: connection refused"
SILENT = "the record server does not answer"
THREE = RetryPolicy(3, 2 * SECOND)


def rig(keys: str, servers: str, duration_s: float = 12, retry: RetryPolicy | None = None) -> Rig:
    made = Rig(keys, servers=servers, duration_s=duration_s, horizon=MIX, retry=retry or RetryPolicy())
    return made.run(160)


def prompts(made: Rig) -> list[str]:
    return [prompt for _, _, _, prompt in made.indicators]


def accounts(made: Rig) -> list[tuple[str, str]]:
    return [(account.state, account.reason) for account in made.accounts]


def test_accepted_recorded_stopped() -> None:
    made = rig("0 record, 2 record", "good")
    assert prompts(made) == ["", "Starting the recording", "Recording", "Saving the recording", "Recording saved"]
    [server] = made.servers
    assert (server.asked, server.packets) == (["RecordStartRequest", "RecordStopRequest"], 100)
    assert accounts(made) == [("recorded", "record key")]


FAILURES = [
    ("unreachable", REFUSED),
    ("silent", SILENT),
    ("half", "the record server answers in part only"),
    ("refuses", "the record server refused: no room"),
    ("foreign", "the record server wants RTP sent to '198.51.100.9', which is not itself (192.0.2.7)"),
    ("name", "the record server wants RTP sent to 'media.example', which is no IP address"),
    ("port", "the record server named '99999' as its RTP port, which is none"),
]


@pytest.mark.parametrize(("kind", "why"), FAILURES)
def test_c8_c9_a_recording_that_cannot_start_is_shown_within_5_s_and_the_call_goes_on(kind: str, why: str) -> None:
    made = rig("1 record", kind)
    at, icon, lamp, prompt = made.indicators[-1]
    assert (icon, lamp, prompt) == ("failed", "off", f"Recording failed: {why}")
    assert 1000 <= at <= 6100
    assert accounts(made) == [("failed", why)]
    assert {screen[1] for screen in made.indicators} == {"idle", "failed"}
    assert made.now == made.call.end
    assert (made.servers[0].packets, made.servers[0].closed) == (0, True)


@pytest.mark.parametrize(("kind", "why"), [*FAILURES, ("dies", RESET)])
def test_c8_after_a_failure_the_next_press_records(kind: str, why: str) -> None:
    made = rig("0 record, 8 record, 10 record", f"{kind} good")
    assert [state for state, _ in accounts(made)] == ["cut short" if kind == "dies" else "failed", "recorded"]
    assert made.accounts[1].recorded == 2 * SECOND
    assert prompts(made)[-4:] == [
        "Starting the recording",
        "Recording",
        "Saving the recording",
        "Recording saved",
    ]


def test_c8_a_server_lost_in_mid_recording_is_shown_at_once() -> None:
    made = rig("1 record", "dies")
    at, icon, lamp, prompt = made.indicators[-1]
    assert (icon, lamp, prompt) == ("failed", "off", f"Recording failed: {RESET}, what came before was sent")
    assert at <= 1500
    assert accounts(made) == [("cut short", RESET)]
    assert made.accounts[0].recorded == made.servers[0].packets * 160 == DIES_AFTER * 160


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("mute", SILENT),
        ("unsure", "the record server could not end the recording as it should"),
    ],
)
def test_c10_saved_is_what_the_server_has_said_and_not_what_it_was_asked(kind: str, why: str) -> None:
    made = rig("0 record, 2 record", kind)
    assert "Recording saved" not in prompts(made)
    assert made.indicators[-1][1:] == ("failed", "off", f"Recording failed: {why}, what came before was sent")
    assert made.indicators[-1][0] <= 2000 + 5000 + 500
    assert accounts(made) == [("cut short", why)]


@pytest.mark.parametrize("kind", ["silent", "late", "half"])
def test_c1_a_stop_while_the_start_is_pending_cancels_and_the_server_is_told(kind: str) -> None:
    made = rig("0 record, 1 record", kind)
    assert prompts(made)[-1] == "Recording cancelled"
    assert accounts(made) == [("cancelled", "record key")]
    assert made.servers[0].asked == ["RecordStartRequest", "RecordStopRequest"]
    assert (made.servers[0].packets, made.servers[0].closed) == (0, True)


@pytest.mark.parametrize("first", ["good", "late", "silent", "mute"])
def test_c2_start_stop_start_within_a_second_are_two_recordings(first: str) -> None:
    made = rig("0 record, 0.4 record, 0.8 record, 4 record", f"{first} good")
    assert [server.asked for server in made.servers] == [["RecordStartRequest", "RecordStopRequest"]] * 2
    assert [len(server.ids) for server in made.servers] == [1, 1]
    assert made.servers[0].ids.isdisjoint(made.servers[1].ids)
    assert all(server.closed for server in made.servers)
    assert accounts(made)[1] == ("recorded", "record key")
    assert made.accounts[1].recorded == round(3.2 * SECOND)


def test_a_failure_of_the_recording_before_is_shown_too() -> None:
    made = rig("0 record, 0.4 record, 0.8 record", "mute good")
    assert f"Recording; the one before failed: {SILENT}" in prompts(made)


def test_by_itself_a_phone_does_not_try_again() -> None:
    made = rig("0 record", "dies good")
    assert len(made.servers) == 1


def test_a_lost_server_is_tried_again_and_each_attempt_is_a_recording() -> None:
    made = rig("0 record", "dies silent good", retry=THREE)
    assert prompts(made)[1:] == [
        "Starting the recording",
        "Recording",
        f"Recording failed: {RESET}, what came before was sent; trying again in 2 s (1 of 3)",
        "Starting the recording, attempt 1 of 3",
        f"Recording failed: {SILENT}; trying again in 2 s (2 of 3)",
        "Starting the recording, attempt 2 of 3",
        "Recording",
        "Saving the recording",
        "Recording saved",
    ]
    assert accounts(made) == [("cut short", RESET), ("failed", SILENT), ("recorded", "call ended")]
    assert len({account.id for account in made.accounts}) == 3
    lamps = [lamp for _, _, lamp, prompt in made.indicators if "trying" in prompt]
    assert lamps == ["blinking", "blinking"]
    waits = [b[0] - a[0] for a, b in zip(made.indicators, made.indicators[1:], strict=False) if "trying" in a[3]]
    assert all(2000 <= wait <= 2040 for wait in waits)


def test_when_the_attempts_are_used_up_it_is_given_up() -> None:
    made = rig("0 record", "unreachable", retry=THREE)
    assert len(made.servers) == 4
    assert made.indicators[-1][1:] == ("failed", "off", f"Recording failed: {REFUSED}; given up after 3 more attempts")
    assert accounts(made) == [("failed", REFUSED)] * 4


def test_a_server_that_came_back_has_all_its_attempts_again() -> None:
    made = rig("0 record", "dies unreachable unreachable dies unreachable unreachable unreachable good", 30, THREE)
    assert len(made.servers) == 7
    assert prompts(made)[-1].endswith("; given up after 3 more attempts")


@pytest.mark.parametrize("kind", ["refuses", "foreign", "name", "port"])
def test_what_the_server_has_decided_is_not_tried_again(kind: str) -> None:
    made = rig("0 record", f"dies {kind} good", retry=THREE)
    assert len(made.servers) == 2
    assert made.indicators[-1][2] == "off"
    assert "again" not in prompts(made)[-1] and "given up" not in prompts(made)[-1]


@pytest.mark.parametrize("key", ["record", "stop"])
def test_a_press_while_waiting_ends_it(key: str) -> None:
    made = rig(f"0 record, 1 {key}", "unreachable good", retry=THREE)
    assert len(made.servers) == 1
    assert made.indicators[-1][1:] == ("failed", "off", f"Recording failed: {REFUSED}")
    assert made.now == made.call.end


def test_a_stop_during_an_attempt_cancels_it_and_no_other_follows() -> None:
    made = rig("0 record, 3 record", "unreachable silent good", retry=THREE)
    assert accounts(made) == [("failed", REFUSED), ("cancelled", "record key")]
    assert prompts(made)[-1] == "Recording cancelled"


def test_a_start_while_waiting_does_not_wait() -> None:
    made = rig("0 record, 1 start, 3 stop", "unreachable good", retry=THREE)
    assert accounts(made) == [("failed", REFUSED), ("recorded", "stopped")]
    assert made.accounts[1].recorded == 2 * SECOND


def test_the_end_of_the_call_ends_the_waiting() -> None:
    made = rig("0 record", "unreachable good", duration_s=1, retry=THREE)
    assert (len(made.servers), made.call.over, made.now) == (1, True, made.call.end)


@pytest.mark.parametrize(
    ("keys", "kept"),
    [
        ("0 record, 0.1 pause, 6 resume, 8 record", 2.0),
        ("0 record, 1 pause, 6 resume, 8 record", 2.0),
        ("0 record, 0.1 pause, 1 resume, 8 record", 6.0),
    ],
)
def test_a_pause_lasts_through_the_attempts(keys: str, kept: float) -> None:
    made = rig(keys, "unreachable good", retry=THREE)
    assert accounts(made)[-1] == ("recorded", "record key")
    assert abs(made.accounts[1].recorded - kept * SECOND) <= 480


def test_that_it_is_paused_is_shown_while_waiting() -> None:
    made = rig("0 record, 1 pause", "unreachable silent", retry=THREE)
    shown = prompts(made)
    assert f"Recording failed: {REFUSED}; trying again in 2 s (1 of 3), paused" in shown
    assert "Starting the recording, paused, attempt 1 of 3" in shown
