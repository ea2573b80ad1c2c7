"""ARCHITECTURE: imports go down only, and what touches the world does so on its own floors. Proved from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = "phone_recorder"
ROOT = Path(__file__).parents[1] / PACKAGE

BELOW_ALL = -1
FLOORS = {
    "__init__": BELOW_ALL,
    "errors": BELOW_ALL,
    "models": BELOW_ALL,
    "settings": BELOW_ALL,
    "wire": 0,
    "media": 0,
    "recording": 1,
    "adapters": 2,
    "sip": 2,
    "server": 3,
    "control_api": 3,
    "phone": 3,
    "agent": 3,
    "bulk": 3,
    "harness": 4,
    "desk": 4,
    "web": 4,
    "cli": 5,
    "__main__": 5,
}
HIGHEST_PURE_FLOOR = 1
APART = {"phone", "agent", "server", "bulk"}
"""These never import each other, although they are on one floor."""

WORLD = {"adapters", "sip", "server", "bulk"}
ONLY_IN: dict[str, set[str]] = {
    # A room, or with dots a part of one.
    "click": {"cli"},
    "rich": {"cli"},
    "starlette": {"web"},
    "uvicorn": {"web"},
    "jinja2": {"web", "harness"},
    "numpy": {"bulk", "harness", "adapters.batches", "server.batch_rows"},
    "locust": {"bulk.locust"},
    "gevent": {"bulk.locust"},
    "yaml": {"harness"},
    "pytest": {"harness"},
    **dict.fromkeys(("pyudev", "psutil", "sounddevice", "evdev"), WORLD),
    **dict.fromkeys(("socket", "threading", "subprocess", "select"), WORLD),
    # Gone from Python 3.13 on.
    "audioop": set(),
    # An import by name cannot be walked: only the table of commands may use it.
    "importlib": {"cli"},
}
NOT_PURE = {"time", "random", "secrets", "os", "pathlib", "socket", "asyncio", "uuid", "tempfile", "shutil", "io"}
NOT_PURE_CALLS = {"open", "__import__", ".now", ".today", ".utcnow"}
"""With a dot: of anything. A destination may well have an `open` of its own; only the built-in opens files."""


def part_of(module: str) -> str:
    """The room of a dotted name: `wire` of `phone_recorder.wire.rtp`."""
    return module.split(".")[1] if "." in module else "__init__"


def imports(module: str, tree: ast.AST) -> Iterator[str]:
    """The dotted name of everything that is imported, in functions too, as far as names can tell."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = absolute(module, node)
            # `from phone_recorder import wire` imports a room, `from phone_recorder import __version__` none.
            rooms = [alias.name for alias in node.names if base == PACKAGE and alias.name in FLOORS]
            yield from (f"{PACKAGE}.{room}" for room in rooms) if rooms else iter([base])


def absolute(module: str, node: ast.ImportFrom) -> str:
    """The module that `from ... import` names, dots resolved."""
    above = module.split(".")[: -node.level] if node.level else []
    return ".".join([*above, *([node.module] if node.module else [])])


def calls(tree: ast.AST) -> Iterator[str]:
    """Every function that is called: `open`, and `.now` of `datetime.now()`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield node.func.id if isinstance(node.func, ast.Name) else f".{node.func.attr}"


def faults(module: str, source: str) -> list[str]:
    """What the source of `module` does that its floor does not allow."""
    tree = ast.parse(source)
    part = part_of(module)
    found = [fault for name in imports(module, tree) if (fault := import_fault(module, name))]
    if BELOW_ALL < FLOORS[part] <= HIGHEST_PURE_FLOOR:
        found += [f"{part} calls {name}" for name in calls(tree) if name in NOT_PURE_CALLS]
    return found


def import_fault(module: str, name: str) -> str | None:
    """Why that module may not import that name, or None."""
    part, top = part_of(module), name.split(".")[0]
    if top == PACKAGE:
        other = part_of(name)
        up = FLOORS[other] > FLOORS[part]
        beside = other != part and {other, part} <= APART
        return f"{part} imports {other}" if up or beside else None
    pure = BELOW_ALL < FLOORS[part] <= HIGHEST_PURE_FLOOR
    inside = f"{module}.".partition(".")[2]
    allowed = any(inside.startswith(f"{place}.") for place in ONLY_IN.get(top, {part}))
    if not allowed or (pure and top in NOT_PURE):
        return f"{part} imports {top}"
    return None


def modules() -> dict[str, Path]:
    """Every module of the package, by its dotted name; a room's `__init__` by `room.__init__`."""
    names = {}
    for path in sorted(ROOT.rglob("*.py")):
        inside = path.relative_to(ROOT).with_suffix("").parts
        names[".".join((PACKAGE, *inside))] = path
    return names


