from __future__ import annotations

import pytest

from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.harness.evidence import Passed
from phone_recorder.harness.playing.sip_script import SipScript
from phone_recorder.harness.scenario.actions import SipActs
from phone_recorder.recording.destination import State
from phone_recorder.recording.sip_info_destination import InfoAnswer, SipInfoDestination
from phone_recorder.settings.record import SipInfoSettings

SECOND = 8000
TICK = 160
ON, OFF, OK = (True, "INFO Record: on"), (True, "INFO Record: off"), (False, "200 OK")


class Rig:
    """A call whose recordings the SIP server makes, a tick of 20 ms at a time."""

    def __init__(self, acts: SipActs | None = None, settings: SipInfoSettings | None = None) -> None:
        self.clock = VirtualClock()
        self.passed: list[Passed] = []
        self.script = SipScript(acts or SipActs(), self.clock, self.passed.append)
        self._info = self.script.info(settings or SipInfoSettings())
        self.recordings: list[SipInfoDestination] = []

    def begin(self) -> SipInfoDestination:
        made = SipInfoDestination(self._info())
        made.open(self.clock.now())
        self.recordings.append(made)
        return made

    def pass_time(self, units: int = TICK) -> None:
        for _ in range(0, units, TICK):
            self.clock.advance(TICK)
            self.script.advance(self.clock.now())
            for recording in self.recordings:
                recording.advance(self.clock.now())

    @property
    def told(self) -> list[tuple[bool, str]]:
        return [(passed.sent, passed.text) for passed in self.passed]


def test_a_recording_is_on_and_off_and_both_ways_are_told() -> None:
    rig = Rig()
    recording = rig.begin()
    rig.pass_time(SECOND)
    recording.close(rig.clock.now(), "record key")
    rig.pass_time()
    assert recording.state is State.CLOSED
    assert rig.told == [ON, OK, OFF, OK]
    assert [(passed.protocol, passed.instant) for passed in rig.passed] == [
        ("sip", instant) for instant in (0, TICK, SECOND, SECOND + TICK)
    ]


def test_the_header_is_the_phone_s() -> None:
    rig = Rig(settings=SipInfoSettings("X-Rec", "start", "stop"))
    rig.begin()
    assert rig.told == [(True, "INFO X-Rec: start")]


def test_a_refusal_comes_after_its_delay() -> None:
    rig = Rig(SipActs(488, "Not Acceptable Here", delay=2400))
    recording = rig.begin()
    rig.pass_time(2400 - TICK)
    assert rig.told == [ON]
    rig.pass_time()
    assert rig.told == [ON, (False, "488 Not Acceptable Here")]
    assert str(recording.error) == "the SIP server refused to record: 488 Not Acceptable Here"
    assert rig.passed[1].instant == 2400


def test_a_server_that_hangs_never_answers() -> None:
    rig = Rig(SipActs(0))
    recording = rig.begin()
    rig.pass_time(10 * SECOND)
    assert (recording.state, str(recording.error)) == (State.FAILED, "the SIP server does not answer")
    assert rig.told == [ON]


def test_what_came_before_a_change_is_answered_as_it_was_to_be() -> None:
    rig = Rig(SipActs(delay=2 * TICK))
    recording = rig.begin()
    rig.script.act(SipActs(603, "Decline"))
    rig.pass_time(2 * TICK)
    assert recording.state is State.OPEN
    recording.close(rig.clock.now(), "record key")
    rig.pass_time()
    assert rig.told == [ON, OK, OFF, (False, "603 Decline")]


def test_stop_and_start_again_reach_the_server_as_off_and_on_in_one_instant() -> None:
    rig = Rig()
    first = rig.begin()
    rig.pass_time()
    second = rig.begin()
    first.close(rig.clock.now(), "record key")
    rig.pass_time()
    assert (first.state, second.state) == (State.CLOSED, State.OPEN)
    assert rig.told == [ON, OK, OFF, OK, ON, OK]


@pytest.mark.parametrize("status", [0, 200])
def test_the_end_of_the_call_ends_all_that_is_unanswered(status: int) -> None:
    rig = Rig(SipActs(status, delay=SECOND))
    link = rig.script.info(SipInfoSettings())()
    link.ask_on()
    assert link.live
    rig.script.end()
    assert (link.live, link.answer()) == (False, InfoAnswer(0, "the call is over"))
    rig.pass_time(2 * SECOND)
    assert rig.told == [ON]


def test_the_next_call_is_asked_anew_and_the_one_before_no_more() -> None:
    rig = Rig()
    before = rig.begin()
    rig.pass_time()
    link = rig.script.info(SipInfoSettings())()
    before.close(rig.clock.now(), "record key")
    rig.pass_time()
    link.ask_on()
    rig.pass_time()
    assert link.answer() == InfoAnswer(200, "OK")
    assert rig.told == [ON, OK, ON, OK]


def test_an_answer_of_several_lines_is_told_as_one() -> None:
    rig = Rig(SipActs(500, "Oh\r\nno"))
    rig.begin()
    rig.pass_time()
    assert rig.told[1] == (False, "500 Oh\ufffd\ufffdno")
