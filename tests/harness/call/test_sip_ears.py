"""What is made and kept beside a SIP call, and what is left when no call came about."""

from __future__ import annotations

import stat
import wave
from array import array
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.errors import SpeakerError, UsageError
from phone_recorder.harness.call.request import CallRequest
from phone_recorder.harness.call.sip_ears import Ears, Taps
from phone_recorder.harness.call.sip_plan import SipPlan
from phone_recorder.phone.party import Datagram, Party
from phone_recorder.phone.sip_parties import Listener, SipFar
from phone_recorder.phone.voice_reader import VoiceReader
from phone_recorder.recording.mixer import FAR, NEAR
from phone_recorder.sip.account import Account
from phone_recorder.sip.audio.audio_plan import AudioPlan
from phone_recorder.wire.payload import G722, PCMU, Codec
from tests.adapters.file_limit import no_file_above
from tests.phone.rig import START
from tests.phone.sip_rig import speech

MESSAGE = b"OPTIONS sip:a@b SIP/2.0\r\n\r\n"
HERE, THERE = ("127.0.0.1", 5060), ("127.0.0.1", 5070)


class Port:
    """Gives what came."""

    def __init__(self) -> None:
        self.come: list[Datagram] = []

    def send(self, packets: list[bytes]) -> None:
        raise AssertionError("nothing is said here")

    def drain(self) -> list[Datagram]:
        come, self.come = self.come, []
        return come


class Talk:
    """A talk, as far as ears need one."""

    def __init__(self, codec: Codec | None = PCMU) -> None:
        self.port = Port()
        self.plan = AudioPlan(codec, codec.payload_type, None, 20, THERE, True, True, {0: 0}) if codec else None
        self.voice: VoiceReader | None = None

    def parties(self, voice: VoiceReader | None, start: int, listeners: tuple[Listener, ...]) -> dict[str, Party]:
        self.voice = voice
        far = SipFar(self.port, listeners)
        return {NEAR: far, FAR: far}


def plan(**more: Any) -> SipPlan:
    return SipPlan(Account("1001"), **more)


def ears(notes: list[str] | None = None, near: str = "tone:440", **more: Any) -> Ears:
    return Ears(CallRequest(near=near), plan(**more), notes.append if notes is not None else print)


def test_a_voice_that_cannot_be_read_is_found_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no tone"), ears(near="tone:1", save_far=tmp_path / "far.wav"):
        pytest.fail("it must not come so far")
    assert list(tmp_path.iterdir()) == []


def test_without_a_call_nothing_is_left(tmp_path: Path) -> None:
    with ears(save_far=tmp_path / "far.wav") as listening:
        assert (tmp_path / "far.wav").exists(), "what cannot be written is found now"
        listening.early(Talk(), START)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_what_others_have_moved_away_is_theirs(tmp_path: Path) -> None:
    with ears(save_far=tmp_path / "far.wav"):
        (tmp_path / "far.wav").unlink()


@pytest.mark.parametrize(("codec", "rate"), [(PCMU, 8000), (G722, 16000)])
def test_the_far_party_is_kept_as_long_as_the_call_and_at_its_rate(tmp_path: Path, codec: Codec, rate: int) -> None:
    talk = Talk(codec)
    with ears(save_far=tmp_path / "far.wav") as listening:
        parties = listening.parties(talk, START)  # type: ignore[arg-type]
        talk.port.come = speech(0.5, codec=codec)
        parties[FAR].packets(START + 4000)
        listening.close(START + 5001)
    assert talk.voice and talk.voice.rate == rate
    with wave.open(str(tmp_path / "far.wav"), "rb") as file:
        assert (file.getframerate(), file.getnframes()) == (rate, 5001 * rate // 8000)
        assert max(array("h", file.readframes(4000))) > 5000
    assert stat.S_IMODE((tmp_path / "far.wav").stat().st_mode) == 0o600


def test_a_file_that_takes_no_more_is_told_of_at_the_end_and_ends_nothing_else(tmp_path: Path) -> None:
    notes: list[str] = []
    talk = Talk()
    with ears(notes, save_far=tmp_path / "far.wav") as listening:
        parties = listening.parties(talk, START)  # type: ignore[arg-type]
        with no_file_above(100):
            assert parties[FAR].packets(START + 16000) == []
            assert notes == []
            listening.close(START + 16000)
    assert notes == [f"cannot write {tmp_path / 'far.wav'}: file too large"]


def test_nobody_at_this_end_says_nothing() -> None:
    talk = Talk()
    with ears(near="none") as listening:
        listening.parties(talk, START)  # type: ignore[arg-type]
    assert talk.voice is None


def test_before_anything_is_agreed_the_voice_is_at_the_usual_rate() -> None:
    talk = Talk(None)
    with ears() as listening:
        listening.parties(talk, START)  # type: ignore[arg-type]
    assert talk.voice and talk.voice.rate == 8000


def test_what_comes_before_the_answer_is_taken_from_the_port() -> None:
    talk = Talk()
    talk.port.come = speech(0.1)
    with ears() as listening:
        listening.early(talk, START + 8000)  # type: ignore[arg-type]
    assert talk.port.come == []


def test_a_device_without_a_sound_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sounddevice", None)
    with pytest.raises(SpeakerError, match="pip install sounddevice"), ears(device=True, save_far=tmp_path / "far.wav"):
        pytest.fail("it must not come so far")
    assert list(tmp_path.iterdir()) == []


def test_trace_and_capture_see_signalling_and_the_capture_media_too(tmp_path: Path) -> None:
    trace, capture = tmp_path / "trace", tmp_path / "pcap"
    with Taps(plan(trace=trace, pcap=capture), print) as taps:
        assert (len(taps.signalling), len(taps.media)) == (2, 1)
        for tap in taps.signalling:
            tap.packet("UDP", HERE, THERE, MESSAGE)
        for tap in taps.media:
            tap.packet("UDP", HERE, THERE, b"\x80\x00" + bytes(170))
    assert "OPTIONS sip:a@b" in trace.read_text()
    assert MESSAGE in capture.read_bytes() and b"\x80\x00" + bytes(170) in capture.read_bytes()
    assert {stat.S_IMODE(path.stat().st_mode) for path in (trace, capture)} == {0o600}


def test_nothing_is_asked_for() -> None:
    with Taps(plan(), print) as taps:
        assert (taps.signalling, taps.media) == ((), ())


def test_a_trace_and_a_capture_of_nothing_are_not_left(tmp_path: Path) -> None:
    with Taps(plan(trace=tmp_path / "trace", pcap=tmp_path / "pcap"), print):
        assert len(list(tmp_path.iterdir())) == 2
    assert list(tmp_path.iterdir()) == []


def test_the_capture_is_not_left_if_there_can_be_no_trace(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="both exists already"):
        Taps(plan(trace=tmp_path / "both", pcap=tmp_path / "both"), print)
    assert list(tmp_path.iterdir()) == []
