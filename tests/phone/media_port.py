"""A call's RTP port in memory: what the network brings at its instants passes the same gate as on a real one."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from phone_recorder.phone.party import Datagram
from phone_recorder.sip.audio.audio_plan import AudioPlan
from phone_recorder.sip.audio.rtp_gate import RtpGate

Address = tuple[str, int]


class MemoryPort:
    """`now` tells the instant up to which datagrams have come."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.gate = RtpGate()
        self.sent: list[tuple[Address, bytes]] = []
        self._now = now
        self._coming: list[tuple[int, bytes, Address]] = []

    def follow(self, plan: AudioPlan, signalling_host: str) -> None:
        self.gate.follow(plan, signalling_host)

    def send(self, packets: list[bytes]) -> None:
        target = self.gate.target
        if target:
            self.sent += [(target, packet) for packet in packets]

    def bring(self, source: Address, datagrams: Iterable[Datagram]) -> None:
        """These will come, each at its instant."""
        self._coming += [(instant, data, source) for instant, data in datagrams]
        self._coming.sort(key=lambda item: item[0])

    def drain(self) -> list[Datagram]:
        now = self._now()
        come = [item for item in self._coming if item[0] <= now]
        self._coming = self._coming[len(come) :]
        admitted = [(instant, self.gate.admit(instant, data, source)) for instant, data, source in come]
        return [(instant, data) for instant, data in admitted if data is not None]
