"""How one application looks: its words and templates, and the few sentences in which applications differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from phone_recorder.web.words import Words


@dataclass(frozen=True, eq=False)
class Look:
    """`words` are all that its pages say, COMMON among them, and `product` and `back`.

    `templates` is a directory that is looked through before that of the common ones. `visited` are the paths that a
    link on another site's page may lead to. `who_hint` is the command that adds users, `token_hint` the one that makes
    tokens. `nothing_here` has the sentences for 404 and 405, and `filters` those of jinja2 beside the common ones.
    `for_programs` are how the paths begin that are no pages for people.
    """

    words: Mapping[str, Words]
    templates: Path
    visited: re.Pattern[str]
    who_hint: str
    token_hint: str
    nothing_here: Mapping[int, str]
    filters: Mapping[str, Callable[..., object]] = field(default_factory=dict)
    for_programs: tuple[str, ...] = ("/api/", "/healthz", "/openapi.json")
