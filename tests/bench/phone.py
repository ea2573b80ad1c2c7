"""The whole phone and its page: how soon a key shows, what the page weighs, and what the phone costs meanwhile."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench.measure import cpu_seconds, peak_memory
from tests.system.phone_page import Desk, PhoneProcess, desk, phone_process
from tests.system.sip.baresip import Baresip
from tests.system.sip.kamailio import USERS, Kamailio
from tests.system.sip.programs import HOST
from tests.system.sip.voices import voice
from tests.system.test_phone_weight import first_visit

PRESSES = 200
ARROWS = [("down", "up")[number % 2] for number in range(PRESSES)]
REST_S = 0.05
"""Between two presses, so that none waits for what the one before it draws."""
PATIENCE_S = 5
SETTLE_S, WATCHED_S = 10, 20
"""A state is looked at for WATCHED_S, once it has lasted SETTLE_S."""
OWN, OTHER = "101", "102"

WATCH = """() => {
  const lcd = document.querySelector("[data-lcd]");
  const lines = [...lcd.querySelectorAll("[data-line]")];
  const number = lcd.querySelector("[data-s=call]");
  // What a key changes, and neither the clock nor a timer does.
  const seen = () => JSON.stringify([number.textContent, lines.map((line) => [line.ariaSelected, line.textContent])]);
  let waiting = null;
  window.nextKey = () => { window.shown = new Promise((done) => { waiting = { done, at: 0, was: seen() }; }); };
  const begin = () => { if (waiting && !waiting.at) waiting.at = performance.now(); };
  for (const kind of ["click", "keydown"]) window.addEventListener(kind, begin, { capture: true });
  new MutationObserver(() => {
    if (!waiting?.at || seen() === waiting.was) return;
    const { done, at } = waiting;
    const changed = performance.now() - at;
    waiting = null;
    // What is posted in a frame's callback is taken once that frame is drawn.
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done([changed, performance.now() - at]);
    requestAnimationFrame(() => channel.port2.postMessage(null));
  }).observe(lcd, { subtree: true, childList: true, characterData: true, attributes: true });
}"""
"""From the event of a key to the change of the page that shows what the phone has said, and to the drawn frame."""


def phone(directory: Path) -> None:
    """Four parts; none asserts a time."""
    for number, part in enumerate((keys, weight, alone, on_sip)):
        home = directory / f"phone-{part.__name__}"
        home.mkdir()
        print(end="\n" if number else "")
        part(home)


def keys(home: Path) -> None:
    """By a program, on a new connection each time; and on the page, clicked and typed."""
    print(f"a key of the phone until it shows, {PRESSES} presses (target: 100 ms median)")
    with phone_process(home) as ours:
        ours.call("key.press", key="menu")
        times_row("POST key.press by a program, until its answer", [posted(ours, key) for key in ARROWS])
        ours.call("key.press", key="back")
        asyncio.run(on_page(ours))


def posted(ours: PhoneProcess, key: str) -> float:
    """Milliseconds."""
    time.sleep(REST_S)
    began = time.perf_counter()
    ours.call("key.press", key=key)
    return 1000 * (time.perf_counter() - began)


async def on_page(ours: PhoneProcess) -> None:
    digits = [str(number % 10) if number % 20 < 10 else "Backspace" for number in range(PRESSES)]
    async with desk(ours.url) as page:
        await page.page.evaluate(WATCH)
        await page.type("m")
        await page.sees("Record manager")
        await timed(page, "arrows clicked in a menu", ARROWS, page.press)
        await page.type("Escape")
        await page.sees("Apps")
        await timed(page, "digits typed and deleted", digits, page.type)
        begin_recorded_call(ours)
        await page.type("m")
        await page.sees("Record manager")
        await timed(page, "arrows clicked while a call is recorded", ARROWS, page.press)


class Shown(NamedTuple):
    """Milliseconds from a key's event to the change of the page, and to the frame that draws it."""

    changed: float
    drawn: float


async def timed(page: Desk, name: str, pressed: Sequence[str], press: Callable[[str], Awaitable[None]]) -> None:
    found = []
    for key in pressed:
        await page.page.evaluate("nextKey()")
        await press(key)
        found.append(Shown(*await asyncio.wait_for(page.page.evaluate("shown"), PATIENCE_S)))
        await asyncio.sleep(REST_S)
    times_row(f"{name}, until the page says so", [shown.changed for shown in found])
    times_row(f"{name}, until it is drawn", [shown.drawn for shown in found])


