from __future__ import annotations

import pytest

from phone_recorder.errors import RtpError
from phone_recorder.harness.playing.malformed import MALFORMED, malformed
from phone_recorder.wire.rtp import RtpPacket


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("short", "11 bytes are too few"),
        ("version", "RTP version 1"),
        ("padding", "padding"),
        ("extension", "extension"),
        ("csrc", "15 contributing sources"),
    ],
)
def test_each_is_wrong_in_its_own_way(kind: str, why: str) -> None:
    with pytest.raises(RtpError, match=why):
        RtpPacket.parse(MALFORMED[kind])


def test_they_come_in_turn() -> None:
    kinds = list(MALFORMED.values())
    assert malformed(7) == [*kinds, *kinds[:2]]
    assert malformed(0) == []
