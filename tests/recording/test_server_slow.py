"""EDGE-CASES C8 from a recording's side: servers that are slow, answer in part, or say more than they should."""

from __future__ import annotations

import pytest

from phone_recorder.errors import ServerLost, ServerRefused, ServerUnreachable
from phone_recorder.recording.destination import State
from phone_recorder.recording.server_destination import MOST_AT_ONCE, Closed, LinkEvent, Opened, ServerPolicy
from tests.recording.scripted_server import ACCEPTED, HOST, QUIET, SECOND, STOP, STOPPED, Rig

FRAME = bytes(160)


def asked(timeout_s: float = 5) -> Rig:
    rig = Rig(ServerPolicy(timeout=round(timeout_s * SECOND)))
    rig.hear(0, Opened(HOST))
    return rig


def running() -> Rig:
    rig = asked()
    assert rig.hear(0, ACCEPTED + b"\n") is State.OPEN
    rig.link.sent = b""
    return rig


SILENCES: list[tuple[list[LinkEvent | bytes], str]] = [
    ([], "the record server cannot be reached: it does not answer"),
    ([Opened(HOST)], "the record server does not answer"),
    ([Opened(HOST), b"cmd=RecordStartResponse&id=00"], "the record server answers in part only"),
    ([Opened(HOST), ACCEPTED[:-5]], "the record server answers in part only"),
]


@pytest.mark.parametrize(("events", "why"), SILENCES)
@pytest.mark.parametrize("timeout_s", [0.5, 5, 60])
def test_c8_no_answer_within_the_time_out(events: list[LinkEvent | bytes], why: str, timeout_s: float) -> None:
    rig = Rig(ServerPolicy(timeout=round(timeout_s * SECOND)))
    rig.hear(0, *events)
    assert rig.hear(round(timeout_s * SECOND) - 1) is State.OPENING
    rig.hear(round(timeout_s * SECOND))
    assert rig.failure(ServerUnreachable) == why


@pytest.mark.parametrize("timeout_s", [0.5, 5, 60])
def test_c8_no_answer_to_the_stop_within_the_time_out(timeout_s: float) -> None:
    rig = asked(timeout_s)
    rig.hear(0, ACCEPTED + b"\n")
    rig.made.close(SECOND, "record key")
    assert rig.hear(SECOND + round(timeout_s * SECOND) - 1) is State.CLOSING
    rig.hear(SECOND + round(timeout_s * SECOND))
    assert rig.failure(ServerUnreachable) == "the record server does not answer"


def test_c8_the_time_to_connect_counts_too() -> None:
    rig = Rig()
    assert rig.hear(4 * SECOND, Opened(HOST)) is State.OPENING
    rig.hear(5 * SECOND)
    assert rig.failure(ServerUnreachable) == "the record server does not answer"


def test_c8_an_answer_a_byte_a_second_is_given_up_in_time() -> None:
    rig = asked()
    for second, byte in enumerate(ACCEPTED[:5]):
        assert rig.hear(second * SECOND, bytes([byte])) is State.OPENING
        rig.hear(second * SECOND + QUIET)
    rig.hear(5 * SECOND)
    assert rig.failure(ServerUnreachable) == "the record server answers in part only"


@pytest.mark.parametrize("end", [b"\n", b""])
def test_c8_an_answer_a_byte_a_second_is_put_together_up_to_its_port(end: bytes) -> None:
    rig = asked(timeout_s=600)
    for second, byte in enumerate(ACCEPTED[:-5]):
        assert rig.hear(second * SECOND, bytes([byte])) is State.OPENING
        assert rig.hear(second * SECOND + QUIET) is State.OPENING
    last = len(ACCEPTED) * SECOND
    rig.hear(last, ACCEPTED[-5:] + end)
    assert rig.hear(last + QUIET) is State.OPEN
    assert rig.link.destination == (HOST, 20000)


def test_c10_a_port_that_quiet_has_cut_in_two_does_not_stay_on_the_screen_as_a_recording() -> None:
    rig = asked()
    rig.hear(0, ACCEPTED[:-4])
    assert rig.hear(QUIET) is State.OPEN
    rig.hear(SECOND, ACCEPTED[-4:])
    rig.hear(SECOND + QUIET)
    assert rig.failure(ServerRefused) == (
        "the record server's answer cannot be read: a message begins with '0000' instead of cmd="
    )


