"""What somebody did with a live phone, and what was seen of it. Instants are units from the start of the first call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phone_recorder.control_api import Direction, Request, Screen, Stick
from phone_recorder.harness.evidence import FileSeen
from phone_recorder.settings.phone import PhoneSettings


@dataclass(frozen=True, slots=True)
class Done:
    """A request that was made and carried out. `hidden`: a field with a secret was open."""

    at: int
    request: Request
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What was so a while after the request that was made at `after`: record key, call and screen."""

    after: int
    key: str
    call: str
    screen: Screen


@dataclass(frozen=True, slots=True)
class Talk:
    """A call from when it was answered, `length` units long. `by_request`: whoever sat here ended it."""

    begun: int
    length: int
    direction: Direction
    number: str = ""
    name: str = ""
    codec: str = ""
    over: bool = False
    by_request: bool = False

    @property
    def end(self) -> int:
        """Its last instant."""
        return self.begun + self.length


@dataclass(frozen=True, slots=True)
class Beginning:
    """The phone when its first call began: settings, stick, and what the two parties of that call say."""

    settings: PhoneSettings
    stick: Stick
    near: str
    far: str


@dataclass(frozen=True, slots=True)
class Kept:
    """One recording: its account (Account.document), and the legs that were heard to speak while it ran."""

    account: Mapping[str, Any]
    spoke: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """All of it, oldest first. `files` are the record files on the stick at the end."""

    beginning: Beginning
    talks: tuple[Talk, ...]
    done: tuple[Done, ...] = ()
    looks: tuple[Look, ...] = ()
    recordings: tuple[Kept, ...] = ()
    files: tuple[FileSeen, ...] = ()
