"""Runs every benchmark, or those that are named: `python -m tests.bench phone sip`. Ours, the peer, the ratio.

Options are those of `thousands`, a table in Markdown: `python -m tests.bench thousands --help`.
"""

from __future__ import annotations

import platform
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from phone_recorder.media.mixing import Piece, mix_g711, mix_table
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.rtp import RtpSender
from tests.bench.measure import Cost, cost, cpu_seconds, have, in_turn, peak_memory, running

OURS = [sys.executable, "-m", "phone_recorder"]
LIVE_S, WARM_UP_S = 30, 8
SDP = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0\na=rtpmap:0 PCMU/8000\n"
FFMPEG = ["ffmpeg", "-y", "-protocol_whitelist", "file,udp,rtp", "-i", "call.sdp", "-c", "copy", "ffmpeg.wav"]


def main() -> None:
    calls = (help_text, fast_hour, fast_memory, mixing, mix, bulk, bulk_peers, fleet, live)
    known = {bench.__name__: bench for bench in (*calls, usb, server, thousands, sip, phone, agent, harness)}
    named = list(takewhile(lambda word: not word.startswith("-"), sys.argv[1:]))
    wanted, options = named or list(known), sys.argv[1 + len(named) :]
    if not known.keys() >= set(wanted):
        sys.exit(f"benchmarks are {', '.join(known)}")
    if options and wanted != [thousands.__name__]:
        sys.exit(f"only {thousands.__name__}, by itself, takes options")
    if wanted == [thousands.__name__]:
        with tempfile.TemporaryDirectory() as place:
            thousands(Path(place), options)
        return
    print(f"Python {platform.python_version()}, {platform.machine()}; medians of runs in turn")
    print()
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        for name in wanted:
            known[name](directory)
            print()


def mix(directory: Path) -> None:
    from tests.bench.mix import mix as bench

    bench(directory)


def bulk(directory: Path) -> None:
    from tests.bench.bulk import bulk as bench

    bench(directory)


def bulk_peers(directory: Path) -> None:
    from tests.bench.bulk_peers import bulk_peers as bench

    bench(directory)


def fleet(directory: Path) -> None:
    from tests.bench.fleet import fleet as bench

    bench(directory)


def usb(directory: Path) -> None:
    # Imported late: what this process holds when it starts another counts as that one's memory.
    from tests.bench.usb import usb as bench

    bench(directory)


def server(directory: Path) -> None:
    from tests.bench.server import server as bench

    bench(directory)


def thousands(directory: Path, options: Sequence[str] = ()) -> None:
    from tests.bench.thousands.run import thousands as bench

    bench(directory, options)


def sip(directory: Path) -> None:
    from tests.bench.sip import sip as bench

    bench(directory)


def phone(directory: Path) -> None:
    from tests.bench.phone import phone as bench

    bench(directory)


def agent(directory: Path) -> None:
    from tests.bench.agent import agent as bench

    bench(directory)


def harness(directory: Path) -> None:
    from tests.bench.harness import harness as bench

    bench(directory)


def help_text(directory: Path) -> None:
    ours, click = in_turn([[*OURS, "--help"], [sys.executable, "-c", "import click"]], directory, 9)
    print("`phone-recorder --help` against `python -c 'import click'` (target: within 2.5 times)")
    row("phone-recorder --help", ours)
    row("import click", click)
    print(f"  ratio {ours.wall / click.wall:.2f}")


def fast_hour(directory: Path) -> None:
    """A whole call: two parties, two RTP legs, mixer, recorder, four files. The peer only mixes, and has no RTP."""
    print("one hour, PCMU, two parties, local, `call --fast` (target: 500 times real time)")
    commands = [fast_call(directory, "hour", 3600)]
    if have("sox"):
        commands.append(sox_mix(directory))
    ours, *peers = in_turn(commands, directory)
    row("call --fast --duration 3600", ours)
    print(f"  {3600 / ours.wall:.0f} times real time")
    for peer in peers:
        row("sox -m of two such hours, files only", peer)
        print(f"  {3600 / peer.wall:.0f} times real time; ours takes {ours.wall / peer.wall:.1f} times as long")


