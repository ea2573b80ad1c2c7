from __future__ import annotations

from phone_recorder.recording.call_facts import MOST_TOLD, CallFacts
from phone_recorder.wire import control
from phone_recorder.wire.control import StartRequest


def test_a_record_server_is_told_all_of_it() -> None:
    facts = CallFacts("001122334455", "1002", "Anna&B", "1001", "Zoë", "in")
    asked = facts.start_request("00ff", "PCMA")
    assert asked == StartRequest("00ff", "001122334455", "1002", "Anna&B", "1001", "Zoë", "in", "PCMA")
    assert control.parse(control.build(asked, b"")) == asked


def test_names_and_numbers_of_both_sides_cannot_fill_a_message() -> None:
    """EDGE-CASES C6: they are 300 characters of four bytes each, every byte of which is escaped."""
    long = "😀" * 300
    asked = CallFacts("001122334455", long, long, long, long, "out").start_request("00ff", "PCMU")
    told = (asked.remote_number, asked.remote_name, asked.local_number, asked.local_name)
    assert told == ("😀" * MOST_TOLD,) * 4
    assert control.parse(control.build(asked, b"")) == asked
