"""From what a user says of a voice to a party that speaks with it: `tone:440`, `silence`, `none`, or a file."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random

from phone_recorder.adapters import audio_files
from phone_recorder.errors import UsageError
from phone_recorder.media.packets import encode
from phone_recorder.phone.party import Nobody, Party, Replay, Speaker
from phone_recorder.phone.voice_reader import VoiceReader
from phone_recorder.phone.voices import repeated, then_silence, tone
from phone_recorder.recording.units import from_ns
from phone_recorder.wire.payload import Codec
from phone_recorder.wire.rtp import RtpSender

DEFAULT_NEAR = "tone:440:0"
DEFAULT_FAR = "tone:660:1"
"""Two tones that take turns, a second each: without files one still hears who is who."""

TONE, SILENCE, NOBODY = "tone", "silence", "none"

OpenPcm = Callable[[Path, int], "Iterable[array[int]]"]
"""Reads an audio file as samples at a rate in Hz, as audio_files.open_pcm does."""


@dataclass(frozen=True, slots=True)
class Line:
    """How a party sends: lengths in units; `end` is the instant at which the call ends."""

    codec: Codec
    frame: int
    start: int
    end: int


def voice_length(voice: str) -> float:
    """Seconds that a voice has something to say; 0 for one that has no end."""
    return 0.0 if _is_made(voice) else audio_files.duration_s(Path(voice))


def make_party(voice: str, repeat: bool, line: Line, random: Random, open_pcm: OpenPcm = audio_files.open_pcm) -> Party:
    """The party; UsageError or AudioFileError says what is wrong with its voice. `open_pcm` reads one from a file."""
    if voice == NOBODY:
        return Nobody()
    if not _is_made(voice) and audio_files.kind_of(Path(voice)) == "capture":
        datagrams = audio_files.read_capture(Path(voice))
        return Replay([(from_ns(ns), data) for ns, data in datagrams], line.start, line.end)
    sender = RtpSender.drawn(line.codec.payload_type, random.getrandbits)
    return Speaker(_payloads(voice, repeat, line, open_pcm), sender, line.frame, line.start, line.end)


def voice_reader(voice: str, repeat: bool, rate: int) -> VoiceReader | None:
    """The voice at `rate` Hz, for a call whose codec is agreed later; None for `none`, which sends nothing at all."""
    if voice == NOBODY:
        return None
    if voice == SILENCE:
        return VoiceReader(iter(()), rate)
    if _is_made(voice):
        return VoiceReader(cycle((_tone(voice, rate),)), rate)
    said = audio_files.open_pcm(Path(voice), rate)
    return VoiceReader(cycle(said) if repeat else said, rate)


def _payloads(voice: str, repeat: bool, line: Line, open_pcm: OpenPcm) -> Iterator[bytes]:
    codec, frame = line.codec, line.frame
    if voice == SILENCE:
        return then_silence((), codec, frame)
    if _is_made(voice):
        return repeated(cycle_of(_tone(voice, codec.sample_rate), frame, codec), codec, frame)
    said = open_pcm(Path(voice), codec.sample_rate)
    return repeated(said, codec, frame) if repeat else then_silence(encode(said, codec, frame), codec, frame)


def cycle_of(samples: array[int], frame: int, codec: Codec) -> Iterable[array[int]]:
    """The samples as often as it takes to end with a packet: 2 s are no whole number of 30 ms, 6 s are."""
    return (samples for _ in range(3 if len(samples) % (frame * codec.sample_rate // 8000) else 1))


def _tone(voice: str, rate: int) -> array[int]:
    try:
        _, hertz, *turn = voice.split(":")
        if not 20 <= int(hertz) <= 3400 or turn not in ([], ["0"], ["1"]):
            raise ValueError(voice)
    except ValueError:
        raise UsageError(f"{voice!r} is no tone: write tone:HZ with 20 to 3400 Hz, such as tone:440") from None
    return tone(int(hertz), rate, int(turn[0]) if turn else None)


def _is_made(voice: str) -> bool:
    return voice in (SILENCE, NOBODY) or voice.partition(":")[0] == TONE
