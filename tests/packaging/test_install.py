"""The package in a small Debian without systemd: installed, run, removed, purged."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from phone_recorder import __version__
from tests.packaging.programs import attempt, need_root, run
from tests.system.machine import debian

pytestmark = pytest.mark.peer

NEEDS = ("python3", "adduser", "acl", "mount", "libudev1")
PRIVATE = "usr/lib/phone-recorder"
ENABLED = "etc/systemd/system/multi-user.target.wants/phone-recorder-agent.service"


@pytest.fixture(scope="module")
def root(deb: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Debian in which the package is installed."""
    need_root("a chroot")
    directory = tmp_path_factory.mktemp("debian")
    # pytest keeps its directories to itself, and adduser's programs look up users as themselves.
    root = directory / "root"
    debian.install("apt", NEEDS, root, directory / "kernel")
    shutil.rmtree(directory / "kernel", ignore_errors=True)
    shutil.copy(deb, root / "phone-recorder.deb")
    run("chroot", str(root), "dpkg", "-i", "/phone-recorder.deb")
    yield root
    shutil.rmtree(root, ignore_errors=True)


def inside(root: Path, *words: str) -> str:
    return run("chroot", str(root), *words)


def test_it_runs_there(root: Path) -> None:
    assert inside(root, "phone-recorder", "--version").strip() == f"phone-recorder, version {__version__}"
    assert "BX5S" in inside(root, "phone-recorder", "models")


def test_it_has_a_user_and_a_group(root: Path) -> None:
    assert inside(root, "getent", "passwd", "phone-recorder").endswith(":/var/lib/phone-recorder:/usr/sbin/nologin\n")
    assert inside(root, "getent", "group", "phone-recorder").startswith("phone-recorder:")


def test_the_agent_is_started_when_that_machine_boots(root: Path) -> None:
    assert (root / ENABLED).is_symlink()


def test_python_has_compiled_it(root: Path) -> None:
    assert list((root / PRIVATE / "phone_recorder/__pycache__").glob("*.pyc"))


def test_its_right_to_the_libraries_is_there(root: Path) -> None:
    """What its compiled modules are linked with."""
    for module in (root / PRIVATE).rglob("*.so"):
        assert "not found" not in inside(root, "ldd", f"/{module.relative_to(root)}")


def test_installed_again_it_is_as_before(root: Path) -> None:
    inside(root, "dpkg", "-i", "/phone-recorder.deb")
    assert (root / ENABLED).is_symlink()


def test_removed_and_purged_it_leaves_nothing_but_its_user(root: Path) -> None:
    """The last test here: afterwards it is gone."""
    (root / "var/lib/phone-recorder").mkdir()
    (root / "var/lib/phone-recorder/phone.toml").touch()
    inside(root, "dpkg", "-r", "phone-recorder")
    assert not (root / PRIVATE).exists() and (root / "var/lib/phone-recorder/phone.toml").exists()
    inside(root, "dpkg", "-P", "phone-recorder")
    assert not (root / "var/lib/phone-recorder").exists() and not (root / ENABLED).is_symlink()
    assert attempt("chroot", str(root), "dpkg", "-s", "phone-recorder").returncode != 0
    assert inside(root, "getent", "passwd", "phone-recorder")
