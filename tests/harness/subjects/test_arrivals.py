"""Phones that record to our server: one that knows bytes alone, our own, the wrong one, and none."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from phone_recorder.errors import NotConforming, UsageError
from phone_recorder.harness.conformance.client import Phone, talk
from phone_recorder.harness.evidence import Passed
from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.runner.running import RunOptions
from phone_recorder.harness.scenario.reading import read_cases
from phone_recorder.harness.subjects.arrivals import Arrivals
from phone_recorder.harness.subjects.call_clock import CallClock
from phone_recorder.harness.subjects.open_server import OpenServer
from phone_recorder.phone.parties import Line, make_party
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.rtp import RtpPacket

SPEECH = Path(__file__).parents[3] / "fixtures" / "speech"
NEAR, FAR = SPEECH / "near_en.wav", SPEECH / "far_en.wav"
SCENARIO = f"""\
scenario: A phone records what the far party says
subject: arrivals
arrivals: 1
call: {{length: 15 s}}
near: none
far: {FAR}
expect:
  - files: {{count: 1, codec: PCMU, duration: 2 s ± 20 ms, whole: true}}
  - account: {{state: recorded, streams.rtp.lost: 0}}
  - control: [sent RecordStartRequest codec=PCMU, received RecordStartResponse result=success,
      sent RecordStopRequest, received RecordStopResponse result=success]
  - audio: {{contains: far}}
"""
Address = tuple[str, int]


def played(tmp_path: Path, comes: Callable[[Address], object], scenario: str = SCENARIO) -> Result:
    """What comes of the scenario with a phone that does this as soon as it is told where."""
    path = tmp_path / "a.scenario.yaml"
    path.write_text(scenario)
    phones: list[threading.Thread] = []

    def tell(line: str) -> None:
        found = re.search(r"record to ([\d.]+):(\d+) ", line)
        assert found, line
        phones.append(threading.Thread(target=comes, args=((found[1], int(found[2])),)))
        phones[-1].start()

    [result] = Arrivals(("127.0.0.1", 0), tell).run(read_cases(path), RunOptions(7, tmp_path / "played"))
    for phone in phones:
        phone.join()
    return result


def payloads(voice: Path, first: int, count: int) -> list[bytes]:
    """Packets of a voice, from that one on."""
    party = make_party(str(voice), False, Line(PCMU, 160, 0, 60 * SECOND), Random(1))
    return [RtpPacket.parse(data).payload for _, data in party.packets(60 * SECOND)][first : first + count]


def plays(voice: Path, first: int = 80, stops: bool = True) -> Callable[[Address], None]:
    """A phone of bytes that records two seconds of a voice."""

    async def record(address: Address) -> None:
        async with Phone(address) as phone:
            recording = await phone.start("1f")
            # The server may have had enough before.
            with suppress(NotConforming):
                await talk(recording, payloads(voice, first, 100))
                if stops:
                    await phone.stop(recording.id)

    return lambda address: asyncio.run(record(address))


def nobody(address: Address) -> None:
    pass


@pytest.mark.live
@pytest.mark.parametrize("first", [80, 110])
def test_a_phone_that_knows_bytes_alone_passes_whenever_it_begins(first: int, tmp_path: Path) -> None:
    result = played(tmp_path, plays(FAR, first))
    assert (result.outcome, list(map(str, result.failures))) == ("passed", [])


@pytest.mark.live
def test_our_own_phone_passes(tmp_path: Path) -> None:
    def call(address: Address) -> None:
        words = ["--mode", "server", "--server", f"{address[0]}:{address[1]}", "--near", "none", "--far", str(FAR)]
        keys = ["--keys", "1 start, 3 stop", "--duration", "3.5"]
        subprocess.run([sys.executable, "-m", "phone_recorder", "call", *words, *keys], check=True, capture_output=True)

    result = played(tmp_path, call)
    assert (result.outcome, list(map(str, result.failures))) == ("passed", [])


@pytest.mark.live
def test_the_wrong_voice_fails_and_is_told_where_it_fits_best(tmp_path: Path) -> None:
    result = played(tmp_path, plays(NEAR, 0))
    [failure] = result.failures
    assert result.outcome == "failed"
    heard, _, best = failure.seen.partition("; ")
    assert re.match(r"far has a likeness of 0\.\d\d between 0 s and 2 s", heard)
    assert re.fullmatch(r"it is most like it where it begins at .* of the recording", best)


@pytest.mark.live
def test_a_phone_that_leaves_without_a_stop_fails(tmp_path: Path) -> None:
    result = played(tmp_path, plays(FAR, stops=False))
    assert "account state recorded: it is " in " ".join(map(str, result.failures))


@pytest.mark.live
def test_a_phone_that_never_comes_is_one_line(tmp_path: Path) -> None:
    result = played(tmp_path, nobody, SCENARIO.replace("15 s", "200 ms"))
    assert list(map(str, result.failures)) == ["a phone records within 200 ms: none has come"]


@pytest.mark.live
def test_fewer_recordings_than_are_waited_for_fail(tmp_path: Path) -> None:
    result = played(tmp_path, plays(FAR), SCENARIO.replace("arrivals: 1", "arrivals: 2").replace("15 s", "6 s"))
    assert list(map(str, result.failures)) == ["2 recordings within 6 s: there is 1"]


@pytest.mark.live
def test_what_is_there_when_the_time_is_over_is_kept(tmp_path: Path) -> None:
    """It is still going on then."""
    result = played(tmp_path, plays(FAR), SCENARIO.replace("15 s", "1 s").replace("2 s ± 20 ms", "500 ms to 2 s"))
    assert "account state recorded: it is " in " ".join(map(str, result.failures))
    assert not any("files" in str(failure) for failure in result.failures)


@pytest.mark.parametrize("wanted", ["phone", "agent"])
def test_a_case_of_another_device_is_skipped(wanted: str, tmp_path: Path) -> None:
    path = tmp_path / "a.scenario.yaml"
    path.write_text(f"scenario: Something else\nsubject: {wanted}\n")
    told: list[str] = []
    [result] = Arrivals(("127.0.0.1", 0), told.append).run(read_cases(path), RunOptions(7, tmp_path / "played"))
    assert (result.outcome, told) == ("skipped", [])


def test_what_plays_it_again_names_the_address() -> None:
    assert Arrivals(("::", 10000), len).words == ("--arrivals=[::]:10000",)


@pytest.mark.live
def test_an_address_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    async def twice() -> None:
        clock, heard = CallClock(), list[Passed]()
        async with OpenServer(tmp_path / "one", ("127.0.0.1", 0), clock, heard.append) as server:
            await OpenServer(tmp_path / "two", server.address, clock, heard.append).__aenter__()

    with pytest.raises(UsageError, match=r"^cannot listen on 127\.0\.0\.1:\d+: .*: name another port$"):
        asyncio.run(twice())
