from __future__ import annotations

from phone_recorder.errors import NotSupported
from phone_recorder.recording.destination import Destination, NoDestination, State


def test_these_states_are_the_last_ones() -> None:
    assert {state for state in State if state.final} == {State.CLOSED, State.FAILED, State.CANCELLED}


def test_where_there_is_no_destination_it_has_failed_from_the_beginning() -> None:
    error = NotSupported("BX3S cannot record to USB")
    nowhere: Destination = NoDestination("local", error)
    for _ in range(2):
        assert (nowhere.state, nowhere.error, nowhere.written, nowhere.parts) == (State.FAILED, error, 0, ())
        nowhere.open(0)
        nowhere.write(160, [bytes(160)])
        nowhere.advance(320)
        nowhere.close(480, "record key")
    assert nowhere.mode == "local"
