"""The fixtures are those of fixtures/README.md, and their scripts give the same bytes again."""

from __future__ import annotations

import re
import subprocess
import sys
import wave
from array import array
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[1] / "fixtures"
SPEECH_RATE = 16000
WINDOW = SPEECH_RATE // 10


def rows() -> dict[str, str]:
    """File to script, as the README's table has them."""
    found = re.findall(
        r"^\| `([^`]+/[^`]+)` \| .+ \| `(make_\w+\.py)` \|$", (FIXTURES / "README.md").read_text("utf-8"), re.M
    )
    assert len(dict(found)) == len(found), "a file is listed twice"
    return dict(found)


def test_the_readme_lists_exactly_the_files_there() -> None:
    there = {
        path.relative_to(FIXTURES).as_posix()
        for path in FIXTURES.rglob("*")
        if path.is_file() and path.parent != FIXTURES and path.suffix != ".pyc"
    }
    assert rows().keys() == there


def test_every_script_in_the_readme_is_there() -> None:
    assert set(rows().values()) == {path.name for path in FIXTURES.glob("make_*.py")}


@pytest.mark.parametrize(
    ("script", "folder"),
    [
        ("make_record_files.py", "record_files"),
        ("make_control.py", "control"),
        ("make_sessions.py", "sessions"),
        ("make_torture.py", "torture"),
    ],
)
def test_a_script_gives_the_committed_bytes_again(script: str, folder: str, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-I", FIXTURES / script, tmp_path], check=True)
    again = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert again == {path.name: path.read_bytes() for path in (FIXTURES / folder).iterdir()}
    assert again.keys() == {Path(name).name for name, made_by in rows().items() if made_by == script}


@pytest.mark.parametrize(
    "script", ["make_speech.py", "make_record_files.py", "make_control.py", "make_sessions.py", "make_torture.py"]
)
def test_a_script_is_independent_of_the_package(script: str) -> None:
    assert not re.search(r"^\s*(import|from)\s+phone_recorder", (FIXTURES / script).read_text("utf-8"), re.M)


def test_the_small_fixtures_are_small() -> None:
    sizes = {
        path: path.stat().st_size for folder in ("record_files", "control") for path in (FIXTURES / folder).iterdir()
    }
    assert max(sizes.values()) <= 4096


@pytest.mark.parametrize("name", ["near_en", "far_en", "near_zh", "far_zh"])
def test_speech_is_as_the_readme_says(name: str) -> None:
    path = FIXTURES / "speech" / f"{name}.wav"
    assert path.stat().st_size < 400_000
    with wave.open(str(path)) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (SPEECH_RATE, 1, 2)
        assert wav.getnframes() == 11 * SPEECH_RATE


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_parties_take_turns_and_overlap_once(language: str) -> None:
    near, far = (speaking(f"{party}_{language}") for party in ("near", "far"))
    both = [n and f for n, f in zip(near, far, strict=True)]
    assert sum(near) > 30
    assert sum(far) > 20
    assert 4 <= sum(both) <= 8
    # In one place.
    assert both[both.index(True) : both.index(True) + sum(both)] == [True] * sum(both)


def speaking(name: str) -> list[bool]:
    """For each tenth of a second, whether something is said."""
    with wave.open(str(FIXTURES / "speech" / f"{name}.wav")) as wav:
        pcm = array("h", wav.readframes(wav.getnframes()))
    return [max(map(abs, pcm[i : i + WINDOW])) > 300 for i in range(0, len(pcm), WINDOW)]
