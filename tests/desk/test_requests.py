"""A call is recorded as the settings say, with voices that the request may name."""

from __future__ import annotations

import pytest

from phone_recorder.control_api import StartCall
from phone_recorder.desk.requests import request_of
from phone_recorder.errors import UsageError
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import with_texts

SETTINGS = with_texts(PhoneSettings(), {"call.near": "tone:300", "call.far": "tone:500"})


def test_without_voices_of_its_own_a_call_has_those_of_the_settings() -> None:
    request = request_of(SETTINGS, StartCall("1002"))
    assert (request.near, request.far) == ("tone:300", "tone:500")


def test_voices_of_its_own_are_those_of_that_call_alone() -> None:
    request = request_of(SETTINGS, StartCall("1002", near="silence", far=" hello.wav "))
    assert (request.near, request.far) == ("silence", "hello.wav")
    assert request_of(SETTINGS, StartCall("1002")).far == "tone:500"


@pytest.mark.parametrize("voice", ["a\0b", "a\nb", "\x1b[31m", "tone:1", "tone:x", " "])
def test_what_can_be_no_voice_is_refused_before_there_is_a_call(voice: str) -> None:
    for start in (StartCall("1002", far=voice), StartCall("1002", near=voice)):
        with pytest.raises(UsageError, match=r"^call\.(near|far): ") as caught:
            request_of(SETTINGS, start)
        assert str(caught.value).isprintable()
