"""How the record server of a scenario is from now on: a table of behaviours, for links in memory and for sockets."""

from __future__ import annotations

from collections.abc import Callable

from phone_recorder.errors import ControlError
from phone_recorder.harness.scenario.actions import ServerActs, ServerKind
from phone_recorder.wire import control

REFUSED = "connection refused"
"""What a phone is told where nobody listens."""
ENDINGS: dict[ServerKind, str] = {
    "reset": "connection reset by peer",
    "close": "the server has closed it",
    "restart": "the server has closed it",
}
"""What ends the connections there are, and what a phone is told of it."""


VANISHED = "connection timed out"
"""What a phone is told of a server that has gone without a word."""


class ServerScript:
    """What the server does now. `act` changes that, and tells each watcher of it."""

    def __init__(self, acts: ServerActs | None = None) -> None:
        self._acts = _lasting(acts or ServerActs())
        self._watchers: list[Callable[[ServerActs], None]] = []

    @property
    def acts(self) -> ServerActs:
        """As it is now; a server that has been restarted is ours."""
        return self._acts

    @property
    def hangs(self) -> bool:
        """It takes what comes and says nothing."""
        return self._acts.kind == "hang"

    @property
    def vanished(self) -> bool:
        """Whatever is sent, by it or to it, is lost on the way."""
        return vanishes(self._acts)

    @property
    def turns_away(self) -> str:
        """What ends each new connection as soon as it stands; "" if nothing does."""
        return ENDINGS.get(self._acts.kind, "")

    def act(self, acts: ServerActs) -> None:
        """From now on it is so."""
        self._acts = _lasting(acts)
        for watcher in tuple(self._watchers):
            watcher(acts)

    def watch(self, watcher: Callable[[ServerActs], None]) -> None:
        """Call it with each change, a restart as such, at once."""
        self._watchers.append(watcher)

    def leave(self, watcher: Callable[[ServerActs], None]) -> None:
        """Call it no more."""
        if watcher in self._watchers:
            self._watchers.remove(watcher)

    def answer(self, message: bytes, terminator: control.Terminator) -> bytes | None:
        """The script's own answer to a phone's message; None if our server is to be asked."""
        own = _ANSWERS.get(self._acts.kind)
        return own(self._acts, message, terminator) if own else None

    def pieces(self, answer: bytes) -> list[bytes]:
        """What our server says, as it comes."""
        size = self._acts.number if self._acts.kind == "split" else 0
        size = size if size > 0 else max(len(answer), 1)
        return [answer[start : start + size] for start in range(0, len(answer), size)]


class Cutter:
    """Cuts what one side says into messages. Of a side that ends none, what it has said in one go is whole."""

    def __init__(self) -> None:
        self._buffer = control.ControlBuffer()

    @property
    def terminator(self) -> control.Terminator:
        """What it ends its messages with, as far as is known."""
        return self._buffer.terminator

    def cut(self, data: bytes) -> list[bytes]:
        """Its messages, without their ends; what is too long to be one is left as it is."""
        try:
            ended = self._buffer.feed(data)
            return ended if self.terminator else ended + self._buffer.closed()
        except ControlError:
            return [data.rstrip(b"\r\n")]


def vanishes(acts: ServerActs) -> bool:
    """Whether a server that does so has gone without a word."""
    return acts.kind == "vanish"


def shown(message: bytes) -> str:
    """A message as one line of text, its percent-encoding left as it is."""
    text = message.decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _lasting(acts: ServerActs) -> ServerActs:
    return ServerActs() if acts.kind == "restart" else acts


def _refuse(acts: ServerActs, message: bytes, terminator: control.Terminator) -> bytes | None:
    """Each start fails; what runs may be stopped."""
    if _named(message) != control.StartRequest.cmd:
        return None
    # Its id, whatever else may be wrong with it.
    return control.build(control.StartResponse(_id(message), "failed", acts.text), terminator)


def _quote(acts: ServerActs, message: bytes, terminator: control.Terminator) -> bytes:
    """To the letter, but for the id: what ends it, if anything does, is in the text."""
    return acts.text.replace("{id}", control.escape(_id(message))).encode(errors="replace")


_ANSWERS: dict[ServerKind, Callable[[ServerActs, bytes, control.Terminator], bytes | None]] = {
    "refuse": _refuse,
    "answer": _quote,
}


def _named(message: bytes) -> str:
    return _pairs(message)[0]


def _id(message: bytes) -> str:
    return _pairs(message)[1].get("id", "")


def _pairs(message: bytes) -> tuple[str, dict[str, str]]:
    try:
        return control.pairs(message)
    except ControlError:
        return "", {}
