"""The phone on SIP: what it costs in a call, and what a hundred calls leave behind."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.measure import cpu_seconds, peak_memory
from tests.peers import need
from tests.system.sip.baresip import Baresip
from tests.system.sip.kamailio import Kamailio
from tests.system.sip.our_phone import OurPhone
from tests.system.sip.programs import HOST, Program, free_port
from tests.system.sip.voices import voice

LIVE_S, WARM_UP_S = 30, 5
CALLS = 100


def sip(directory: Path) -> None:
    """Both, with peers that are in the same calls."""
    in_a_call(directory)
    print()
    one_after_another(directory)


def in_a_call(directory: Path) -> None:
    """Ours registers, calls and records; the peer answers, and keeps what it hears in a file too."""
    print("a registered phone in one call over SIP, PCMU, local recording (targets: 4 % of a core, 45 MB)")
    near, far = (voice(name, directory / f"{name}.wav") for name in ("near_en", "far_en"))
    with Kamailio(directory) as kamailio, Baresip(directory, "102", far, kamailio=kamailio) as peer:
        words = ("--duration", LIVE_S + 10)
        with OurPhone(directory, near, *words, to="102", number="101", kamailio=kamailio) as ours:
            peer.until_event("CALL_ESTABLISHED")
            processes = {"ours": ours.program.process.pid, "baresip": peer.program.process.pid}
            time.sleep(WARM_UP_S)
            before = {name: cpu_seconds(pid) for name, pid in processes.items()}
            time.sleep(LIVE_S - WARM_UP_S)
            for name, pid in processes.items():
                share = (cpu_seconds(pid) - before[name]) / (LIVE_S - WARM_UP_S)
                print(f"  {name:42} {share:8.2%} of a core {peak_memory(pid):7.1f} MB")


def one_after_another(directory: Path) -> None:
    """Against sipp's own `uas`."""
    print(f"{CALLS} calls one after another (target: no task, socket or memory left over)")
    port = free_port()
    command = [need("sipp"), "-sn", "uas", "-i", HOST, "-p", port, "-nostdin", "-bind_local"]
    with Program("uas", command, directory, {"TERM": "dumb"}):
        caller = [sys.executable, "-m", "tests.bench.sip_calls", f"sip:100@{HOST}:{port}", str(CALLS)]
        done = subprocess.run(caller, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    for name in ("tasks", "sockets", "objects", "memory_mb"):
        before, after = (found[when][name] for when in ("before", "after"))
        print(f"  {name:42} {before:8.1f} before {after:8.1f} after")
    print(f"  {'a call, INVITE to the answer to BYE':42} {found['call_ms']:8.1f} ms median")
