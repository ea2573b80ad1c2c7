"""EDGE-CASES, control connection: what a phone's link sees of a server that a scenario's script has."""

from __future__ import annotations

from datetime import datetime

import pytest

from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.errors import ServerError, ServerLost, ServerRefused, ServerUnreachable
from phone_recorder.harness.call.links import MemoryPorts, MemoryServerLink
from phone_recorder.harness.evidence import Passed
from phone_recorder.harness.playing.scripted_link import ScriptedLink
from phone_recorder.harness.playing.server_script import ServerScript
from phone_recorder.harness.scenario.actions import ServerActs, ServerKind
from phone_recorder.recording.destination import State
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.server_destination import ServerDestination, ServerPolicy
from phone_recorder.server.core import RecordServer
from phone_recorder.server.recording import ServerRecording
from phone_recorder.wire import control
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.rtp import RtpSender
from tests.recording.memory_drive import Memory
from tests.server.rig import Shelf

TICK = 160
SECOND = 8000
FRAME = b"\x11" * 160
START = "cmd=RecordStartRequest&id=00ff&device=&remote_number=&remote_name=Far%20Party"
STARTED = "cmd=RecordStartResponse&id=00ff&result=success&reason=&server=127.0.0.1&port=20000"
STOPPED = "cmd=RecordStopResponse&id=00ff&result=success"
LOST = "the control connection was lost"


class Rig:
    """A phone that records to a scripted server, a tick of 20 ms at a time."""

    def __init__(self, acts: ServerActs | None = None, terminator: control.Terminator = b"\n") -> None:
        self.clock = VirtualClock(datetime(2024, 1, 31, 12))
        self.drive = Memory()
        self.ended: list[ServerRecording] = []
        self.passed: list[Passed] = []
        self.script = ServerScript(acts or ServerActs())
        ports = MemoryPorts()
        policy = SpacePolicy(0, 0)
        self.server = RecordServer(
            Shelf(self.drive), policy, ports.open, self.clock.system_time, on_end=self.ended.append
        )
        self._ports = ports
        self._policy = ServerPolicy(terminator)
        self.made = self.connect("00ff")

    def connect(self, recording_id: str) -> ServerDestination:
        inner = MemoryServerLink(self.server, self._ports, self.clock)
        self.link = ScriptedLink(self.script, inner, self.clock, self.passed.append)
        asked = control.StartRequest(recording_id, remote_name="Far Party", codec="PCMU")
        made = ServerDestination(self.link, asked, RtpSender.drawn(PCMU.payload_type, lambda bits: 7), self._policy)
        made.open(self.clock.now())
        return made

    def pass_time(self, units: int = TICK) -> None:
        for _ in range(0, units, TICK):
            self.clock.advance(TICK)
            now = self.clock.now()
            self.made.write(now, [FRAME])
            self.made.advance(now)
            self.server.advance(now)

    def close(self) -> None:
        self.made.close(self.clock.now(), "record key")

    @property
    def state(self) -> State:
        return self.made.state

    @property
    def told(self) -> list[tuple[bool, str]]:
        return [(passed.sent, passed.text.split("&local")[0]) for passed in self.passed]

    def failed(self) -> tuple[type[ServerError], str]:
        assert self.made.state is State.FAILED and self.made.error
        return type(self.made.error), str(self.made.error)


@pytest.mark.parametrize("terminator", [b"", b"\n", b"\r\n"])
def test_our_server_is_heard_as_it_is_and_all_that_passes_is_told(terminator: control.Terminator) -> None:
    rig = Rig(terminator=terminator)
    rig.pass_time(SECOND)
    assert rig.made.written > 0
    rig.close()
    rig.pass_time(2 * SECOND)
    assert (rig.state, rig.ended[0].account.state) == (State.CLOSED, "recorded")
    assert [bytes(file[76:]) for file in rig.drive.files.values()] == [FRAME * 50]
    stop = "cmd=RecordStopRequest&id=00ff&remote_number=&remote_name=Far%20Party"
    assert rig.told == [(True, START), (False, STARTED), (True, stop), (False, STOPPED)]
    assert {passed.protocol for passed in rig.passed} == {"control"}


def test_what_passes_is_told_with_the_instant_at_which_the_phone_has_it() -> None:
    rig = Rig(terminator=b"")
    rig.pass_time(SECOND)
    # Without an end a request is answered after 200 ms of quiet.
    assert [passed.instant for passed in rig.passed] == [TICK, TICK + 1600]


