"""What is to be heard in a record file, read by others: exported, and then by Python's own reader of WAV files."""

from __future__ import annotations

import math
import subprocess
import sys
import wave
from array import array
from pathlib import Path

RATE = 8000


def exported(record: Path, wav: Path) -> array[int]:
    """The samples of a G.711 record file, by way of `phone-recorder export`."""
    command = [sys.executable, "-m", "phone_recorder", "export", str(record), "-o", str(wav)]
    subprocess.run(command, check=True, capture_output=True)
    with wave.open(str(wav), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return array("h", file.readframes(file.getnframes()))


def loudness(samples: array[int], hertz: int) -> float:
    """How much of this tone is in them: half its peak, if it is there all the time."""
    turns = [2 * math.pi * hertz * n / RATE for n in range(len(samples))]
    cosine = sum(sample * math.cos(turn) for sample, turn in zip(samples, turns, strict=True))
    sine = sum(sample * math.sin(turn) for sample, turn in zip(samples, turns, strict=True))
    return math.hypot(cosine, sine) / len(samples)


def both_are_heard(samples: array[int]) -> bool:
    """Whether 440 Hz and 660 Hz are in them, and 550 Hz is not."""
    near, far, nobody = (loudness(samples, hertz) for hertz in (440, 660, 550))
    return min(near, far) > 500 > 50 > nobody