@pytest.mark.parametrize("half", [ACCEPTED[:-5], b"cmd=RecordStartResponse&id=00ff&result=succ"])
def test_c8_half_an_answer_and_then_the_end(half: bytes) -> None:
    rig = asked()
    rig.hear(80, half, Closed("reset"))
    assert rig.failure(ServerLost) == "the connection to the record server was lost: reset"


def test_half_a_stop_response_is_none() -> None:
    rig = running()
    rig.made.close(0, "record key")
    assert rig.hear(0, b"cmd=RecordStopResponse&id=00ff&result=suc") is State.CLOSING
    assert rig.hear(QUIET) is State.CLOSING
    assert rig.hear(2 * QUIET, b"cess") is State.CLOSING
    assert rig.hear(3 * QUIET) is State.CLOSED


def test_what_comes_after_the_last_answer_changes_nothing() -> None:
    rig = running()
    rig.made.close(0, "record key")
    assert rig.hear(0, STOPPED + b"\n" + STOPPED + b"\nHTTP/1.1 400 Bad Request\n", b"more\n", Closed("reset")) is (
        State.CLOSED
    )
    assert rig.made.error is None


CANCELLED: list[tuple[LinkEvent | bytes, ...]] = [
    (ACCEPTED + b"\n" + STOPPED + b"\n",),
    (ACCEPTED + b"\n", Closed("reset")),
    (ACCEPTED.replace(HOST.encode(), b"198.51.100.9") + b"\n" + STOPPED + b"\n",),
    (b"cmd=RecordStartResponse&id=dead&result=success\n",),
    (b"HTTP/1.1 400 Bad Request\n",),
    (b"x" * 5000,),
    (STOPPED.replace(b"success", b"failed") + b"\n",),
]


@pytest.mark.parametrize("events", CANCELLED)
def test_c1_a_recording_that_was_stopped_in_time_is_cancelled_whatever_the_server_says(
    events: tuple[LinkEvent | bytes, ...],
) -> None:
    rig = asked()
    rig.made.write(0, [FRAME])
    rig.link.sent = b""
    rig.made.close(80, "record key")
    assert rig.link.sent == STOP
    assert rig.hear(160, *events) is State.CANCELLED
    assert (rig.made.error, rig.link.media, rig.link.closed, rig.made.written) == (None, [], 1, 0)


def test_c1_a_server_that_never_says_anything_does_not_hold_up_the_cancelling() -> None:
    rig = asked()
    rig.made.close(4 * SECOND, "record key")
    assert rig.hear(5 * SECOND - 1) is State.OPENING
    assert rig.hear(5 * SECOND) is State.CANCELLED


def test_what_was_held_for_a_late_answer_is_sent_a_bit_at_a_time_and_in_order() -> None:
    rig = asked(timeout_s=60)
    frames = [bytes([n % 256]) * 160 for n in range(3 * MOST_AT_ONCE)]
    rig.made.write(0, frames)
    rig.hear(SECOND, ACCEPTED + b"\n")
    assert [packet[12] for packet in rig.link.media] == list(range(MOST_AT_ONCE))
    rig.made.write(SECOND, [b"\xff" * 160])
    assert (len(rig.link.media), rig.made.written) == (2 * MOST_AT_ONCE, 2 * MOST_AT_ONCE * 160)
    rig.made.write(SECOND, [])
    rig.made.write(SECOND, [])
    assert [packet[12] for packet in rig.link.media] == [*range(3 * MOST_AT_ONCE), 0xFF]
    assert [int.from_bytes(packet[2:4], "big") for packet in rig.link.media[:3]] == [0xFFFF, 0, 1]


def test_what_is_still_held_at_the_stop_is_sent_before_it() -> None:
    rig = asked()
    rig.made.write(0, [FRAME] * 200)
    rig.hear(SECOND, ACCEPTED + b"\n")
    rig.made.close(SECOND, "record key")
    assert (len(rig.link.media), rig.made.written, rig.link.sent.endswith(STOP)) == (200, 32_000, True)
