"""Which datagrams of an open RTP port are the call's: symmetric RTP (RFC 4961), held to the hosts that the call names.

A phone that takes RTP from anywhere can be made to record anything (rtpengine CVE-2025-53399, AST-2017-005). One that
takes it from the very address in the session description alone is deaf to everybody behind a NAT. So: any port of the
host that the description names, or of the host that signals; and the first source that sends RTP keeps the call.
When a re-INVITE names another address, the source that was heard still is, until the new one sends.
"""

from __future__ import annotations

from phone_recorder.errors import RtpError
from phone_recorder.recording.units import SECOND
from phone_recorder.sip.audio.audio_plan import AudioPlan
from phone_recorder.wire.rtp import RtpPacket

Address = tuple[str, int]

SILENT = 2 * SECOND
"""After so much silence of the source another one may take its place: a NAT, or a gateway, has changed its port."""
NO_AUDIO = 13
"""Comfort noise (RFC 3389): its packets count, so that none is missing, and are not heard."""

_RTCP = range(192, 224)
"""Second bytes that RTCP packets have and RTP packets of ours have not (RFC 5761 section 4)."""


class RtpGate:
    """Nothing passes before `follow` has told what was agreed."""

    def __init__(self) -> None:
        self.foreign = 0
        """Datagrams of others, dropped."""
        self.control = 0
        """RTCP, which nobody here reads, dropped."""
        self._remote: Address | None = None
        self._hosts: frozenset[str] = frozenset()
        self._source: Address | None = None  # whose packets pass
        self._proved = False  # the source is heard under the address that was agreed last
        self._proves_since: int | None = None
        self._heard_at = 0
        self._sends = self._receives = False
        self._types: bytes = bytes(range(256))

    def follow(self, plan: AudioPlan, signalling_host: str) -> None:
        """Take and send what this plan says from now on; a new address in it is waited for anew."""
        if plan.remote is not None and plan.remote != self._remote:
            self._remote, self._proved, self._proves_since = plan.remote, False, None
        self._hosts = frozenset({signalling_host} | ({self._remote[0]} if self._remote else set()))
        self._sends, self._receives = plan.sends, plan.receives
        self._types = _type_table(plan)

    @property
    def target(self) -> Address | None:
        """Where to send: to where RTP comes from, and until it does, to where it was agreed. None: do not."""
        if not self._sends:
            return None
        return self._source if self._proved else self._remote

    def admit(self, instant: int, data: bytes, source: Address) -> bytes | None:
        """The datagram, its payload type made the static one of its codec; None if it is not the call's.

        What the source sends besides audio, malformed packets too, passes as it is: the recorder counts it.
        """
        if source != self._source and not self._may_lock(instant, data, source):
            self.foreign += 1
            return None
        if len(data) < 2:
            return data
        if data[1] in _RTCP:
            self.control += 1
            return None
        self._heard_at = instant
        if not self._proved:
            self._prove(instant)
        kind = self._types[data[1]]
        return data if kind == data[1] else bytes((data[0], kind)) + data[2:]

    def _may_lock(self, instant: int, data: bytes, source: Address) -> bool:
        """Lock to this source, if it may be the call's: the agreed address always, another one if there is none yet."""
        free = not self._proved or instant - self._heard_at >= SILENT
        if source != self._remote and not (free and source[0] in self._hosts):
            return False
        if not _is_rtp(data):
            return False
        self._source, self._proved = source, True
        return True

    def _prove(self, instant: int) -> None:
        """The old source is heard after a re-INVITE: what was under way, or a NAT whose address did not change."""
        if self._proves_since is None:
            self._proves_since = instant
        self._proved = instant - self._proves_since >= SILENT


def _is_rtp(data: bytes) -> bool:
    try:
        RtpPacket.parse(data)
    except RtpError:
        return False
    return data[1] not in _RTCP


def _type_table(plan: AudioPlan) -> bytes:
    """From each second byte of a packet, marker and payload type, to what it is to be."""
    if not plan.receives:
        # Who holds a call does not hear it, though a peer may go on sending.
        return bytes(byte & 0x80 | NO_AUDIO for byte in range(256))
    return bytes(byte & 0x80 | plan.accepts.get(byte & 0x7F, byte & 0x7F) for byte in range(256))
