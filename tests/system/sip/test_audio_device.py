"""`--audio device`: the phone's user has a microphone and a loudspeaker, here the two ends of one null sink.

So what the other phone says is played, and picked up by the microphone again: it hears itself.
"""

from __future__ import annotations

from array import array
from contextlib import closing
from pathlib import Path
from wave import open as open_wave

import pytest

from tests.cli.phones import Calling, Waiting
from tests.peers import need
from tests.system.pulse import captured, sound_server
from tests.system.sip.voices import RATE, find, samples_of, voice

pytestmark = [pytest.mark.peer, pytest.mark.live]

MOST = 0.6
"""Sound servers, and two clocks, cost some of the pieces that are compared."""


def test_the_far_party_is_heard_and_the_microphone_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("pulseaudio", "parec"):
        need(program)
    said, echo = voice("far_en", tmp_path / "said.wav", seconds=6), tmp_path / "echo.wav"
    with sound_server(tmp_path, RATE) as environment, captured(tmp_path, environment, RATE) as played:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with Waiting(tmp_path / "callee", "--near", said, "--save-far", echo) as callee:
            device = ("--audio", "device", "--duration", 8)
            with Calling(tmp_path / "caller", callee.uri, *device) as caller:
                document = caller.document()
                callee.document()
    heard = array("h", played.read_bytes())
    assert find(samples_of(said), heard).share > MOST, "the loudspeaker"
    with closing(open_wave(str(echo))) as file:
        assert find(samples_of(said), array("h", file.readframes(file.getnframes()))).share > MOST, "the microphone"
    [recording] = document["recordings"]
    assert recording["state"] == "recorded"
    assert {stream["name"]: stream["lost"] for stream in recording["streams"]} == {"mixed": 0, "near": 0, "far": 0}