@pytest.mark.parametrize("module", modules())
def test_a_module_stays_on_its_floor(module: str) -> None:
    assert faults(module, modules()[module].read_text("utf-8")) == []


def test_every_room_is_on_a_floor() -> None:
    assert {part_of(module) for module in modules()} <= FLOORS.keys()


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        ("wire.rtp", "import time", "wire imports time"),
        ("wire.rtp", "def f():\n    from os import path", "wire imports os"),
        ("wire.rtp", "import os.path as p", "wire imports os"),
        ("wire.rtp", "from phone_recorder.recording.timeline import Timeline", "wire imports recording"),
        ("wire.rtp", "from phone_recorder import recording", "wire imports recording"),
        ("wire.rtp", "from ..recording import timeline", "wire imports recording"),
        ("wire.rtp", "from .. import adapters", "wire imports adapters"),
        ("wire.__init__", "from ..cli import main", "wire imports cli"),
        ("media.g711", "if True:\n    import audioop", "media imports audioop"),
        ("media.g711", "data = open('x').read()", "media calls open"),
        ("recording.session", "def f():\n    with open('x') as file:\n        pass", "recording calls open"),
        ("recording.session", "from io import open as reopen", "recording imports io"),
        ("recording.session", "import random", "recording imports random"),
        ("recording.session", "when = datetime.now()", "recording calls .now"),
        ("recording.session", "import importlib", "recording imports importlib"),
        ("recording.session", "import phone_recorder.adapters.clock", "recording imports adapters"),
        ("adapters.files", "import audioop", "adapters imports audioop"),
        ("adapters.files", "from phone_recorder.server import control", "adapters imports server"),
        ("phone.call", "from phone_recorder.server import control", "phone imports server"),
        ("server.control", "from ..bulk import calls", "server imports bulk"),
        ("phone.call", "import select", "phone imports select"),
        ("phone.call", "import subprocess", "phone imports subprocess"),
        ("web.pages", "import click", "web imports click"),
        ("cli.play", "import sounddevice", "cli imports sounddevice"),
        ("recording.mixer", "import numpy as np", "recording imports numpy"),
        ("errors", "from phone_recorder.wire import rtp", "errors imports wire"),
        ("models", "from .media import pcm", "models imports media"),
    ],
)
def test_a_module_that_leaves_its_floor_is_found(module: str, source: str, fault: str) -> None:
    assert faults(f"{PACKAGE}.{module}", source) == [fault]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        (
            "wire.rtp",
            "import struct\nfrom phone_recorder.errors import RtpError\nfrom phone_recorder import __version__",
        ),
        ("wire.riff", "from phone_recorder.media import pcm"),
        ("media.codecs", "from phone_recorder.wire.payload import G722"),
        ("recording.session", "self.destination.open()"),
        ("recording.mixer", "from ..media import mixing\nfrom . import timeline"),
        ("adapters.udp", "import socket, threading, os\nopen('x')"),
        ("phone.call", "from phone_recorder.control_api import methods\nfrom phone_recorder.adapters import udp"),
        ("cli.main", "import click, importlib\nfrom phone_recorder.phone import call"),
        ("__main__", "from phone_recorder.cli.main import main"),
        ("models", "from phone_recorder.errors import UsageError"),
    ],
)
def test_what_a_floor_allows_is_no_fault(module: str, source: str) -> None:
    assert faults(f"{PACKAGE}.{module}", source) == []
