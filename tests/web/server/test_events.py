"""What is being recorded, pushed: one snapshot for all, at once when something changes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from typing import Any, TypeVar

from phone_recorder.server.entry import Live
from phone_recorder.web.server.events import MOST_SHOWN, LiveHub
from tests.web.site_rig import HOSTILE, a_live

T = TypeVar("T")
NEVER_S = 1000.0
PATIENCE_S = 5.0


async def soon(awaitable: Awaitable[T]) -> T:
    return await asyncio.wait_for(awaitable, PATIENCE_S)


async def event(stream: AsyncIterator[bytes]) -> Any:
    """The next event's data."""
    text = (await soon(anext(stream))).decode()
    assert text.startswith("event: live\ndata: ")
    assert text.endswith("\n\n")
    [_, data] = text.strip().split("\n")
    return json.loads(data.removeprefix("data: "))


async def watching(hub: LiveHub) -> AsyncIterator[bytes]:
    stream = hub.watch()
    assert await soon(anext(stream)) == b"retry: 2000\n\n"
    return stream


async def ended(stream: AsyncIterator[bytes]) -> bool:
    return await soon(anext(stream, b"end")) == b"end"


def test_a_viewer_sees_at_once_what_is_recorded_and_then_what_changes() -> None:
    async def scenario() -> None:
        live: list[Live] = []
        hub = LiveHub(lambda: live, NEVER_S, 0.001)
        stream = await watching(hub)
        assert await event(stream) == {"total": 0, "live": []}
        live.append(a_live(remote_name="Bob"))
        hub.changed()
        shown = await event(stream)
        assert (shown["total"], shown["live"][0]["remote_name"]) == (1, "Bob")

    asyncio.run(scenario())


def test_a_snapshot_comes_again_although_nothing_has_changed() -> None:
    async def scenario() -> None:
        stream = await watching(LiveHub(list, 0.01, 0.001))
        for _ in range(3):
            assert await event(stream) == {"total": 0, "live": []}

    asyncio.run(scenario())


def test_many_viewers_share_one_snapshot() -> None:
    async def scenario() -> None:
        made: list[int] = []

        def live() -> list[Live]:
            made.append(1)
            return []

        hub = LiveHub(live, NEVER_S, 0.001)
        first = await watching(hub)
        await event(first)
        others = [await watching(hub) for _ in range(100)]
        assert [(await event(stream))["total"] for stream in others] == [0] * 100
        assert len(made) == 1
        hub.changed()
        assert [(await event(stream))["total"] for stream in [first, *others]] == [0] * 101
        assert len(made) == 2

    asyncio.run(scenario())


def test_one_who_reads_slowly_misses_snapshots_and_holds_nobody_up() -> None:
    async def scenario() -> None:
        live: list[Live] = []
        hub = LiveHub(lambda: live, NEVER_S, 0.0)
        slow, fast = await watching(hub), await watching(hub)
        assert (await event(slow))["total"] == (await event(fast))["total"] == 0
        for count in range(1, 11):
            live.append(a_live())
            hub.changed()
            assert (await event(fast))["total"] == count
        # Nothing was kept for it but the last.
        assert (await event(slow))["total"] == 10

    asyncio.run(scenario())


def test_a_stream_ends_when_its_viewer_may_see_no_more() -> None:
    async def scenario() -> None:
        may = [True]
        hub = LiveHub(list, 0.01, 0.001)
        stream = hub.watch(lambda: may[0])
        await soon(anext(stream))
        await event(stream)
        may[0] = False
        assert await ended(stream)

    asyncio.run(scenario())


def test_closing_ends_all_streams_and_lets_no_more_begin() -> None:
    async def scenario() -> None:
        hub = LiveHub(list, NEVER_S, 0.001)
        streams = [await watching(hub) for _ in range(3)]
        for stream in streams:
            await event(stream)
        hub.close()
        assert [await ended(stream) for stream in streams] == [True] * 3
        late = await watching(hub)
        assert await ended(late)

    asyncio.run(scenario())


def test_nothing_is_made_while_nobody_watches_and_a_later_viewer_is_served_anew() -> None:
    async def scenario() -> None:
        made: list[int] = []
        hub = LiveHub(lambda: made.append(1) or [], 0.002, 0.001)  # type: ignore[func-returns-value]
        stream = hub.watch()
        await soon(anext(stream))
        await event(stream)
        await stream.aclose()  # type: ignore[attr-defined]
        before = len(made)
        again = await watching(hub)
        await event(again)
        await event(again)
        assert len(made) > before

    asyncio.run(scenario())


def test_a_snapshot_shows_the_first_of_very_many() -> None:
    snapshot = LiveHub(lambda: [a_live()] * 1000).snapshot()
    assert (snapshot.total, len(snapshot.live)) == (1000, MOST_SHOWN)


def test_no_text_of_a_caller_makes_another_event() -> None:
    async def scenario() -> None:
        for text in [*HOSTILE, "\n\nevent: x\ndata: y\n\n", "\r\r", "\u2028"]:
            stream = await watching(LiveHub(lambda text=text: [a_live(remote_name=text)]))  # type: ignore[misc]
            assert (await event(stream))["live"][0]["remote_name"] == text

    asyncio.run(scenario())