def times_row(name: str, took: list[float]) -> None:
    ordered = sorted(took)
    high = ordered[int(0.95 * len(ordered))]
    print(f"  {name:66} {statistics.median(took):6.1f} ms median {high:6.1f} ms 95 % {ordered[-1]:6.1f} ms worst")


def weight(home: Path) -> None:
    print("the page on a first visit (target: 150 KB in all)")
    with phone_process(home) as ours:
        asyncio.run(weighed(ours.url))


async def weighed(url: str) -> None:
    async with first_visit(url) as (_, visit):
        bodies, heads = await visit.transferred()
        unpacked, told = await visit.bodies(), visit.told()
    row = "  {:52} {:8.1f} KB".format
    print(row(f"bodies of {len(visit.finished)} answers, as transferred", bodies / 1000))
    print(row("the same, unpacked", unpacked / 1000))
    print(row("heads of the answers", heads / 1000))
    print(row(f"{len(visit.frames)} messages on the WebSocket", told / 1000))
    print(row("in all", (bodies + heads + told) / 1000))


def alone(home: Path) -> None:
    """A process for the phone without its page, and one with it: a peak lasts as long as its process."""
    print("the phone without SIP, a call recorded to the stick (target: 60 MB with the page open)")
    with phone_process(home / "unseen") as ours:
        asyncio.run(idle_and_recording(ours, "no page"))
    with phone_process(home / "seen") as ours:
        asyncio.run(with_page(ours))


async def with_page(ours: PhoneProcess) -> None:
    async with desk(ours.url) as page:
        await page.sees("Apps")
        await idle_and_recording(ours, "page open")
        await levels_are_seen(page)


async def idle_and_recording(ours: PhoneProcess, name: str) -> None:
    await cost_row(f"{name}, idle", ours.process.pid)
    begin_recorded_call(ours)
    await cost_row(f"{name}, a call recorded", ours.process.pid)
    has_recorded(ours)


def begin_recorded_call(ours: PhoneProcess) -> None:
    """One that is made up, and so answered at once."""
    ours.call("call.start", number="1002")
    ours.call("key.press", key="record")


def has_recorded(ours: PhoneProcess) -> None:
    """All the while that the phone was looked at."""
    [recording] = ours.call("record.get")["recordings"]
    assert recording["duration_s"] >= WATCHED_S, recording


def on_sip(home: Path) -> None:
    """The whole of it: registered, messages and levels shown, recording; beside it the other phone of that call."""
    print("the phone with its page open, registered, in a SIP call that is recorded; baresip keeps what it hears")
    near, far = (voice(name, home / f"{name}.wav") for name in ("near_en", "far_en"))
    with Kamailio(home) as kamailio, Baresip(home, OTHER, far, kamailio=kamailio) as peer:
        account = {"registrar": kamailio.uri(), "user": OWN, "password": USERS[OWN], "listen": HOST}
        words = [f"account.{key}={value}" for key, value in account.items()] + [f"call.near={near}"]
        with phone_process(home / "ours", *(word for given in words for word in ("--set", given))) as ours:
            kamailio.until_registered(OWN)
            asyncio.run(in_a_call(ours, peer))


async def in_a_call(ours: PhoneProcess, peer: Baresip) -> None:
    async with desk(ours.url) as page:
        await page.sees("Apps")
        ours.call("call.start", number=OTHER)
        peer.until_event("CALL_ESTABLISHED")
        ours.call("key.press", key="record")
        rows = {"ours": ours.process.pid, "baresip": peer.program.process.pid}
        await asyncio.gather(*(cost_row(name, pid) for name, pid in rows.items()))
        has_recorded(ours)
        await levels_are_seen(page)
        assert await page.page.locator("[data-message-list] > *").count() > 0


async def levels_are_seen(page: Desk) -> None:
    """The page was told levels, and showed them: the figures are with that."""
    assert "dB" in await page.page.locator("[data-level=mix_db] [data-db]").inner_text()


async def cost_row(name: str, pid: int) -> None:
    await asyncio.sleep(SETTLE_S)
    before = cpu_seconds(pid)
    await asyncio.sleep(WATCHED_S)
    share = (cpu_seconds(pid) - before) / WATCHED_S
    print(f"  {name:42} {share:8.2%} of a core {resident(pid):7.1f} MB, {peak_memory(pid):.1f} MB at most")


def resident(pid: int) -> float:
    """What a running process holds now, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
