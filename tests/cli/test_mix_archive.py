"""`mix` of many pairs: in several processes, what fails beside what does not, and what an interrupted run leaves."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner, Result

from phone_recorder.cli.main import cli
from phone_recorder.wire.payload import G722, PCMU
from tests.adapters.mounts import tmpfs
from tests.bulk.offline.files import as_recorded, record
from tests.cli.mixing import PATIENCE_S, begun, started
from tests.cli.terminal import Terminal
from tests.signals import write

SUMMARY = re.compile(r"(.*?)(?:: \d+\.\d s in \d+\.\d s, [\d,]+ x real time)?\n")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["mix", *map(str, words)])


def summed_up(result: Result) -> str:
    found = SUMMARY.fullmatch(result.stdout)
    assert found, result.output
    return found[1]


def archive(place: Path, *names: str) -> tuple[Path, Path, Path]:
    """Two directories with files of these names, and the output's."""
    for side in ("a", "b"):
        for name in names:
            path = place / side / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write(path, record(os.urandom(1600)))
    return place / "a", place / "b", place / "out"


def rightly_mixed(out: Path) -> bool:
    """Whether a file of the output is what a recorder makes of the two of its name."""
    place = next(parent for parent in out.parents if parent.name == "out")
    sides = [(place.parent / side / out.relative_to(place)).read_bytes()[76:] for side in ("a", "b")]
    return out.read_bytes() == record(as_recorded((PCMU, sides[0]), (PCMU, sides[1]), PCMU))


def test_hours_are_told_as_hours_and_nothing_has_no_speed(tmp_path: Path) -> None:
    a, b, out = archive(tmp_path, "1.wav")
    for side in (a, b):
        write(side / "1.wav", record(b"\x55" * 8000 * 3600))
    assert run(a, b, "-o", out).stdout.startswith("1 mixed: 1.00 h in ")
    assert run(a, b, "-o", out, "--skip-existing").stdout == "0 mixed, 1 there already\n"


def test_an_output_that_cannot_be_made_is_told_once_and_before_anything_is_begun(tmp_path: Path) -> None:
    a, b, out = archive(tmp_path, "1.wav", "2.wav")
    write(tmp_path / "file", b"")
    result = run(a, b, "-o", tmp_path / "file" / "out")
    sentence = f"cannot make the directory {tmp_path}/file/out: a part of its path is not a directory"
    assert (result.exit_code, result.stderr.count(sentence)) == (2, 1)
    assert not out.exists()


@pytest.mark.parametrize("jobs", [[], ["-j", "1"], ["-j", "3"]], ids=["usual", "one", "three"])
def test_every_pair_of_two_directories_is_mixed(jobs: list[str], tmp_path: Path) -> None:
    a, b, out = archive(tmp_path, "1.wav", "2.wav", "may/1.wav", "may/june/3.wav")
    result = run(a, b, "-o", out, *jobs)
    assert (result.exit_code, result.stderr) == (0, "")
    assert summed_up(result) == "4 mixed"
    made = [path for path in sorted(out.rglob("*")) if path.is_file()]
    assert [str(path.relative_to(out)) for path in made] == ["1.wav", "2.wav", "may/1.wav", "may/june/3.wav"]
    assert all(map(rightly_mixed, made))


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_one_that_fails_is_told_and_does_not_stop_the_others(jobs: str, tmp_path: Path) -> None:
    a, b, out = archive(tmp_path, "1.wav", "2.wav", "3.wav", "4.wav")
    write(a / "2.wav", b"")
    write(b / "3.wav", record(bytes(320), size=0))
    write(b / "5.wav", b"")
    result = run(a, b, "-o", out, "-j", jobs)
    assert result.exit_code == 1
    assert summed_up(result) == "3 mixed, 1 damaged, and mixed as far as the audio goes, 1 failed"
    assert result.stderr.splitlines() == [
        f"phone-recorder: {b / '5.wav'}: there is no other side of that name",
        f"phone-recorder: cannot read {a / '2.wav'}: it is no WAV file and no record file "
        "(the file has 0 bytes, fewer than its header of 76)",
        f"phone-recorder: {b / '3.wav'}: dataSize is 0, but 320 bytes follow the header",
    ]
    assert sorted(path.name for path in out.iterdir()) == ["1.wav", "3.wav", "4.wav"]


