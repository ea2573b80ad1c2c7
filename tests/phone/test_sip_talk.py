"""A call from the phone's side, on a call that the test plays: what is told, what is sent, what is given back."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import cycle
from random import Random
from typing import Any

import pytest

from phone_recorder.adapters.udp import PortRange
from phone_recorder.errors import UsageError
from phone_recorder.phone.keys import CallKey
from phone_recorder.phone.party import Nobody
from phone_recorder.phone.sip_talk import SipTalk
from phone_recorder.phone.voice_reader import VoiceReader
from phone_recorder.settings.record import SipInfoSettings
from phone_recorder.sip.audio.audio_plan import AudioPlan
from phone_recorder.sip.call.call_end import CallEnd
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.rtp import RtpPacket
from tests.signals import sine

pytestmark = pytest.mark.live
"""Its port is a real one."""
HOST = "127.0.0.1"
GIVEN_UP = CallEnd(487, "the caller gave up", "peer")
HUNG_UP = CallEnd(200, "the other phone hung up", "peer")
START = 8000


class Call:
    """A call that notes what the phone wants of it."""

    def __init__(self, incoming: bool = False, name: str = "Bob", uri: str = "sip:bob@192.0.2.2") -> None:
        self.incoming, self.remote_name, self.remote_uri = incoming, name, uri
        self.done: list[object] = []
        self.stands = True

    def answer(self) -> None:
        self.done.append("answer")

    def hang_up(self) -> None:
        self.done.append("hang up")

    def hold(self) -> None:
        self.done.append("hold")

    def resume(self) -> None:
        self.done.append("resume")

    def info(self, headers: tuple[tuple[str, str], ...], done: Callable[[int, str], None]) -> None:
        self.done.append(headers)


class Rig:
    def __init__(self, talk: SipTalk, call: Call, told: list[str]) -> None:
        self.talk, self.call, self.told = talk, call, told


@contextmanager
def talking(call: Call | None = None, ports: PortRange | None = None) -> Iterator[Rig]:
    """A talk, within a loop that does not run."""
    told: list[str] = []
    played = call or Call()
    loop = asyncio.new_event_loop()

    async def make() -> SipTalk:
        return SipTalk(HOST, HOST, (PCMU,), 20, SipInfoSettings(), Random(1), told.append, ports)

    with closing(loop), closing(loop.run_until_complete(make())) as talk:
        talk.call = played  # type: ignore[assignment]
        yield Rig(talk, played, told)


def plan(remote: tuple[str, int] | None = None, **more: Any) -> AudioPlan:
    return AudioPlan(PCMU, 0, None, 20, remote, True, True, {0: 0}, **more)


def port_of(talk: SipTalk) -> int:
    return talk.port.address[1]


def is_free(port: int) -> bool:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as trying:
        try:
            trying.bind((HOST, port))
        except OSError:
            return False
        return True


def test_an_outgoing_call_rings_and_is_answered() -> None:
    with talking() as rig:
        rig.talk.ringing()
        assert (rig.told, rig.talk.settled.done(), rig.talk.connected) == (["ringing"], False, False)
        rig.talk.answered()
        assert (rig.talk.settled.done(), rig.talk.connected, rig.talk.end) == (True, True, None)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Bob", "called by Bob <sip:bob@192.0.2.2>"),
        ("", "called by <sip:bob@192.0.2.2>"),
        ("\x1b[2JBob", "called by \N{REPLACEMENT CHARACTER}[2JBob <sip:bob@192.0.2.2>"),
    ],
)
def test_an_incoming_call_says_who_it_is(name: str, shown: str) -> None:
    with talking(Call(True, name)) as rig:
        rig.talk.ringing()
        assert rig.told == [shown]


def test_a_call_that_was_never_answered_gives_its_port_back_at_once() -> None:
    with talking() as rig:
        assert not is_free(port_of(rig.talk))
        rig.talk.ended(GIVEN_UP)
        assert (rig.talk.settled.done(), rig.talk.connected, rig.talk.end) == (True, False, GIVEN_UP)
        assert is_free(port_of(rig.talk))
        assert rig.told == []


def test_a_call_that_was_answered_keeps_its_port_until_it_is_closed() -> None:
    with talking() as rig:
        rig.talk.answered()
        rig.talk.ended(HUNG_UP)
        assert not is_free(port_of(rig.talk))
        rig.talk.close()
        rig.talk.close()
        assert is_free(port_of(rig.talk))


@pytest.mark.parametrize(("by", "told"), [("us", []), ("peer", ["why"]), ("network", ["why"])])
def test_why_a_call_is_over_is_told_unless_the_user_did_it(by: Any, told: list[str]) -> None:
    with talking() as rig:
        ends: list[CallEnd | None] = []
        rig.talk.on_end = lambda: ends.append(rig.talk.end)
        rig.talk.answered()
        rig.talk.ended(CallEnd(200, "why", by))
        assert (rig.told, ends) == (told, [CallEnd(200, "why", by)])


def test_what_comes_after_the_end_changes_nothing() -> None:
    with talking() as rig:
        rig.talk.answered()
        rig.talk.ended(HUNG_UP)
        rig.talk.answer()
        rig.talk.press(CallKey.HOLD, 0)
        rig.talk.press(CallKey.UNHOLD, 0)
        rig.talk.hang_up()
        assert rig.call.done == []


def test_the_keys_of_the_call() -> None:
    with talking() as rig:
        rig.talk.answer()
        rig.talk.press(CallKey.HOLD, 0)
        rig.talk.press(CallKey.UNHOLD, 0)
        rig.talk.hang_up()
        assert rig.call.done == ["answer", "hold", "resume", "hang up"]


@pytest.mark.parametrize("end", [lambda talk: talk.hang_up(), lambda talk: talk.ended(HUNG_UP)])
def test_after_the_call_nothing_is_asked_of_the_sip_server(end: Callable[[SipTalk], None]) -> None:
    with talking() as rig:
        link = rig.talk.info.link()
        link.ask_on()
        end(rig.talk)
        link.ask_off()
        assert not link.live
        assert [done for done in rig.call.done if done != "hang up"] == [(("Record", "on"),)]


def test_being_held_is_told_once_each_way() -> None:
    with talking() as rig:
        for held in (False, True, True, False, False):
            rig.talk.media(plan(peer_holds=held))
        assert rig.told == ["held by the other phone", "held no more"]


def test_a_call_that_begins_on_hold_says_so() -> None:
    with talking() as rig:
        rig.talk.media(plan(peer_holds=True))
        assert rig.told == ["held by the other phone"]


@pytest.mark.parametrize("agreed_first", [True, False])
def test_the_voice_goes_where_was_agreed(agreed_first: bool) -> None:
    voice = VoiceReader(cycle([sine(400, 1, 8000)]), 8000)
    with talking() as rig, closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as peer:
        peer.bind((HOST, 0))
        peer.settimeout(20)
        agreed = plan(peer.getsockname())
        if agreed_first:
            rig.talk.media(agreed)
        parties = rig.talk.parties(voice, START, ())
        if not agreed_first:
            rig.talk.media(agreed)
        said = parties["near"].packets(START + 160)
        data, source = peer.recvfrom(2048)
        assert [packet for _, packet in said] == [data]
        assert source == rig.talk.port.address
        assert len(RtpPacket.parse(data).payload) == 160


def test_without_a_voice_nothing_is_said() -> None:
    with talking() as rig:
        rig.talk.media(plan((HOST, 9)))
        assert isinstance(rig.talk.parties(None, START, ())["near"], Nobody)


def test_its_port_is_an_even_one_of_those_that_it_may_have() -> None:
    with talking() as rig:
        free = port_of(rig.talk)
        with pytest.raises(UsageError, match="is free"), talking(ports=PortRange(free, free)):
            pytest.fail("it is taken")
    ports = PortRange(free, free)
    for _ in range(2):
        with talking(ports=ports) as rig:
            assert port_of(rig.talk) == free
