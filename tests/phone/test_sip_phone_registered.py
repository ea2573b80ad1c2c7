"""Phones on loopback that register with a script, and call by way of it."""

from __future__ import annotations

import asyncio

import pytest

from phone_recorder.errors import RegistrationFailed
from tests.phone.raw_peer import RawPeer, raw_peer
from tests.phone.sip_phone_rig import Phone, is_free, run

pytestmark = pytest.mark.live


def test_a_number_is_called_by_way_of_the_registrar_and_another_port_of_it_directly() -> None:
    def refuse(peer: RawPeer) -> None:
        peer.answer(peer.take("INVITE"), "404 Not Found")
        peer.take("ACK")

    async def scenario(registrar: RawPeer, other: RawPeer) -> None:
        async with Phone(registrar=f"sip:{registrar.address}") as alice:
            for target in ("100", f"sip:100@{other.address}"):
                talk = await alice.call(target)
                await talk.settled
                assert talk.end and talk.end.status == 404

    with raw_peer(refuse) as registrar, raw_peer(refuse) as other:
        run(scenario(registrar, other))


def test_a_registrar_that_refuses() -> None:
    def refuse(peer: RawPeer) -> None:
        peer.answer(peer.take("REGISTER"), "403 Forbidden")

    async def scenario(registrar: RawPeer) -> None:
        async with Phone(registrar=f"sip:{registrar.address}") as alice:
            with pytest.raises(RegistrationFailed, match="403"):
                await alice.register()
        assert alice.told == []

    with raw_peer(refuse) as registrar:
        run(scenario(registrar))


def test_a_registration_that_is_lost_in_a_call_is_told_and_the_call_goes_on() -> None:
    def forget(peer: RawPeer) -> None:
        for status in ("200 OK", "403 Forbidden"):
            request = peer.take("REGISTER")
            contact = next(line for line in request.split("\r\n") if line.startswith("Contact:"))
            peer.answer(request, status, *[f"{contact};expires=1"] * status.startswith("200"))

    async def scenario(registrar: RawPeer) -> None:
        async with Phone() as bob, Phone(registrar=f"sip:{registrar.address}") as alice:
            await alice.register()
            assert alice.told == [f"registered as sip:1001@{registrar.address}"]
            waiting = asyncio.create_task(bob.next_call())
            talk, theirs = await alice.call(bob.uri), await waiting
            theirs.answer()
            await talk.settled
            await alice.until_told("403")
            assert talk.connected and talk.end is None

    with raw_peer(forget) as registrar:
        run(scenario(registrar))


def test_a_registrar_that_never_answers_can_be_given_up() -> None:
    async def scenario(registrar: RawPeer) -> None:
        async with Phone(registrar=f"sip:{registrar.address}") as alice:
            registering = asyncio.create_task(alice.register())
            await asyncio.to_thread(registrar.take, "REGISTER")
            registering.cancel()
            with pytest.raises(asyncio.CancelledError):
                await registering

    with raw_peer() as registrar:
        run(scenario(registrar))


def test_a_phone_that_is_switched_off_while_the_way_for_its_bye_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    async def never(*name: object) -> str:
        asked.append(name[0])
        await asyncio.Event().wait()
        return ""

    def answer(peer: RawPeer) -> None:
        peer.contact = "sip:peer@slow.example"
        peer.answer(peer.take("INVITE"), "200 OK", described=True)

    async def scenario(peer: RawPeer) -> None:
        async with Phone(peer.uri) as alice:
            talk = await alice.call(peer.uri)
            while not asked:
                await asyncio.sleep(0.005)
            talk.hang_up()
        assert is_free(alice.address) and is_free(talk.port.address)

    monkeypatch.setattr("phone_recorder.sip.transport.resolver.system_lookup", never)
    with raw_peer(answer) as peer:
        run(scenario(peer))
