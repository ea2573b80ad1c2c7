from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from phone_recorder.errors import AudioFileError, UsageError
from phone_recorder.phone.parties import DEFAULT_FAR, DEFAULT_NEAR, Line, make_party, voice_length
from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec
from phone_recorder.wire.rtp import RtpPacket
from tests.record_bytes import record, rtp, speech
from tests.signals import wav, write
from tests.wire import captures

START, END = 5000, 5000 + 8000 * 14
CODECS = [PCMU, PCMA, G722]


def line(codec: Codec = PCMU, frame: int = 160) -> Line:
    return Line(codec, frame, START, END)


def spoken(voice: str | Path, line: Line, repeat: bool = False, seed: int = 1) -> list[RtpPacket]:
    return [RtpPacket.parse(data) for _, data in make_party(str(voice), repeat, line, Random(seed)).packets(END)]


def payload(packets: list[RtpPacket]) -> bytes:
    return b"".join(packet.payload for packet in packets)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("frame", [80, 160, 240, 320, 480])
def test_a_party_sends_whole_packets_of_the_calls_codec_all_the_time(codec: Codec, frame: int) -> None:
    packets = spoken("tone:440", line(codec, frame))
    assert len(packets) == -(-8000 * 14 // frame)
    assert {(len(packet.payload), packet.payload_type) for packet in packets} == {(frame, codec.payload_type)}
    assert len({packet.ssrc for packet in packets}) == 1


@pytest.mark.parametrize("frame", [80, 160, 240, 320, 480])
def test_a_tone_goes_on_without_a_seam_whatever_the_packet(frame: int) -> None:
    """440 Hz repeats each 200 samples at 8 kHz."""
    heard = payload(spoken("tone:440", line(frame=frame)))
    assert heard == (heard[:200] * (len(heard) // 200 + 1))[: len(heard)]


@pytest.mark.parametrize(("turn", "silent_from"), [("0", 8000), ("1", 0)])
def test_two_tones_take_turns(turn: str, silent_from: int) -> None:
    heard = payload(spoken(f"tone:440:{turn}", line()))
    for second in range(14):
        part = heard[second * 8000 : second * 8000 + 8000]
        assert (set(part) == {0xFF}) == (second % 2 == silent_from // 8000)


def test_the_default_voices_can_be_told_apart() -> None:
    near, far = (payload(spoken(voice, line())) for voice in (DEFAULT_NEAR, DEFAULT_FAR))
    assert all(
        (near[at : at + 160] == b"\xff" * 160) != (far[at : at + 160] == b"\xff" * 160) for at in range(0, 80_000, 160)
    )


def test_nobody_and_silence() -> None:
    assert spoken("none", line()) == []
    assert set(payload(spoken("silence", line(PCMA)))) == {0xD5}


def test_the_same_random_numbers_are_the_same_packets() -> None:
    assert spoken("tone:440", line()) == spoken("tone:440", line()) != spoken("tone:440", line(), seed=2)


def test_a_file_is_spoken_once_or_again_and_again(tmp_path: Path) -> None:
    path = write(tmp_path / "voice", record(speech(1600), b"PCMU", 160, 160))
    once, again = (payload(spoken(path, line(), repeat)) for repeat in (False, True))
    assert once[:1600].replace(b"\xff", b"\x7f") == speech(1600).replace(b"\xff", b"\x7f")
    assert set(once[1600:]) == {0xFF}
    assert again == (again[:1600] * 70)
    assert once[:1600] == again[:1600]


def test_a_capture_is_sent_as_it_was(tmp_path: Path) -> None:
    frames = {number: captures.ethernet(captures.ipv4(rtp(number, speech(160), 8))) for number in (0, 1, 3)}
    path = write(tmp_path / "voice", captures.pcap([(0, 20_000 * n, frame) for n, frame in frames.items()]))
    party = make_party(str(path), False, line(), Random(1))
    assert party.packets(END) == [(START + 160 * n, rtp(n, speech(160), 8)) for n in (0, 1, 3)]
    assert abs(voice_length(str(path)) - 0.08) < 0.001


def test_how_long_a_voice_is(tmp_path: Path) -> None:
    assert [voice_length(voice) for voice in ("tone:440", "silence", "none")] == [0, 0, 0]
    assert voice_length(str(write(tmp_path / "wav", wav(bytes(16_000), 16000)))) == 0.5
    assert voice_length(str(write(tmp_path / "record", record(speech(1600), b"G722", 160, 160)))) == 0.2


@pytest.mark.parametrize("voice", ["tone", "tone:", "tone:19", "tone:3401", "tone:x", "tone:440:2", "tone:440:0:0"])
def test_a_tone_that_is_none(voice: str) -> None:
    with pytest.raises(UsageError, match=r"is no tone: write tone:HZ with 20 to 3400 Hz"):
        spoken(voice, line())


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        spoken(tmp_path / "none", line())
    with pytest.raises(AudioFileError, match="the file is empty"):
        spoken(write(tmp_path / "empty", b""), line())
