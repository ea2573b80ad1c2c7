"""Every message of RFC 4475, and a great many that are spoilt, through a whole user agent: it answers, and works on."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.sip.call_rig import Phone, Rig
from tests.sip.foreign import Foreign
from tests.sip.virtual_wire import summary

TORTURE = Path(__file__).parents[2] / "fixtures" / "torture"

ANSWERS = {
    "wsinv": "481 INVITE",
    "intmeth": "501 very-!Strange0123456789_*+`.%method'~",
    "esc01": "180 INVITE",
    "escnull": "405 REGISTER",
    "esc02": "501 RE%47IST%45R",
    "lwsdisp": "200 OPTIONS",
    "longreq": "180 INVITE",
    "dblreq": "405 REGISTER",
    "semiuri": "200 OPTIONS",
    "transports": "200 OPTIONS",
    "mpart01": "405 MESSAGE",
    "unreason": "",
    "noreason": "",
    "badinv01": "400 INVITE",
    "clerr": "400 INVITE",
    "ncl": "400 INVITE",
    "scalar02": "400 REGISTER",
    "scalarlg": "",
    "quotbal": "400 INVITE",
    "ltgtruri": "400 INVITE",
    "lwsruri": "400 INVITE",
    "lwsstart": "400 INVITE",
    "trws": "400 OPTIONS",
    "escruri": "400 INVITE",
    "baddate": "180 INVITE",
    "regbadct": "400 REGISTER",
    "badaspec": "400 OPTIONS",
    "baddn": "400 OPTIONS",
    "badvers": "505 OPTIONS",
    "mismatch01": "400 INVITE",
    "mismatch02": "400 INVITE",
    "bigcode": "",
    "badbranch": "200 OPTIONS",
    "insuf": "",
    "unkscm": "416 OPTIONS",
    "novelsc": "416 OPTIONS",
    "unksm2": "405 REGISTER",
    "bext01": "420 OPTIONS",
    "invut": "415 INVITE",
    "regaut01": "405 REGISTER",
    "multi01": "400 INVITE",
    "mcl01": "400 OPTIONS",
    "bcast": "",
    "zeromf": "200 OPTIONS",
    "cparam01": "405 REGISTER",
    "cparam02": "405 REGISTER",
    "regescrt": "405 REGISTER",
    "sdp01": "406 INVITE",
    "inv2543": "180 INVITE",
}
"""The first answer to each; to what is dropped there is none."""


class Bench:
    """Alice, bob to call her, and who sends her such messages."""

    def __init__(self) -> None:
        self.rig = Rig()
        self.alice, self.bob = self.rig.pair()
        self.port = self.rig.wire.port("torturer", "192.0.2.30")

    def send(self, data: bytes) -> None:
        self.port.send(data, self.alice.port.hop())
        self.rig.timers.advance(0.05)

    def answers(self) -> list[str]:
        said = [
            p.data for p in self.rig.wire.log if p.source == "alice" and p.target in ("torturer", str(self.port.hop()))
        ]
        return [summary(data) for data in said]

    def works(self) -> None:
        """Alice calls bob and is called, and after that there is nothing left but what the torturer has begun."""
        for caller, called in ((self.alice, self.bob), (self.bob, self.alice)):
            talk(self.rig, caller, called)


def talk(rig: Rig, caller: Phone, called: Phone) -> None:
    ear = caller.call(called)
    call = caller.last
    rig.timers.advance(1)
    called.last.answer()
    rig.timers.advance(1)
    assert ear.heard == ["ringing", "media PCMU sendrecv", "answered"]
    call.hang_up()
    rig.timers.advance(1)
    assert ear.heard[-1] == "ended 200 us"


def test_every_message_has_its_answer_here() -> None:
    assert ANSWERS.keys() == {path.stem for path in TORTURE.glob("*.dat")}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_message_gets_its_answer_and_the_phone_works_on(name: str) -> None:
    bench = Bench()
    bench.send((TORTURE / f"{name}.dat").read_bytes())
    assert bench.answers()[:1] == ([ANSWERS[name]] if ANSWERS[name] else [])
    bench.works()
    for call in bench.alice.agent.calls:
        call.hang_up()
    bench.rig.timers.advance(200)
    assert bench.rig.at_rest()


def test_all_of_them_one_after_another_during_a_call_change_nothing_about_it() -> None:
    bench = Bench()
    ear = bench.alice.call(bench.bob)
    bench.rig.timers.advance(1)
    bench.bob.last.answer()
    bench.rig.timers.advance(1)
    call = bench.alice.last
    for path in sorted(TORTURE.glob("*.dat")):
        bench.send(path.read_bytes())
    call.hold()
    bench.rig.timers.advance(1)
    assert call.held
    call.hang_up()
    bench.rig.timers.advance(1)
    assert ear.heard == ["ringing", "media PCMU sendrecv", "answered", "media PCMU inactive", "ended 200 us"]


def conversation() -> list[bytes]:
    """All that two phones say to one another in a call with everything."""
    rig = Rig()
    alice, bob = rig.talking()
    for phone in (alice, bob):
        phone.last.hold()
        rig.timers.advance(10)
        phone.last.info((("Record", "on"),), lambda status, reason: None)
        rig.timers.advance(1)
    alice.last.hang_up()
    rig.timers.advance(1)
    alice.call(bob)
    rig.timers.advance(1)
    alice.last.hang_up()
    rig.timers.advance(1)
    return [passed.data for passed in rig.wire.log]


@pytest.mark.parametrize("seed", range(20))
def test_spoilt_messages_of_its_own_dialogs_do_not_stop_it(seed: int) -> None:
    chance = random.Random(seed)
    said = conversation()
    bench = Bench()
    bench.alice.call(bench.bob)
    bench.rig.timers.advance(1)
    bench.bob.last.answer()
    bench.rig.timers.advance(1)
    for _ in range(100):
        data = spoilt(chance.choice(said), chance)
        target, source = chance.choice([(bench.alice, bench.bob), (bench.bob, bench.alice)])
        source.port.send(data, target.port.hop())
        bench.rig.timers.advance(chance.choice([0.0, 0.01, 0.7]))
    for phone in (bench.alice, bench.bob):
        for call in phone.agent.calls:
            call.hang_up()
    bench.rig.timers.advance(300)
    assert bench.rig.at_rest()
    bench.works()


def spoilt(data: bytes, chance: random.Random) -> bytes:
    """Bytes changed, cut out, doubled, or lines swapped."""
    for _ in range(chance.randrange(4)):
        at, size = chance.randrange(len(data) + 1), chance.randrange(12)
        data = chance.choice(
            [
                data[:at] + bytes(chance.randrange(256) for _ in range(size)) + data[at + size :],
                data[:at] + data[at + size :],
                data[:at] + data[at : at + size] * 2 + data[at + size :],
                b"\r\n".join(sorted(data.split(b"\r\n"))),
                data.replace(b"\r\n", b"\n"),
                data.replace(chance.choice([b"tag=", b"1", b";", b"<", b"sip:"]), chance.choice([b"", b"0", b"\xff"])),
            ]
        )
    return data


def test_a_flood_of_invites_is_answered_and_forgotten() -> None:
    rig = Rig()
    bob, foreign = rig.phone("bob", "192.0.2.2"), Foreign(rig)
    bob.free = False
    for number in range(2000):
        foreign.tag, foreign.call_id = f"f{number}", f"flood-{number}"
        foreign.ask(bob, "INVITE", 1)
    rig.timers.advance(0.1)
    story = foreign.story()
    assert (story.count("486 INVITE"), story.count("503 INVITE")) == (100, 1900)
    rig.timers.advance(200)
    assert rig.at_rest()
