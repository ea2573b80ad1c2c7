"""The same call live and fast, onto a stick and onto a server: the same bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.call.network import Impairment
from phone_recorder.harness.call.outcome import Outcome
from phone_recorder.harness.call.request import CallRequest
from phone_recorder.harness.call.run import run_fast, run_live
from phone_recorder.recording.indicator import Indicator
from phone_recorder.recording.units import from_ms, to_seconds
from phone_recorder.settings.record import Mode, RecordSettings, ServerSettings, Terminator
from tests.cli.call import audio, document

CODECS = ["PCMU", "PCMA", "G722"]
MODES: list[Mode] = ["local", "server"]
PATIENCE_S = 30
AT_ONCE = 3
"""Live calls: more, and two cores would still be starting Python when the first keys are pressed."""
KEYS = "0.1 record, 0.4 pause, 0.6 resume, 1.4 record, 1.45 record"
"""Each recording is longer than a server takes to answer: twice 200 ms of quiet, on a busy machine more."""
FAULTS = "loss=5%,reorder=5%,duplicate=5%,jitter=10ms"


def essence(document: dict[str, Any]) -> list[dict[str, Any]]:
    """All of a call's recordings that must be the same under either clock."""
    kept = ("state", "reason", "codec", "duration_s", "paused_s", "gaps", "gaps_s")
    return [
        {name: recording[name] for name in kept} | {"audio": audio(recording)} for recording in document["recordings"]
    ]


def options(storage: Path, *words: str) -> list[str]:
    storage.mkdir()
    places = ("--usb", str(storage), "--storage", str(storage))
    return ["--seed", "7", *places, "--duration", "2.9", "--keys", KEYS, *words]


def printed(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, stdout=subprocess.PIPE, timeout=PATIENCE_S)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.mark.live
def test_live_is_fast_byte_for_byte(tmp_path: Path) -> None:
    """Local and server mode, each codec of the recording and of the call, clean and spoilt."""
    kinds = [
        *(("--mode", mode, "--codec", codec) for mode, codec in product(MODES, CODECS)),
        ("--mode", "local", "--codec", "PCMU", "--call-codec", "G722", "--impair", FAULTS),
        ("--mode", "server", "--codec", "PCMA", "--far", "none", "--pause", "silence", "--ptime", "30"),
        ("--mode", "local", "--codec", "G722", "--call-codec", "PCMA", "--size-limit", "4K", "--ptime", "10"),
    ]
    program = [sys.executable, "-m", "phone_recorder", "call", "--json"]
    live = [[*program, *options(tmp_path / f"live{n}", *kind)] for n, kind in enumerate(kinds)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(printed, live))
    for n, (kind, outcome) in enumerate(zip(kinds, outcomes, strict=True)):
        assert [recording["state"] for recording in outcome["recordings"]] == ["recorded"] * 2, kind
        assert essence(outcome) == essence(document("--fast", *options(tmp_path / f"fast{n}", *kind))), kind
        assert all(len(recording["audio"]) > 8000 for recording in essence(outcome)), kind


def request(directory: Path, mode: Mode, codec: str = "PCMU", **more: Any) -> CallRequest:
    settings = RecordSettings(mode=mode, codec=codec, reserve=0)
    return CallRequest(settings=settings, usb=directory, duration_s=2.9, seed=3, keys=KEYS, **more)


def fast(asked: CallRequest) -> Outcome:
    assert asked.usb
    asked.usb.mkdir()
    return run_fast(asked, asked.usb)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("call_codec", CODECS)
def test_the_server_records_what_the_stick_does(tmp_path: Path, codec: str, call_codec: str) -> None:
    local, server = (
        essence(fast(request(tmp_path / mode, mode, codec, call_codec=call_codec)).document()) for mode in MODES
    )
    assert local == server


