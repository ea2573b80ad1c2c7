"""A child process that cannot begin, and what is said of it."""

from __future__ import annotations

import pytest

from phone_recorder.bulk.fleet.local_child import Child
from phone_recorder.bulk.fleet.local_messages import Check, Checked, Files, Leg, Message, Talk
from phone_recorder.bulk.media_impairments import NONE
from phone_recorder.errors import UsageError

SENDER, CHECKER = "phone_recorder.bulk.fleet.local_sender", "phone_recorder.bulk.fleet.local_checker"
NOBODY = Leg(0, 0, 0, (), 0)


def test_one_that_has_trouble_says_so_in_its_own_words() -> None:
    talk = Talk(160, "PCMU", "none.wav", NONE)
    with Child(SENDER, "talks", talk) as child, pytest.raises(UsageError) as told:
        child.wait_until_ready()
    assert str(told.value).startswith("the process that talks has ended before its time: ")
    assert "cannot read none.wav: there is no such file" in str(told.value)


def test_one_that_does_not_come_up_at_all_is_said() -> None:
    with Child("phone_recorder.none", "talks", Files(160, "PCMU")) as child, pytest.raises(UsageError) as told:
        child.wait_until_ready()
    assert str(told.value) == "the process that talks has ended before its time: exit code 1"


def test_one_that_is_well_answers_and_ends_when_it_is_closed() -> None:
    with Child(CHECKER, "looks", Files(160, "PCMU")) as child:
        child.wait_until_ready()
        child.send(Check(("none.wav",), (NOBODY, NOBODY), True))
        answers: list[Message] = []
        while not (answers or child.trouble):
            answers = child.received()
        assert (answers, child.trouble) == ([Checked(0, 1)], "")
    assert child.trouble == ""
