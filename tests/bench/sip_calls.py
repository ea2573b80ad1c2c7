"""Many calls of one phone, one after another, and what there is before and after; prints one JSON document.

`python -m tests.bench.sip_calls TARGET COUNT`. What is counted is counted when all transactions have ended.
"""

from __future__ import annotations

import asyncio
import gc
import json
import statistics
import sys
import time
from pathlib import Path
from random import Random

from phone_recorder.phone.sip_phone import SipPhone
from phone_recorder.phone.sip_talk import SipTalk
from phone_recorder.settings.record import SipInfoSettings
from phone_recorder.sip.account import Account
from phone_recorder.sip.transport.tls import TlsSettings
from phone_recorder.wire.payload import CODECS

ROUNDS_BEFORE = 2
"""After so many the interpreter has all the memory that it keeps for so many transactions at a time."""
QUIET_S = 33.0
"""A transaction of an answered INVITE lasts 64 times T1 (RFC 6026)."""


def talk(host: str, peer_host: str) -> SipTalk:
    return SipTalk(host, peer_host, CODECS, 20, SipInfoSettings(), Random(1), lambda news: None)


async def call(phone: SipPhone, target: str) -> float:
    """One call, answered and hung up; seconds."""
    began = time.perf_counter()
    talking = await phone.call(target)
    ended = asyncio.Event()
    talking.on_end = ended.set
    await talking.settled
    talking.hang_up()
    await ended.wait()
    talking.close()
    return time.perf_counter() - began


def counted() -> dict[str, float]:
    gc.collect()
    status = Path("/proc/self/status").read_text()
    return {
        "tasks": len(asyncio.all_tasks()),
        "sockets": len(list(Path("/proc/self/fd").iterdir())),
        "objects": len(gc.get_objects()),
        "memory_mb": int(status.partition("VmRSS:")[2].split()[0]) / 1024,
    }


async def main(target: str, count: int) -> None:
    account = Account("100")
    async with SipPhone(account, ("127.0.0.1", 0), TlsSettings(), talk, lambda news: None, target=target) as phone:
        for _ in range(ROUNDS_BEFORE):
            for _ in range(count):
                await call(phone, target)
            await asyncio.sleep(QUIET_S)
        before = counted()
        seconds = [await call(phone, target) for _ in range(count)]
        await asyncio.sleep(QUIET_S)
        print(json.dumps({"before": before, "after": counted(), "call_ms": statistics.median(seconds) * 1e3}))


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
