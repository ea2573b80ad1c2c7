"""Small numbers in place of things, for arrays that can only hold numbers."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")


class Numbers(Generic[K]):
    """Equal keys, which can be hashed, have one number until it was given back as often as it was taken."""

    def __init__(self) -> None:
        self._numbers: dict[K, int] = {}
        self._keys: list[K | None] = []
        self._holders: list[int] = []
        self._free: list[int] = []

    def __len__(self) -> int:
        """How many are taken."""
        return len(self._numbers)

    def take(self, key: K) -> int:
        """The key's number, from 0 on and the lowest that can be had."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = self._unused()
            self._keys[number] = key
        self._holders[number] += 1
        return number

    def give_back(self, number: int) -> bool:
        """One holder less; whether that was the last. KeyError if nobody holds it."""
        if not 0 <= number < len(self._keys) or not self._holders[number]:
            raise KeyError(number)
        self._holders[number] -= 1
        return not self._holders[number] and self._forget(number)

    def held(self) -> list[tuple[int, K]]:
        """Each number that is taken, with its key."""
        return [(number, key) for key, number in self._numbers.items()]

    def _unused(self) -> int:
        if self._free:
            return self._free.pop()
        self._keys.append(None)
        self._holders.append(0)
        return len(self._keys) - 1

    def _forget(self, number: int) -> bool:
        key = self._keys[number]
        if key is not None:
            del self._numbers[key]
        self._keys[number] = None
        self._free.append(number)
        return True