def test_a_list_says_what_belongs_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive(tmp_path, "1.wav")
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "list.csv", b"a,b,out\na/1.wav,b/1.wav\na/1.wav,b/1.wav,again/x.wav\na/0.wav,b/1.wav\n")
    result = run("--pairs", "list.csv", "-o", "out")
    assert (result.exit_code, summed_up(result)) == (1, "2 mixed, 1 failed")
    assert result.stderr == "phone-recorder: cannot read a/0.wav: there is no such file\n"
    assert (tmp_path / "out/again/x.wav").read_bytes() == (tmp_path / "out/1.wav").read_bytes()
    assert rightly_mixed(tmp_path / "out/1.wav")


def test_what_is_there_is_left_out_or_replaced_as_asked(tmp_path: Path) -> None:
    a, b, out = archive(tmp_path, "1.wav", "2.wav")
    out.mkdir()
    write(out / "1.wav", b"precious")
    result = run(a, b, "-o", out)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"1 of 2 files are in {out} already: add --skip-existing to go on" in result.stderr
    assert [path.name for path in out.iterdir()] == ["1.wav"]
    result = run(a, b, "-o", out, "--skip-existing")
    assert (result.exit_code, summed_up(result)) == (0, "1 mixed, 1 there already")
    assert ((out / "1.wav").read_bytes(), rightly_mixed(out / "2.wav")) == (b"precious", True)
    assert summed_up(run(a, b, "-o", out, "--skip-existing")) == "0 mixed, 2 there already"
    assert summed_up(run(a, b, "-o", out, "--force")) == "2 mixed"
    assert rightly_mixed(out / "1.wav")


REFUSED = {
    "both": (["a", "b", "-o", "out", "--force", "--skip-existing"], "choose one of them"),
    "a file for many": (["a", "b", "-o", "a/1.wav"], "a/1.wav is a file, and many are to be written"),
    "onto a side": (["a", "b", "-o", "./a"], "a is the directory to read from"),
    "nothing in common": (["a", "empty", "-o", "out"], "there is nothing to mix"),
    "no list": (["--pairs", "none.csv", "-o", "out"], "cannot read none.csv: there is no such file"),
    "a list of nonsense": (["--pairs", "a/1.wav", "-o", "out"], "a/1.wav is no text in UTF-8"),
    "onto another's side": (["--pairs", "list.csv", "-o", "b", "--force"], "b/2.wav is a file to read from"),
    "no processes": (["a", "b", "-o", "out", "-j", "0"], "'-j' / '--jobs': 0 is not in the range"),
    "no codec for all": (["a", "b", "-o", "out", "--codec", "GSM"], "'GSM' is not one of"),
}


