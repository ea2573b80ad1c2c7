from __future__ import annotations

from array import array

import pytest

from phone_recorder.harness.playing.dtx import Dtx
from phone_recorder.media.codecs import encoder
from phone_recorder.wire.payload import CODECS, G722, PCMA, PCMU, Codec
from phone_recorder.wire.rtp import RtpPacket, RtpSender


def stream(codec: Codec, levels: str, loud: int = 8000) -> list[RtpPacket]:
    """A packet of 20 ms for each sign: `#` is loud, `.` is silent."""
    encoding, sender = encoder(codec, 8000), RtpSender(codec.payload_type, 1, 0, 0)
    samples = {"#": array("h", [loud, -loud] * 80), ".": array("h", [0] * 160)}
    return [RtpPacket.parse(sender.packet(encoding.encode(samples[sign]))) for sign in levels]


def sent(packets: list[RtpPacket]) -> str:
    """`#` is sent as it was, `M` with the marker, `n` is noise, `-` is not sent."""
    dtx = Dtx()
    return "".join(_sign(packet, dtx.shape(packet)) for packet in packets)


def _sign(packet: RtpPacket, out: list[RtpPacket]) -> str:
    if out == []:
        return "-"
    if out[0].payload_type == 13:
        return "n"
    assert (out[0].payload, out[0].timestamp) == (packet.payload, packet.timestamp)
    return "M" if out[0].marker else "#"


@pytest.mark.parametrize("codec", [PCMU, PCMA])
def test_silence_is_sent_for_200_ms_then_said_once_then_not_sent(codec: Codec) -> None:
    assert sent(stream(codec, "##" + "." * 14 + "##")) == "##" + "#" * 10 + "n---" + "M#"
    assert sent(stream(codec, "#" + "." * 10 + "#" + "." * 11 + "#")) == "#" * 22 + "nM"


def test_g722_falls_silent_too() -> None:
    found = sent(stream(G722, "#" * 5 + "." * 20 + "#" * 5, loud=0x3000))
    assert found.strip("#").startswith("n-") and found.endswith("M####")


@pytest.mark.parametrize("codec", CODECS)
def test_speech_is_sent_as_it_is(codec: Codec) -> None:
    assert sent(stream(codec, "#" * 30)) == "#" * 30


@pytest.mark.parametrize(("code", "quiet"), [(PCMU.silence_byte, True), (0xF3, True), (0xF1, False), (0x80, False)])
def test_a_peak_of_50_db_below_full_scale_is_no_silence(code: int, quiet: bool) -> None:
    """PCMU: 0xF3 is 100, 0xF1 is 116; -50 dB of 32768 is 103.6."""
    packets = [RtpPacket(0, n, 160 * n, 1, bytes([0xFF] * 80 + [code] + [0xFF] * 79)) for n in range(12)]
    assert ("n" in sent(packets)) == quiet


def test_what_is_no_audio_is_sent_and_is_no_speech() -> None:
    dtx = Dtx()
    silence = stream(PCMU, "." * 12)
    event = RtpPacket(101, 1, 1, 1, bytes(4))
    assert [len(dtx.shape(packet)) for packet in (*silence, event, silence[0])] == [1] * 11 + [0, 1, 0]