def test_a_start_is_refused_with_the_script_s_reason() -> None:
    rig = Rig(ServerActs("refuse", "no licence"))
    rig.pass_time(2 * TICK)
    assert rig.failed() == (ServerRefused, "the record server refused: no licence")
    refusal = "cmd=RecordStartResponse&id=00ff&result=failed&reason=no%20licence&server=&port="
    assert rig.told == [(True, START), (False, refusal)]
    assert (rig.server.running, rig.drive.files) == ({}, {})


def test_a_server_that_refuses_now_lets_what_runs_end_well() -> None:
    rig = Rig()
    rig.pass_time(SECOND)
    rig.script.act(ServerActs("refuse", "full"))
    rig.close()
    rig.pass_time(2 * SECOND)
    assert rig.state is State.CLOSED


def test_a_server_that_hangs_is_reached_and_says_nothing() -> None:
    rig = Rig(ServerActs("hang"))
    rig.pass_time(5 * SECOND)
    assert rig.failed() == (ServerUnreachable, "the record server does not answer")
    assert rig.told == [(True, START)]
    assert rig.server.running == {}


def test_a_server_that_hangs_for_two_seconds_then_answers_what_it_was_asked() -> None:
    rig = Rig(ServerActs("hang"))
    rig.pass_time(2 * SECOND)
    rig.script.act(ServerActs())
    rig.pass_time(SECOND)
    assert rig.state is State.OPEN
    assert rig.passed[1].instant == 2 * SECOND + TICK


def test_a_server_that_hangs_while_it_records_takes_audio_and_does_not_answer_the_stop() -> None:
    rig = Rig()
    rig.pass_time(SECOND)
    rig.script.act(ServerActs("hang"))
    rig.pass_time(SECOND)
    assert rig.state is State.OPEN
    rig.close()
    rig.pass_time(5 * SECOND)
    assert rig.failed() == (ServerUnreachable, "the record server does not answer")
    # It has never read the stop: to it the connection was lost, after all the audio.
    rig.pass_time(2 * SECOND)
    assert rig.ended[0].account.reason == LOST
    assert [len(file) for file in rig.drive.files.values()] == [76 + 100 * 160]


def test_a_server_that_hangs_says_nothing_of_what_it_has_read_before() -> None:
    rig = Rig()
    rig.pass_time(SECOND)
    rig.close()
    rig.script.act(ServerActs("hang"))
    rig.pass_time(3 * SECOND)
    assert (rig.state, len(rig.passed)) == (State.CLOSING, 3)
    rig.script.act(ServerActs())
    rig.pass_time()
    assert (rig.made.error, len(rig.passed)) == (None, 4)


ENDS = [("reset", "connection reset by peer"), ("close", "the server has closed it")]


@pytest.mark.parametrize(("kind", "why"), ENDS)
def test_a_new_connection_ends_as_soon_as_it_stands(kind: ServerKind, why: str) -> None:
    rig = Rig(ServerActs(kind))
    rig.pass_time()
    assert rig.failed() == (ServerLost, f"the connection to the record server was lost: {why}")
    assert rig.server.running == {}


@pytest.mark.parametrize(("kind", "why"), [*ENDS, ("restart", "the server has closed it")])
def test_a_connection_that_stands_ends_now_on_both_sides(kind: ServerKind, why: str) -> None:
    rig = Rig()
    rig.pass_time(SECOND)
    rig.script.act(ServerActs(kind))
    # Also while the phone stands still.
    rig.server.advance(rig.clock.now())
    assert [(ended.account.state, ended.account.reason) for ended in rig.ended] == [("cut short", LOST)]
    rig.pass_time()
    assert rig.failed() == (ServerLost, f"the connection to the record server was lost: {why}")


def test_a_connection_that_ends_before_the_phone_has_looked_has_stood() -> None:
    rig = Rig()
    rig.script.act(ServerActs("close"))
    rig.pass_time()
    assert rig.failed()[0] is ServerLost


def test_a_server_that_was_restarted_takes_new_connections() -> None:
    rig = Rig()
    rig.pass_time(SECOND)
    rig.script.act(ServerActs("restart"))
    rig.pass_time(SECOND)
    rig.made = rig.connect("01fe")
    rig.pass_time(SECOND)
    assert rig.state is State.OPEN


def test_where_nobody_listens_no_connection_comes_about() -> None:
    rig = Rig(ServerActs("unreachable"))
    rig.pass_time()
    assert rig.failed() == (ServerUnreachable, "the record server cannot be reached: connection refused")
    assert rig.told == []


