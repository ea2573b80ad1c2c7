"""`kill -9` of a record server with twenty sessions, at fifty moments; every twenty-third packet is lost on the way.

What was told to be stored is stored, and no more is lost than a second of what was sent.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from phone_recorder.server.catalogue import Catalogue
from phone_recorder.server.entry import Entry
from phone_recorder.server.query import Query
from phone_recorder.server.recovery import CATALOGUE, KILLED, reindex
from tests.server_load import PACKET, PACKETS_PER_S, Phone, payload, send

SESSIONS, SHORT = 20, 2
ROUNDS, AT_ONCE = 10, 5
LOSS = 23
SILENCE = b"\xff" * PACKET
STOP_AT = 25
"""The packet after which the short ones stop."""


@dataclass
class Victim:
    """A server that is killed `moment_s` after its phones have begun to talk; the last `SHORT` phones stop before."""

    storage: Path
    moment_s: float
    sent: int = 0
    stored: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.storage.mkdir()
        words = ["server", "--port", "0", "--storage", str(self.storage), "--connection-rate", "1000"]
        self.process = subprocess.Popen([sys.executable, "-m", "phone_recorder", *words], stdout=subprocess.PIPE)

    def connect(self) -> None:
        assert self.process.stdout
        port = int(self.process.stdout.readline().decode().partition("127.0.0.1:")[2].partition(",")[0])
        self.phones = [Phone.connect(number, ("127.0.0.1", port)) for number in range(SESSIONS + SHORT)]
        for phone in self.phones:
            phone.ask()
        for phone in self.phones:
            phone.begin()

    def talk(self, number: int) -> None:
        """Packet `number` of each that still talks."""
        for phone in self.phones[: SESSIONS if number > STOP_AT else None]:
            if not lost(phone.number, number):
                send(phone.number, phone.media, number)
        self.sent = number + 1
        if number == STOP_AT:
            for phone in self.phones[SESSIONS:]:
                phone.end()

    def kill(self) -> None:
        """Kill it; whose recording was told to be stored by then, is `stored`."""
        for phone in self.phones[SESSIONS:]:
            phone.control.setblocking(False)
            try:
                if b"&result=success" in phone.control.recv(4096):
                    self.stored.add(phone.id)
            except BlockingIOError:
                continue
        self.process.kill()
        self.process.communicate()
        for phone in self.phones:
            phone.close()


def lost(phone: int, number: int) -> bool:
    """Whether this packet of a phone does not get through; the first one and the last of the short ones do."""
    return number not in (0, STOP_AT) and (number + phone) % LOSS == 0


def heard(phone: int, number: int) -> bytes:
    """What is recorded of it."""
    return SILENCE if lost(phone, number) else payload(phone, number)


def killed(victims: list[Victim]) -> None:
    """Let the phones of all talk, and kill each at its moment."""
    for victim in victims:
        victim.connect()
    began, number, alive = time.monotonic(), 0, list(victims)
    while alive:
        time.sleep(max(0.0, began + number / PACKETS_PER_S - time.monotonic()))
        for victim in list(alive):
            if time.monotonic() - began >= victim.moment_s:
                victim.kill()
                alive.remove(victim)
            else:
                victim.talk(number)
        number += 1


def after_restart(storage: Path) -> dict[str, Entry]:
    """What a server that is started again knows, by id."""
    reindex(storage)
    catalogue = Catalogue(storage / ".phone-recorder" / CATALOGUE)
    found = catalogue.search(Query(per_page=500)).entries
    catalogue.close()
    return {entry.id: entry for entry in found}


def check(victim: Victim) -> float:
    """What is there is right; how much of what was sent is not, in seconds."""
    entries = after_restart(victim.storage)
    worst = 0.0
    for phone in victim.phones:
        sent = min(victim.sent, STOP_AT + 1) if phone.number >= SESSIONS else victim.sent
        entry = entries.get(phone.id)
        if entry is None:
            assert phone.id not in victim.stored
            worst = max(worst, sent / PACKETS_PER_S)
            continue
        data = (victim.storage / f"{entry.name}.wav").read_bytes()
        audio = data[76:]
        kept = len(audio) // PACKET
        assert audio == b"".join(heard(phone.number, packet) for packet in range(kept))
        assert int.from_bytes(data[72:76], "little") == len(audio)
        assert (entry.remote_number, entry.device) == (str(phone.number), f"{phone.number:012x}")
        assert (entry.size, entry.duration_s) == (len(data), kept / PACKETS_PER_S)
        if entry.state == "recorded":
            assert kept == sent == STOP_AT + 1
        else:
            assert (entry.state, entry.reason, phone.id in victim.stored) == ("cut short", KILLED, False)
        worst = max(worst, (sent - kept) / PACKETS_PER_S)
    return worst


@pytest.mark.live
def test_kill_9_at_50_moments_with_20_sessions(tmp_path: Path) -> None:
    random = Random(9)
    worst, stored, moments = [], 0, []
    for number in range(ROUNDS):
        victims = [Victim(tmp_path / f"{number}-{n}", random.uniform(0.1, 3.0)) for n in range(AT_ONCE)]
        killed(victims)
        worst += [check(victim) for victim in victims]
        stored += sum(len(victim.stored) for victim in victims)
        moments += [victim.moment_s for victim in victims]
    assert len(worst) == 50
    assert max(worst) <= 1, sorted(zip(worst, moments, strict=True))[-3:]
    # Some were told that their recording was stored, so that this is looked at at all.
    assert stored > 20
