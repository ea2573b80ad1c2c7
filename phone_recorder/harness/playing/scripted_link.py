"""A phone's link to a record server that does what a script says, around a link to our own server in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from phone_recorder.adapters.clock import Clock
from phone_recorder.harness.call.links import HOST
from phone_recorder.harness.evidence import Passed
from phone_recorder.harness.playing.server_script import (
    ENDINGS,
    REFUSED,
    VANISHED,
    Cutter,
    ServerScript,
    shown,
    vanishes,
)
from phone_recorder.harness.scenario.actions import ServerActs
from phone_recorder.recording.server_destination import Closed, LinkEvent, Opened, Received, ServerLink
from phone_recorder.recording.units import from_seconds

NOTICED_AFTER = from_seconds(10)
"""So long a phone probes a server that has gone without a word, as record_client.TcpServerLink does."""


@dataclass(frozen=True, slots=True)
class _Coming:
    """What is on its way to the phone: `messages` are whole with it, and `waits` for the next look if it is a piece."""

    event: LinkEvent
    messages: tuple[bytes, ...] = ()
    waits: bool = False


class ScriptedLink:
    """A ServerLink for one recording; `tell` hears each control message that passes, when it is whole.

    What the script leaves to our server goes on to `inner`, which is closed when the script ends the connection. A
    server that hangs reads later what it was sent meanwhile, if it hangs no more before the phone has given up. One
    that vanishes has forgotten its connections when it is there again, and whoever has waited for it is let in.
    """

    def __init__(self, script: ServerScript, inner: ServerLink, clock: Clock, tell: Callable[[Passed], None]) -> None:
        self._script = script
        self._inner = inner
        self._clock = clock
        self._tell = tell
        self._phone, self._server = Cutter(), Cutter()
        self._coming: deque[_Coming] = deque()
        self._unread: list[bytes] = []  # messages that a server which hangs has not looked at
        self._stands = False  # with our server
        self._answered = False  # by our server
        self._lost_at: int | None = None  # when the server vanished, with this connection

    def open(self) -> None:
        if self._script.vanished:
            self._script.watch(self._back)
        elif self._script.acts.kind == "unreachable":
            self._come(Closed(REFUSED))
        elif self._script.turns_away:
            self._come(Opened(HOST))
            self._come(Closed(self._script.turns_away))
        else:
            self._stands = True
            self._script.watch(self._acted)
            self._inner.open()

    def events(self) -> Iterator[LinkEvent]:
        self._read()
        if self._stands:
            self._hear()
        if self._lost_at is not None and self._clock.now() - self._lost_at >= NOTICED_AFTER:
            self._end(VANISHED)
        waits = False
        while self._coming and not waits and not self._held_back(self._coming[0]):
            coming = self._coming.popleft()
            waits = coming.waits
            self._told(False, coming.messages)
            yield coming.event

    def send(self, data: bytes) -> None:
        messages = self._phone.cut(data)
        self._told(True, messages)
        self._unread += messages
        self._read()

    def media_to(self, host: str, port: int) -> None:
        # A port that the script has made up is nobody's.
        if self._answered:
            self._inner.media_to(host, port)

    def send_media(self, packets: list[bytes]) -> None:
        if self._stands:
            self._inner.send_media(packets)

    def close(self) -> None:
        self._let_go()
        self._script.leave(self._back)
        self._coming.clear()

    def _come(self, event: LinkEvent, messages: tuple[bytes, ...] = (), waits: bool = False) -> None:
        self._coming.append(_Coming(event, messages, waits))

    def _held_back(self, coming: _Coming) -> bool:
        """The kernel of a server that hangs takes connections; nothing else comes from it."""
        return self._stands and self._script.hangs and not isinstance(coming.event, Opened)

    def _read(self) -> None:
        """What the phone has sent reaches the server, unless that hangs."""
        if self._script.hangs or not self._stands:
            return
        unread, self._unread = self._unread, []
        for message in unread:
            answer = self._script.answer(message, self._phone.terminator)
            if answer is None:
                self._inner.send(message + self._phone.terminator)
            elif answer:
                self._come(Received(answer), tuple(self._server.cut(answer)))

    def _hear(self) -> None:
        """What our server says."""
        for event in self._inner.events():
            match event:
                case Received(data):
                    self._answered = True
                    *pieces, last = self._script.pieces(data)
                    for piece in pieces:
                        self._come(Received(piece), waits=True)
                    self._come(Received(last), tuple(self._server.cut(data)), waits=bool(pieces))
                case _:
                    self._come(event)

    def _acted(self, acts: ServerActs) -> None:
        """The server has changed: a connection that stands may be at its end."""
        if vanishes(acts):
            self._let_go()
            self._coming.clear()
            self._lost_at = self._clock.now()
            self._script.watch(self._back)
        elif acts.kind in ENDINGS:
            waiting = [*(coming.event for coming in self._coming), *self._inner.events()]
            self._let_go()
            self._coming = deque(_Coming(event) for event in waiting if isinstance(event, Opened))
            self._come(Closed(ENDINGS[acts.kind]))

    def _back(self, acts: ServerActs) -> None:
        """The server that had vanished is as it is now: it knows nothing of a connection there was."""
        if vanishes(acts):
            return
        self._script.leave(self._back)
        if self._lost_at is None:
            self.open()
        else:
            self._end(ENDINGS["reset"])

    def _end(self, why: str) -> None:
        """Of a connection that was lost with the server."""
        self._lost_at = None
        self._script.leave(self._back)
        self._come(Closed(why))

    def _let_go(self) -> None:
        if self._stands:
            self._stands = False
            self._script.leave(self._acted)
            self._inner.close()

    def _told(self, sent: bool, messages: tuple[bytes, ...] | list[bytes]) -> None:
        for message in messages:
            self._tell(Passed(self._clock.now(), "control", sent, shown(message)))
