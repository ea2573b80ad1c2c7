"""The scenarios that are timed."""

from __future__ import annotations

from pathlib import Path

CATALOGUE = Path(__file__).parents[1] / "scenarios"
ROTATION = CATALOGUE / "drive" / "S9-default-limit-in-a-long-call.scenario.yaml"
ROTATION_S = 17 * 60 + 32
TINY_S = 2.0
TINY = f"""\
scenario: A call of two seconds is recorded
call: {{length: {TINY_S:g} s}}
near: tone:440
far: tone:660
steps:
  - {{at: 0 s, press: record}}
expect:
  - {{at: 1 s, screen: {{icon: recording}}}}
  - {{files: {{count: 1, duration: {TINY_S:g} s, whole: true}}}}
  - {{audio: {{contains: "near, far"}}}}
"""
"""It asks for what most do: the screen, the files, and who is heard."""


def tiny_scenarios(directory: Path, count: int) -> Path:
    """So many of them, a file each, in a new directory."""
    directory.mkdir()
    for number in range(count):
        (directory / f"tiny-{number}.scenario.yaml").write_text(TINY, "utf-8")
    return directory
