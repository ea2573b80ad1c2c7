"""Who speaks at this end of a SIP call and who hears the other: files, microphone and loudspeaker, traces, captures."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType

from phone_recorder.adapters.packet_capture import PacketCapture
from phone_recorder.adapters.wav_writer import WavWriter
from phone_recorder.harness.call.request import CallRequest
from phone_recorder.harness.call.sip_plan import SipPlan
from phone_recorder.phone.far_kept import FarKept
from phone_recorder.phone.parties import voice_reader
from phone_recorder.phone.party import Party
from phone_recorder.phone.sip_parties import Listener, SipFar
from phone_recorder.phone.sip_talk import SipTalk, Tell
from phone_recorder.phone.voice_reader import VoiceReader
from phone_recorder.sip.tap import Tap
from phone_recorder.sip.transport.trace import MessageTrace, blanked
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.pcap_writer import FILE_HEADER


class Ears:
    """Enter it before anything is dialled: what cannot be read or written is a UsageError then."""

    def __init__(self, request: CallRequest, plan: SipPlan, tell: Tell) -> None:
        self._request = request
        self._plan = plan
        self._tell = tell
        self._stack = ExitStack()
        self._microphone: VoiceReader | None = None
        self._listeners: tuple[Listener, ...] = ()
        self._kept: FarKept | None = None

    def __enter__(self) -> Ears:
        with ExitStack() as stack:
            if self._plan.device:
                self._open_device(stack, self._plan.codecs[0].sample_rate)
            else:
                self._voice(PCMU.sample_rate)
            if self._plan.save_far:
                WavWriter(self._plan.save_far, PCMU.sample_rate).close()
                stack.callback(self._drop_unused, self._plan.save_far)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    def early(self, talk: SipTalk, now: int) -> None:
        """What the other side sends before it answers is heard."""
        SipFar(talk.port, self._listeners).packets(now)

    def parties(self, talk: SipTalk, start: int) -> dict[str, Party]:
        """Both parties of the call, which is recorded from this instant on."""
        # At the rate of the call: to convert samples costs more than all else that is done to a packet.
        rate = talk.plan.codec.sample_rate if talk.plan else PCMU.sample_rate
        listeners = self._listeners
        if self._plan.save_far:
            self._kept = FarKept(WavWriter(self._plan.save_far, rate, force=True), rate, start)
            listeners = (*listeners, self._kept)
        return talk.parties(self._microphone or self._voice(rate), start, listeners)

    def close(self, end: int) -> None:
        """The call ended at this instant."""
        if self._kept:
            self._kept.close(end)
            if self._kept.problem:
                self._tell(str(self._kept.problem))

    def _drop_unused(self, path: Path) -> None:
        """Without a call nothing was kept: the same command must be good for another try."""
        if self._kept is None:
            _remove(path)

    def _voice(self, rate: int) -> VoiceReader | None:
        return voice_reader(self._request.near, self._request.repeat, rate)

    def _open_device(self, stack: ExitStack, rate: int) -> None:
        from phone_recorder.adapters.microphone import open_microphone
        from phone_recorder.adapters.speaker import open_player
        from phone_recorder.phone.far_heard import FarHeard

        self._microphone = VoiceReader(stack.enter_context(open_microphone(rate)), rate)
        self._listeners = (FarHeard(stack.enter_context(open_player(rate))),)


class Taps:
    """The trace and the capture that were asked for: `signalling` see SIP, `media` see RTP."""

    def __init__(self, plan: SipPlan, tell: Tell) -> None:
        with ExitStack() as stack:
            capture = PacketCapture(plan.pcap, blanked, tell) if plan.pcap else None
            if plan.pcap and capture:
                stack.callback(_drop_empty, plan.pcap, len(FILE_HEADER))
                stack.callback(capture.close)
            trace = MessageTrace(plan.trace, tell) if plan.trace else None
            if plan.trace and trace:
                stack.callback(_drop_empty, plan.trace, 0)
                stack.callback(trace.close)
            self._stack = stack.pop_all()
        self.media: tuple[Tap, ...] = (capture,) if capture else ()
        self.signalling: tuple[Tap, ...] = (*self.media, trace) if trace else self.media

    def __enter__(self) -> Taps:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()


def _drop_empty(path: Path, size: int) -> None:
    """Remove a file of ours with no more in it than it began with: nothing was sent, and nothing came."""
    with suppress(OSError):  # it is somebody else's affair by now
        if path.stat().st_size <= size:
            path.unlink()


def _remove(path: Path) -> None:
    with suppress(OSError):  # whoever has moved it away has also seen to it
        path.unlink()
