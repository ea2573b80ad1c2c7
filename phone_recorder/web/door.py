"""The page's listening sockets, and how many are let in at a time: those who still shake hands for TLS too.

asyncio's own accepting counts nobody until the handshake is over, and takes whole backlogs while no descriptor is left.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from phone_recorder.errors import UsageError

if TYPE_CHECKING:
    from ssl import SSLContext

BACKLOG = 128
HANDSHAKE_S = 5.0
"""In which TLS must have shaken hands, and on closing in which its farewell must have come."""
PAUSE_S = 1.0
"""For which nobody is let in when the operating system has nothing left to let them in with."""
TURNED_AWAY_S = 0.001
"""Between two who are turned away: a crowd at the door must not keep the loop busy."""

Enter = Callable[[Callable[[], object]], asyncio.Protocol]
Socket = Any
"""asyncio makes them, and takes them."""


class Door:
    """Lets at most `most` in, each as `enter(left)`, whose protocol calls `left` when its connection is gone.

    More are closed at once. `tell` is given a line when none can be let in, one in a second at most. Call `bind`, then
    `open`.
    """

    def __init__(
        self,
        enter: Enter,
        most: int,
        tls: SSLContext | None = None,
        tell: Callable[[str], object] = len,
        handshake_s: float = HANDSHAKE_S,
    ) -> None:
        self._listeners: list[Socket] = []
        self._enter = enter
        self._most = most
        self._tls = tls
        self._tell = tell
        self._patience_s = handshake_s if tls else None
        self._inside: set[object] = set()
        self._told_at = -PAUSE_S
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """How many are inside."""
        return len(self._inside)

    async def bind(self, host: str, port: int) -> tuple[str, int]:
        """Take the port, 0 for any, on all addresses of the host; the first address. UsageError if it cannot be had."""
        try:
            self._listeners = await _listen(host, port)
        except OSError as error:
            raise UsageError(f"the web page cannot listen on {host}:{port}: {_why(error)}") from error
        except UnicodeError as error:
            raise UsageError(f"the web page cannot listen on {host}: that cannot be the name of a host") from error
        address, number = self._listeners[0].getsockname()[:2]
        return address, number

    def open(self) -> None:
        """Let in from now on."""
        for listener in self._listeners:
            self._start(self._attend(partial(asyncio.get_running_loop().sock_accept, listener)))

    async def close(self) -> None:
        """Let nobody in any more, and drop who is still shaking hands; who is inside stays."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for listener in self._listeners:
            listener.close()

    async def _attend(self, accept: Callable[[], Awaitable[tuple[Socket, object]]]) -> None:
        while True:
            try:
                arrived, _ = await accept()
            except ConnectionAbortedError:
                continue
            except OSError as error:
                self._tell_why(error, asyncio.get_running_loop().time())
                await asyncio.sleep(PAUSE_S)
            else:
                await self._let_in(arrived)

    async def _let_in(self, arrived: Socket) -> None:
        if len(self._inside) >= self._most:
            arrived.close()
            await asyncio.sleep(TURNED_AWAY_S)
            return
        self._inside.add(guest := object())
        self._start(self._welcome(arrived, partial(self._inside.discard, guest)))
        await asyncio.sleep(0)  # one at a time: others in the loop have their turn

    async def _welcome(self, arrived: Socket, left: Callable[[], object]) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                partial(self._enter, left),
                arrived,
                ssl=self._tls,
                ssl_handshake_timeout=self._patience_s,
                ssl_shutdown_timeout=self._patience_s,
            )
        except OSError:  # no handshake, or none in time: ssl's errors are such
            left()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _tell_why(self, error: OSError, now: float) -> None:
        if now - self._told_at >= PAUSE_S:
            self._told_at = now
            self._tell(f"the web page lets nobody in for now: {_why(error)}")


async def _listen(host: str, port: int) -> list[Socket]:
    """Sockets that listen, and are not served by asyncio."""
    bound = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port, start_serving=False)
    listeners = [listener.dup() for listener in bound.sockets]
    bound.close()
    for listener in listeners:
        listener.listen(BACKLOG)
    return listeners


def _why(error: OSError) -> str:
    """What the operating system said, without what asyncio says before it."""
    # Since Python 3.13 asyncio gives no number where the address is not one of this machine.
    number = errno.EADDRNOTAVAIL if error.errno is None else error.errno
    return (os.strerror(number) if number > 0 else error.strerror or str(error)).lower()
