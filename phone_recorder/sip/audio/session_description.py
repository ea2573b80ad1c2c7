"""The audio of one call as both sides come to terms over it: offers and answers (RFC 3264, RFC 4566)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address

from phone_recorder.errors import SdpError
from phone_recorder.sip.audio.audio_plan import AudioPlan
from phone_recorder.sip.audio.media_lines import AUDIO, PLAIN_RTP, MediaLine, audio_line, parse, write
from phone_recorder.wire.payload import PTIMES_MS, Codec
from phone_recorder.wire.printable import printable

__all__ = ["AudioPlan", "Negotiation"]

EVENT_TYPE = 101
"""Telephone-events in our offers: the number that most phones give them."""

Formats = Sequence[tuple[int, Codec]]

_FLOWS = {"sendrecv": (True, True), "sendonly": (True, False), "recvonly": (False, True), "inactive": (False, False)}
"""Whether who says so sends, and receives."""
_DIRECTIONS = {flows: direction for direction, flows in _FLOWS.items()}


class Negotiation:
    """One call's descriptions: ours keep their session id, and their version goes up when something has changed.

    `host` and `port` are where the other phone reaches our RTP; `codecs` are offered in this order. Of what is offered
    to us the other phone's order counts, and one codec is answered. A `direction` is what this phone wants: `sendrecv`,
    or `sendonly` or `inactive` while it holds the call. Who holds has music to send at most, and this phone has none.

    What fails with an SdpError, ours or theirs, leaves everything as it was.
    """

    def __init__(self, host: str, port: int, codecs: tuple[Codec, ...], ptime_ms: int, session_id: int) -> None:
        self.current: AudioPlan | None = None
        """What was agreed last."""
        self._host = host
        self._port = port
        self._codecs = codecs
        self._ptime_ms = ptime_ms
        self._session_id = session_id
        self._version = 0
        self._formats: Formats = [(codec.payload_type, codec) for codec in codecs]
        self._event_type = EVENT_TYPE
        self._sent: tuple[MediaLine, ...] = ()
        self._agreed: tuple[MediaLine, ...] = ()
        self._at = 0  # our stream among all that the call has ever had: none may go, or change its place
        self._wish = self._agreed_wish = "sendrecv"

    def offer(self, direction: str = "sendrecv") -> bytes:
        """A description that the other phone is to answer; before the call, and to hold it or take it back."""
        self._wish = direction
        ptime = self.current.ptime_ms if self.current else self._ptime_ms
        line = audio_line(self._host, self._port, direction, tuple(self._formats), self._event_type, ptime)
        return self._said(_in_place(self._agreed, self._at, line))

    def answered(self, sdp: bytes) -> AudioPlan:
        """What the answer to our last offer makes of it; to one offer several may come, of forks and of 183 and 200."""
        lines = parse(sdp)
        theirs = lines[self._at] if self._at < len(lines) else None
        if theirs is None or (theirs.kind, theirs.proto) != (AUDIO, PLAIN_RTP):
            raise SdpError("the other phone's answer has no audio where audio was offered")
        offered = self._sent[self._at]
        plan = self._plan(theirs, self._wish, offered.codecs) if theirs.port else self._stopped()
        self._agree(self._sent, plan)
        return plan

    def answer(self, offer: bytes, direction: str = "sendrecv") -> tuple[bytes, AudioPlan]:
        """Our answer to the other phone's offer, and what they come to; SdpError if nothing in it can be done."""
        lines = parse(offer)
        at = self._choice(lines)
        theirs = lines[at]
        plan = self._plan(theirs, direction) if theirs.port else self._stopped()
        ours = self._answer_line(theirs, plan, direction) if theirs.port else theirs.refused()
        self._at, self._wish, self._event_type = at, direction, theirs.event_type or _free_type(theirs)
        answer = self._said(_in_place(lines, at, ours))
        self._agree(self._sent, plan)
        return answer, plan

    def repeat(self) -> bytes:
        """What was agreed last, again: to refresh a session; the version stays if nothing else was offered since."""
        if not self._sent:
            return self.offer()
        if self._agreed:
            self._wish = self._agreed_wish
        return self._said(self._agreed or self._sent)

    def _said(self, lines: tuple[MediaLine, ...]) -> bytes:
        if lines != self._sent:
            self._version += 1
            self._sent = lines
        return write(lines, self._host, self._session_id, self._version)

    def _agree(self, lines: tuple[MediaLine, ...], plan: AudioPlan) -> None:
        """Numbers that were given once keep their meaning, and what is spoken comes first (RFC 3264 section 8.3.2)."""
        self._agreed, self._agreed_wish, self.current = lines, self._wish, plan
        given = [(number, codec) for number, codec in lines[self._at].codecs or self._formats if codec in self._codecs]
        given.sort(key=lambda item: item[1] is not plan.codec)
        taken, named = {number for number, _ in given} | {self._event_type}, {codec for _, codec in given}
        free = [(c.payload_type, c) for c in self._codecs if c not in named and c.payload_type not in taken]
        self._formats = [*given, *free]

    def _choice(self, lines: tuple[MediaLine, ...]) -> int:
        """The first stream that this phone can do; or the one that was ours, and is off now."""
        audio = [(at, line) for at, line in enumerate(lines) if line.kind == AUDIO]
        plain = [(at, line) for at, line in audio if line.proto == PLAIN_RTP]
        able = [at for at, line in plain if line.port and self._common(line.codecs)]
        off = [at for at, line in plain if not line.port and at == self._at and self.current]
        if not able and not off:
            raise SdpError(self._why_not([line for _, line in audio], [line for _, line in plain]))
        return (able or off)[0]

    def _why_not(self, audio: list[MediaLine], plain: list[MediaLine]) -> str:
        if not audio or not any(line.port for line in audio):
            return "the other phone offers no audio"
        if not plain:
            return f"the other phone offers audio as {printable(audio[0].proto)} alone: this phone speaks {PLAIN_RTP}"
        return f"the other phone offers none of {', '.join(map(str, self._codecs))}"

    def _common(self, codecs: Formats) -> Formats:
        return [(number, codec) for number, codec in codecs if codec in self._codecs]

    def _plan(self, theirs: MediaLine, wish: str, offered: Formats = ()) -> AudioPlan:
        """What their line and our wish come to; `offered` are the numbers that we have given."""
        common = self._common(theirs.codecs)
        if not common:
            raise SdpError(f"the other phone answers with none of {', '.join(map(str, self._codecs))}")
        remote = self._remote(theirs)
        (we_send, we_receive), (they_send, they_receive) = _FLOWS[wish], _FLOWS[theirs.direction]
        accepts = {number: codec.payload_type for number, codec in [*common, *offered]}
        number, codec = common[0]
        return AudioPlan(
            codec=codec,
            payload_type=number,
            event_type=theirs.event_type,
            ptime_ms=self._ptime(theirs),
            remote=remote,
            sends=we_send and we_receive and they_receive and remote is not None,
            receives=we_receive and they_send,
            accepts=accepts,
            peer_holds=not they_receive or remote is None,
        )

    def _remote(self, theirs: MediaLine) -> tuple[str, int] | None:
        """Where their line wants its RTP; an address of all zeros is how RFC 2543 held a call."""
        try:
            address = ip_address(theirs.host)
        except ValueError:
            raise SdpError(f"the other phone's audio is at no IP address: {printable(theirs.host)!r}") from None
        if address.is_unspecified:
            return None
        if address.is_multicast or address.version != ip_address(self._host).version:
            raise SdpError(f"the other phone's audio is at {address}, where {self._host} cannot send it")
        return str(address), theirs.port

    def _ptime(self, theirs: MediaLine) -> int:
        """The packet time that they wish, as near below it as ours go."""
        most = min(theirs.ptime_ms or self._ptime_ms, theirs.maxptime_ms or max(PTIMES_MS))
        return max((ptime for ptime in PTIMES_MS if ptime <= most), default=min(PTIMES_MS))

    def _stopped(self) -> AudioPlan:
        """The stream that was agreed, off: port 0."""
        if self.current is None:
            raise SdpError("the other phone refuses audio")
        return replace(self.current, remote=None, sends=False, receives=False, peer_holds=True)

    def _answer_line(self, theirs: MediaLine, plan: AudioPlan, wish: str) -> MediaLine:
        we_send, we_receive = _FLOWS[wish]
        they_send, _ = _FLOWS[theirs.direction]
        direction = _DIRECTIONS[we_send and not plan.peer_holds, we_receive and they_send]
        codecs = ((plan.payload_type, plan.codec),)
        return audio_line(self._host, self._port, direction, codecs, plan.event_type, plan.ptime_ms)


def _in_place(lines: tuple[MediaLine, ...], at: int, ours: MediaLine) -> tuple[MediaLine, ...]:
    """Our line at its place, among others that are all refused."""
    refused = [line.refused() for line in lines] or [ours]
    refused[at] = ours
    return tuple(refused)


def _free_type(theirs: MediaLine) -> int:
    """A number for telephone-events that means nothing else to them."""
    free = (number for number in (EVENT_TYPE, *range(96, 128)) if str(number) not in theirs.formats)
    return next(free, EVENT_TYPE)