@pytest.mark.parametrize(("words", "why"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_sense_is_one_sentence_and_nothing_is_written(
    words: list[str], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    archive(tmp_path, "1.wav", "2.wav")
    (tmp_path / "empty").mkdir()
    write(tmp_path / "list.csv", b"a/1.wav,b/1.wav,2.wav\na/2.wav,b/2.wav,1.wav\n")
    before = {path: path.is_file() and path.read_bytes() for path in tmp_path.rglob("*")}
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr
    assert result.stderr.count("\n") == 1
    assert {path: path.is_file() and path.read_bytes() for path in tmp_path.rglob("*")} == before


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_disk_that_is_full_ends_it_with_one_sentence(jobs: str, tmp_path: Path) -> None:
    a, b, _ = archive(tmp_path, *(f"{number:02}.wav" for number in range(40)))
    with tmpfs(tmp_path / "disk", "size=32k") as disk:
        result = run(a, b, "-o", disk / "out", "-j", jobs)
        left = sorted(path.name for path in (disk / "out").iterdir())
    assert result.exit_code == 1
    assert re.fullmatch(r"phone-recorder: cannot write \S+: there is no space left\n", result.stderr)
    assert re.fullmatch(r"\d+ mixed, 1 failed, \d+ not begun", summed_up(result))
    assert left
    assert not [name for name in left if name.startswith(".")]


def long_archive(place: Path) -> tuple[Path, Path, Path]:
    """One short pair, and two that take minutes."""
    a, b, out = archive(place, "1.wav", "2.wav", "3.wav")
    for name in ("2.wav", "3.wav"):
        write(a / name, record(b"", G722, size=0))
        os.truncate(a / name, 1 << 30)
    return a, b, out


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=lambda value: str(value)
)
def test_a_signal_ends_all_processes_and_what_is_whole_stays(number: signal.Signals, code: int, tmp_path: Path) -> None:
    a, b, out = long_archive(tmp_path)
    with started(tmp_path, a, b, "-o", out, "-j", "2") as process:
        begun(out / "2.wav", out / "3.wav")
        workers = psutil.Process(process.pid).children()
        # As a terminal does it: Ctrl-C is heard by all of them.
        (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
        stdout, stderr = process.communicate(timeout=PATIENCE_S)
        assert not psutil.wait_procs(workers, PATIENCE_S)[1]
    assert (process.returncode, stdout) == (code, "")
    assert "Traceback" not in stderr
    assert [path.name for path in out.iterdir()] == ["1.wav"]
    assert rightly_mixed(out / "1.wav")


def test_a_killed_run_leaves_no_processes_and_nothing_half(tmp_path: Path) -> None:
    a, b, out = long_archive(tmp_path)
    with started(tmp_path, a, b, "-o", out, "-j", "2") as process:
        begun(out / "2.wav", out / "3.wav")
        workers = psutil.Process(process.pid).children()
        process.kill()
        assert not psutil.wait_procs(workers, PATIENCE_S)[1]
    assert [path.name for path in out.iterdir()] == ["1.wav"]


def test_a_process_that_is_killed_costs_no_more_than_its_pair(tmp_path: Path) -> None:
    a, b, out = long_archive(tmp_path)
    write(a / "3.wav", record(os.urandom(1600)))
    write(a / "4.wav", record(os.urandom(1600)))
    write(b / "4.wav", record(os.urandom(1600)))
    with started(tmp_path, a, b, "-o", out, "-j", "2") as process:
        begun(out / "2.wav")
        busy = [worker for worker in psutil.Process(process.pid).children() if ".2.wav.partial" in opened(worker)]
        while not busy:
            busy = [worker for worker in psutil.Process(process.pid).children() if ".2.wav.partial" in opened(worker)]
        busy[0].kill()
        stdout, stderr = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert stdout.startswith("3 mixed, 1 failed")
    assert stderr == f"phone-recorder: {out / '2.wav'}: signal 9 has ended its process\n"


def opened(process: psutil.Process) -> set[str]:
    try:
        return {Path(file.path).name for file in process.open_files()}
    except psutil.Error:
        return set()


def test_a_terminal_shows_how_far_it_has_got(tmp_path: Path) -> None:
    archive(tmp_path, "1.wav", "2.wav", "3.wav")
    write(tmp_path / "a/2.wav", b"")
    terminal = Terminal(tmp_path, "mix", "a", "b", "-o", "out", "-j", "1")
    try:
        shown = terminal.until("real time")
        assert terminal.process.wait(PATIENCE_S) == 1
    finally:
        terminal.hang_up()
    assert "\r\x1b[K1 of 3\r\x1b[Kphone-recorder: cannot read a/2.wav" in shown
    assert "\r\x1b[K3 of 3\r\x1b[K2 mixed, 1 failed" in shown
