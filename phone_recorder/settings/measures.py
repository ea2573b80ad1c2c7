"""The kinds of settings that count: whole numbers, times and sizes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from phone_recorder.errors import UsageError
from phone_recorder.settings.kinds import Kind, Name, Value, quoted

_NUMBER = re.compile(r"[0-9]{1,15}")
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")
_SIZE = re.compile(r"([0-9]{1,16}) ?([KMG]?)(I?B)?", re.IGNORECASE)
_FACTORS = {"G": 1 << 30, "M": 1 << 20, "K": 1 << 10, "": 1}
_MOST_BYTES = 1 << 50


@dataclass(frozen=True, slots=True)
class Number(Kind):
    """A whole number within limits, both included, of a unit if there is one."""

    least: int
    most: int
    unit_en: str = ""
    unit_zh: str = ""
    name: ClassVar[Name] = "number"

    def parse(self, text: str) -> int:
        if not _NUMBER.fullmatch(text.strip()):
            raise self._wrong(text)
        return self.check(int(text))

    def check(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not self.least <= value <= self.most:
            raise self._wrong(value)
        return value

    @property
    def possible(self) -> str:
        return f"{self.least} to {self.most}{f' {self.unit_en}' if self.unit_en else ''}"

    def _wrong(self, value: object) -> UsageError:
        return UsageError(f"{quoted(value)} is no whole number from {self.least} to {self.most}")


@dataclass(frozen=True, slots=True)
class Seconds(Kind):
    """A time in seconds, to the millisecond, within limits; milliseconds are stored."""

    least: float
    most: float
    name: ClassVar[Name] = "number"
    unit_en: ClassVar[str] = "seconds"
    unit_zh: ClassVar[str] = "秒"

    def parse(self, text: str) -> Value:
        if not _SECONDS.fullmatch(text.strip()):
            raise self._wrong(text)
        return self.check(float(text))

    def check(self, value: object) -> Value:
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.least <= value <= self.most:
            raise self._wrong(value)
        return self.from_stored(self.to_stored(value))

    def to_stored(self, value: Value) -> int:
        return round(float(value) * 1000)

    def from_stored(self, stored: Any) -> Value:
        return int(stored // 1000) if stored % 1000 == 0 else float(stored / 1000)

    @property
    def possible(self) -> str:
        return f"{self.least:g} to {self.most:g} seconds"

    def _wrong(self, value: object) -> UsageError:
        return UsageError(f"{quoted(value)} is no time from {self.least:g} to {self.most:g} seconds")


@dataclass(frozen=True, slots=True)
class Size(Kind):
    """Bytes: a number, or one with K, M or G, which are binary. In TOML a string such as "8M", or a whole number.

    0 or at least `least`: whoever writes 8 means megabytes, and had better be told.
    """

    least: int = 0
    name: ClassVar[Name] = "size"

    def parse(self, text: str) -> int:
        found = _SIZE.fullmatch(text.strip())
        size = int(found[1]) * _FACTORS[found[2].upper()] if found else -1
        return self._within(size, text)

    def check(self, value: object) -> int:
        if isinstance(value, str):
            return self.parse(value)
        return self._within(value if isinstance(value, int) and not isinstance(value, bool) else -1, value)

    def text(self, value: Value) -> str:
        unit = next(unit for unit, factor in _FACTORS.items() if int(value) % factor == 0) if value else ""
        return f"{int(value) // _FACTORS[unit]}{unit}"

    def in_toml(self, value: Value) -> Value:
        text = self.text(value)
        return value if text.isdecimal() else text

    @property
    def possible(self) -> str:
        return "bytes, or a number with K, M or G"

    def _within(self, size: int, value: object) -> int:
        if not 0 <= size <= _MOST_BYTES:
            raise UsageError(f"{quoted(value)} is no size: write bytes, or a number with K, M or G, such as 8M")
        if 0 < size < self.least:
            raise UsageError(f"{quoted(value)} is only {size} bytes: write {self.text(self.least)} or more, such as 8M")
        return size
