"""One connection of the control socket: requests in, answers and events out, a line each, none of it without bound."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import msgspec

from phone_recorder.adapters.reactor import Timer, waiting
from phone_recorder.adapters.unix_socket import Peer, Socket, receive, send
from phone_recorder.agent.lines import Lines, LineTooLong
from phone_recorder.agent.outbox import Outbox
from phone_recorder.agent.service import WATCH, Service
from phone_recorder.agent.watch import Watch
from phone_recorder.control_api import AGENT_EVENTS, BeginCall, ChangeCall, Event, FinishCall, PressRecord, Request
from phone_recorder.control_api.json_rpc import PARSE, REFUSED, Refusal, carry_out, refused
from phone_recorder.control_api.watchers import wished

IN_TURN = (BeginCall, ChangeCall, FinishCall, PressRecord)
"""Requests that are carried out one after the other: what a key does depends on the one before."""
MOST_ASKED = 100
"""Requests that were not answered yet. While there are so many no more are read."""
MOST_UNREAD = 256 * 1024
"""Bytes of answers that were not read. While there are more nothing more is begun."""
PATIENCE_S = 10.0
"""For which so much may be left unread, and for which a client may ask nothing at first, if its place is needed."""
IDLE_S = 60.0
"""For which a client that watches nothing may have asked nothing, if its place is needed."""
AT_ONCE = 16
"""Requests that are begun before it is somebody else's turn."""
CHUNK = 64 * 1024


class Client:
    """What was asked for is done, whether or not the client stays to hear of it.

    `gone` is told once, when it is closed. It closes itself when the other side has, and everything is answered.
    """

    def __init__(self, service: Service, sock: Socket, peer: Peer, gone: Callable[[Client], None]) -> None:
        self.peer = peer
        self._service, self._reactor = service, service.reactor
        self._sock, self._fd = sock, sock.fileno()
        self._gone = gone
        self._came_s = self._asked_s = self._reactor.now()
        self._lines, self._outbox = Lines(), Outbox()
        self._watch: Watch | None = None
        self._turn: Future[None] | None = None  # until the last of those in turn is done
        self._asked = 0
        self._has_asked = False
        self._advancing = self._turn_to_come = False
        self._ended = self._deaf = self._closed = False  # it sends no more; it reads no more; there is none any more
        self._patience: Timer | None = None
        self._reactor.reading(self._fd, self._receive)

    @property
    def in_the_way(self) -> bool:
        """Whether it may have to leave for somebody else: it asks nothing, or nothing any more, or it has half left.

        Whoever watches, or waits for an answer, has asked for something that goes on.
        """
        now = self._reactor.now()
        useless = not (self._has_asked or self._asked) or self._ended or self._deaf
        idle = not self._asked and self._watch is None and now - self._asked_s >= IDLE_S
        return idle or (useless and now - self._came_s >= PATIENCE_S)

    def dismiss(self, code: int, sentence: str) -> None:
        """Close it, and say why if there is room for that."""
        self._outbox.answer(refused(Refusal(code, sentence)))
        self._send()
        self.close()

    def close(self) -> None:
        """Answer nothing any more. What it has asked for is done all the same."""
        if self._closed:
            return
        self._closed = True
        self._stop_watching()
        self._have_patience(False)
        self._reactor.forget(self._fd)
        self._sock.close()
        self._gone(self)

    def _receive(self) -> None:
        data = receive(self._sock, CHUNK)
        if data:
            self._lines.put(data)
        elif data is not None:
            self._ended = True
            self._lines.end()
            self._stop_watching()
        self._advance()

    def _advance(self) -> None:
        """Go on with whatever can be done now."""
        if self._advancing or self._closed:
            return
        self._advancing = True
        self._send()
        all_begun = self._begin_some()
        self._send()
        self._advancing = False
        if not self._closed:
            self._go_on(all_begun)

    def _go_on(self, all_begun: bool) -> None:
        """See to it that it goes on when it can: with what comes, in the next round, or after an answer or its end."""
        self._reactor.reading(self._fd, self._receive if all_begun and not self._ended else None)
        if all_begun and self._ended and not self._asked and not self._outbox.next():
            self.close()
        elif not all_begun and self._has_room and not self._turn_to_come:
            self._turn_to_come = True
            self._reactor.soon(self._next_turn)

    def _next_turn(self) -> None:
        self._turn_to_come = False
        self._advance()

    @property
    def _has_room(self) -> bool:
        return self._asked < MOST_ASKED and self._outbox.unread <= MOST_UNREAD

    def _begin_some(self) -> bool:
        """Begin what is asked for, as far as there is room, and it is our turn; whether that was all."""
        for _ in range(AT_ONCE):
            if self._closed or not self._has_room:
                return False
            line = self._next_line()
            if line is None:
                return True
            self._asked += 1
            answer = carry_out(line, self._answer, {WATCH: self._wish}, self._service.methods, self._service.where)
            self._reactor.start(answer, self._answered)
        return False

    def _next_line(self) -> bytes | None:
        try:
            return self._lines.take()
        except LineTooLong as error:
            self._service.log("warning", "a line that is too long came on the control socket", pid=self.peer.pid)
            self.dismiss(PARSE, str(error))
            return None

    async def _answer(self, request: Request) -> msgspec.Struct:
        if not isinstance(request, IN_TURN):
            return await self._service.answer(request)
        before, mine = self._turn, Future[None]()
        self._turn = mine
        try:
            if before:
                await waiting(before)
            return await self._service.answer(request)
        finally:
            mine.set_result(None)

    def _answered(self, answer: bytes | None, error: BaseException | None) -> None:
        self._asked -= 1
        self._has_asked = True
        self._asked_s = self._reactor.now()
        if isinstance(error, Exception):
            answer = refused(self._service.bug(error, "an answer"))
        elif error:
            raise error
        if answer is None or self._closed or self._deaf:
            self._advance()
        elif self._outbox.unread > MOST_UNREAD:
            self._give_up()
        else:
            self._outbox.answer(answer)
            self._advance()

    def _wish(self, params: object) -> None:
        events = wished(params, AGENT_EVENTS)
        self._stop_watching()
        if events:
            self._watch = Watch(self._service.target, self._service.answer, events, self._tell)
            self._watch.greet(self._reactor)

    def _stop_watching(self) -> None:
        if self._watch:
            self._watch.end()
            self._watch = None
            self._outbox.forget_events()

    def _tell(self, event: Event) -> None:
        if not (self._deaf or self._closed):
            self._outbox.tell(event)
            if not self._advancing:
                self._send()

    def _send(self) -> None:
        """Send what there is room for. Whoever does not read any more may still ask."""
        size: int | None = 1
        while size and not self._closed and (data := self._outbox.next()):
            size = send(self._sock, data)
            if size is None:
                self._deaf, self._outbox = True, Outbox()
            else:
                self._outbox.sent(size)
        if not self._closed:
            self._reactor.writing(self._fd, self._advance if size == 0 else None)
            self._have_patience(self._outbox.unread > MOST_UNREAD)

    def _have_patience(self, needed: bool) -> None:
        """With whoever leaves too much unread, but not for ever."""
        if needed and self._patience is None:
            self._patience = self._reactor.later(PATIENCE_S, self._give_up)
        elif not needed and self._patience:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._service.log("warning", "a client that did not read its answers was closed", pid=self.peer.pid)
        self.dismiss(REFUSED, "too many answers were not read")
