"""Several at once: one error ends all, and nothing of the others is left."""

from __future__ import annotations

import asyncio

import pytest

from phone_recorder.errors import NotConforming
from phone_recorder.harness.conformance.together import together


async def same(value: int) -> int:
    return value


async def fail(why: str) -> int:
    raise NotConforming(why)


def test_what_they_return_is_in_their_order() -> None:
    async def all_of_them() -> list[int]:
        return await together(same(1), same(2), same(3))

    assert asyncio.run(all_of_them()) == [1, 2, 3]


def test_the_first_error_ends_the_others_and_is_raised_alone() -> None:
    ended: list[bool] = []

    async def wait() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)
        return 0

    async def all_of_them() -> None:
        with pytest.raises(NotConforming, match=r"^the first$"):
            await together(wait(), fail("the first"), fail("the second"))
        assert ended == [True]

    asyncio.run(all_of_them())
