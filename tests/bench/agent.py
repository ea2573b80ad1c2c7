"""The on-device agent: what it costs, idle and in a call that ffmpeg records beside it, and how soon a key works."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.agent.agent_process import AgentProcess, agent_process
from tests.agent.rtp_sender import Address, rtp_sender
from tests.bench.agent_figures import Figures, Watch, median
from tests.bench.agent_keys import keys
from tests.bench.measure import have, running

ROUNDS = 3
WARM_UP_S, LIVE_S = 8, 20
"""ffmpeg looks at its input for 5 s before it records."""
SETTLE_S, IDLE_S = 3, 30
HOST = "127.0.0.1"
ASLEEP = [sys.executable, "-c", "import time; time.sleep(1000)"]
LEG = "m=audio {port} RTP/AVP 0\na=rtpmap:0 PCMU/8000\n"
SDP = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n"
FFMPEG = ["ffmpeg", "-y", "-nostdin", "-loglevel", "error", "-protocol_whitelist", "file,udp,rtp", "-i", "legs.sdp"]
MIX = ["-filter_complex", "[0:0][0:1]amix=inputs=2:normalize=0"]
WAV = ["-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1", "ffmpeg.wav"]
FRAME_S = 0.02
WAV_HEADER = 100
"""More than there is before the audio."""


def agent(directory: Path) -> None:
    """Three parts; none asserts a figure."""
    for number, part in enumerate((idle, recording, keys)):
        home = directory / f"agent-{part.__name__}"
        home.mkdir()
        print(end="\n" if number else "")
        part(home)


def idle(home: Path) -> None:
    """Nothing happens; and a call goes on that nobody records, its RTP arriving."""
    print(f"the agent with nothing to do, {ROUNDS} times {IDLE_S} s (targets: 30 MB, reach for 24; no wake-up)")
    with ExitStack() as stack:
        quiet, called = (stack.enter_context(agent_process(home / name)) for name in ("quiet", "called"))
        asleep = stack.enter_context(running(ASLEEP, home))
        stack.enter_context(rtp_sender(*called.begin_call("legs")))
        rows = {"idle": quiet.pid, "a call of two legs that is not recorded": called.pid, "Python, asleep": asleep.pid}
        time.sleep(SETTLE_S)
        for name, figures in watched(rows, [IDLE_S] * ROUNDS).items():
            print(figures.row(name))


def recording(home: Path) -> None:
    """All record the same call at once: what slows the machine down slows down all."""
    print(f"one call, PCMU, local, {ROUNDS} times {LIVE_S} s (targets: 0.5 % of a core, 32 MB, reach for 26)")
    rounds: list[dict[str, Figures]] = []
    for number in range(ROUNDS):
        place = home / str(number)
        place.mkdir()
        rounds.append(one_round(place))
    figures = {name: median([each[name] for each in rounds]) for name in rounds[0]}
    for name, row in figures.items():
        print(row.row(name))
    if peer := figures.pop("ffmpeg", None):
        for name, ours in figures.items():
            cpu, peak = peer.cpu / ours.cpu, peer.peak / ours.peak
            print(f"  ffmpeg takes {cpu:.1f} times the CPU and {peak:.1f} times the memory of {name}")


def one_round(place: Path) -> dict[str, Figures]:
    with ExitStack() as stack:
        agents = {rtp: stack.enter_context(agent_process(place / rtp)) for rtp in ("legs", "mixed")}
        rows = {f"ours, {rtp}": ours.pid for rtp, ours in agents.items()}
        to = [address for rtp, ours in agents.items() for address in ours.begin_call(rtp)]
        if have("ffmpeg"):
            process, ports = stack.enter_context(ffmpeg(place))
            rows["ffmpeg"] = process.pid
            to += [Address(leg, HOST, port) for leg, port in zip(("near", "far"), ports, strict=True)]
        stack.enter_context(rtp_sender(*to))
        time.sleep(SETTLE_S)
        for ours in agents.values():
            ours.ask("record.press", event="start")
        time.sleep(WARM_UP_S)
        found = watched(rows, [LIVE_S])
        for ours in agents.values():
            has_recorded(ours)
    if have("ffmpeg") and (place / "ffmpeg.wav").stat().st_size < WAV_HEADER + 8000 * LIVE_S:
        raise RuntimeError("ffmpeg has not recorded the call")
    return found


def watched(rows: Mapping[str, int], spans: list[int]) -> dict[str, Figures]:
    """The median of each process's figures over spans of so many seconds, one after the other."""
    found: dict[str, list[Figures]] = {name: [] for name in rows}
    for seconds in spans:
        watches = {name: Watch(pid) for name, pid in rows.items()}
        time.sleep(seconds)
        for name, watch in watches.items():
            found[name].append(watch.figures(seconds))
    return {name: median(figures) for name, figures in found.items()}


def has_recorded(ours: AgentProcess) -> None:
    """All the while that it was looked at."""
    [account] = ours.ask("record.get")["recordings"]
    # The key may come just after a packet: then there is nothing of the first frame.
    if account["duration_s"] < LIVE_S or max(account["gaps_s"].values(), default=0) > FRAME_S:
        raise RuntimeError(f"the agent has not recorded the call: {account}")


@contextmanager
def ffmpeg(place: Path) -> Iterator[tuple[subprocess.Popen[bytes], tuple[int, int]]]:
    """One that mixes what comes to its two ports into a file."""
    ports = free_port(), free_port()
    (place / "legs.sdp").write_text(SDP + "".join(LEG.format(port=port) for port in ports))
    with running([*FFMPEG, *MIX, *WAV], place) as process:
        yield process, ports


def free_port() -> int:
    """An even one, and the next one is free too: ffmpeg awaits RTCP there."""
    while True:
        with socket.socket(type=socket.SOCK_DGRAM) as rtp, socket.socket(type=socket.SOCK_DGRAM) as rtcp:
            rtp.bind((HOST, 0))
            port: int = rtp.getsockname()[1]
            try:
                rtcp.bind((HOST, port + 1))
            except (OSError, OverflowError):
                continue
            if port % 2 == 0:
                return port
