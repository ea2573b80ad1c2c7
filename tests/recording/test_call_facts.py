from __future__ import annotations

from dataclasses import replace

import pytest

from phone_recorder.recording.call_facts import MOST_TOLD, CallFacts
from phone_recorder.wire import control
from phone_recorder.wire.control import StartRequest


def test_a_record_server_is_told_all_of_it() -> None:
    facts = CallFacts("001122334455", "1002", "Anna&B", "1001", "Zoë", "in")
    asked = facts.start_request("00ff", "PCMA")
    assert asked == StartRequest("00ff", "001122334455", "1002", "Anna&B", "1001", "Zoë", "in", "PCMA")
    assert control.parse(control.build(asked, b"")) == asked


FACTS = CallFacts("001122334455", "1002", "Far", "1001", "Near", "out")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("x" * 300, "x" * 300),
        ("&" * 300, "&" * 300),
        ("张" * 300, "张" * 300),
        ("😀" * 300, "😀" * (MOST_TOLD // 4)),
        ("&" * 301, "&" * (MOST_TOLD // 3)),
    ],
)
def test_a_long_name_is_told_as_far_as_a_message_has_room(name: str, told: str) -> None:
    """EDGE-CASES C6: 300 characters come back as they were."""
    assert replace(FACTS, remote_name=name).start_request("00ff", "PCMU").remote_name == told


@pytest.mark.parametrize("character", ["x", "&", "张", "😀", "\udc80"])
def test_names_and_numbers_of_both_sides_cannot_overfill_a_message(character: str) -> None:
    long = character * 2000
    asked = CallFacts("001122334455", long, long, long, long, "out").start_request("0" * 32, "PCMU")
    assert len(control.build(asked, b"\r\n")) <= control.MAX_MESSAGE_SIZE
    assert control.parse(control.build(asked, b"")).id == asked.id
