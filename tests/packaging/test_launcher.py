"""`phone-recorder` as the package has it, on a Python that knows nothing of the working tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder import __version__
from tests.packaging.programs import REPOSITORY, attempt, need_debian_python, run

pytestmark = pytest.mark.peer

RECORD_FILE = REPOSITORY / "fixtures/record_files/codec_after_nul.wav"


@pytest.fixture
def program(unpacked: Path) -> str:
    need_debian_python()
    return str(unpacked / "usr/bin/phone-recorder")


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (["--version"], f"phone-recorder, version {__version__}"),
        (["--help"], "Usage: phone-recorder"),
        (["models"], "BX5S"),
        (["inspect", str(RECORD_FILE)], "PCMU"),
    ],
)
def test_it_runs(program: str, words: list[str], printed: str) -> None:
    assert printed in run(program, *words)


def test_a_call_is_recorded(program: str, tmp_path: Path) -> None:
    run(program, "call", "--fast", "--duration", "2", "--usb", str(tmp_path))
    assert list(tmp_path.glob("Record_*.wav"))


def test_neither_environment_nor_directory_says_where_modules_come_from(program: str, tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise SystemExit('a stranger')")
    done = attempt("sh", "-c", f"cd {tmp_path} && {program} --version", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


def test_debians_own_modules_are_behind_ours(unpacked: Path) -> None:
    """So python3-evdev is found, and a click of Debian's is not."""
    text = (unpacked / "usr/bin/phone-recorder").read_text()
    asked = text.replace("main()", "import click, sys; print(click.__file__); print(*sys.path)")
    script = unpacked / "usr/bin/asked"
    script.write_text(asked)
    try:
        click, paths = run(need_debian_python(), "-I", str(script)).splitlines()
    finally:
        script.unlink()
    assert click.startswith(str(unpacked)) and "/usr/lib/python3/dist-packages" in paths.split()
