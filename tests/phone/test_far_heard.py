from __future__ import annotations

from array import array

from phone_recorder.media.g711 import decode
from phone_recorder.phone.far_heard import HORIZON, FarHeard
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.rtp import RtpSender


class Loudspeaker:
    rate = 8000

    def __init__(self) -> None:
        self.played = array("h")

    def play(self, samples: array[int]) -> None:
        self.played += samples


def test_packets_are_played_in_order_and_silence_where_none_came() -> None:
    speaker = Loudspeaker()
    heard = FarHeard(speaker)
    sender = RtpSender(0, 1, 65535, 0)
    voices = [bytes([0x10 + n]) * 160 for n in range(5)]
    packets = [sender.packet(voice) for voice in voices]
    heard.hear([], 0)
    for instant, numbers in ((1, (0,)), (320, (2,)), (330, (1,)), (640, (4,))):
        heard.hear([(instant - 1, packets[number]) for number in numbers], instant)
    heard.hear([], 5 * 160 + HORIZON)
    expected = [decode(PCMU, voice) for voice in voices]
    expected[3] = array("h", bytes(320))
    assert speaker.played == sum(expected, array("h"))


def test_nothing_is_played_before_it_is_sure() -> None:
    speaker = Loudspeaker()
    heard = FarHeard(speaker)
    heard.hear([], 0)
    heard.hear([(1, RtpSender(0, 1, 0, 0).packet(bytes(160)))], 2)
    assert not speaker.played
