"""The loudspeaker of a call on a sound library of the test's own."""

from __future__ import annotations

import sys
from array import array

import pytest

from phone_recorder.adapters.microphone import open_microphone
from phone_recorder.adapters.speaker import open_player
from phone_recorder.errors import SpeakerError
from tests.adapters.fake_sound import FakeSound, FakeStream, PortAudioError


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> FakeSound:
    fake = FakeSound()
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    return fake


def heard(stream: FakeStream, count: int) -> array[int]:
    """What the device is given when it wants so many samples."""
    buffer = bytearray(b"\xaa" * (2 * count))
    stream.call_back(buffer)
    return array("h", bytes(buffer))


def test_what_is_said_is_played_a_little_later_and_never_waited_for(sound: FakeSound) -> None:
    with open_player(8000) as player:
        stream = sound.streams["out"]
        assert heard(stream, 160) == array("h", bytes(320))
        player.play(array("h", range(160)))
        assert heard(stream, 160) == array("h", bytes(320))
        player.play(array("h", range(160, 320)))
        assert heard(stream, 160) + heard(stream, 160) == array("h", range(320))
        assert player.underruns == 0
        assert heard(stream, 160) == array("h", bytes(320))
        assert (player.underruns, player.lost) == (1, False)
    assert stream.log == ["start", "close"]


def test_of_too_much_the_newest_is_played(sound: FakeSound) -> None:
    with open_player(16000) as player:
        player.play(array("h", range(30_000)))
        assert heard(sound.streams["out"], 640)[-1] == 29_999


@pytest.mark.parametrize("rate", [8000, 16000])
def test_microphone_and_loudspeaker_run_at_once(sound: FakeSound, rate: int) -> None:
    with open_player(rate, "7") as player, open_microphone(rate, "7") as microphone:
        sound.streams["in"].call_back(b"\1\0" * (rate // 25))
        player.play(next(microphone))
        assert {stream.options["samplerate"] for stream in sound.streams.values()} == {rate}
        assert {stream.options["device"] for stream in sound.streams.values()} == {7}
        assert (player.rate, microphone.rate) == (rate, rate)


def test_a_loudspeaker_that_has_gone_says_so(sound: FakeSound) -> None:
    with open_player(8000) as player:
        sound.streams["out"].options["finished_callback"]()
        assert player.lost
        player.play(array("h", [1]))


def test_a_loudspeaker_that_is_not_there_is_one_sentence(sound: FakeSound) -> None:
    sound.refuse = PortAudioError("Error querying device -1")
    with pytest.raises(SpeakerError) as caught, open_player(8000):
        pass
    assert str(caught.value) == (
        "cannot open the default sound device: none is there; plug one in, or start the sound server"
    )


def test_a_loudspeaker_that_fails_at_once_is_given_back(sound: FakeSound) -> None:
    sound.fail_at = "start"
    with pytest.raises(SpeakerError, match="the sound device failed: no start"), open_player(8000):
        pass
    assert sound.streams["out"].log == ["start", "close"]


def test_without_the_python_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(SpeakerError, match=r"cannot use a loudspeaker without .*: pip install"), open_player(8000):
        pass
