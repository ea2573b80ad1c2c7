from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.errors import UsageError
from phone_recorder.harness.playing.faulty_party import FaultyParty
from phone_recorder.harness.playing.malformed import MALFORMED
from phone_recorder.harness.scenario.actions import RtpFault
from phone_recorder.phone.party import Datagram, Nobody, Party, Replay
from tests.harness.playing.speaking import audio, heard, instants, packets, speaker

END = 8000
At = tuple[int, RtpFault]

FAULTS = [
    RtpFault("new ssrc"),
    RtpFault("jump timestamp", number=2**31),
    RtpFault("jump sequence", number=1000),
    RtpFault("reset"),
    RtpFault("ptime", number=40),
    RtpFault("ptime", number=10),
    RtpFault("codec", text="pcma"),
    RtpFault("dtmf", text="1"),
    RtpFault("comfort noise", number=1600),
    RtpFault("stop"),
    RtpFault("go on"),
    RtpFault("stall", number=2000),
    RtpFault("drift", number=150_000),
    RtpFault("drift", number=-150_000),
]
"""Each changes packets that would have been sent otherwise, from its instant on."""


def party(voice: Party | None = None, dtx: bool = False) -> FaultyParty:
    return FaultyParty(voice or speaker(), END, Random(1), dtx)


def said(faults: Sequence[At], looks: Sequence[int] = (), one: FaultyParty | None = None) -> list[Datagram]:
    """What reaches the phone, which looks at these instants; the faults come at theirs."""
    one = one or party()
    found = heard(one, END + 1, [(at, partial(one.act, at, fault)) for at, fault in faults], looks)
    assert one.said == found
    return found


def test_without_a_fault_it_is_the_voice_until_the_end() -> None:
    assert said([], [0, 1, 200, 5000]) == speaker(end=END).packets(END)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.kind != "go on"], ids=lambda fault: fault.kind)
@pytest.mark.parametrize("at", [3200, 3201])
def test_a_fault_counts_for_what_is_sent_from_its_instant_on(fault: RtpFault, at: int) -> None:
    found, whole = said([(at, fault)]), said([])
    first = next(n for n, (one, other) in enumerate(zip([*found, None], whole, strict=False)) if one != other)
    assert 3200 <= whole[first][0] <= 3520
    assert found[:first] == whole[:first]
    assert all(at <= instant for instant in instants(found[first:]))


def test_what_was_stopped_goes_on_at_its_instant_and_time_has_passed() -> None:
    found = said([(1600, RtpFault("stop")), (4800, RtpFault("go on"))])
    assert instants(found) == [*range(0, 1600, 160), *range(4800, END, 160)]
    assert audio(found) == audio(speaker().packets(1600)) + audio(speaker().packets(END))[4800:]


def test_a_stall_makes_the_voice_late() -> None:
    found = said([(1600, RtpFault("stall", number=3200))])
    assert instants(found) == [*range(0, 1600, 160), *range(4800, END, 160)]
    assert audio(found) == audio(speaker().packets(END - 3200))


def test_a_clock_that_is_fast_says_more_until_the_end() -> None:
    found = said([(0, RtpFault("drift", number=100_000))])
    assert len(found) == 55
    assert audio(found) == audio(speaker().packets(55 * 160))


def test_packets_become_longer_and_shorter() -> None:
    found = said([(1600, RtpFault("ptime", number=40)), (4800, RtpFault("ptime", number=10))])
    assert instants(found) == [*range(0, 1600, 160), *range(1600, 4800, 320), *range(4800, END, 80)]
    assert audio(found) == audio(speaker().packets(END))


def test_a_stall_and_another_ptime_together() -> None:
    found = said([(1600, RtpFault("ptime", number=40)), (1700, RtpFault("stall", number=1000))])
    assert instants(found)[9:13] == [1440, 1600, 2920, 3240]
    assert audio(found) == audio(speaker().packets(len(audio(found))))


