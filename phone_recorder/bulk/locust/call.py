"""One recorded call of a phone, on a greenlet: connect, ask for a recording, talk, stop; each step is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from gevent import GreenletExit

from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.udp import Address
from phone_recorder.bulk.fleet.control_dialogue import Accepted, Lost, Refused, Stage, Told
from phone_recorder.bulk.fleet.phones import STOP_REASON
from phone_recorder.bulk.fleet.plan import Bad, FleetPlan
from phone_recorder.bulk.fleet.script import Call, request_of
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.bulk.locust.control_connection import ControlConnection
from phone_recorder.bulk.locust.media_process import MediaFailed
from phone_recorder.errors import PhoneRecorderError
from phone_recorder.recording.units import SECOND, to_seconds

LOOK = SECOND
"""So often a phone that talks looks whether the test ends: thus they do not all stop in one moment."""


class RecordingFailed(PhoneRecorderError):
    """The server did not record the call as it should; the text is its own where it has one."""


class Step(NamedTuple):
    """A step of a call that is over: `start`, `talk`, `stop`, or the name of the bad way in which it was ended.

    `octets` of RTP payload were sent in it.
    """

    name: str
    seconds: float
    octets: int = 0
    failure: PhoneRecorderError | None = None


class Stream(Protocol):
    """The RTP of a call. `over` tells why it is sent no more, "" while it is; `end` may be a MediaFailed."""

    @property
    def over(self) -> str: ...

    def end(self) -> Totals: ...


class CallMedia(Protocol):
    """Begins to send the RTP of a call to an address, from another, "" for any; MediaFailed if that cannot be."""

    def begin(self, address: Address, call: Call, source: str) -> Stream: ...


class CallSite(NamedTuple):
    """What the calls of a process share. `run` is in the id of each of its recordings, `leaving` once the test ends."""

    plan: FleetPlan
    run: str
    clock: Clock
    media: CallMedia
    tell: Callable[[Step], object]
    leaving: Callable[[], bool]


class _CallOver(Exception):
    """Why was told."""


class RecordedCall:
    """A call of the phone of that number, from the address `source`, "" for any."""

    def __init__(self, site: CallSite, phone: int, call: Call, source: str = "") -> None:
        self._site = site
        self._call = call
        self._source = source
        request = request_of(site.plan, phone, call, site.run)
        self._connection = ControlConnection(site.plan.server, request, site.plan.policy, site.clock, source)

    def carry_out(self) -> None:
        """From its begin to its end. If the greenlet is killed meanwhile, it is stopped in order."""
        try:
            if self._call.bad is Bad.HALF:
                self._ask_half()
                return
            self._record()
        except _CallOver:
            return
        finally:
            self._connection.close()

    def _record(self) -> None:
        try:
            self._talk(self._start())
            _ENDS[None if self._site.leaving() else self._call.bad](self)
        except GreenletExit:
            self._stop()
            raise

    def _start(self) -> Address:
        wished_at = self._now()
        answer = self._connection.start()
        if isinstance(answer, Accepted):
            self._tell("start", wished_at)
            return answer.host, answer.port
        self._tell("start", wished_at, failure=_failure(answer))
        raise _CallOver

    def _talk(self, address: Address) -> None:
        """Half of it, if it falls mute then; the rest is in how it ends."""
        if self._site.leaving():
            return
        begun_at = self._now()
        try:
            stream = self._site.media.begin(address, self._call, self._source)
        except MediaFailed as error:
            self._tell("talk", begun_at, failure=error)
            self._stop()
            raise _CallOver from error
        length = self._call.talk // 2 if self._call.bad is Bad.MUTE else self._call.talk
        told: Told | None = None
        try:
            told = self._listen(self._now() + length, lambda: bool(stream.over))
        finally:
            failed = self._end_stream(stream, begun_at, told)
        if failed:
            self._stop()
            raise _CallOver

    def _end_stream(self, stream: Stream, begun_at: int, told: Told | None) -> bool:
        """Tell how the talk was; whether it has failed."""
        octets = 0
        failure: PhoneRecorderError | None = _failure(told) if told else None
        try:
            octets = stream.end().octets
        except MediaFailed as error:
            failure = failure or error
        self._tell("talk", begun_at, octets, failure)
        return failure is not None

    def _listen(self, until: int, over: Callable[[], bool] = bool) -> Told | None:
        """Up to that instant, or until the test or `over` ends it, or what the server says in mid-call."""
        while (now := self._now()) < until and not self._site.leaving() and not over():
            if told := self._connection.wait(min(until, now + LOOK)):
                return told
        return None

    def _stop(self) -> None:
        """In order; where the answer to the start or stop is waited for already, go on with that."""
        stage, asked_at = self._connection.stage, self._now()
        if stage in (Stage.ASKING, Stage.ACCEPTED):
            answer = self._connection.stop(STOP_REASON)
        elif stage in (Stage.STOPPING, Stage.CANCELLING):
            answer = self._connection.wait()
        else:
            return
        # What was cancelled never began.
        if stage in (Stage.ACCEPTED, Stage.STOPPING):
            failure = _failure(answer) if isinstance(answer, Refused | Lost) else None
            self._tell("stop", asked_at, failure=failure, until=None if failure else self._connection.heard_at)

    def _stop_mute(self) -> None:
        if told := self._listen(self._now() + self._call.talk - self._call.talk // 2):
            self._tell("stop", self._now(), failure=_failure(told))
        self._stop()

    def _hang_up(self) -> None:
        self._tell(Bad.HANG_UP.value, self._now())

    def _reset(self) -> None:
        self._connection.close(reset=True)
        self._tell(Bad.RESET.value, self._now())

    def _vanish(self) -> None:
        began_at = self._now()
        self._connection.send_stop(STOP_REASON)
        self._tell(Bad.VANISH.value, began_at)

    def _fall_silent(self) -> None:
        began_at = self._now()
        self._listen(began_at + self._site.plan.silent_for)
        self._tell(Bad.SILENT.value, began_at)

    def _ask_half(self) -> None:
        began_at = self._now()
        self._connection.start_half()
        self._tell(Bad.HALF.value, began_at)

    def _tell(
        self,
        name: str,
        since: int,
        octets: int = 0,
        failure: PhoneRecorderError | None = None,
        until: int | None = None,
    ) -> None:
        end = self._now() if until is None else max(until, since)
        self._site.tell(Step(name, to_seconds(end - since), octets, failure))

    def _now(self) -> int:
        return self._site.clock.now()


_ENDS: dict[Bad | None, Callable[[RecordedCall], None]] = {
    None: RecordedCall._stop,
    Bad.MUTE: RecordedCall._stop_mute,
    Bad.HANG_UP: RecordedCall._hang_up,
    Bad.RESET: RecordedCall._reset,
    Bad.VANISH: RecordedCall._vanish,
    Bad.SILENT: RecordedCall._fall_silent,
}


def _failure(told: Told | None) -> RecordingFailed:
    return RecordingFailed(told.reason if isinstance(told, Refused | Lost) else "it answered out of turn")
