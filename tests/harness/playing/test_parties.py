from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.errors import UsageError
from phone_recorder.harness.call.network import Impairment
from phone_recorder.harness.playing.parties import Parties, is_heard, make_parties
from phone_recorder.harness.scenario.actions import Network, RtpFault
from phone_recorder.harness.scenario.case import CallPlan, Case, PartyPlan
from phone_recorder.harness.scenario.expected import AudioIs, Expectation, StateIs
from phone_recorder.phone.party import Datagram
from phone_recorder.settings.phone import PhoneSettings
from tests.harness.playing.speaking import heard, instants, packets
from tests.record_bytes import rtp, speech
from tests.signals import write
from tests.wire import captures

START, END = 4000, 20_000
CASE = Case(
    "a", Path("a"), "A call", PhoneSettings(), PartyPlan("tone:440"), PartyPlan("tone:660"), CallPlan(END - START)
)
LOSSY = Network(Impairment(loss=0.5, jitter=800))
At = tuple[int, RtpFault | Network]


def parties(case: Case = CASE, seed: int = 1) -> Parties:
    return make_parties(case, seed, START, END)


def both(steps: list[At], looks: list[int] | None = None, case: Case = CASE) -> tuple[list[Datagram], list[Datagram]]:
    """What comes from near and far; one does not need to be asked for the other's sake."""
    near, far = parties(case), parties(case)
    return (
        heard(near.near, END, [(at, partial(near.act, at, step)) for at, step in steps], looks or []),
        heard(far.far, END, [(at, partial(far.act, at, step)) for at, step in steps], looks or []),
    )


def test_both_speak_from_start_to_end_each_for_itself() -> None:
    for found in both([]):
        assert instants(found) == list(range(START, END, 160))
    near, far = both([])
    assert packets(near)[0].ssrc != packets(far)[0].ssrc
    assert packets(near)[9].payload != packets(far)[9].payload


def test_each_has_a_codec_and_a_ptime_of_its_own() -> None:
    near, far = PartyPlan("tone:440", "PCMA", 30), PartyPlan("tone:660", "g722", 40)
    for found, kind, size in zip(both([], case=replace(CASE, near=near, far=far)), (8, 9), (240, 320), strict=True):
        assert {(packet.payload_type, len(packet.payload)) for packet in packets(found)} == {(kind, size)}


def test_a_voice_may_be_silent_nobody_or_a_capture(tmp_path: Path) -> None:
    frames = [(0, 20_000 * n, captures.ethernet(captures.ipv4(rtp(n, speech(160), 8)))) for n in range(3)]
    path = str(write(tmp_path / "voice", captures.pcap(frames)))
    near, far = both([], case=replace(CASE, near=PartyPlan("none"), far=PartyPlan(path)))
    assert near == []
    assert far == [(START + 160 * n, rtp(n, speech(160), 8)) for n in range(3)]


def test_with_dtx_a_tone_that_takes_turns_is_sent_in_its_turn() -> None:
    near, _ = both([], case=replace(CASE, near=PartyPlan("tone:440:0", dtx=True)))
    assert instants(near) == [*range(START, START + 8000 + 1600 + 160, 160)]
    assert [packet.payload_type for packet in packets(near)] == [0] * 60 + [13]


def test_a_fault_is_of_one_leg() -> None:
    near, far = both([(8000, RtpFault("stop", "near"))])
    assert instants(near) == [at for at in range(START, END, 160) if at < 8000]
    assert far == both([])[1]


def test_a_sender_whose_clock_is_fast_speaks_until_the_end() -> None:
    _, far = both([(START, RtpFault("drift", number=100_000))])
    assert END - 160 <= instants(far)[-1] < END


def test_only_the_far_party_is_behind_the_network() -> None:
    near, far = both([(8000, LOSSY)])
    assert near == both([])[0]
    assert 25 + 25 < len(far) < 25 + 50


def test_a_network_may_be_there_from_the_start() -> None:
    assert both([], case=replace(CASE, network=LOSSY)) == both([(START, LOSSY)])


def test_said_is_what_was_sent_whatever_the_network_loses() -> None:
    one = parties(replace(CASE, network=Network(Impairment(loss=1.0))))
    one.act(START, RtpFault("ptime", "far", 40))
    assert one.far.packets(END) == []
    assert instants(one.said["far"]) == list(range(START, END, 320))
    assert one.said["near"] == []
    assert one.near.packets(END) == one.said["near"] != []


def test_hold_silences_both_and_time_goes_on() -> None:
    one = parties()
    does = [(8000, partial(one.hold, True, 8000)), (12_000, partial(one.hold, False, 12_000))]
    looks = [8000, 12_000]
    near, far = heard(one.near, END, does, looks), one.far.packets(END)
    assert instants(near) == instants(far) == [*range(START, 8000, 160), *range(12_000, END, 160)]
    assert one.said == {"near": near, "far": far}


def test_hold_without_an_instant_counts_from_what_was_asked() -> None:
    one = parties()
    one.near.packets(8000)
    one.hold(True)
    assert one.near.packets(12_000) == []


def test_the_same_seed_says_the_same() -> None:
    steps: list[At] = [(5000, RtpFault("new ssrc")), (6000, LOSSY)]
    assert both(steps) == both(steps)
    assert parties(seed=1).far.packets(END) != parties(seed=2).far.packets(END)


def test_nobody_hears_strangers_here() -> None:
    assert both([(8000, RtpFault("wrong source", number=10))]) == both([])


def test_a_codec_that_is_none() -> None:
    with pytest.raises(UsageError, match="there is no codec 'opus': choose from PCMU, PCMA and G722"):
        parties(replace(CASE, far=PartyPlan("tone:440", "opus")))


_steps = st.lists(
    st.tuples(
        st.integers(START, END),
        st.sampled_from(
            [
                LOSSY,
                Network(LOSSY.impairment, 3, 2000),
                RtpFault("stall", "far", 1000),
                RtpFault("ptime", "near", 30),
                RtpFault("dtmf", "far", text="12"),
                RtpFault("malformed", "far", 5),
                RtpFault("new ssrc", "near"),
            ]
        ),
    ),
    max_size=5,
)


@settings(deadline=None, max_examples=40)
@given(_steps, st.lists(st.integers(START, END)))
def test_how_often_one_looks_makes_no_difference(steps: list[At], looks: list[int]) -> None:
    steps.sort(key=lambda each: each[0])
    assert both(steps, looks) == both(steps)


AUDIO, STATE = Expectation(AudioIs("silent"), line=3), Expectation(StateIs("idle"), line=4)


@pytest.mark.parametrize(
    ("expected", "keep", "heard"),
    [
        ((STATE,), False, False),
        ((STATE,), True, True),
        ((STATE, AUDIO), False, True),
        ((replace(STATE, line=0),), False, True),  # a program looks at that, and may ask for a sound yet
        ((), False, True),
    ],
)
def test_what_is_said_is_kept_for_whoever_may_ask_for_it(
    expected: tuple[Expectation, ...], keep: bool, heard: bool
) -> None:
    assert is_heard(replace(CASE, expected=expected), keep) == heard


def test_parties_that_nobody_hears_send_the_same_and_keep_nothing() -> None:
    heard, unheard = (make_parties(CASE, 7, START, END, heard) for heard in (True, False))
    assert heard.near.packets(END) == unheard.near.packets(END) != []
    assert (len(heard.said["near"]) > 0, len(unheard.said["near"])) == (True, 0)