@pytest.mark.parametrize("ptime", [10, 20, 30, 40, 60])
@pytest.mark.parametrize("mode", MODES)
def test_every_packet_length_gives_the_same_audio(tmp_path: Path, mode: Mode, ptime: int) -> None:
    asked = request(tmp_path / "a", mode, near="tone:400", far="silence")
    asked = replace(asked, keys="0 record, 1.2 record", settings=replace(asked.settings, ptime_ms=ptime))
    [recording] = essence(fast(asked).document())
    assert len(recording["audio"]) == 9600
    assert recording["audio"] == recording["audio"][:20] * 480


def test_the_same_seed_is_the_same_call_faults_and_all(tmp_path: Path) -> None:
    faults = Impairment(0.05, 0.05, 0.05, from_ms(100))
    one, same, other = (
        essence(fast(replace(request(tmp_path / name, "local", impairment=faults), seed=seed)).document())
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert one == same != other


def test_c2_start_stop_start_within_a_second_leaves_no_orphan_on_the_server(tmp_path: Path) -> None:
    asked = replace(request(tmp_path / "a", "server"), keys="0 record, 0.1 record, 0.2 record, 0.9 record, 1 record")
    outcome = fast(asked)
    accounts = outcome.call.recorder.accounts
    assert [account.state for account in accounts] == ["cancelled", "recorded", "recorded"]
    assert {name: stored.state for name, stored in outcome.stored.items()} == {a.id: a.state for a in accounts}
    assert [len(stored.parts) for stored in outcome.stored.values()] == [0, 1, 1]
    assert [account.recorded for account in accounts] == [0, 5600, 15200]


def test_c1_a_stop_at_once_is_cancelled_on_both_sides(tmp_path: Path) -> None:
    outcome = fast(replace(request(tmp_path / "a", "server"), keys="0.5 record, 0.5 record"))
    [account] = outcome.call.recorder.accounts
    assert {account.state, *(stored.state for stored in outcome.stored.values())} == {"cancelled"}
    assert list((tmp_path / "a").glob("Record_*")) == []


@pytest.mark.parametrize(("terminator", "quiet_ms"), [("none", 200), ("LF", 0), ("CRLF", 0)])
def test_nobody_waits_for_quiet_where_messages_have_an_end(
    tmp_path: Path, terminator: Terminator, quiet_ms: int
) -> None:
    asked = replace(request(tmp_path / "a", "server"), keys="1 record, 2 record")
    asked = replace(asked, settings=replace(asked.settings, server=ServerSettings(terminator=terminator)))
    at = {screen.prompt: to_seconds(instant) for instant, screen in fast(asked).call.indicators}
    # Without one the server waits for the end of both requests, and the phone for that of the last answer.
    assert (at["Recording"], at["Recording saved"]) == (1 + quiet_ms / 1000, 2.02 + 2 * quiet_ms / 1000)


def test_a_far_server_is_not_for_the_virtual_clock(tmp_path: Path) -> None:
    asked = request(tmp_path / "a", "server")
    asked = replace(asked, settings=replace(asked.settings, server=ServerSettings("127.0.0.1")))
    with pytest.raises(UsageError, match="leave out --fast, or --server"):
        run_fast(asked, tmp_path)


@pytest.mark.live
def test_live_shows_the_screen_at_each_tick(tmp_path: Path) -> None:
    seen: list[tuple[int, Indicator]] = []
    asked = replace(request(tmp_path, "local"), duration_s=0.5, keys="0.1 record")
    outcome = run_live(asked, tmp_path, lambda instant, screen: seen.append((instant, screen)))
    assert outcome.recorded
    assert [instant for instant, _ in seen] == sorted(instant for instant, _ in seen)
    assert 4 <= len(seen) <= 20
    icons = [screen.icon for _, screen in seen]
    assert (icons[0], icons[-1], "recording" in icons) == ("idle", "idle", True)


class Odd(Exception):
    """What no program expects."""


@pytest.mark.live
def test_whoever_watches_and_fails_does_not_leave_the_call_hanging(tmp_path: Path) -> None:
    def watch(instant: int, screen: Indicator) -> None:
        raise Odd

    with pytest.raises(Odd):
        run_live(request(tmp_path, "local"), tmp_path, watch)
