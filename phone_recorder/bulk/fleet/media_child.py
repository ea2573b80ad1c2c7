"""A process that does nothing but send the RTP of calls, for a parent whose own time is too uneven for that.

`python -m phone_recorder.bulk.fleet.media_child PARENT`: standard input is one end of a pair of sockets, PARENT the id
of the process at the other (media_child_messages.py). It ends when that end is closed, and with its parent.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys

from phone_recorder.adapters.clock import Clock, LiveClock
from phone_recorder.adapters.parent_death import end_with_parent
from phone_recorder.bulk.fleet.fleet import TICK
from phone_recorder.bulk.fleet.media_child_messages import (
    Asked,
    AskedReader,
    Begin,
    Begun,
    End,
    Ended,
    Ready,
    Refused,
    Setup,
    Told,
    line_of,
)
from phone_recorder.bulk.fleet.media_child_seconds import CountedStreams, Seconds
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.bulk.voices import voice_of
from phone_recorder.errors import PhoneRecorderError, UsageError
from phone_recorder.recording.units import to_seconds

_READ_SIZE = 1 << 16
_IDLE_S = 60.0


class MediaChild:
    """At the end `line` of the pair. `run` returns when the other end is closed, or what was asked for is refused."""

    def __init__(self, line: socket.socket, clock: Clock) -> None:
        # The other end may have made it so already, for both ends of one file are alike in this.
        line.setblocking(False)
        self._line = line
        self._clock = clock
        self._reader = AskedReader()
        self._unsent = b""
        self._streams: CountedStreams | None = None
        self._seconds: Seconds | None = None
        self._numbers: dict[int, int] = {}
        self._due = clock.now()
        self._over = False

    def run(self) -> None:
        try:
            while not self._over:
                self._turn()
        except ConnectionError:
            return
        finally:
            if self._streams:
                self._streams.close()

    def _turn(self) -> None:
        """Wait for a message or the next tick. What is due is sent before a message may end it."""
        wait = max(to_seconds(self._due - self._clock.now()), 0.0) if self._streams else _IDLE_S
        readable, _, _ = select.select([self._line], [self._line] if self._unsent else [], [], wait)
        if self._streams and (now := self._clock.now()) >= self._due:
            self._tick(self._streams, now)
        if readable:
            self._read()
        self._flush()

    def _tick(self, streams: CountedStreams, now: int) -> None:
        streams.tick(now)
        self._due += -(-(now + 1 - self._due) // TICK) * TICK
        # One that the parent has no time to read yet is worth less than the room it takes.
        second = self._seconds.look(now) if self._seconds else None
        if second and not self._unsent:
            self._tell(second)

    def _read(self) -> None:
        data = self._line.recv(_READ_SIZE)
        self._over = not data
        for message in self._reader.read(data):
            self._hear(message)

    def _hear(self, message: Asked) -> None:
        match message:
            case Setup():
                self._open(message)
            case Begin():
                self._tell(Begun(message.call.flow, self._begin(message)))
            case End(flow):
                number = self._numbers.pop(flow, None)
                self._tell(Ended(flow, self._running().end(number) if number is not None else Totals()))

    def _open(self, setup: Setup) -> None:
        try:
            plan = setup.plan
            self._streams = CountedStreams(plan, voice_of(setup.voice, plan.payload))
        except PhoneRecorderError as error:
            self._tell(Refused(str(error)))
            self._over = True
            return
        self._due = self._clock.now()
        self._seconds = Seconds(self._due, self._streams, setup.plan.ptime_ms)
        # What there is by now stays: to look through it for garbage would make ticks late.
        gc.freeze()
        self._tell(Ready())

    def _begin(self, message: Begin) -> str:
        """Why it cannot be, or nothing."""
        try:
            self._numbers[message.call.flow] = self._running().begin(
                self._due, message.address, message.source, message.call
            )
        except UsageError as error:
            return str(error)
        return ""

    def _running(self) -> CountedStreams:
        assert self._streams, "a message came before the plan"
        return self._streams

    def _tell(self, message: Told) -> None:
        self._unsent += line_of(message)

    def _flush(self) -> None:
        try:
            while self._unsent:
                self._unsent = self._unsent[self._line.send(self._unsent) :]
        except BlockingIOError:
            return


def main(parent: int) -> None:
    """Serve that process, on standard input, until it has no more use for this one."""
    # Ctrl-C is for the whole terminal; the parent still ends its calls then, and this process with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if end_with_parent(parent):
        with socket.socket(fileno=os.dup(0)) as line:
            MediaChild(line, LiveClock()).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