def test_connections_outlive_a_server_that_takes_no_new_ones() -> None:
    rig = Rig()
    rig.pass_time(SECOND)
    rig.script.act(ServerActs("unreachable"))
    rig.pass_time(SECOND)
    assert rig.state is State.OPEN


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("cmd=RecordStartResponse&id={id}&result=failed&reason=go", "the record server refused: go"),
        ("cmd=RecordStartResponse&id=1&result=success&port=20000\n", "answered for another recording, '1'"),
        ("HTTP/1.1 400 Bad Request\r\n", "the record server's answer cannot be read: "),
        ("x" * 5000, "the record server's answer cannot be read: "),
    ],
)
def test_a_request_is_answered_with_what_the_script_says(text: str, error: str) -> None:
    rig = Rig(ServerActs("answer", text))
    rig.pass_time(SECOND)
    assert error in rig.failed()[1]
    assert [sent for sent, _ in rig.told] == [True, False]


def test_audio_for_a_port_that_the_script_has_made_up_goes_nowhere() -> None:
    text = "cmd=RecordStartResponse&id={id}&result=success&reason=&server=127.0.0.1&port=45678\n"
    rig = Rig(ServerActs("answer", text))
    rig.pass_time(SECOND)
    assert rig.state is State.OPEN and rig.made.written > 0
    assert rig.drive.files == {}


@pytest.mark.parametrize(("size", "looks"), [(1, len(STARTED)), (40, 3), (4000, 1)])
def test_answers_in_pieces_come_one_at_a_look_and_are_told_when_they_are_whole(size: int, looks: int) -> None:
    rig = Rig(ServerActs("split", number=size), terminator=b"")
    # The first comes after 200 ms of quiet, which end the request.
    rig.pass_time((10 + looks - 1) * TICK)
    assert (rig.state, len(rig.passed)) == (State.OPENING, 1)
    rig.pass_time()
    assert rig.state is State.OPEN
    assert rig.told == [(True, START), (False, STARTED)]


def test_a_link_that_the_phone_has_closed_hears_of_no_change() -> None:
    rig = Rig()
    rig.pass_time(SECOND)
    rig.link.close()
    rig.link.close()
    rig.script.act(ServerActs("reset"))
    assert list(rig.link.events()) == []
    rig.server.advance(rig.clock.now())
    assert [ended.account.reason for ended in rig.ended] == [LOST]


VANISH = ServerActs("vanish")


def test_a_server_that_vanishes_is_noticed_after_10_s_of_probes() -> None:
    rig = Rig()
    rig.pass_time(SECOND)
    rig.script.act(VANISH)
    rig.pass_time(10 * SECOND - TICK)
    assert rig.state is State.OPEN
    rig.pass_time(TICK)
    assert rig.failed() == (ServerLost, "the connection to the record server was lost: connection timed out")
    assert rig.told == [(True, START), (False, STARTED)]
    # Nothing that was sent meanwhile has come anywhere.
    assert sum(len(file) - 76 for file in rig.drive.files.values()) <= SECOND


def test_a_stop_that_a_server_which_vanished_never_hears_is_unanswered() -> None:
    rig = Rig()
    rig.pass_time(SECOND)
    rig.script.act(VANISH)
    rig.close()
    rig.pass_time(5 * SECOND)
    assert rig.failed()[0] is not None
    assert rig.state is State.FAILED


def test_a_server_that_vanished_before_is_not_reached_and_one_that_comes_back_in_time_is() -> None:
    rig = Rig(VANISH)
    rig.pass_time(5 * SECOND - TICK)
    assert (rig.state, rig.told) == (State.OPENING, [])
    rig.pass_time(TICK)
    assert rig.failed()[0] is ServerUnreachable
    other = Rig(VANISH)
    other.pass_time(SECOND)
    other.script.act(ServerActs())
    other.pass_time(SECOND)
    assert (other.state, other.told) == (State.OPEN, [(True, START), (False, STARTED)])


def test_a_server_that_comes_back_has_forgotten_what_it_had() -> None:
    rig = Rig()
    rig.pass_time(SECOND)
    rig.script.act(VANISH)
    rig.script.act(VANISH)
    rig.pass_time(SECOND)
    rig.script.act(ServerActs())
    rig.pass_time(TICK)
    assert rig.failed() == (ServerLost, "the connection to the record server was lost: connection reset by peer")
    rig.made = rig.connect("00fe")
    rig.pass_time(SECOND)
    assert rig.state is State.OPEN
