"""The record tone on its way to the other phone: in what is sent, and once in what is recorded."""

from __future__ import annotations

from array import array
from itertools import pairwise
from pathlib import Path

import pytest

from phone_recorder.media.codecs import decoder
from phone_recorder.phone.party import Nobody
from phone_recorder.phone.sent_tone import Toned
from phone_recorder.phone.sip_parties import SipNear
from phone_recorder.wire.payload import CODECS, G722, PCMA, PCMU, Codec
from tests.phone.sip_rig import PEER, SipRig
from tests.signals import joined, level_at, sine

FULL = 2**0.5 / 10
TENTH = 800


def call(
    duration_s: float, keys: str, codec: Codec = PCMU, ptime_ms: int = 20, rate: int = 8000, tone: bool = True
) -> SipRig:
    """A call whose near party says 700 Hz."""
    made = SipRig(duration_s, sine(700, 1, rate, 0.25), rate, keys, tone=tone)
    made.offered(f"m=audio {PEER[1]} RTP/AVP {codec.payload_type}", f"a=ptime:{ptime_ms}")
    return made


def sent(made: SipRig, codec: Codec = PCMU) -> array[int]:
    decoding = decoder(codec, 8000)
    return joined(decoding.decode(packet.payload) for packet in made.sent)


def tenths(pcm: array[int], hz: int = 440) -> list[float]:
    """How strong it is in each tenth of a second."""
    return [level_at(hz, pcm[at : at + TENTH], 8000) for at in range(0, len(pcm), TENTH)]


def loud(pcm: array[int]) -> list[int]:
    levels = tenths(pcm)
    assert all(level < 0.01 or level == pytest.approx(FULL, rel=0.2) for level in levels), levels
    return [n for n, level in enumerate(levels) if level > 0.1]


@pytest.mark.parametrize("codec", CODECS, ids=str)
@pytest.mark.parametrize("rate", [8000, 16000])
def test_it_is_sent_while_a_recording_runs_and_recorded_once(tmp_path: Path, codec: Codec, rate: int) -> None:
    made = call(8, "1 record", codec, rate=rate).end()
    assert loud(sent(made, codec)) == [*range(10, 15), *range(60, 65)]
    assert tenths(sent(made, codec), 700)[1:-1] == pytest.approx([0.25] * 78, rel=0.1), "the voice is there too"
    _, pcm = made.read_back(tmp_path / "record")
    assert loud(pcm) == [*range(5), *range(50, 55)]


def test_what_is_recorded_is_as_without_sending_it() -> None:
    def recorded(tone: bool) -> bytes:
        return call(2, "0 record", tone=tone).end().recorded

    with_tone, without = recorded(True), recorded(False)
    assert with_tone[4000:] == without[4000:]
    assert with_tone[:4000] != without[:4000]


@pytest.mark.parametrize("codec", [PCMU, PCMA, G722], ids=str)
def test_it_is_not_sent_while_paused_nor_after_the_recording(codec: Codec) -> None:
    made = call(8, "0 record, 0.3 pause, 4 resume, 4.6 record", codec).end()
    # The recording's time was 0.3 s when it was paused: it goes on in the midst of a tone, which is sent whole.
    assert loud(sent(made, codec)) == [0, 1, 2, *range(40, 45)]


@pytest.mark.parametrize("ptime_ms", [10, 20, 30, 40, 60])
@pytest.mark.parametrize("second", [1, 1.007, 1.055])
def test_it_neither_begins_nor_ends_with_a_click(ptime_ms: int, second: float) -> None:
    made = SipRig(3, keys=f"{second} record, {second + 0.3} record", tone=True)
    made.offered(f"m=audio {PEER[1]} RTP/AVP 0", f"a=ptime:{ptime_ms}")
    pcm = sent(made.end())
    # A sine of that level goes up by 1600 in a sample at the most: what is cut off goes down by its whole height.
    assert max(abs(after - before) for before, after in pairwise(pcm)) < 1700
    sounding = [n for n, sample in enumerate(pcm) if abs(sample) > 100]
    first, last = sounding[0] / 8000, sounding[-1] / 8000
    assert second - 0.001 <= first <= second + ptime_ms / 1000 + 0.003
    assert second + 0.299 <= last <= second + 0.3 + ptime_ms / 1000 + 0.006


def test_what_a_hold_breaks_off_does_not_go_on_after_it() -> None:
    made = call(6, "0 record")
    made.at(0.2).offered(f"m=audio {PEER[1]} RTP/AVP 0", "a=inactive")
    made.at(2).offered(f"m=audio {PEER[1]} RTP/AVP 0")
    pcm = sent(made.end())
    assert loud(pcm) == [0, 1, *range(32, 37)]


def test_another_codec_in_the_midst_of_it() -> None:
    made = call(2, "0 record")
    made.at(0.2).offered(f"m=audio {PEER[1]} RTP/AVP 9")
    made.end()
    payloads = [packet.payload for packet in made.sent]
    before, after = map(decoder(PCMU, 8000).decode, payloads[:10]), map(decoder(G722, 8000).decode, payloads[10:])
    pcm = joined([*before, *after])
    assert loud(pcm) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_without_the_setting_what_is_sent_is_what_is_said(codec: Codec) -> None:
    made = call(1, "0 record", codec, tone=False).end()
    assert loud(sent(made, codec)) == []


def test_who_sends_nothing_sends_no_tone() -> None:
    assert not isinstance(Nobody(), Toned)
    assert issubclass(SipNear, Toned)
