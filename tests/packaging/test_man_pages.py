"""Manual pages: read by groff, man and mandoc without a warning, and saying what --help says."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from phone_recorder.cli.main import COMMANDS, PROGRAM, cli
from tests.packaging.programs import attempt, run
from tests.peers import need

pytestmark = pytest.mark.peer

PAGES = ("phone-recorder", *(f"phone-recorder-{name}" for name in COMMANDS), "phone-recorder-config-set")


def page(unpacked: Path, name: str, directory: Path) -> str:
    """The page as a plain file."""
    plain = directory / f"{name}.1"
    plain.write_bytes(gzip.decompress((unpacked / f"usr/share/man/man1/{name}.1.gz").read_bytes()))
    return str(plain)


@pytest.mark.parametrize("reader", ["groff -mandoc -ww -z -Tutf8", "mandoc -T lint -W warning"])
def test_no_page_has_faults(unpacked: Path, tmp_path: Path, reader: str) -> None:
    program, *words = reader.split()
    need(program)
    found = sorted((unpacked / "usr/share/man/man1").glob("*.gz"))
    assert len(found) > len(COMMANDS)
    for packed in found:
        done = attempt(program, *words, page(unpacked, packed.name.removesuffix(".1.gz"), tmp_path))
        assert (done.returncode, done.stdout + done.stderr) == (0, ""), packed.name


@pytest.mark.parametrize("name", PAGES)
def test_man_shows_the_page(unpacked: Path, name: str) -> None:
    need("man")
    shown = run("man", "-l", str(unpacked / f"usr/share/man/man1/{name}.1.gz"), MANWIDTH="200")
    assert re.search(r"^NAME\n", shown, re.MULTILINE) and re.search(r"^SYNOPSIS\n", shown, re.MULTILINE)


@pytest.mark.parametrize("command", list(COMMANDS))
def test_a_page_has_every_option_of_the_help(unpacked: Path, tmp_path: Path, command: str) -> None:
    shown = CliRunner().invoke(cli, [command, "--help"], prog_name=PROGRAM).stdout
    options = set(re.findall(r"^  (--[\w-]+)", shown, re.MULTILINE))
    text = Path(page(unpacked, f"phone-recorder-{command}", tmp_path)).read_text().replace("\\-", "-")
    assert options <= set(re.findall(r"^\.B (--[\w-]+)", text, re.MULTILINE)) and ".SH DESCRIPTION" in text
