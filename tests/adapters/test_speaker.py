"""The speaker on a sound library of the test's own. tests/system/test_play_pulse.py listens to the real one."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator
from types import ModuleType

import pytest

from phone_recorder.adapters.speaker import open_speaker
from phone_recorder.errors import SpeakerError

EDGE = array("h", bytes(2 * 2000))
"""0.25 s at 8 kHz."""


class PortAudioError(Exception):
    pass


class FakeStream:
    def __init__(self, log: list[object], fail_at: str = "") -> None:
        self.log = log
        self.fail_at = fail_at

    def _do(self, name: str) -> None:
        self.log.append(name)
        if name == self.fail_at:
            raise PortAudioError(f"no {name}\nmore of it")

    def start(self) -> None:
        self._do("start")

    def write(self, samples: array[int]) -> bool:
        self._do("write")
        self.log[-1] = samples
        return False

    def stop(self) -> None:
        self._do("stop")

    def close(self) -> None:
        self._do("close")


class FakeSound(ModuleType):
    """What speaker.py uses of `sounddevice`."""

    PortAudioError = PortAudioError

    def __init__(self) -> None:
        super().__init__("sounddevice")
        self.log: list[object] = []
        self.fail_at = ""
        self.refuse: Exception | None = None

    def RawOutputStream(self, **options: object) -> FakeStream:
        if self.refuse:
            raise self.refuse
        self.log.append(options)
        return FakeStream(self.log, self.fail_at)


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSound]:
    fake = FakeSound()
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    yield fake


def options(device: object = None) -> dict[str, object]:
    return {"samplerate": 8000, "channels": 1, "dtype": "int16", "device": device}


def test_what_is_written_is_played_between_two_silences_and_waited_for(sound: FakeSound) -> None:
    tone = array("h", [1, 2, 3])
    with open_speaker(8000) as speaker:
        speaker.write(tone)
    assert sound.log == [options(), "start", EDGE, tone, EDGE, "stop", "close"]


@pytest.mark.parametrize(("name", "device"), [("pulse", "pulse"), ("7", 7), ("USB 2", "USB 2")])
def test_a_device_by_its_name_or_number(sound: FakeSound, name: str, device: object) -> None:
    with open_speaker(8000, name):
        pass
    assert sound.log[0] == options(device)


def test_after_an_error_of_the_reader_it_falls_silent_at_once(sound: FakeSound) -> None:
    with pytest.raises(KeyboardInterrupt), open_speaker(8000):
        raise KeyboardInterrupt
    assert sound.log == [options(), "start", EDGE, "close"]


@pytest.mark.parametrize("call", ["start", "write", "stop"])
def test_a_device_that_fails_is_one_sentence(sound: FakeSound, call: str) -> None:
    sound.fail_at = call
    with pytest.raises(SpeakerError) as caught, open_speaker(8000):
        pass
    assert str(caught.value) == f"the sound device failed: no {call}"
    assert sound.log[-1] == "close"


@pytest.mark.parametrize(("device", "which"), [(None, "the default sound device"), ("USB", "the sound device 'USB'")])
@pytest.mark.parametrize("error", [PortAudioError("no such thing"), ValueError("no such thing:\n[0] a\n[1] b")])
def test_a_device_that_cannot_be_opened_is_one_sentence(
    sound: FakeSound, device: str | None, which: str, error: Exception
) -> None:
    sound.refuse = error
    with pytest.raises(SpeakerError) as caught, open_speaker(8000, device):
        pass
    assert str(caught.value) == f"cannot open {which}: no such thing"


def test_without_the_python_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(SpeakerError, match="pip install sounddevice"), open_speaker(8000):
        pass
