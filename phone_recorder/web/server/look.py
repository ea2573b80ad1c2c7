"""How the record server's pages look."""

from __future__ import annotations

import re
from pathlib import Path

from phone_recorder.web.look import Look
from phone_recorder.web.server import shown
from phone_recorder.web.server.words import WORDS

LOOK = Look(
    words=WORDS,
    templates=Path(__file__).parent / "templates",
    visited=re.compile(r"/|/recordings/[^/]+"),
    who_hint="phone-recorder server passwd",
    token_hint="phone-recorder server token",
    nothing_here={
        404: "there is nothing here: see the list of recordings, or /openapi.json",
        405: "that cannot be done here: see /openapi.json for what can",
    },
    filters={"span": shown.span, "loss": shown.loss},
    for_programs=("/api/", "/healthz", "/metrics", "/openapi.json"),
)
