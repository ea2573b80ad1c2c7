"""One recording on the server: RTP in at a port of its own, a record file out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

import msgspec

from phone_recorder.errors import RtpError
from phone_recorder.media.level import level_db
from phone_recorder.recording.account import Account, StreamCounts
from phone_recorder.recording.destination import Destination
from phone_recorder.recording.drive_destination import CHECKPOINT
from phone_recorder.recording.sender_session import Run, SenderSession
from phone_recorder.recording.sender_timeline import SenderPace, SenderTimeline
from phone_recorder.recording.units import SECOND, from_ms, to_seconds
from phone_recorder.server.entry import Entry, Live
from phone_recorder.server.media_port import Datagram, Expected, MediaPort, RunPort
from phone_recorder.wire.payload import BY_PAYLOAD_TYPE, BYTES_PER_MS, PTIMES_MS, Codec
from phone_recorder.wire.record_file import RecordHeader
from phone_recorder.wire.rtp import HEADER_SIZE, RtpPacket

HORIZON = from_ms(500)
"""How long a packet that was overtaken is waited for: what comes after a gap is not on the disk until then."""
DRAIN = from_ms(200)
"""Between two looks at a port: its packets wait in the kernel, which tells when each came."""
REST = CHECKPOINT
"""From one time that the destination saves what it has to the next, if runs are gathered: they are passed on then.

