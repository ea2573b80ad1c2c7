"""The Debian package, built once for all of its tests, and unpacked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.programs import REPOSITORY, run
from tests.peers import need


def build(output: Path, *words: str) -> Path:
    """The package, made as `make deb` makes it. Its wheels come over the network: without it, skipped but under CI."""
    need("dpkg-deb")
    done = subprocess.run(
        [sys.executable, "packaging/build_deb.py", "--output", str(output), *words],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    if done.returncode and "No matching distribution" in done.stderr and os.environ.get("CI") != "true":
        pytest.skip("the wheels cannot be had")
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.fixture(scope="session")
def deb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("deb"))


@pytest.fixture(scope="session")
def unpacked(deb: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("unpacked")
    run("dpkg-deb", "-x", str(deb), str(root))
    return root
