"""The Debian package: what is in it, whose it is, and that it is the same each time."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from phone_recorder import __version__
from phone_recorder.cli.main import COMMANDS
from tests.packaging.conftest import build
from tests.packaging.programs import REPOSITORY, attempt, run
from tests.peers import need

pytestmark = pytest.mark.peer

PLACES = (
    "usr/bin/phone-recorder",
    "usr/lib/phone-recorder/phone_recorder/cli/main.py",
    "usr/lib/phone-recorder/phone_recorder/py.typed",
    "usr/lib/phone-recorder/phone_recorder/agent/phone-recorder-agent.service",
    "usr/lib/phone-recorder/click/__init__.py",
    "usr/libexec/phone-recorder/stick",
    "lib/systemd/system/phone-recorder-agent.service",
    "lib/systemd/system/phone-recorder-stick@.service",
    "lib/udev/rules.d/70-phone-recorder.rules",
    "usr/lib/tmpfiles.d/phone-recorder.conf",
    "usr/share/bash-completion/completions/phone-recorder",
    "usr/share/zsh/vendor-completions/_phone-recorder",
    "usr/share/fish/vendor_completions.d/phone-recorder.fish",
    "usr/share/doc/phone-recorder/copyright",
    "usr/share/doc/phone-recorder/changelog.gz",
    "usr/share/doc/phone-recorder/README.Debian",
    "usr/share/man/man1/phone-recorder.1.gz",
    *(f"usr/share/man/man1/phone-recorder-{name}.1.gz" for name in COMMANDS),
)


def field(deb: Path, name: str) -> str:
    return run("dpkg-deb", "-f", str(deb), name).strip()


def names(deb: Path) -> list[str]:
    """All of its files; the unpacked ones are run by tests, and Python compiles them."""
    lines = run("dpkg-deb", "-c", str(deb)).splitlines()
    return [line.split()[-1].removeprefix("./") for line in lines if line.startswith("-")]


def test_its_name_has_version_and_architecture(deb: Path) -> None:
    assert deb.name == f"phone-recorder_{__version__}_{run('dpkg', '--print-architecture').strip()}.deb"


@pytest.mark.parametrize("place", PLACES)
def test_what_belongs_to_it_is_there(unpacked: Path, place: str) -> None:
    assert (unpacked / place).is_file()


def test_every_module_of_ours_is_there(deb: Path) -> None:
    ours = {path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "phone_recorder").rglob("*.py")}
    assert ours <= {name.removeprefix("usr/lib/phone-recorder/") for name in names(deb)}


def test_nothing_of_pip_and_python_is_left_over(deb: Path) -> None:
    left = re.compile(r"__pycache__|\.pyc$|/(RECORD|INSTALLER|REQUESTED|WHEEL)$|/lib/phone-recorder/bin/|/tests/")
    assert [name for name in names(deb) if left.search(f"/{name}")] == []


def test_all_is_roots_and_nobody_elses_to_write(deb: Path) -> None:
    lines = run("dpkg-deb", "-c", str(deb)).splitlines()
    assert {line.split()[1] for line in lines} == {"root/root"}
    assert {line.split()[0] for line in lines} == {"drwxr-xr-x", "-rwxr-xr-x", "-rw-r--r--"}


def test_it_goes_with_the_python_that_its_modules_are_compiled_for(deb: Path, unpacked: Path) -> None:
    (core,) = unpacked.glob("usr/lib/phone-recorder/msgspec/_core.cpython-*.so")
    found = re.search(r"cpython-3(\d+)", core.name)
    assert found
    minor = int(found[1])
    assert f"python3 (>= 3.{minor}), python3 (<< 3.{minor + 1})" in field(deb, "Depends")


def test_record_keys_and_sound_are_recommended(deb: Path) -> None:
    assert field(deb, "Recommends") == "python3-evdev, libportaudio2"


def test_the_sums_are_those_of_the_files(deb: Path, unpacked: Path, tmp_path: Path) -> None:
    run("dpkg-deb", "-e", str(deb), str(tmp_path))
    sums = (tmp_path / "md5sums").read_text()
    assert len(sums.splitlines()) == len(names(deb))
    run("sh", "-c", f"cd {unpacked} && md5sum --quiet -c {tmp_path}/md5sums")


def test_built_again_it_is_the_same(deb: Path, tmp_path: Path) -> None:
    assert build(tmp_path).read_bytes() == deb.read_bytes()


def test_without_g722_it_is_whole_but_for_that(tmp_path: Path) -> None:
    run("dpkg-deb", "-x", str(build(tmp_path, "--without-g722")), str(tmp_path / "root"))
    private = tmp_path / "root/usr/lib/phone-recorder"
    assert not list(private.glob("[Gg]722*")) and (private / "msgspec").is_dir()


def test_there_are_versions_of_all_that_is_required() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    asked = {re.split(r"[>=<]", line)[0] for line in project["dependencies"]}
    lines = (REPOSITORY / "packaging/constraints.txt").read_text().splitlines()
    assert asked <= {line.partition("==")[0] for line in lines}


def test_the_copyright_file_names_every_part(unpacked: Path) -> None:
    text = (unpacked / "usr/share/doc/phone-recorder/copyright").read_text()
    parts = [path.name for path in unpacked.glob("usr/lib/phone-recorder/*.dist-info")]
    assert parts and all(f"usr/lib/phone-recorder/{part}/*" in text for part in parts)
    assert not re.search(r"^Copyright: *$", text, re.MULTILINE)


def test_lintian_finds_no_errors(deb: Path) -> None:
    need("lintian")
    done = attempt("lintian", "--allow-root", "--fail-on", "error", str(deb))
    assert done.returncode == 0, done.stdout
