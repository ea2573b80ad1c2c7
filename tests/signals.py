"""Signals for tests, and what is heard of them."""

from __future__ import annotations

import struct
from array import array
from cmath import exp, pi
from collections.abc import Iterable
from math import sin
from pathlib import Path


def sine(hz: float, seconds: float, rate: int, level: float = 0.5) -> array[int]:
    """A sine wave whose peaks are at `level` of full scale."""
    step = 2 * pi * hz / rate
    return array("h", [round(32767 * level * sin(step * n)) for n in range(round(seconds * rate))])


def level_at(hz: float, pcm: array[int], rate: int) -> float:
    """How strong that frequency is, as the peak of a sine in parts of full scale; the ends are left out."""
    inner = pcm[len(pcm) // 8 : len(pcm) * 7 // 8]
    # Over whole periods, so that nothing of other frequencies leaks in.
    inner = inner[: round(int(len(inner) * hz / rate) * rate / hz)]
    turn = exp(-2j * pi * hz / rate)
    total, angle = 0j, 1 + 0j
    for sample in inner:
        total += sample * angle
        angle *= turn
    return 2 * abs(total) / len(inner) / 32767


def wav(raw: bytes, rate: int, tag: int = 1, channels: int = 1, bits: int = 16) -> bytes:
    """A WAV file, its head made by the rules anew and not by the code under test."""
    block = channels * bits // 8
    fmt = struct.pack("<HHIIHH", tag, channels, rate, rate * block, block, bits)
    body = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", len(raw)) + raw
    return b"RIFF" + struct.pack("<I", len(body)) + body


def write(path: Path, data: bytes) -> Path:
    """The file, written."""
    path.write_bytes(data)
    return path


def joined(pieces: Iterable[array[int]]) -> array[int]:
    """All the samples of the pieces."""
    whole = array("h")
    for piece in pieces:
        whole += piece
    return whole