def fast_memory(directory: Path) -> None:
    one, four = (cost(fast_call(directory, "memory", seconds), directory) for seconds in (3600, 14400))
    print("memory of `call --fast` (target: four hours within 5 MB of one hour)")
    row("one hour", one)
    row("four hours", four)
    print(f"  difference {four.memory - one.memory:+.1f} MB")


def mixing(directory: Path) -> None:
    """One packet of 20 ms in this process; the peer's figure is its whole hour divided by its packets."""
    draw = random.Random(1)
    a, b = (Piece(PCMU, draw.randbytes(160)) for _ in range(2))
    mix_table(PCMU, PCMU, PCMU)
    rounds = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(10_000):
            mix_g711(a, b, PCMU)
        rounds.append((time.perf_counter() - began) / 10_000)
    print("mix of one packet of 20 ms, PCMU")
    print(f"  {'one table look-up a sample':42} {sorted(rounds)[2] * 1e6:8.1f} us")
    if have("sox"):
        [peer] = in_turn([sox_mix(directory)], directory)
        print(f"  {'sox -m, per packet of its whole run':42} {peer.wall / 180_000 * 1e6:8.1f} us")


def live(directory: Path) -> None:
    """Looked at from WARM_UP_S to the end, so that start-up, and ffmpeg's probing of its input, do not count."""
    print("one live call, PCMU, local (target for the recorder's part: 2 % of a core, 32 MB)")
    (directory / "live").mkdir()
    recorder = [sys.executable, "-m", "tests.bench.recorder_process", str(directory / "live"), str(LIVE_S + 5)]
    with running(recorder, Path.cwd()) as process:
        assert process.stdout
        live_row("the recorder's part", process, int(process.stdout.readline()))
    with running(live_call(directory, LIVE_S + 5), directory) as process:
        live_row("the whole emulated phone", process, None)
    if have("ffmpeg"):
        port = free_port()
        (directory / "call.sdp").write_text(SDP.format(port=port))
        with running(FFMPEG, directory) as process:
            live_row("ffmpeg, RTP to a file, from an SDP file", process, port)


def live_row(name: str, process: subprocess.Popen[bytes], port: int | None) -> None:
    """A packet of PCMU every 20 ms to the port, if there is one, while the process is looked at."""
    sender = RtpSender(0, 1, 0, 0)
    began = time.perf_counter()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for number in range(LIVE_S * 50):
            if number == WARM_UP_S * 50:
                before = cpu_seconds(process.pid)
            time.sleep(max(0.0, began + number / 50 - time.perf_counter()))
            if port:
                out.sendto(sender.packet(b"\xd5" * 160), ("127.0.0.1", port))
    share = (cpu_seconds(process.pid) - before) / (LIVE_S - WARM_UP_S)
    print(f"  {name:42} {share:8.2%} of a core {peak_memory(process.pid):7.1f} MB")


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def fast_call(directory: Path, name: str, seconds: int) -> list[str]:
    (directory / name).mkdir(exist_ok=True)
    return [*OURS, "call", "--fast", "--duration", str(seconds), "--usb", str(directory / name)]


def live_call(directory: Path, seconds: int) -> list[str]:
    return [*OURS, "call", "--duration", str(seconds), "--usb", str(directory / "live")]


def sox_mix(directory: Path) -> list[str]:
    for name in ("a.ul", "b.ul"):
        if not (directory / name).exists():
            # A second at a time: what this process once held would count as its children's memory.
            with (directory / name).open("wb") as file:
                draw = random.Random(name)
                for _ in range(3600):
                    file.write(draw.randbytes(8000))
    raw = ["-r", "8000", "-c", "1"]
    return ["sox", "-V1", "-D", "-m", "-v", "1", *raw, "a.ul", "-v", "1", *raw, "b.ul", *raw, "mix.ul"]


def row(name: str, spent: Cost) -> None:
    print(f"  {name:42} {spent.wall:8.3f} s wall {spent.cpu:8.3f} s CPU {spent.memory:7.1f} MB")


main()
