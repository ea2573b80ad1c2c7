"""The UDP port that a call's RTP comes to and goes from: one socket for both ways (symmetric RTP, RFC 4961).

It is an even port (RFC 3550 section 11). No RTCP is sent, and the odd port above it is not bound: nobody answers there.
"""

from __future__ import annotations

from phone_recorder.adapters.udp import TRIES, Address, PortRange, UdpPort
from phone_recorder.errors import UsageError
from phone_recorder.sip.audio.audio_plan import AudioPlan
from phone_recorder.sip.audio.rtp_gate import RtpGate
from phone_recorder.sip.tap import Tap


class RtpPort:
    """A bound port of `host`, of `ports` or of any; UsageError if there is none. `taps` see what is the call's."""

    def __init__(self, host: str, ports: PortRange | None = None, taps: tuple[Tap, ...] = ()) -> None:
        self._port = ports.open(host, even=True) if ports else _any_even(host)
        self._gate = RtpGate()
        self._taps = taps
        self.address: Address = self._port.address
        """Where it is bound."""

    @property
    def foreign(self) -> int:
        """Datagrams that were not the call's, dropped."""
        return self._gate.foreign

    @property
    def control(self) -> int:
        """RTCP packets that came, dropped."""
        return self._gate.control

    def follow(self, plan: AudioPlan, signalling_host: str) -> None:
        """Take and send what this plan says; `signalling_host` is the IP address that the call's SIP comes from."""
        self._gate.follow(plan, signalling_host)

    def send(self, packets: list[bytes]) -> None:
        """To the other phone, if it is to hear anything now."""
        target = self._gate.target
        if target is None:
            return
        self._port.send_to(packets, target)
        for tap in self._taps:
            for packet in packets:
                tap.packet("UDP", self.address, target, packet)

    def drain(self) -> list[tuple[int, bytes]]:
        """What has come of the other phone since: instant, and datagram with a static payload type."""
        out = []
        for instant, data, source in self._port.arrivals():
            admitted = self._gate.admit(instant, data, source)
            if admitted is not None:
                out.append((instant, admitted))
                for tap in self._taps:
                    tap.packet("UDP", source, self.address, data)
        return out

    def close(self) -> None:
        """Give the port back."""
        self._port.close()


def _any_even(host: str) -> UdpPort:
    odd: list[UdpPort] = []
    try:
        for _ in range(TRIES):
            port = UdpPort(host)
            if port.address[1] % 2 == 0:
                return port
            # Held meanwhile, lest it be given again.
            odd.append(port)
    finally:
        for port in odd:
            port.close()
    raise UsageError(f"no even UDP port of {host} is free")
