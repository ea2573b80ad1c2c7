"""Writes the JSON Schema of scenarios from the tables that they are read by; a test holds the file to it.

Run: python docs/write_scenario_schema.py
"""

from __future__ import annotations

import json
from pathlib import Path

from phone_recorder.harness.scenario import schema

TARGET = Path(schema.__file__).with_name("scenario.schema.json")


def text() -> str:
    """The file."""
    return json.dumps(schema.schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
