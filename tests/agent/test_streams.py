"""What is recorded of a call's streams: byte for byte what the emulated phone records of the same packets."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from random import Random

import pytest

from phone_recorder.phone.call import CallPlan, PhoneCall
from phone_recorder.phone.keys import KeyPress
from phone_recorder.phone.party import Party
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import Destination
from phone_recorder.recording.drive_destination import DriveDestination
from phone_recorder.recording.record_key import Event
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.settings.record import Pause
from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec
from phone_recorder.wire.record_file import RecordHeader
from phone_recorder.wire.rtp import RtpSender
from tests.agent.call_rig import SILENCE, CallRig, audio, files, packet, said
from tests.phone.rig import Link, system_time
from tests.recording.memory_drive import Memory
from tests.recording.streams import FRAME, MS, SECOND, rtp

Sent = tuple[int, bytes]
LENGTH = 10 * SECOND


class Scripted(Party):
    """A party of the emulated phone that sends what it is told to."""

    def __init__(self, sent: list[Sent]) -> None:
        self._sent = sorted(sent, key=lambda one: one[0])

    def packets(self, until: int) -> list[Sent]:
        """What has come by this instant, as a port gives it."""
        count = sum(instant <= until for instant, _ in self._sent)
        heard, self._sent = self._sent[:count], self._sent[count:]
        return heard


def spoiled(seed: int, codec: Codec, ssrc: int) -> list[Sent]:
    """Packets of ten seconds, some lost, doubled, late by up to 1.2 s or out of order, and one change of SSRC.

    None comes after the call: its end is the only thing after which the emulated phone does not listen any more.
    """
    random, sent = Random(seed), []
    for number in range(LENGTH // FRAME):
        if random.random() < 0.05:
            continue
        jitter = random.randrange(1, 9600) if random.random() < 0.05 else random.randrange(1, 300)
        source = ssrc + (number >= 300)
        data = rtp(number, number * FRAME, random.randbytes(FRAME), source, codec.payload_type)
        sent += [(number * FRAME + jitter, data)] * (2 if random.random() < 0.02 else 1)
    return [(instant, data) for instant, data in sent if instant < LENGTH]


def of_the_phone(near: list[Sent], far: list[Sent], keys: list[KeyPress], pause: Pause, codec: Codec) -> list[bytes]:
    """What the emulated phone records of it: the audio of each file."""
    drive, link = Memory(), Link()

    def new(now: int) -> tuple[Destination, Account]:
        header = RecordHeader(codec, FRAME, FRAME)
        return DriveDestination(drive, header, SpacePolicy(0, 0), system_time), Account("1", "local", codec.name)

    plan = CallPlan(LENGTH, FRAME, SECOND, codec, pause, tuple(keys))
    parties: dict[str, Party] = {"near": Scripted(near), "far": Scripted(far)}
    call = PhoneCall(plan, 0, parties, link, RtpSender(codec.payload_type, 3, 0, 0), new)
    link.now = 0
    while not call.over:
        link.now += 80
        call.advance(link.now)
    return [bytes(file[76:]) for file in drive.files.values()]


def of_the_agent(
    stick: Path, near: list[Sent], far: list[Sent], keys: list[KeyPress], pause: Pause, codec: Codec
) -> list[bytes]:
    rig = CallRig(stick, "legs", pause=pause, codec=codec)
    for leg, sent in (("near", near), ("far", far)):
        for instant, data in sent:
            rig.ports[leg].send(instant, data)
    for instant, key in keys:
        assert isinstance(key, Event)
        rig.press(instant, key)
    rig.end(LENGTH)
    return [audio(path, codec.name.encode()) for path in files(stick)]


KEYS: dict[str, list[KeyPress]] = {
    "the whole call": [(0, Event.START)],
    "paused": [(0, Event.START), (2 * SECOND + 77, Event.PAUSE), (4 * SECOND + 33, Event.RESUME)],
    "two at once": [(0, Event.START), (3 * SECOND + 5, Event.STOP), (3 * SECOND + 165, Event.START)],
}


@pytest.mark.parametrize("pause", ["skip", "silence"])
@pytest.mark.parametrize("codec", [PCMU, PCMA, G722], ids=lambda codec: codec.name)
@pytest.mark.parametrize("keys", KEYS)
def test_legs_give_byte_for_byte_what_the_emulated_phone_records(
    tmp_path: Path, keys: str, codec: Codec, pause: Pause
) -> None:
    near, far = spoiled(1, PCMU, 10), spoiled(2, PCMA, 20)
    found = of_the_agent(tmp_path, near, far, KEYS[keys], pause, codec)
    assert found == of_the_phone(near, far, KEYS[keys], pause, codec)
    assert sum(map(len, found)) > 7 * SECOND


def test_a_stream_mixed_by_the_phone_is_recorded_as_it_comes(tmp_path: Path) -> None:
    rig = CallRig(tmp_path)
    data = [Random(number).randbytes(FRAME) for number in range(100)]
    for number, payload in enumerate(data):
        rig.ports["mixed"].send(number * FRAME + MS, packet(number, payload))
    rig.press(0)
    rig.end(100 * FRAME)
    assert audio(files(tmp_path)[0]) == b"".join(data)
    assert list(rig.account.streams) == ["mixed"]
    assert rig.account.gaps.count == 0


@pytest.mark.parametrize("streams", ["mixed", "legs"])
@pytest.mark.parametrize(("late", "is_there"), [(SECOND - 2 * FRAME, True), (SECOND + 2 * FRAME, False)])
def test_a_packet_that_is_late_by_less_than_the_horizon_is_in_its_place(
    tmp_path: Path, streams: str, late: int, is_there: bool
) -> None:
    """EDGE-CASES M17."""
    rig = CallRig(tmp_path, streams)
    [*_, leg] = rig.ports
    for number in range(200):
        rig.talk(leg, [number], delay=late if number == 70 else MS)
    rig.press(0)
    rig.end(200 * FRAME)
    assert rig.kept == [number if is_there or number != 70 else None for number in range(200)]
    assert rig.account.streams[leg].late == (not is_there)


@pytest.mark.parametrize("streams", ["mixed", "legs"])
def test_a_call_of_which_nothing_ever_comes_is_silence_and_the_account_says_so(tmp_path: Path, streams: str) -> None:
    """EDGE-CASES M11."""
    rig = CallRig(tmp_path, streams)
    rig.press(0)
    rig.end(10 * SECOND + 7)
    assert audio(files(tmp_path)[0]) == b"\xff" * 10 * SECOND
    assert (rig.account.state, rig.account.recorded) == ("recorded", 10 * SECOND)
    assert rig.account.gaps.total == dict.fromkeys(rig.ports, 10 * SECOND)


@pytest.mark.parametrize(("talks", "silent"), [("near", "far"), ("far", "near")])
def test_one_leg_alone_is_recorded_whole_and_the_other_is_a_gap(tmp_path: Path, talks: str, silent: str) -> None:
    """EDGE-CASES M11: one-way audio."""
    rig = CallRig(tmp_path, "legs")
    rig.talk(talks, range(500))
    rig.press(0)
    rig.end(500 * FRAME)
    assert rig.kept == [*range(500)]
    assert rig.account.gaps.total == {silent: 500 * FRAME}
    assert (rig.account.streams[talks].received, rig.account.streams[silent].received) == (500, 0)


@pytest.mark.parametrize("streams", ["mixed", "legs"])
def test_minutes_on_hold_are_silence_of_their_length_and_the_recording_goes_on(tmp_path: Path, streams: str) -> None:
    """EDGE-CASES M12. The phone goes on with its timestamps, or begins anew as a new SSRC."""
    rig = CallRig(tmp_path, streams)
    [*_, leg] = rig.ports
    rig.talk(leg, range(500))
    rig.talk(leg, range(20_000, 20_500), ssrc=2)
    rig.press(0)
    rig.until(500 * FRAME)
    rig.call.change(state="held")
    rig.until(19_990 * FRAME)
    rig.call.change(state="connected")
    rig.end(20_500 * FRAME)
    hold = [None] * 19_500
    assert rig.kept == [*range(500), *hold, *range(500)]
    assert rig.account.gaps.total[leg] == 19_500 * FRAME


@pytest.mark.parametrize("streams", ["mixed", "legs"])
def test_another_ssrc_in_mid_call_goes_on_without_a_gap(tmp_path: Path, streams: str) -> None:
    """EDGE-CASES M13. Its numbers and its time begin anywhere."""
    rig = CallRig(tmp_path, streams)
    [*_, leg] = rig.ports
    rig.talk(leg, range(100))
    for number in range(100, 200):
        data = rtp(number + 7000, 0xFFFFF000 + number * FRAME, said(number), 99)
        rig.ports[leg].send(number * FRAME + MS, data)
    rig.press(0)
    rig.end(200 * FRAME)
    assert rig.kept == [*range(200)]
    assert leg not in rig.account.gaps.total
    assert rig.account.streams[leg].ssrc_changes == 1


@pytest.mark.parametrize("streams", ["mixed", "legs"])
def test_another_codec_in_mid_call_is_transcoded_at_the_same_speed(tmp_path: Path, streams: str) -> None:
    """EDGE-CASES M3: silence of A-law and of mu-law, and a tone of each, are told apart by their lengths."""
    rig = CallRig(tmp_path, streams)
    [*_, leg] = rig.ports
    # +1000 or so, in both laws.
    laws = [(0, 0xC0)] * 50 + [(8, 0x9A)] * 50 + [(0, 0xC0)] * 50
    for number, (payload_type, code) in enumerate(laws):
        rig.ports[leg].send(number * FRAME + MS, packet(number, bytes([code]) * FRAME, 1, payload_type))
    rig.press(0)
    rig.end(150 * FRAME)
    [one, other, again] = [(code, len([*run])) for code, run in groupby(audio(files(tmp_path)[0]))]
    assert (one, again) == ((0xC0, 50 * FRAME), (0xC0, 50 * FRAME))
    assert other[1] == 50 * FRAME
    assert other[0] & 0x80
    assert rig.account.codec == "PCMU"


def test_the_record_tone_is_in_legs_and_not_in_what_the_phone_has_mixed(tmp_path: Path) -> None:
    heard = {}
    for streams in ("mixed", "legs"):
        (stick := tmp_path / streams).mkdir()
        rig = CallRig(stick, streams, tone=True)
        for leg in rig.ports:
            rig.talk(leg, range(100), silent=True)
        rig.press(0)
        rig.end(100 * FRAME)
        heard[streams] = audio(files(stick)[0])
    assert heard["mixed"] == SILENCE * 100
    assert heard["legs"] != heard["mixed"]
    assert len(heard["legs"]) == len(heard["mixed"])


def test_a_recording_that_comes_later_has_streams_of_its_own(tmp_path: Path) -> None:
    rig = CallRig(tmp_path, "legs")
    rig.talk("far", range(100))
    rig.talk("near", range(100), silent=True)
    rig.talk("far", range(3000, 3100))
    rig.talk("near", range(3000, 3100), silent=True)
    rig.press(0)
    rig.press(100 * FRAME)
    rig.press(3000 * FRAME)
    rig.end(3100 * FRAME)
    assert rig.kept == [*range(100), *range(3000, 3100)]
    assert [account.gaps.count for account in rig.accounts] == [0, 0]
