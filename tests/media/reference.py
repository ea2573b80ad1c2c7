"""What the media tests measure with: G.711 written out from the tables of ITU-T G.711, tones, and sox."""

from __future__ import annotations

import subprocess
from array import array
from bisect import bisect_left, bisect_right
from cmath import exp
from itertools import accumulate, chain, pairwise, repeat
from math import pi, sin
from pathlib import Path

from phone_recorder.wire.payload import PCMU, Codec
from tests import peers

SPEECH = Path(__file__).parents[2] / "fixtures" / "speech"
SOX_NAMES = {"PCMU": "mu-law", "PCMA": "a-law"}

# Decision values x(n), in units of the 14 and of the 13-bit uniform code: tables 2a and 1a of G.711.
_MULAW_EDGES = [*accumulate(chain([0, 1], repeat(2, 15), *(repeat(4 << s, 16) for s in range(7))))]
_ALAW_EDGES = [*accumulate(chain([0], repeat(2, 32), *(repeat(4 << s, 16) for s in range(6))))]


def encode_sample(law: Codec, sample: int) -> int:
    """The code of a 16-bit sample: rounded to 14 or 13 bits, halves up, then looked up among the decision values."""
    if law is PCMU:
        uniform = min((sample + 2) // 4, 8191)
        interval = min(bisect_right(_MULAW_EDGES, abs(uniform)) - 1, 127)
        return (0x7F if uniform < 0 else 0xFF) - interval
    uniform = min((sample + 4) // 8, 4095)
    if uniform < 0:
        return (bisect_left(_ALAW_EDGES, -uniform) - 1) ^ 0x55
    return (bisect_right(_ALAW_EDGES, uniform) - 1 | 0x80) ^ 0x55


def decode_sample(law: Codec, code: int) -> int:
    """The 16-bit sample of a code: the middle of its interval, but 0 for mu-law's lowest."""
    if law is PCMU:
        interval = 0x7F - (code & 0x7F)
        edges = _MULAW_EDGES
        middle = 2 * (edges[interval] + edges[interval + 1]) if interval else 0
    else:
        interval = (code ^ 0x55) & 0x7F
        middle = 4 * (_ALAW_EDGES[interval] + _ALAW_EDGES[interval + 1])
    return middle if code & 0x80 else -middle


def saturated(sample: int) -> int:
    """Held in 16 bits."""
    return max(-32768, min(32767, sample))


def sine(rate: int, frequency: float, amplitude: float, samples: int) -> array[int]:
    """A tone that begins at 0."""
    return array("h", (round(amplitude * sin(2 * pi * frequency * n / rate)) for n in range(samples)))


def amplitude_at(pcm: array[int], rate: int, frequency: float) -> float:
    """How much of that frequency is in the samples; exact over a whole number of periods."""
    turn = -2j * pi * frequency / rate
    return 2 * abs(sum(sample * exp(turn * n) for n, sample in enumerate(pcm))) / len(pcm)


def rising_crossings(pcm: array[int]) -> int:
    """Periods begun."""
    return sum(a < 0 <= b for a, b in pairwise(pcm))


def sox(data: bytes, source: list[str], target: list[str]) -> bytes:
    """Raw audio through sox, without dither."""
    command = [peers.need("sox"), "-D", "-t", "raw", *source, "-", "-t", "raw", *target, "-"]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout


def speech(name: str, codec: Codec) -> bytes:
    """A speech fixture in G.711 at 8 kHz, made by sox."""
    command = [peers.need("sox"), "-D", "-R", str(SPEECH / f"{name}.wav"), "-t", "raw", "-r", "8000"]
    command += ["-e", SOX_NAMES[codec.name], "-"]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
