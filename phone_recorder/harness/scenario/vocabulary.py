"""The words that phrases are made of, by the names that their forms have for them."""

from __future__ import annotations

from typing import Any

from phone_recorder.harness.scenario import bounds, words
from phone_recorder.harness.scenario.words import Word

VOCABULARY: dict[str, Word[Any]] = {
    "text": words.TEXT,
    "word": words.WORD,
    "time": words.TIME,
    "jump": words.JUMP,
    "ms": words.MILLISECONDS,
    "size": words.SIZE,
    "count": words.COUNT,
    "share": words.SHARE,
    "hertz": words.HERTZ,
    "ptime": words.PTIME,
    "ppm": words.PPM,
    "timestamps": words.TIMESTAMPS,
    "sequence": words.SEQUENCE,
    "status": words.STATUS,
    "digits": words.DIGITS,
    "codec": words.CODEC,
    "leg": words.LEG,
    "direction": words.DIRECTION,
    "filesystem": words.FILE_SYSTEM,
    "soundfile": words.SOUND_FILE,
    "shares": bounds.SHARES,
    "levels": bounds.LEVELS,
    "below": bounds.BELOW,
    "lag": bounds.LAG,
    "span": bounds.SPAN,
    "voices": bounds.VOICES,
    "mix": bounds.MIX,
}
