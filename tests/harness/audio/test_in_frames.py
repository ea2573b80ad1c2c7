"""A device with frames of its own: what it recorded rightly is found in them, and nothing wrong is explained away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from phone_recorder.harness.audio.ears import hear
from phone_recorder.harness.audio.in_frames import in_frames
from phone_recorder.harness.evidence import Recorded
from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.expected import AudioIs
from phone_recorder.media.mixing import PayloadMixer, Piece
from phone_recorder.phone.party import Datagram
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.rtp import RtpPacket
from tests.harness.audio.recordings import FAR, FRAME, NEAR, SECOND, Call, Frames, recorded, spoken

CALL = Call()
FIRST = 2 * SECOND // FRAME
"""The packet of each leg with which the recording begins."""
LATE = 37
START = FIRST * FRAME + LATE
"""When it begins by our clock: no frame of ours."""
LASTS = 400
EQUAL = AudioIs("equals", ("near", "far"))
IN_STEP = AudioIs("in step", ("near", "far"), bound=Bound(high=160, text="20 ms"))
Legs = dict[str, list[Datagram]]


def sent() -> Legs:
    """Each packet a moment after it was due."""
    voices = {"near": NEAR, "far": FAR}
    return {leg: [(instant + LATE, data) for instant, data in spoken(voice)] for leg, voice in voices.items()}


def mixed(near: int = 0, far: int = 0, numbers: Sequence[int] = range(LASTS)) -> Frames:
    """The recording of these frames, each leg so many frames late."""
    mixer = PayloadMixer(PCMU)
    said = {leg: [Piece(PCMU, RtpPacket.parse(data).payload) for _, data in packets] for leg, packets in sent().items()}
    return [
        mixer.mix(said["near"][FIRST + number - near], said["far"][FIRST + number - far], FRAME) for number in numbers
    ]


def judged(what: AudioIs, one: Recorded, said: Legs | None = None, late: int = 0) -> str | None:
    """What is wrong with it when it has been put in its frames."""
    found, placed = in_frames(one, said or sent(), late)
    return hear(what, found, replace(CALL.evidence(), said=placed))


@pytest.mark.parametrize("near", [-1, 0, 1])
@pytest.mark.parametrize("far", [-1, 0, 1])
@pytest.mark.parametrize("told", [-3, 0, 5])
def test_each_leg_may_be_in_the_frame_before_or_after(near: int, far: int, told: int, tmp_path: Path) -> None:
    one = recorded(tmp_path, mixed(near, far), start=START + told)
    assert judged(EQUAL, one) is None


def test_without_being_put_in_its_frames_it_is_wrong(tmp_path: Path) -> None:
    one = recorded(tmp_path, mixed(0, 1), start=START)
    assert hear(EQUAL, one, replace(CALL.evidence(), said=sent())) is not None


@pytest.mark.parametrize(("near", "far"), [(3, 0), (0, 3), (0, -3), (3, 3)])
def test_a_leg_that_is_off_by_60_ms_is_wrong(near: int, far: int, tmp_path: Path) -> None:
    one = recorded(tmp_path, mixed(near, far), start=START)
    assert judged(EQUAL, one) is not None
    assert judged(IN_STEP, one) is not None


def test_who_was_late_with_the_key_may_be_off_by_as_much(tmp_path: Path) -> None:
    assert judged(EQUAL, recorded(tmp_path, mixed(3, 3), start=START), late=320) is None


def test_a_second_that_is_missing_is_missed(tmp_path: Path) -> None:
    numbers = [*range(200), *range(250, LASTS)]
    one = recorded(tmp_path, mixed(numbers=numbers), start=START)
    assert judged(EQUAL, one) is not None
    assert judged(AudioIs("no clicks"), one) is not None
    assert judged(IN_STEP, one) is not None


@pytest.mark.parametrize(("there", "asked"), [("near", "far"), ("far", "near")])
def test_a_leg_that_is_in_the_place_of_the_other_is_wrong(there: str, asked: str, tmp_path: Path) -> None:
    call = replace(CALL, near=NEAR if there == "near" else "none", far=FAR if there == "far" else "none")
    one = recorded(tmp_path, call.frames())
    assert judged(AudioIs("only", (there,)), one) is None
    assert judged(AudioIs("only", (asked,)), one) is not None


@pytest.mark.parametrize("begun", [-2, 0, 1])
@pytest.mark.parametrize("over", [-2, 0, 2])
def test_a_pause_is_where_it_fits(begun: int, over: int, tmp_path: Path) -> None:
    numbers = [*range(120), *range(200, LASTS)]
    told = (START + (120 + begun) * FRAME, START + (200 + over) * FRAME)
    one = recorded(tmp_path, mixed(numbers=numbers), start=START, pauses=(told,))
    assert judged(EQUAL, one) is None


def test_a_pause_that_is_longer_than_it_was_is_wrong(tmp_path: Path) -> None:
    told = (START + 120 * FRAME, START + 190 * FRAME)
    numbers = [*range(120), *range(200, LASTS)]
    assert judged(EQUAL, recorded(tmp_path, mixed(numbers=numbers), start=START, pauses=(told,))) is not None


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_a_pause_of_silence_is_where_it_fits(over: int, tmp_path: Path) -> None:
    frames = mixed()
    frames[120:200] = [PCMU.silence(FRAME)] * 80
    told = (START + 121 * FRAME, START + (200 + over) * FRAME)
    one = recorded(tmp_path, frames, start=START, pauses=(told,), skips=False)
    assert judged(EQUAL, one) is None


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_stream_that_begins_anew_after_a_silence_may_be_a_frame_off(off: int, tmp_path: Path) -> None:
    said, anew = sent(), FIRST + 250
    rest = [(instant, renumbered(data)) for instant, data in said["far"][anew:]]
    said["far"] = [*said["far"][: FIRST + 200], *rest]
    mixer = PayloadMixer(PCMU)
    near, far = (
        {(instant - LATE) // FRAME: payload_of(data) for instant, data in said[leg]} for leg in ("near", "far")
    )
    frames = [
        mixer.mix(near.get(number), far.get(number - (off if number >= anew - 1 else 0)), FRAME)
        for number in range(FIRST, FIRST + LASTS)
    ]
    assert judged(EQUAL, recorded(tmp_path, frames, start=START), said) is None


def renumbered(data: bytes) -> bytes:
    """The packet as one of another SSRC, whose timestamps have nothing to do with the first one's."""
    packet = RtpPacket.parse(data)
    return bytes(replace(packet, ssrc=99, timestamp=(packet.timestamp + 123_456_789) % 2**32))


def payload_of(data: bytes) -> Piece:
    return Piece(PCMU, RtpPacket.parse(data).payload)


def test_what_cannot_be_read_is_left_as_it_is(tmp_path: Path) -> None:
    one = recorded(tmp_path, mixed(), start=START)
    one.files[0].unlink()
    said = sent()
    assert in_frames(one, said) == (one, said)