def test_malformed_datagrams_come_at_their_instant_and_change_nothing_else() -> None:
    found = said([(1650, RtpFault("malformed", number=6))])
    bad = [datagram for datagram in found if datagram[0] == 1650]
    assert [data for _, data in bad] == [*MALFORMED.values(), MALFORMED["short"]]
    assert [datagram for datagram in found if datagram[0] != 1650] == said([])
    assert instants(found) == sorted(instants(found))


def test_what_is_sent_at_an_instant_is_not_there_before_it() -> None:
    one = party()
    one.act(1650, RtpFault("malformed", number=5))
    assert instants(one.packets(1650)) == list(range(0, 1650, 160))
    assert instants(one.packets(1651)) == [1650] * 5


def test_nothing_is_sent_at_the_end_or_after() -> None:
    assert said([(END, RtpFault("malformed", number=6))]) == said([])
    assert said([(END, RtpFault("stop"))]) == said([])


def test_a_party_of_its_own_packets_alone_hears_nothing_of_strangers() -> None:
    assert said([(1600, RtpFault("wrong source", number=10))]) == said([])


def test_a_capture_takes_faults_as_far_as_it_is_rtp() -> None:
    def capture() -> Replay:
        return Replay([(0, b"no RTP"), *speaker().packets(480)], 0, END)

    found = said([(0, RtpFault("reset"))], one=party(capture()))
    assert found[0] == (0, b"no RTP")
    assert [(packet.sequence, packet.timestamp) for packet in packets(found[1:])] == [(0, 0), (1, 160), (2, 320)]
    assert said([(0, RtpFault("stop"))], one=party(capture())) == []


def test_a_party_that_says_nothing_takes_faults_too() -> None:
    assert said([(0, fault) for fault in FAULTS], one=party(Nobody())) == []


def test_who_is_held_says_nothing_and_loses_nothing() -> None:
    one = party()
    found = heard(one, END, [(1600, partial(one.hold, 1600, True)), (3200, partial(one.hold, 3200, False))])
    assert instants(found) == [*range(0, 1600, 160), *range(3200, END, 160)] == instants(one.said)
    after = packets(found)[10]
    assert after.payload == packets(said([]))[20].payload
    assert after.sequence == packets(said([]))[10].sequence


def test_a_held_party_that_is_stopped_stays_silent_when_it_is_resumed() -> None:
    one = party()
    does = [
        (0, partial(one.hold, 0, True)),
        (0, partial(one.act, 0, RtpFault("stop"))),
        (9, partial(one.hold, 9, False)),
    ]
    assert heard(one, END, does) == []


def test_silence_is_not_sent_with_dtx() -> None:
    silence = Replay([(at, data[:12] + b"\xff" * 160) for at, data in speaker().packets(END)], 0, END)
    assert len(said([], one=party(silence, dtx=True))) == 11


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (RtpFault("ptime"), "a ptime of 0 ms is none: write one from 1 ms to 200 ms"),
        (RtpFault("ptime", number=201), "a ptime of 201 ms is none: write one from 1 ms to 200 ms"),
        (RtpFault("codec", text="opus"), "there is no codec 'opus': choose from PCMU, PCMA and G722"),
        (RtpFault("dtmf", text="x"), "'x' cannot be dialled: write digits from 0 to 9, *, # and A to D"),
        (RtpFault("drift", number=-1_000_000), "a clock cannot drift by -1000000 ppm: write a number such as 150 ppm"),
    ],
)
def test_a_fault_that_makes_no_sense(fault: RtpFault, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        party().act(0, fault)
    assert str(caught.value) == why


_at = st.integers(0, END)


@settings(deadline=None)
@given(st.lists(st.tuples(_at, st.sampled_from(FAULTS)), max_size=6), st.lists(_at), st.booleans())
def test_how_often_one_looks_makes_no_difference(faults: list[At], looks: list[int], dtx: bool) -> None:
    faults.sort(key=lambda each: each[0])
    once = said(faults, one=party(dtx=dtx))
    assert said(faults, looks, one=party(dtx=dtx)) == once
    assert said(faults, [at for at, _ in faults], one=party(dtx=dtx)) == once
    assert instants(once) == sorted(instants(once))
