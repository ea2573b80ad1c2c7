"""The language as JSON Schema (draft 2020-12), for editors: made from the same tables that files are read by."""

from __future__ import annotations

from typing import Any

from phone_recorder.harness.scenario.phone_settings import Settings
from phone_recorder.harness.scenario.shapes import VARIABLE_ITSELF, or_variable
from phone_recorder.harness.scenario.top import TOP


def schema() -> dict[str, Any]:
    """What a scenario's file may hold. What can only be told from several values together is not in it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of phone-recorder",
        **TOP.schema(),
        "$defs": {"variable": VARIABLE_ITSELF, Settings.defined: or_variable(Settings().definition())},
    }
