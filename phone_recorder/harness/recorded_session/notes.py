"""Notes that are taken while a session goes on, by whoever watches it: instants are those of any one clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from phone_recorder.control_api import Call, Levels, RecordState
from phone_recorder.errors import UsageError
from phone_recorder.harness.evidence import FileSeen
from phone_recorder.harness.recorded_session.session import Beginning, Done, Kept, Look, Session, Talk
from phone_recorder.recording.mixer import FAR, NEAR
from phone_recorder.recording.record_key import Key
from phone_recorder.recording.units import from_ms, from_seconds

NO_CALL = "there was no call, with which a scenario begins, so nothing is written: call somebody in the session"
_SPEAKS_DB = -50.0
_OFTEN = 5
"""Who was heard so often while a recording ran is expected in it: less is over before one can be sure of it."""
_APART = from_ms(90)
"""A level that is told more often than that is the same one again."""
_SAME = from_ms(50)
"""A call that seems to begin later than this one did is another."""
_TALKS = ("connected", "held")


class Notes:
    """`session` is what they come to. `begin` is asked, when the first call stands, how the phone then is."""

    def __init__(self, begin: Callable[[], Beginning]) -> None:
        self._begin = begin
        self._beginning: Beginning | None = None
        self._done: list[Done] = []
        self._looks: list[Look] = []
        self._talks: list[Talk] = []
        self._accounts: dict[str, Mapping[str, Any]] = {}
        self._heard: Counter[tuple[str, str]] = Counter()
        self._listened = 0

    @property
    def called(self) -> bool:
        """Whether a call has stood."""
        return self._beginning is not None

    def did(self, done: Done) -> None:
        """A request was carried out. They may come in any order."""
        self._done.append(done)

    def looked(self, look: Look) -> None:
        """What is so a while after a request."""
        self._looks.append(look)

    def see(self, now: int, call: Call, record: RecordState, levels: Levels, by_request: bool = False) -> None:
        """What is so now; `by_request`: a request may have changed it, nothing else can have."""
        self._see_call(now, call, by_request)
        self._accounts.update((account["id"], account) for account in record.recordings)
        if record.key == Key.RECORDING.value and record.recordings and now - self._listened >= _APART:
            self._listened = now
            for leg, level in ((NEAR, levels.near_db), (FAR, levels.far_db)):
                self._heard[record.recordings[-1]["id"], leg] += level is not None and level > _SPEAKS_DB

    def session(self, files: Iterable[FileSeen] = ()) -> Session:
        """All that was noted from the first call on; UsageError if there was none."""
        if self._beginning is None:
            raise UsageError(NO_CALL)
        zero = self._talks[0].begun
        done = sorted(self._done, key=lambda one: one.at)
        return Session(
            beginning=self._beginning,
            talks=tuple(replace(talk, begun=talk.begun - zero) for talk in self._talks),
            done=tuple(replace(one, at=one.at - zero) for one in done if one.at >= zero),
            looks=tuple(replace(look, after=look.after - zero) for look in self._looks if look.after >= zero),
            recordings=tuple(Kept(account, self._spoke(id_)) for id_, account in self._accounts.items()),
            files=tuple(files),
        )

    def _see_call(self, now: int, call: Call, by_request: bool) -> None:
        length = from_seconds(call.seconds)
        running = bool(self._talks) and not self._talks[-1].over
        if call.state in _TALKS:
            another = running and now - length - self._talks[-1].begun > _SAME
            if another:
                self._end(self._talks[-1].length, by_request)
            if another or not running:
                self._meet(now - length, call)
            self._talks[-1] = replace(self._talks[-1], length=length)
        elif running:
            self._end(length if call.state == "ended" else self._talks[-1].length, by_request)

    def _meet(self, begun: int, call: Call) -> None:
        self._beginning = self._beginning or self._begin()
        self._talks.append(Talk(begun, 0, call.direction, call.number, call.name, call.codec))

    def _end(self, length: int, by_request: bool) -> None:
        self._talks[-1] = replace(self._talks[-1], length=length, over=True, by_request=by_request)

    def _spoke(self, id_: str) -> tuple[str, ...]:
        return tuple(leg for leg in (NEAR, FAR) if self._heard[id_, leg] >= _OFTEN)
