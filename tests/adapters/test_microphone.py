"""The microphone on a sound library of the test's own. tests/system/test_sound_pulse.py hears the real one."""

from __future__ import annotations

import struct
import sys
from array import array

import pytest

from phone_recorder.adapters.microphone import open_microphone
from phone_recorder.errors import SpeakerError
from phone_recorder.media.packets import encode
from phone_recorder.wire.payload import PCMU
from tests.adapters.fake_sound import FakeSound, PortAudioError


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> FakeSound:
    fake = FakeSound()
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    return fake


def said(first: int, count: int) -> bytes:
    return struct.pack(f"<{count}h", *range(first, first + count))


@pytest.mark.parametrize(("rate", "chunk"), [(8000, 80), (16000, 160)])
def test_what_is_said_comes_in_chunks_of_10_ms(sound: FakeSound, rate: int, chunk: int) -> None:
    with open_microphone(rate) as microphone:
        stream = sound.streams["in"]
        for block in range(2):
            stream.call_back(said(block * 2 * chunk, 2 * chunk))
        chunks = [next(microphone) for _ in range(4)]
        assert [len(chunk) for chunk in chunks] == [chunk] * 4
        assert sum(chunks, array("h")) == array("h", range(4 * chunk))
    options = {name: option for name, option in stream.options.items() if "callback" not in name}
    assert options == {"samplerate": rate, "channels": 1, "dtype": "int16", "device": None, "blocksize": 2 * chunk}
    assert stream.log == ["start", "close"]


def test_it_never_waits_and_what_is_not_there_is_silence(sound: FakeSound) -> None:
    with open_microphone(8000) as microphone:
        assert next(microphone) == array("h", bytes(160))
        sound.streams["in"].call_back(said(1, 360))
        assert sum((next(microphone) for _ in range(5)), array("h")) == array("h", [*range(1, 361), *[0] * 40])
        assert microphone.underruns == 1
        assert next(microphone) == array("h", bytes(160))


def test_after_a_hold_it_gives_what_is_said_now(sound: FakeSound) -> None:
    with open_microphone(8000) as microphone:
        for block in range(150):
            sound.streams["in"].call_back(said(block * 160, 160))
        assert next(microphone)[0] >= 150 * 160 - 1600


def test_it_is_a_voice_that_can_be_encoded(sound: FakeSound) -> None:
    with open_microphone(8000) as microphone:
        packets = encode(microphone, PCMU, 160)
        assert next(packets) == b"\xff" * 160
        sound.streams["in"].call_back(struct.pack("<h", 8316) * 320)
        assert next(packets) == b"\x9f" * 160


def test_a_microphone_that_has_gone_is_silent_and_says_so(sound: FakeSound) -> None:
    with open_microphone(8000) as microphone:
        assert not microphone.lost
        sound.streams["in"].options["finished_callback"]()
        assert microphone.lost
        assert next(microphone) == array("h", bytes(160))


@pytest.mark.parametrize(("name", "device"), [("USB", "USB"), ("7", 7)])
def test_a_microphone_by_its_name_or_number(sound: FakeSound, name: str, device: object) -> None:
    with open_microphone(8000, name):
        assert sound.streams["in"].options["device"] == device


@pytest.mark.parametrize(("device", "which"), [(None, "the default microphone"), ("USB", "the microphone 'USB'")])
@pytest.mark.parametrize(
    ("error", "why"),
    [
        (PortAudioError("Error querying device -1"), "none is there; plug one in, or start the sound server"),
        (PortAudioError("Invalid sample rate\n[x]"), "Invalid sample rate"),
        (ValueError("No input device matching 'USB':\n[0] a"), "No input device matching 'USB'"),
    ],
)
def test_a_microphone_that_cannot_be_opened_is_one_sentence(
    sound: FakeSound, device: str | None, which: str, error: Exception, why: str
) -> None:
    sound.refuse = error
    with pytest.raises(SpeakerError) as caught, open_microphone(8000, device):
        pass
    assert str(caught.value) == f"cannot open {which}: {why}"


def test_a_microphone_that_fails_at_once_is_one_sentence_and_is_given_back(sound: FakeSound) -> None:
    sound.fail_at = "start"
    with pytest.raises(SpeakerError) as caught, open_microphone(8000):
        pass
    assert str(caught.value) == "the microphone failed: no start"
    assert sound.streams["in"].log == ["start", "close"]


def test_it_is_given_back_after_an_error_of_the_call(sound: FakeSound) -> None:
    with pytest.raises(KeyboardInterrupt), open_microphone(8000):
        raise KeyboardInterrupt
    assert sound.streams["in"].log == ["start", "close"]


def test_without_the_python_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(SpeakerError, match=r"cannot use a microphone without .*: pip install"), open_microphone(8000):
        pass
