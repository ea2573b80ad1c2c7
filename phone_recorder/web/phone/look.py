"""How the phone's pages differ from the others."""

from __future__ import annotations

import re
from pathlib import Path

from phone_recorder.web.look import Look
from phone_recorder.web.phone.words import WORDS

HERE = Path(__file__).parent
STATIC = HERE / "static"
"""Served under /static/phone/."""
LOOK = Look(
    words=WORDS,
    templates=HERE / "templates",
    visited=re.compile(r"/|/settings"),
    who_hint="phone-recorder phone passwd",
    token_hint="phone-recorder phone token",
    nothing_here={
        404: "there is nothing here: see the phone's page, or /openapi.json",
        405: "that cannot be done here: see /openapi.json for what can",
    },
)
