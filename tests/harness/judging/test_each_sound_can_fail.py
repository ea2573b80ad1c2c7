"""Each thing that can be heard, as it is written: one recording in which it holds, and one in which it fails."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import get_args

import pytest

from phone_recorder.harness.evidence import Evidence, Recorded
from phone_recorder.harness.judging.judge import judge
from phone_recorder.harness.scenario.expected import AudioIs, AudioKind
from phone_recorder.media.packets import encode
from phone_recorder.phone.party import Datagram
from phone_recorder.phone.voices import tone
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from phone_recorder.wire.rtp import RtpPacket
from tests.harness.judging.evidence import NAME, account, case, moment
from tests.harness.scenario.everything import expected_of

Payloads = Sequence[bytes]

FRAME = 160
SILENCE = [PCMU.silence(FRAME)] * 100
"""Two seconds, as all of these are."""


@cache
def noise(seed: int) -> Payloads:
    """A voice that is like no other: noise of -20 dB."""
    random = Random(seed)
    return list(encode([array("h", (round(random.gauss(0, 3277)) for _ in range(2 * SECOND)))], PCMU, FRAME))


NEAR, FAR = noise(1), noise(2)
MIX = [*NEAR, *FAR]
"""The near party speaks for two seconds, and then the far one."""
TONE = list(encode([tone(440, SECOND)], PCMU, FRAME)) * 2
FAR_ALONE = [*SILENCE, *FAR]
HALF_LOST = [frame if number % 2 else SILENCE[0] for number, frame in enumerate(MIX)]
DROPPED = [*MIX[:50], *MIX[60:], *SILENCE[:10]]
LATE = [*SILENCE[:5], *MIX[:-5]]

SOUNDS: list[tuple[AudioKind, str, Payloads, Payloads]] = [
    ("contains", '"near, far"', MIX, [*NEAR, *SILENCE]),
    ("contains", "far between 2 s and 4 s", MIX, [*NEAR, *NEAR]),
    ("contains", '"far from 2 s, likeness > 0.9"', MIX, HALF_LOST),
    ("contains", "near until 2 s", MIX, [*SILENCE, *NEAR]),
    ("lacks", "near", FAR_ALONE, MIX),
    ("lacks", "near until 2 s", FAR_ALONE, MIX),
    ("lacks", '"near, likeness > 0.9"', FAR_ALONE, MIX),
    ("silent", "until 2 s", FAR_ALONE, MIX),
    ("silent", "", [*SILENCE, *SILENCE], MIX),
    ("silent", "below -40 dB", [*SILENCE, *SILENCE], MIX),
    ("silent", '"from 2 s, below -40 dB"', [*NEAR, *SILENCE], MIX),
    ("level", "-20 dB ± 1 dB", MIX, FAR_ALONE),
    ("level", "-20 dB ± 1 dB until 2 s", MIX, FAR_ALONE),
    ("tone", "440 Hz", TONE, MIX),
    ("tone", "660 Hz", list(encode([tone(660, SECOND)], PCMU, FRAME)) * 2, TONE),
    ("tone", "440 Hz until 2 s", [*TONE[:100], *FAR], MIX),
    ("tone", '"440 Hz until 2 s, share > 0.5"', [*TONE[:100], *FAR], MIX),
    ("only", "far", FAR_ALONE, MIX),
    ("only", "near until 2 s", MIX, FAR_ALONE),
    ("no clicks", "", MIX, DROPPED),
    ("no clicks", "until 2 s", MIX, DROPPED),
    ("equals", "near + far", MIX, [*MIX[:150], SILENCE[0], *MIX[151:]]),
    ("equals", "near + far from 2 s", [*SILENCE, *FAR], [*MIX[:150], SILENCE[0], *MIX[151:]]),
    ("equals", "near", [*NEAR, *SILENCE], MIX),
    ("equals", "expected.wav", MIX, [*MIX[:-1], MIX[0]]),
    ("in step", '"near, far"', MIX, LATE),
    ("in step", '"near, far within 20 ms"', MIX, LATE),
    ("in step", '"near, far within 200 ms"', LATE, [*SILENCE[:20], *MIX[:-20]]),
    ("in step", "far from 2 s", MIX, LATE),
]


def said(payloads: Payloads) -> list[Datagram]:
    return [(n * FRAME, bytes(RtpPacket(0, n, n * FRAME, 7, payload))) for n, payload in enumerate(payloads)]


def written(path: Path, payloads: Payloads) -> Path:
    path.write_bytes(bytes(RecordHeader(PCMU, FRAME, FRAME, FRAME * len(payloads))) + b"".join(payloads))
    return path


def heard(directory: Path, payloads: Payloads) -> Evidence:
    """Of a recording that holds these."""
    recorded = Recorded(
        account(gaps=[], gaps_count=0, duration_s=len(payloads) / 50), 0, (written(directory / NAME, payloads),)
    )
    legs = {"near": said([*NEAR, *SILENCE]), "far": said([*SILENCE, *FAR])}
    return Evidence({}, moment(), (recorded,), legs, codecs={"near": "PCMU", "far": "PCMU"})


def test_every_kind_of_sound_is_here() -> None:
    assert {kind for kind, *_ in SOUNDS} == set(get_args(AudioKind))


def test_everything_that_can_be_said_of_a_sound_is_said_of_some_kind(tmp_path: Path) -> None:
    written(tmp_path / "expected.wav", MIX)
    read = [expected_of(tmp_path, f"audio: {{{kind}: {text}}}").what for kind, text, *_ in SOUNDS]
    plain = AudioIs("silent")
    names = {field.name for field in fields(AudioIs)}
    assert {name for what in read for name in names if getattr(what, name) != getattr(plain, name)} == names


@pytest.mark.parametrize(("kind", "text", "good", "bad"), SOUNDS)
def test_a_sound_can_fail(kind: AudioKind, text: str, good: Payloads, bad: Payloads, tmp_path: Path) -> None:
    written(tmp_path / "expected.wav", MIX)
    made = case(expected_of(tmp_path, f"audio: {{{kind}: {text}}}"))
    assert list(map(str, judge(made, heard(tmp_path, good)))) == []
    [failure] = judge(made, heard(tmp_path, bad))
    assert failure.expected.startswith(f"at the end, audio {kind}")


def test_a_recording_that_is_named_is_the_one_that_is_heard(tmp_path: Path) -> None:
    seen = heard(tmp_path, MIX)
    other = Recorded(account(gaps=[], gaps_count=0, duration_s=4.0), 0, (written(tmp_path / "other.wav", FAR_ALONE),))
    expected = expected_of(tmp_path, "audio: {contains: near}")
    both = replace(seen, recordings=(*seen.recordings, other))
    assert judge(case(replace(expected, recording=1)), both) == ()
    assert len(judge(case(replace(expected, recording=2)), both)) == 1
    assert len(judge(case(expected), both)) == 1
