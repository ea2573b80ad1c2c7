"""The control socket: lets clients in, as many as there is room for, and closes them all at the end."""

from __future__ import annotations

from collections.abc import Iterable

from phone_recorder.adapters.journal import Log
from phone_recorder.adapters.reactor import Reactor, Timer
from phone_recorder.adapters.unix_socket import Peer, Socket, TooManyFiles, arrivals, peer, send, stop_listening
from phone_recorder.agent.client import Client
from phone_recorder.agent.service import Service
from phone_recorder.control_api import AGENT_METHODS, Method
from phone_recorder.control_api.json_rpc import REFUSED, Refusal, refused
from phone_recorder.control_api.methods import Target

MOST_CLIENTS = 32
MOST_OF_A_PROCESS = 8
"""A program that forgets to close its connections keeps nobody else out."""
AT_ONCE = 16
"""Clients that are let in before it is somebody else's turn."""
AGAIN_S = 1.0
"""After which it is tried again to let somebody in, when no file can be opened and no client leaves."""
FULL = f"the agent has {MOST_CLIENTS} connections, and can take no more: close one"
FULL_OF_ONE = f"this process has {MOST_OF_A_PROCESS} connections to the agent, and can have no more: close one"
LEAVE = "somebody else needs this connection, on which nothing is asked: connect when there is something to ask"


class ControlSocket:
    """Serves a socket that listens, until `close`."""

    def __init__(
        self,
        reactor: Reactor,
        listener: Socket,
        target: Target,
        log: Log,
        methods: Iterable[Method] = AGENT_METHODS,
    ) -> None:
        self._reactor = reactor
        self._listener = listener
        self._service = Service(reactor, target, log, methods)
        self._clients: dict[Client, None] = {}  # as they came
        self._again: Timer | None = None
        reactor.reading(listener.fileno(), self._let_in)

    @property
    def connections(self) -> int:
        """How many clients there are."""
        return len(self._clients)

    def close(self) -> None:
        """Let nobody in any more, and close all. What they have asked for is done if the reactor runs on."""
        self._wait_no_more()
        if self._listener.fileno() >= 0:
            self._reactor.forget(self._listener.fileno())
            stop_listening(self._listener)
        for client in list(self._clients):
            client.close()

    def _let_in(self) -> None:
        try:
            for sock in arrivals(self._listener, AT_ONCE):
                self._receive(sock, peer(sock))
        except TooManyFiles as error:
            # It would be told at once, and again, that somebody waits.
            self._service.log("warning", str(error))
            self._reactor.reading(self._listener.fileno(), None)
            self._again = self._reactor.later(AGAIN_S, self._try_again)

    def _try_again(self) -> None:
        self._wait_no_more()
        self._reactor.reading(self._listener.fileno(), self._let_in)

    def _wait_no_more(self) -> None:
        if self._again:
            self._again.cancel()
            self._again = None

    def _receive(self, sock: Socket, who: Peer) -> None:
        refusal = self._why_not(who)
        if refusal:
            self._service.log("warning", "a connection to the control socket was refused", pid=who.pid, why=refusal)
            send(sock, refused(Refusal(REFUSED, refusal)) + b"\n")
            sock.close()
        else:
            self._clients[Client(self._service, sock, who, self._gone)] = None

    def _why_not(self, who: Peer) -> str:
        """Why this one is not let in; "" if it is."""
        if not _room([client for client in self._clients if client.peer.pid == who.pid], MOST_OF_A_PROCESS):
            return FULL_OF_ONE
        return "" if _room(list(self._clients), MOST_CLIENTS) else FULL

    def _gone(self, client: Client) -> None:
        del self._clients[client]
        if self._again:
            self._try_again()


def _room(clients: list[Client], most: int) -> bool:
    """Whether there is room for one more, or the oldest that is in the way has made it."""
    if len(clients) < most:
        return True
    idle = next((client for client in clients if client.in_the_way), None)
    if idle:
        idle.dismiss(REFUSED, LEAVE)
    return idle is not None