The next look after that must still come within the second, also if it is late.
"""
SILENT = from_ms(500)
"""A meter falls when no packet has come for so long; a port is looked at every DRAIN, or LOOK of batch_media.py."""
STREAM = "rtp"

_USUAL_FRAME = 20 * BYTES_PER_MS
_FRAMES = [ptime * BYTES_PER_MS for ptime in PTIMES_MS]


class ServerRecording:
    """Takes RTP from the control peer's host alone, of the codec agreed on, locked to the first SSRC that sends it.

    The file begins with the first packet, whose length is the file's packet length; a recording that was stopped
    before leaves no file. `call` is what is known of the call, `start` the instant at which it was asked for.
    """

    def __init__(
        self,
        start: int,
        call: Entry,
        codec: Codec,
        peer: str,
        port: MediaPort,
        store: Callable[[RecordHeader], Destination],
    ) -> None:
        self.call = call
        self.account = Account(call.id, "server", codec.name)
        self.port = port
        self.due = start
        """When it is to be advanced."""
        self._gatherer = port if isinstance(port, RunPort) else None
        self.start = self.heard_at = start
        self._codec = codec
        self._peer = peer
        self._store = store
        self._ssrc = -1
        self._saved_at = start  # when the destination's last CHECKPOINT was
        self._last = b""  # the payload that came last
        self._session: SenderSession | None = None
        self._timeline: SenderTimeline | None = None
        self._pace = SenderPace(HORIZON)
        self._ended: tuple[str, str] | None = None  # the state and the reason to end with, at the next tick

    @property
    def running(self) -> bool:
        """Not all of it is safe yet."""
        return self.account.state == "recording"

    @property
    def counts(self) -> StreamCounts:
        """The packets so far."""
        return self._timeline.counts if self._timeline else StreamCounts()

    @property
    def names(self) -> list[str]:
        """Of its files, without `.wav`."""
        if self._session:
            self.account.parts = self._session.destination.parts
        return [PurePath(part.path).stem for part in self.account.parts]

    def entry(self) -> Entry:
        """The truth of it, when it has ended; `name`, size and duration are those of each file."""
        account, counts = self.account, self.counts
        return msgspec.structs.replace(
            self.call,
            state="recorded" if account.state == "recorded" else "cut short",
            reason=account.reason,
            received=counts.received,
            lost=counts.lost,
            late=counts.late,
            duplicate=counts.duplicate,
            bad=counts.bad,
            foreign=account.foreign,
            gaps_s=to_seconds(sum(account.gaps.total.values())),
        )

    def live(self, now: int) -> Live:
        """What it is doing."""
        if self._gatherer:
            self.hear()
        call, counts = self.call, self.counts
        names = self.names
        return Live(
            id=call.id,
            name=names[-1] if names else "",
            device=call.device,
            direction=call.direction,
            local_number=call.local_number,
            local_name=call.local_name,
            remote_number=call.remote_number,
            remote_name=call.remote_name,
            codec=self._codec.name,
            started_at=call.started_at,
            duration_s=to_seconds(self.account.recorded),
            received=counts.received,
            lost=counts.lost,
            foreign=self.account.foreign,
            level_db=level_db(self._codec, self._last) if now - self.heard_at < SILENT else None,
        )

    def stop(self, state: str, reason: str) -> None:
        """End at the next tick: what was sent before the stop may still be on its way."""
        self._ended = self._ended or (state, reason)
        self._wake()

    def silent_for(self, now: int) -> int:
        """How long it has not been heard of."""
        if self._gatherer:
            self.hear()
        return now - self.heard_at

    def advance(self, now: int) -> None:
        """Take what has come, if it is time for that, and store what is whole."""
        if not self.running or now < self.due or not self._is_read(now):
            return
        self.hear()
        if self._session is None:
            self._end_without_audio()
        else:
            self._go_on(now, self._session)
        if self.running:
            self._rest(now)
        else:
            self.port.close()

    def hear(self) -> None:
        """Take what has come."""
        if self._gatherer and (run := self._gatherer.run()):
            self._pass_run(run)
        self._take(list(self.port.drain()))

    def _wake(self) -> None:
        self.due = self.start

    def _is_read(self, now: int) -> bool:
        """Whether all that has come by now is there to be taken."""
        if self._gatherer is None:
            return True
        if self._ended:
            self._gatherer.look(now)
        return self._gatherer.looked_at == now

    def _rest(self, now: int) -> None:
        if self._ended:
            return
        if self._gatherer is None:
            self.due = now + DRAIN
        else:
            if not self._gatherer.told:
                self._expect(self._gatherer)
            self.due = self._saved_at + REST if self._gatherer.told else now

    def _expect(self, gatherer: RunPort) -> None:
        """Say what is plainly next, if anything is."""
        following = self._session.plainly_next() if self._session else None
        if not following or not self._timeline:
            return
        heard_at = self._pace.heard_at
        # A second less, as clocks that tell when packets came may be put right meanwhile.
        credit = self._pace.room(heard_at) - heard_at - SECOND
        frame, payload_type = self._timeline.frame, self._codec.payload_type
        expected = Expected(self._peer, payload_type, frame, following, heard_at, credit)
        gatherer.expect(expected, self.hear, self._wake)

    def _pass_run(self, run: Run) -> None:
        if self._session and self._timeline:
            self._session.pass_run(run)
            self.heard_at, self._last = run.arrival, run.payloads[-self._timeline.frame :]

    def _go_on(self, now: int, session: SenderSession) -> None:
        if self._ended:
            session.stop(now, self._ended[1])
        session.advance(now)
        if now - self._saved_at >= CHECKPOINT:
            self._saved_at = now
        if session.finished:
            self._session = None
            if self._ended and self.account.state == "recorded":
                self.account.state = self._ended[0]

    def _end_without_audio(self) -> None:
        if self._ended:
            state, self.account.reason = self._ended
            self.account.state = "cancelled" if state == "recorded" else "failed"

    def _take(self, datagrams: list[Datagram]) -> None:
        heard = [(instant, data) for instant, data, source in datagrams if source == self._peer]
        # EDGE-CASES M10: a recording is not longer than the call, however fast somebody sends.
        if self._timeline and heard:
            heard = heard[: max(self._pace.room(heard[-1][0]) // self._timeline.frame, 0)]
        self.account.foreign += len(datagrams) - len(heard)
        at = 0
        while at < len(heard):
            run = self._timeline.receive_run(heard, self._codec, at) if self._timeline else 0
            if run:
                self.heard_at, last = heard[at + run - 1]
                self._last = last[HEADER_SIZE:]
            else:
                self._receive(*heard[at])
            at += run or 1

    def _receive(self, instant: int, data: bytes) -> None:
        try:
            packet = RtpPacket.parse(data)
        except RtpError:
            packet = None
        if packet and self._session is None and packet.payload_type == self._codec.payload_type and packet.payload:
            self._session = self._begin(instant, packet)
        if self._session is None or (packet and not self._is_ours(packet)):
            self.account.foreign += 1
            return
        # What is no RTP is for the timeline to judge, and so is what of ours is no audio.
        self._session.receive(instant, data)
        if packet:
            self.heard_at = instant
            self._last = packet.payload if packet.payload_type == self._codec.payload_type else self._last

    def _is_ours(self, packet: RtpPacket) -> bool:
        other_codec = BY_PAYLOAD_TYPE.get(packet.payload_type, self._codec) is not self._codec
        return packet.ssrc == self._ssrc and not other_codec

    def _begin(self, instant: int, packet: RtpPacket) -> SenderSession:
        self._ssrc, self._saved_at = packet.ssrc, instant
        size = len(packet.payload)
        frame = size if size in _FRAMES else _USUAL_FRAME
        self._timeline = SenderTimeline(frame, HORIZON, self._pace)
        destination = self._store(RecordHeader(self._codec, frame, frame))
        return SenderSession(instant, self._timeline, destination, self.account, self._codec, STREAM)
