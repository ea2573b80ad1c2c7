"""EDGE-CASES S8, and fifty replugs: each case of umockdev_cases.py, run in one process that umockdev is in."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.peers import need
from tests.system.umockdev import PRELOAD

CASES = Path(__file__).with_name("umockdev_cases.py")
SECONDS_ALLOWED = 120

pytestmark = pytest.mark.peer


def names() -> list[str]:
    tree = ast.parse(CASES.read_text("utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Name of a case to why each of its runs failed; "" for one that passed."""
    need("umockdev-wrapper")
    directory = tmp_path_factory.mktemp("umockdev")
    report = directory / "report.xml"
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml", str(report)),
            *("--basetemp", str(directory / "cases"), str(CASES)),
        ],
        cwd=CASES.parents[2],
        env={**os.environ, "LD_PRELOAD": PRELOAD},
        capture_output=True,
        text=True,
        timeout=SECONDS_ALLOWED,
    )
    assert report.exists(), run.stdout + run.stderr
    return _read(report)


def _read(report: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = re.sub(r"\[.*", "", case.attrib["name"])
        found.setdefault(name, []).append("\n".join(_why(case)))
    return found


def _why(case: ElementTree.Element) -> Iterator[str]:
    for kind in ("failure", "error", "skipped"):
        for trouble in case.findall(kind):
            yield f"{kind}: {trouble.attrib.get('message', '')}\n{trouble.text}"


@pytest.mark.parametrize("name", names())
def test_in_a_testbed(name: str, outcomes: dict[str, list[str]]) -> None:
    reasons = outcomes[name]
    if skipped := [reason for reason in reasons if reason.startswith("skipped: ")]:
        assert os.environ.get("CI") != "true", skipped
        pytest.skip(skipped[0])
    assert reasons
    assert "".join(reasons) == ""
