"""The media process of a Locust process, from the side of its greenlets: one life of it, and the next."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

import gevent
import msgspec
from gevent import socket
from gevent.event import AsyncResult
from gevent.lock import RLock
from gevent.queue import Queue

from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.udp import Address
from phone_recorder.bulk.fleet.media_child_messages import (
    Asked,
    Begin,
    Begun,
    End,
    Ended,
    Ready,
    Refused,
    Second,
    Setup,
    Told,
    ToldReader,
    line_of,
)
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.script import Call
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.errors import PhoneRecorderError
from phone_recorder.recording.units import SECOND

COMMAND = (sys.executable, "-m", "phone_recorder.bulk.fleet.media_child")
"""It has its parent's process id as its argument, and one end of a pair of sockets as its standard input."""
AGAIN_AFTER = 5 * SECOND
"""Between one begin of a process and the next: what ends at once would otherwise be begun for each call."""
_START_S = 20.0
_ANSWER_S = 10.0
_END_S = 2.0
_READ_SIZE = 1 << 16
_NO_MORE = b""


class MediaFailed(PhoneRecorderError):
    """The RTP of a call could not be sent: this side of the test is at fault, not the server."""


class MediaProcess:
    """Begins at once, and takes a while: MediaFailed if it cannot. `told` has each of its seconds."""

    def __init__(
        self,
        plan: FleetPlan,
        voice: str,
        told: Callable[[Second], object] = id,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.over = ""
        """Why it sends no more, in words; "" while it does."""
        self._told = told
        self._waited_for: dict[tuple[type[Told], int], AsyncResult] = {}
        self._ready = AsyncResult()
        self._out = Queue()
        self._line, theirs = socket.socketpair()
        try:
            self._process = subprocess.Popen(
                [*command, str(os.getpid())], stdin=theirs.fileno(), stdout=subprocess.DEVNULL
            )
        except OSError as error:
            self._line.close()
            raise MediaFailed(f"the media process cannot be begun: {error.strerror}") from error
        finally:
            theirs.close()
        gevent.spawn(self._write)
        gevent.spawn(self._read)
        self._say(Setup.of(plan, voice))
        try:
            self._answer(self._ready, _START_S)
        except gevent.GreenletExit:
            self.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def begin(self, address: Address, call: Call, source: str = "") -> None:
        """Send the RTP of a call there, until `end` with its flow; MediaFailed if that cannot be.

        `source` is one of the plan's, "" where it has none.
        """
        begun = self._ask(Begin(address, call, source), Begun, call.flow)
        if isinstance(begun, Begun) and begun.reason:
            raise MediaFailed(begun.reason)

    def end(self, flow: int) -> Totals:
        """Send no more of it: what there was; MediaFailed if the process is over."""
        ended = self._ask(End(flow), Ended, flow)
        return ended.packets if isinstance(ended, Ended) else Totals()

    def close(self) -> None:
        """End the process, and wait until it has."""
        self._end("the media process was ended")

    def _ask(self, message: Asked, answer: type[Told], flow: int) -> Told:
        if self.over:
            raise MediaFailed(self.over)
        self._waited_for[answer, flow] = result = AsyncResult()
        self._say(message)
        return self._answer(result, _ANSWER_S)

    def _answer(self, result: AsyncResult, timeout_s: float) -> Told:
        try:
            told: Told = result.get(timeout=timeout_s)
        except gevent.Timeout:
            self._end(f"the media process does not answer within {timeout_s:g} s")
            raise MediaFailed(self.over) from None
        return told

    def _say(self, message: Asked) -> None:
        self._out.put(line_of(message))

    def _write(self) -> None:
        with suppress(OSError):
            while data := self._out.get():
                self._line.sendall(data)

    def _read(self) -> None:
        reader = ToldReader()
        with suppress(OSError):
            while data := self._line.recv(_READ_SIZE):
                try:
                    messages = reader.read(data)
                except msgspec.DecodeError as error:
                    return self._end(f"the media process cannot be understood: {error}")
                for message in messages:
                    self._hear(message)
        return self._end("")

    def _hear(self, message: Told) -> None:
        match message:
            case Second():
                self._told(message)
            case Ready():
                self._ready.set(message)
            case Refused(reason):
                self._end(reason)
            case Begun(flow) | Ended(flow):
                if result := self._waited_for.pop((type(message), flow), None):
                    result.set(message)

    def _end(self, why: str) -> None:
        """It is over, and whoever waits for it is told why: as it says itself, if nobody else knows."""
        if self.over:
            return
        self.over = why or "the media process has ended"
        self._line.close()
        self._out.put(_NO_MORE)
        code = self._reap(kill=bool(why))
        self.over = why or f"the media process has ended: {_ending(code)}"
        waiting, self._waited_for = [self._ready, *self._waited_for.values()], {}
        for result in waiting:
            if not result.ready():
                result.set_exception(MediaFailed(self.over))

    def _reap(self, kill: bool) -> int:
        if kill:
            self._process.terminate()
        try:
            return self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


class Media:
    """Sends the RTP of calls, with a process that `make` begins, and another when that has died.

    Whatever was being sent then has failed, and so does what is asked for within AGAIN_AFTER of the last begin.
    """

    def __init__(self, make: Callable[[], MediaProcess], clock: Clock) -> None:
        self._make = make
        self._clock = clock
        self._again_at = clock.now()
        self._process: MediaProcess | None = None
        self._why = ""
        self._beginning = RLock()

    @property
    def pid(self) -> int:
        """Of the process that there is; 0 for none."""
        return self._process.pid if self._process else 0

    def begin(self, address: Address, call: Call, source: str = "") -> MediaStream:
        """The stream of a call, whose RTP goes to this address; MediaFailed if it cannot be."""
        process = self.ready()
        stream = MediaStream(process, call.flow)
        try:
            process.begin(address, call, source)
        except gevent.GreenletExit:
            with suppress(MediaFailed):
                stream.end()
            raise
        return stream

    def ready(self) -> MediaProcess:
        """The process, which may have to be begun first; MediaFailed."""
        with self._beginning:
            if self._process and self._process.over:
                self._why, self._process = self._process.over, None
            if not self._process:
                self._process = self._begun()
            return self._process

    def close(self) -> None:
        """End the process."""
        if self._process:
            self._process.close()

    def _begun(self) -> MediaProcess:
        now = self._clock.now()
        if now < self._again_at:
            raise MediaFailed(self._why)
        self._again_at = now + AGAIN_AFTER
        try:
            return self._make()
        except MediaFailed as error:
            self._why = str(error)
            raise


class MediaStream:
    """The RTP of one call."""

    def __init__(self, process: MediaProcess, flow: int) -> None:
        self._process = process
        self._flow = flow

    @property
    def over(self) -> str:
        """Why it is sent no more, in words; "" while it is."""
        return self._process.over

    def end(self) -> Totals:
        """Send no more of it: what there was; MediaFailed if that is not known."""
        return self._process.end(self._flow)


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    with suppress(ValueError):
        return f"killed by {signal.Signals(-code).name}"
    return f"killed by signal {-code}"
