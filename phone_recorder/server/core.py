"""The record server without its sockets: which recordings it takes, and those that run (guide: server recording)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from phone_recorder.errors import ControlError, DriveError, UsageError
from phone_recorder.media.codecs import has, usable
from phone_recorder.recording.drive_destination import Drive, DriveDestination
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.units import from_ms
from phone_recorder.server.access import Access, mac_or_text, plain_device
from phone_recorder.server.entry import Entry
from phone_recorder.server.limits import Limits
from phone_recorder.server.media_port import MediaPort
from phone_recorder.server.recording import ServerRecording
from phone_recorder.settings.record import MIB
from phone_recorder.wire.control import StartRequest
from phone_recorder.wire.payload import find_codec
from phone_recorder.wire.record_file import RecordHeader

MAX_ID = 128
"""Characters of an id that are taken; ours have 32."""
USUAL_PACKET = from_ms(20)
"""Bytes; what a phone's packets really hold is known when the first one comes."""
STORAGE = SpacePolicy(size_limit=0, reserve=MIB)
"""A recording is one file, and the storage is never filled to the brim."""


class Storage(Drive, Protocol):
    """Where one recording goes."""

    @property
    def entry(self) -> Entry:
        """What is known of its call."""

    @property
    def names(self) -> Sequence[str]:
        """Of the files that were made there, without `.wav`, also those that are gone."""


class Archive(Protocol):
    """Where recordings are kept, each with what is known of its call."""

    def knows(self, recording_id: str) -> bool:
        """Whether a recording with this id is kept."""

    def storage(self, entry: Entry) -> Storage:
        """Where the files of the recording of this call go."""

    def ended(self, entry: Entry, names: Sequence[str]) -> None:
        """All that is to be known of a recording, and the names of its files."""

    def stored(self, names: Sequence[str]) -> bool:
        """Whether what is known of these is all stored."""


class RecordServer:
    """`open_port` opens a media port on a host; `on_begin` and `on_end` are told of each recording."""

    def __init__(
        self,
        archive: Archive,
        policy: SpacePolicy,
        open_port: Callable[[str], MediaPort],
        system_time: Callable[[int], datetime],
        limits: Limits | None = None,
        access: Access | None = None,
        on_begin: Callable[[ServerRecording], object] = id,
        on_end: Callable[[ServerRecording], object] = id,
    ) -> None:
        self.running: dict[str, ServerRecording] = {}
        """Those that are not all safe yet, by id."""
        self.limits = limits or Limits()
        self.access = access or Access()
        self.refused: Counter[str] = Counter()
        """Requests refused, by kind."""
        self._archive = archive
        self._policy = policy
        self._open_port = open_port
        self._system_time = system_time
        self._on_begin = on_begin
        self._on_end = on_end
        self._of_device: Counter[str] = Counter()
        self._storages: dict[ServerRecording, Storage] = {}

    def advance(self, now: int) -> None:
        """Let every recording go on; call at each tick."""
        idle = self.limits.rtp_idle
        for recording in [one for one in self.running.values() if now >= one.due]:
            if idle and now - recording.heard_at >= idle and recording.silent_for(now) >= idle:
                recording.stop("cut short", f"no RTP came for {idle // from_ms(1000)} s")
            recording.advance(now)
            if not recording.running:
                self._end(recording)

    def start(self, now: int, request: StartRequest, peer: str, local: str) -> ServerRecording:
        """Begin a recording for a phone at host `peer`, which speaks to our address `local`.

        ControlError is the reason to refuse it.
        """
        codec = find_codec(request.codec)
        if codec is None or not has(codec):
            text = f"codec {request.codec[:20]} is not one of {', '.join(map(str, usable()))}"
            raise self._refused("unknown codec", text)
        storage = self._archive.storage(_call(request, codec.name, self._system_time(now).timestamp()))
        for kind, text in self._refusals(request, storage):
            raise self._refused(kind, text)
        try:
            port = self._open_port(local)
        except UsageError as error:
            raise self._refused("no port", "no UDP port is left") from error
        recording = ServerRecording(now, storage.entry, codec, peer, port, partial(self._store, storage))
        self.running[request.id] = recording
        self._storages[recording] = storage
        self._of_device[plain_device(request.device)] += 1
        self._on_begin(recording)
        return recording

    def keeps(self, recording: ServerRecording, on_disk: bool) -> bool:
        """Whether a recording that has ended is kept as its phone wanted; what is not `on_disk` is marked as such."""
        names = recording.names
        if not on_disk and names:
            recording.account.state, recording.account.reason = "cut short", "the disk may not have kept all of it"
            self._archive.ended(recording.entry(), names)
        return recording.account.state in ("recorded", "cancelled") and self._archive.stored(names)

    def _refused(self, kind: str, text: str) -> ControlError:
        self.refused[kind] += 1
        return ControlError(text)

    def _refusals(self, request: StartRequest, storage: Storage) -> Iterator[tuple[str, str]]:
        """Why this cannot be taken: the kind, and what the phone is told."""
        limits = self.limits
        if len(request.id) > MAX_ID:
            yield "long id", f"the id has more than {MAX_ID} characters"
        if not self.access.may_record(request.device):
            yield "device not allowed", "this device may not record here"
        if request.id in self.running or self._archive.knows(request.id):
            yield "repeated id", "this id has been used before"
        if len(self.running) >= limits.sessions:
            yield "too many recordings", f"too many recordings: {limits.sessions} run already"
        if self._of_device[plain_device(request.device)] >= limits.per_device:
            yield "too many of a device", f"too many recordings of this device: {limits.per_device} run already"
        yield from self._no_room(storage)

    def _no_room(self, storage: Storage) -> Iterator[tuple[str, str]]:
        """A phone that is told now shows that nothing will be recorded; later it could only be cut off."""
        try:
            storage.check()
            self._policy.room(storage.free(), USUAL_PACKET)
        except DriveError as error:
            yield "no room", f"nothing can be stored: {error}"

    def _store(self, storage: Storage, header: RecordHeader) -> DriveDestination:
        return DriveDestination(storage, header, self._policy, self._system_time)

    def _end(self, recording: ServerRecording) -> None:
        del self.running[recording.call.id]
        device = plain_device(recording.call.device)
        self._of_device[device] -= 1
        if not self._of_device[device]:
            del self._of_device[device]
        names = self._storages.pop(recording).names
        if names:
            self._archive.ended(recording.entry(), names)
        self._on_end(recording)


def _call(request: StartRequest, codec: str, started_at: float) -> Entry:
    """What a phone has said of its call."""
    return Entry(
        name="",
        id=request.id,
        device=mac_or_text(request.device),
        direction="in" if request.dir == "in" else "out",
        local_number=request.local_number,
        local_name=request.local_name,
        remote_number=request.remote_number,
        remote_name=request.remote_name,
        codec=codec,
        started_at=started_at,
    )
