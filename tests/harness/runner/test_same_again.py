"""The same seed is the same report, byte for byte but for times: in one process, in two, on a busy machine."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
VOICES = ROOT / "fixtures/speech"
TIME = re.compile(rb'(?<="took_s": )[\d.e-]+|(?<= time=")[\d.]+|(?<= timestamp=")[^"]+|(?<=time">)[^<]+')
"""Where a report tells when it was made, or how long something took: JSON, JUnit, and the page's class `time`."""
REPORTS = ("run.jsonl", "run.xml", "run.html")
SEED = 7
PATIENCE_S = 300

BASE = f"""\
near: {{voice: {VOICES}/near_en.wav}}
far: {{voice: {VOICES}/far_en.wav}}
call: {{length: 8 s}}
"""
UNSTEADY = "network: loss 5 %, burst 3, reorder 5 %, duplicate 2 %, jitter 40 ms\n"
NOT_SO = "silent: between 1 s and 7 s"
"""Each case fails at this, so that the page has all there is of it."""
SCENARIOS = {
    "loss": f"""\
scenario: A network that loses and reorders
matrix: {{mode: [local, server], codec: [PCMU, G722]}}
phone: {{settings: {{record.mode: "${{mode}}", record.codec: "${{codec}}"}}}}
{BASE}{UNSTEADY}steps:
  - {{at: 0 s, press: record}}
  - {{at: 2 s, rtp: far new ssrc}}
  - {{at: 3 s, rtp: near malformed 5 packets}}
  - {{at: 4 s, network: "loss 10 %, stall 500 ms"}}
expect:
  - {{at: 3 s, screen: {{icon: idle}}}}
  - {{account: {{streams.far.lost: 0}}}}
  - {{audio: {{{NOT_SO}}}}}
""",
    "stick": f"""\
scenario: A stick that stalls, fails once, is filled and pulled out
matrix: {{then: [pull, fill]}}
{BASE}{UNSTEADY}stick: {{size: 16 MiB, slow: 200 ms}}
steps:
  - {{at: 0 s, press: record}}
  - {{at: 1 s, stick: slow 2 s}}
  - {{at: 4 s, stick: fast}}
  - {{at: 5 s, stick: bad sector once}}
  - {{at: 7 s, stick: "${{then}}"}}
expect:
  - {{at: 7.5 s, screen: {{prompt: nothing of the kind}}}}
  - {{account: {{faults: 9, parts.0.path: nowhere, faults.0.error: none}}}}
  - {{audio: {{{NOT_SO}}}}}
""",
    "server": f"""\
scenario: A record server that ends what runs, and refuses what comes then
matrix: {{server: [reset, restart, "refuse busy", hang]}}
phone: {{settings: {{record.mode: server, server.retries: 2}}}}
{BASE}{UNSTEADY}steps:
  - {{at: 0 s, press: record}}
  - {{at: 3 s, server: "${{server}}"}}
  - {{at: 5 s, press: record}}
  - {{at: 6 s, press: record}}
expect:
  - {{control: none}}
  - {{recording: 1, account: {{reason: nothing of the kind, id: none}}}}
  - {{recording: 1, audio: {{silent: between 1 s and 2 s}}}}
""",
    "sip": f"""\
scenario: A SIP server that is asked to record
phone: {{settings: {{record.mode: sip_info}}}}
{BASE}sip server: answers 488 Not Acceptable Here after 300 ms
steps:
  - {{at: 1 s, press: record}}
expect:
  - {{sip: none}}
""",
}


@pytest.fixture(scope="module")
def scenarios(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("scenarios")
    for name, text in SCENARIOS.items():
        (directory / f"{name}.scenario.yaml").write_text(text, "utf-8")
    return directory


@pytest.fixture(scope="module")
def first(scenarios: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The reports of a run in one process."""
    return reports(scenarios, tmp_path_factory.mktemp("first"), jobs=1)


@contextmanager
def busy_machine() -> Iterator[None]:
    """Two more processes that take all the time they get."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def reports(scenarios: Path, place: Path, jobs: int, seed: int = SEED, hashes: int = 0) -> dict[str, bytes]:
    """What a process of its own writes, by name, times left out. `hashes` orders its sets."""
    jsonl, xml, html = (place / name for name in REPORTS)
    words = ["test", "--seed", str(seed), "-j", str(jobs), "--json", "--junit", str(xml), "--html", str(html)]
    command = [sys.executable, "-m", "phone_recorder", *words, str(scenarios)]
    environment = {"PYTHONHASHSEED": str(hashes), "TMPDIR": str(place)}
    with jsonl.open("wb") as output:
        done = subprocess.run(command, stdout=output, env=environment, timeout=PATIENCE_S, cwd=ROOT)
    assert done.returncode == 1, "cases fail, and nothing else is wrong"
    return {name: TIME.sub(b"", (place / name).read_bytes()) for name in REPORTS}


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_same_seed_is_the_same_report(scenarios: Path, first: dict[str, bytes], tmp_path: Path, jobs: int) -> None:
    assert same(reports(scenarios, tmp_path, jobs, hashes=jobs), first)


@pytest.mark.parametrize("jobs", [1, 2])
def test_so_it_is_on_a_busy_machine(scenarios: Path, first: dict[str, bytes], tmp_path: Path, jobs: int) -> None:
    with busy_machine():
        assert same(reports(scenarios, tmp_path, jobs, hashes=2 + jobs), first)


def same(one: dict[str, bytes], other: dict[str, bytes]) -> bool:
    """Whether they are; shows the first lines that are not."""
    for name, text in one.items():
        for mine, theirs in zip(text.splitlines(), other[name].splitlines(), strict=True):
            assert mine[:500] == theirs[:500] and mine == theirs, name
    return one == other


def test_another_seed_is_another_report(scenarios: Path, first: dict[str, bytes], tmp_path: Path) -> None:
    other = reports(scenarios, tmp_path, 2, SEED + 1)
    assert [name for name in REPORTS if other[name] == first[name]] == []


def test_every_case_fails_and_the_page_has_all_there_is(first: dict[str, bytes]) -> None:
    page = first["run.html"]
    cases = page.count(b'<section class="card case"')
    assert cases == first["run.jsonl"].count(b'"outcome": "failed"') == 11
    for part in (b"data:audio/wav", b"data:image/png", b"data:application/vnd.tcpdump.pcap", b"Control messages"):
        assert part in page


@pytest.mark.parametrize(
    ("report", "left"),
    [
        (b'"took_s": 0.012, "at_s": 1.5', b'"took_s": , "at_s": 1.5'),
        (b'"took_s": 1e-05}', b'"took_s": }'),
        (b'<testcase name="a" time="0.120">', b'<testcase name="a" time="">'),
        (b'<testsuite timestamp="2026-03-02T10:00:00" tests="1">', b'<testsuite timestamp="" tests="1">'),
        (b'<td class="n time">0.12 s</td><td>2 s</td>', b'<td class="n time"></td><td>2 s</td>'),
        (b"<td>at time 2 s</td>", b"<td>at time 2 s</td>"),
    ],
)
def test_only_times_of_the_run_are_left_out(report: bytes, left: bytes) -> None:
    assert TIME.sub(b"", report) == left
