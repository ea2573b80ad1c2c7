"""Parties as RTP over real sockets on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace

import pytest

from phone_recorder.adapters.udp import UdpPort
from phone_recorder.harness.evidence import Carried
from phone_recorder.harness.playing.parties import make_parties
from phone_recorder.harness.playing.stranger import STRANGER
from phone_recorder.harness.scenario.actions import RtpFault
from phone_recorder.harness.scenario.case import PartyPlan
from phone_recorder.harness.subjects.legs import Legs
from phone_recorder.recording.mixer import FAR, NEAR
from tests.harness.fake_engine import case

FRAME = 160


@pytest.fixture
def ports() -> Iterator[dict[str, UdpPort]]:
    """Where the legs go."""
    with ExitStack() as stack:
        yield {leg: stack.enter_context(closing(UdpPort())) for leg in (NEAR, FAR)}


def legs_to(ports: dict[str, UdpPort], kept: list[Carried]) -> Legs:
    speaking = replace(case("a"), near=PartyPlan("tone:440"), far=PartyPlan("tone:660"))
    parties = make_parties(speaking, 7, 0, 10 * FRAME)
    return Legs(parties, {leg: port.address for leg, port in ports.items()}, kept.append)


def came(port: UdpPort) -> list[tuple[bytes, str]]:
    return [(data, source) for _, data, source in port.drain()]


@pytest.mark.live
def test_each_leg_has_what_is_due_and_no_more(ports: dict[str, UdpPort]) -> None:
    kept: list[Carried] = []
    with closing(legs_to(ports, kept)) as legs:
        legs.send(3 * FRAME, 3 * FRAME)
        near, far = came(ports[NEAR]), came(ports[FAR])
        said = legs.parties.said
        assert [data for data, _ in near] == [data for _, data in said[NEAR]]
        assert [data for data, _ in far] == [data for _, data in said[FAR]]
        assert (len(near), len(far), len(kept)) == (3, 3, 6)
        legs.send(100 * FRAME, 100 * FRAME)
        assert len(came(ports[NEAR])) == 7, "it ends with the call"


@pytest.mark.live
def test_what_is_sent_late_was_said_late(ports: dict[str, UdpPort]) -> None:
    with closing(legs_to(ports, [])) as legs:
        legs.send(FRAME, FRAME)
        legs.send(5 * FRAME, 3 * FRAME)
        assert [instant for instant, _ in legs.said[NEAR]] == [FRAME, 5 * FRAME, 5 * FRAME]


@pytest.mark.live
def test_a_stranger_comes_from_another_address_to_the_leg_that_is_meant(ports: dict[str, UdpPort]) -> None:
    kept: list[Carried] = []
    with closing(legs_to(ports, kept)) as legs:
        legs.stray(8, RtpFault("wrong source", "near", 3))
    assert [source for _, source in came(ports[NEAR])] == [STRANGER] * 3
    assert came(ports[FAR]) == []
    assert {packet.source[0] for packet in kept} == {STRANGER}
