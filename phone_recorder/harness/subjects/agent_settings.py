"""A case's settings as an agent has them: which of them it is given, and what it had before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import SETTINGS, text_of

SECTIONS = ("record", "server")
"""Those that a case is about. Its stick and its keys are the agent's own."""
AT_START = ("usb.folder", "usb.repair")
"""What counts for an agent that is started for the case."""


class Asks(Protocol):
    """An agent's client."""

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]: ...


def wanted_texts(settings: PhoneSettings, server: tuple[str, int] | None) -> dict[str, str]:
    """What the agent has to be set to, by key; `server` is where it has to record to, if it does that."""
    texts = {key: text_of(settings, key) for key, one in SETTINGS.items() if one.section in SECTIONS}
    if server:
        texts |= {"server.host": server[0], "server.port": str(server[1])}
    return texts


def texts_at_start(settings: PhoneSettings, server: tuple[str, int] | None) -> dict[str, str]:
    """The same for an agent that is made for the case, as far as they are not the default."""
    texts = {**wanted_texts(settings, server), **{key: text_of(settings, key) for key in AT_START}}
    return {key: text for key, text in texts.items() if text != text_of(PhoneSettings(), key)}


def set_texts(agent: Asks, texts: Mapping[str, str]) -> None:
    """AgentRefused with the agent's sentence if it does not take them."""
    agent.ask("settings.set", {"values": dict(texts)})


@contextmanager
def borrowed(agent: Asks, texts: Mapping[str, str]) -> Iterator[None]:
    """Set the agent to these, and afterwards, whatever was set meanwhile, to what it had before."""
    before = _texts(agent)
    different = {key: text for key, text in texts.items() if before.get(key, text) != text}
    try:
        if different:
            set_texts(agent, different)
        yield
    finally:
        # One that has died has nothing to put back, and what it died of is on its way up.
        with suppress(Exception):
            now = _texts(agent)
            if changed := {key: text for key, text in before.items() if now.get(key, text) != text}:
                set_texts(agent, changed)


def _texts(agent: Asks) -> dict[str, str]:
    listed = agent.ask("settings.list", {})["settings"]
    return {one["key"]: one["value"] for one in listed if one["kind"] != "secret"}
