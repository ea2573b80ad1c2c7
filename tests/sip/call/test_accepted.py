"""A 2xx is given again until its ACK comes, T1, 2 T1 ... T2 apart, for 64 T1 (RFC 3261 section 13.3.1.4)."""

from __future__ import annotations

from phone_recorder.sip.call.accepted import Accepted
from phone_recorder.sip.messages.message import Response
from phone_recorder.sip.timers import VirtualTimers


class Bench:
    def __init__(self) -> None:
        self.timers = VirtualTimers()
        self.sent: list[float] = []
        self.missing: list[float] = []
        self.accepted = Accepted(
            self.timers,
            lambda response: self.sent.append(self.timers.now()),
            Response(status_code=200),
            lambda: self.missing.append(self.timers.now()),
            0.5,
            4.0,
        )


def test_it_is_repeated_slower_and_slower_and_given_up() -> None:
    bench = Bench()
    bench.timers.advance(100)
    assert bench.sent == [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert bench.missing == [32.0]
    assert bench.timers.waiting == 0


def test_an_ack_ends_it() -> None:
    bench = Bench()
    bench.timers.advance(2)
    bench.accepted.stop()
    bench.timers.advance(100)
    assert (bench.sent, bench.missing, bench.timers.waiting) == ([0, 0.5, 1.5], [], 0)
