"""Phones on loopback, in one process: they call each other, and give all back at their end."""

from __future__ import annotations

import asyncio
import socket

import pytest

from phone_recorder.errors import CallFailed, SipUnreachable, UsageError
from tests.phone.raw_peer import HOST, RawPeer, raw_peer
from tests.phone.sip_phone_rig import Phone, is_free, lasting_port, run

pytestmark = pytest.mark.live


def test_two_phones_call_and_hang_up_and_give_all_back() -> None:
    async def scenario() -> None:
        async with Phone() as bob, Phone(bob.uri) as alice:
            waiting = asyncio.create_task(bob.next_call())
            await asyncio.sleep(0)
            ours, theirs = await alice.call(bob.uri), await waiting
            assert (ours.call.incoming, theirs.call.incoming) == (False, True)
            theirs.answer()
            await asyncio.gather(ours.settled, theirs.settled)
            assert ours.connected and theirs.connected and ours.plan and theirs.plan
            assert ours.plan.remote == theirs.port.address
            ours.hang_up()
            await bob.until_told("the other phone hung up")
            ports = [alice.address, bob.address, ours.port.address, theirs.port.address]
            assert not any(map(is_free, ports))
        assert all(map(is_free, ports))
        assert ours.end and theirs.end and (ours.end.by, theirs.end.by) == ("us", "peer")

    run(scenario())


def test_a_phone_that_is_switched_off_hangs_up() -> None:
    async def scenario() -> None:
        async with Phone() as bob:
            waiting = asyncio.create_task(bob.next_call())
            async with Phone(bob.uri) as alice:
                ours, theirs = await alice.call(bob.uri), await waiting
                theirs.answer()
                await ours.settled
            await bob.until_told("the other phone hung up")

    run(scenario())


def test_a_phone_that_does_not_wait_is_busy_and_says_who_called() -> None:
    async def scenario(stranger: RawPeer) -> None:
        async with Phone() as bob:
            stranger.call(bob.address, "7%1B[2J")
            await bob.until_told("busy")
            [told] = bob.told
            assert (
                told.startswith("busy: a call from 7") and told.endswith("[2J was turned away") and told.isprintable()
            )
            assert bob.talks == []

    def hear(stranger: RawPeer) -> None:
        assert stranger.hear() == "SIP/2.0 486 Busy Here"

    with raw_peer(hear) as stranger:
        run(scenario(stranger))


def test_a_flood_of_calls_does_not_fill_the_terminal() -> None:
    async def scenario(strangers: RawPeer) -> None:
        async with Phone() as bob:
            for number in range(200):
                strangers.call(bob.address, f"7{number}", f"flood{number}")
                await asyncio.sleep(0)
            await bob.until_told("more since")
            assert len(bob.told) <= 3
            assert bob.told[0].startswith("busy: a call from 70 was")

    with raw_peer() as strangers:
        run(scenario(strangers))


def test_one_call_follows_the_other_for_as_long_as_the_phone_waits() -> None:
    async def scenario() -> None:
        async with Phone() as bob, Phone(bob.uri) as alice, Phone(bob.uri) as carol:
            waiting = asyncio.create_task(bob.next_call())
            await asyncio.sleep(0)
            first, missed = await alice.call(bob.uri), await waiting
            turned_away = await carol.call(bob.uri)
            await turned_away.settled
            assert turned_away.end and turned_away.end.status == 486, "while it rings"
            await alice.until_told("ringing")
            first.hang_up()
            await missed.settled
            assert is_free(missed.port.address)
            second = await carol.call(bob.uri)
            taken = await bob.next_call()
            missed.answer()
            assert not second.connected, "what is over cannot be answered"
            taken.answer()
            await second.settled
            assert second.connected
            second.hang_up()
            await taken.settled
            bob.waits = False
            third = await alice.call(bob.uri)
            await third.settled
            assert third.end and third.end.status == 486, "it had its calls"

    run(scenario())


def test_without_a_port_for_audio_a_call_is_turned_away_and_the_user_is_told() -> None:
    async def scenario() -> None:
        async with Phone() as bob, Phone(bob.uri) as alice:
            bob.without_ports = True
            waiting = asyncio.create_task(bob.next_call())
            await asyncio.sleep(0)
            talk = await alice.call(bob.uri)
            await talk.settled
            assert talk.end and talk.end.status == 486
            assert bob.told == ["no even UDP port is free"]
            waiting.cancel()

    run(scenario())


def test_a_call_that_cannot_be_made_leaves_no_port() -> None:
    async def scenario() -> None:
        async with Phone("sip:100@127.0.0.1:9") as alice:
            with pytest.raises(UsageError):
                await alice.call("100")
            alice.without_ports = True
            with pytest.raises(UsageError, match="no even UDP port"):
                await alice.call("sip:100@127.0.0.1:9")
        assert is_free(alice.address)

    run(scenario())


@pytest.mark.parametrize(
    "target", ["sip:100@no-such-host.invalid", "sip:100@127.0.0.1:9;transport=tcp", "sip:100@127.0.0.1;transport=sctp"]
)
def test_a_phone_that_cannot_begin_gives_its_port_back(target: str) -> None:
    address = HOST, lasting_port()

    async def scenario() -> None:
        with pytest.raises(SipUnreachable):
            async with Phone(target, address[1]):
                pytest.fail("it must not come so far")
        assert is_free(address) and is_free(address, socket.SOCK_STREAM)

    run(scenario())


def test_a_phone_that_is_interrupted_while_a_name_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = asyncio.Event()

    async def never(*_: object) -> str:
        looked_up.set()
        await asyncio.Event().wait()
        return ""

    monkeypatch.setattr("phone_recorder.sip.transport.resolver.system_lookup", never)

    async def scenario() -> None:
        phone = Phone("sip:100@slow.example")
        beginning = asyncio.create_task(phone.__aenter__())
        await looked_up.wait()
        beginning.cancel()
        with pytest.raises(asyncio.CancelledError):
            await beginning

    run(scenario())


@pytest.mark.parametrize(
    ("status", "why"), [("486 Busy Here", "is busy"), ("488 Not Acceptable Here", "no codec in common")]
)
def test_a_call_that_is_refused_says_so(status: str, why: str) -> None:
    def refuse(peer: RawPeer) -> None:
        peer.answer(peer.take("INVITE"), status)
        peer.take("ACK")

    async def scenario(peer: RawPeer) -> None:
        async with Phone(peer.uri) as alice:
            talk = await alice.call(peer.uri)
            await talk.settled
            assert talk.end
            assert why in str(talk.end.error(peer.uri))
            assert isinstance(talk.end.error(peer.uri), CallFailed)
            assert is_free(talk.port.address)

    with raw_peer(refuse) as peer:
        run(scenario(peer))


def test_closing_twice_is_no_harm() -> None:
    async def scenario() -> None:
        async with Phone() as bob:
            pass
        await bob.__aexit__(None, None, None)

    run(scenario())
