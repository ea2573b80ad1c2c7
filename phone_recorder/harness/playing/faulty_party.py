"""A party whose RTP a scenario can make wrong while it speaks."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from phone_recorder.errors import UsageError
from phone_recorder.harness.playing.malformed import malformed
from phone_recorder.harness.playing.repacketised import Repacketised, parsed
from phone_recorder.harness.playing.rtp_faults import LEAPS, FaultyStream
from phone_recorder.harness.playing.sender_clock import MILLION, SenderClock
from phone_recorder.harness.playing.sent import Sent, Unheard
from phone_recorder.harness.scenario.actions import RtpFault, RtpKind
from phone_recorder.media.codecs import require
from phone_recorder.phone.party import Datagram, Party
from phone_recorder.recording.units import from_ms
from phone_recorder.wire.payload import find_codec

LONGEST_PTIME_MS = 200
"""What RTP for phones should be able to take (RFC 3551 section 4.2)."""


class FaultyParty:
    """Sends what `party` says, which has no end, until `end`. `said` is all that it has sent, its faults in it.

    It is empty if nobody hears afterwards what was said. As long as nothing is wrong, no packet is looked into.
    """

    def __init__(self, party: Party, end: int, random: Random, dtx: bool = False, heard: bool = True) -> None:
        self.said = Sent() if heard else Unheard()
        self._end = end
        self._voice = party
        self._clock = SenderClock()
        self._stream = FaultyStream(random, dtx)
        self._clock_is_true = True
        self._goes_as_it_is = not dtx
        self._ready: list[Datagram] = []  # sent, and not given yet

    def packets(self, until: int) -> list[Datagram]:
        """What is sent before this instant and has not been given before."""
        if self._ready:
            return self._from_ready(until)
        sent = self._send(until)
        self.said.add(sent)
        return sent

    def act(self, now: int, fault: RtpFault) -> None:
        """A fault of what is sent from `now` on; UsageError if it makes no sense."""
        self._run(now)
        _ACTS[fault.kind](self, now, fault)

    def hold(self, now: int, held: bool) -> None:
        """Send nothing from `now` on, or go on; what would have been said meanwhile is not said."""
        self._run(now)
        self._goes_as_it_is = False
        self._stream.held = held

    def _run(self, until: int) -> None:
        """Send what is sent before a change, whoever asks for it when."""
        sent = self._send(until)
        self.said.add(sent)
        self._ready += sent

    def _from_ready(self, until: int) -> list[Datagram]:
        self._run(until)
        ready = self._ready
        self._ready = [datagram for datagram in ready if datagram[0] >= until]
        return ready[: len(ready) - len(self._ready)]

    def _send(self, until: int) -> list[Datagram]:
        until = min(until, self._end)
        sent = self._voice.packets(until) if self._clock_is_true else self._clock.packets(self._voice, until)
        return sent if self._goes_as_it_is else self._shaped(sent)

    def _shaped(self, datagrams: list[Datagram]) -> list[Datagram]:
        out: list[Datagram] = []
        for instant, data in datagrams:
            packet = parsed(data)
            if packet is not None:
                sent = self._stream.sent(packet)
                out += [(instant, data if each is packet else bytes(each)) for each in sent]
            elif not self._stream.silent:
                out.append((instant, data))
        return out

    def _leap(self, now: int, fault: RtpFault) -> None:
        self._goes_as_it_is = False
        self._stream.leap(fault)

    def _set_ptime(self, now: int, fault: RtpFault) -> None:
        if not 0 < fault.number <= LONGEST_PTIME_MS:
            raise UsageError(f"a ptime of {fault.number} ms is none: write one from 1 ms to {LONGEST_PTIME_MS} ms")
        if not isinstance(self._voice, Repacketised):
            self._voice = Repacketised(self._voice, 0)
        self._voice.frame = from_ms(fault.number)

    def _set_codec(self, now: int, fault: RtpFault) -> None:
        codec = find_codec(fault.text)
        if codec is None:
            raise UsageError(f"there is no codec {fault.text!r}: choose from PCMU, PCMA and G722")
        require(codec)
        self._goes_as_it_is = False
        self._stream.recode(codec)

    def _dial(self, now: int, fault: RtpFault) -> None:
        self._goes_as_it_is = False
        self._stream.dtmf.dial(fault.text)

    def _make_noise(self, now: int, fault: RtpFault) -> None:
        self._goes_as_it_is = False
        self._stream.noise.begin(fault.number)

    def _stop(self, now: int, fault: RtpFault) -> None:
        self._goes_as_it_is = False
        self._stream.stopped = fault.kind == "stop"

    def _stall(self, now: int, fault: RtpFault) -> None:
        self._clock_is_true = False
        self._clock.stall(now, fault.number)

    def _drift(self, now: int, fault: RtpFault) -> None:
        if fault.number <= -MILLION:
            raise UsageError(f"a clock cannot drift by {fault.number} ppm: write a number such as 150 ppm")
        self._clock_is_true = False
        self._clock.drift(now, fault.number)

    def _send_malformed(self, now: int, fault: RtpFault) -> None:
        if now < self._end:
            sent = [(now, data) for data in malformed(fault.number)]
            self.said.add(sent)
            self._ready += sent

    def _ignore(self, now: int, fault: RtpFault) -> None:
        """Packets of somebody else are not this party's to send."""


_ACTS: dict[RtpKind, Callable[[FaultyParty, int, RtpFault], None]] = {
    **dict.fromkeys(LEAPS, FaultyParty._leap),
    "ptime": FaultyParty._set_ptime,
    "codec": FaultyParty._set_codec,
    "dtmf": FaultyParty._dial,
    "comfort noise": FaultyParty._make_noise,
    "stop": FaultyParty._stop,
    "go on": FaultyParty._stop,
    "stall": FaultyParty._stall,
    "drift": FaultyParty._drift,
    "malformed": FaultyParty._send_malformed,
    "wrong source": FaultyParty._ignore,
}
