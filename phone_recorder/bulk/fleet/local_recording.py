"""One call of a fleet in mode local: what its two legs are to say, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from phone_recorder.adapters.udp import Address
from phone_recorder.bulk.fleet.local_messages import Check, Leg, Say
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.script import Call
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.bulk.live import Begun
from phone_recorder.bulk.mixed_frames import LEGS
from phone_recorder.bulk.recorder import NAMES
from phone_recorder.recording.account import Account, StreamCounts
from phone_recorder.recording.units import from_ms
from phone_recorder.wire.rtp import TIMESTAMP_MASK

LEAD = from_ms(100)
"""From the start of a recording to its first packet: the sender must have heard of it."""
TAIL = from_ms(100)
"""From the last packet, as late as the impairments may make it, to the stop."""
_SPREAD = 0x9E3779B1
_ALL_KNOWN = 1 << 40


def flows_of(call: Call) -> tuple[int, int]:
    """The legs of a call; no two calls of a fleet have one in common."""
    return LEGS * call.flow, LEGS * call.flow + 1


def ssrcs_of(plan: FleetPlan, call: Call) -> tuple[int, int]:
    """The SSRC of each leg; none has that of another call."""
    near, far = ((flow * _SPREAD + plan.seed) & TIMESTAMP_MASK for flow in flows_of(call))
    return near, far


def keys_of(call: Call) -> tuple[int, int]:
    """What decides the losses of each leg."""
    # Half a period of the generator apart, so that the one never draws what the other does.
    return call.key, call.key ^ 1 << 63


@dataclass(slots=True)
class Recording:
    """A call that is recorded. `account` is there when it has ended, `said` of each leg that has."""

    phone: int
    call: Call
    number: int
    """The recorder's, until it has ended."""
    account: Account
    talks: bool = False
    stop_at: int = 0
    stopped_at: int | None = None
    ended: bool = False
    given_up: bool = False
    said: dict[int, Totals] = field(default_factory=dict)

    @property
    def all_said(self) -> bool:
        """Whether nothing more is said."""
        return not self.talks or len(self.said) == LEGS

    @property
    def packets(self) -> Totals:
        """That its legs have said."""
        return Totals.together(self.said.values())

    @property
    def lost(self) -> int:
        """Packets that were sent to the recorder, and did not come, or too late; a copy is none of its own."""
        return sum(max(_sent(self.said[flow]) - _placed(counts), 0) for flow, counts in self._legs())

    @property
    def late(self) -> int:
        """Of those, the ones that came, and too late."""
        return min(sum(counts.late for _, counts in self._legs()), self.lost)

    def check(self, plan: FleetPlan) -> Check:
        """What there is to be looked at."""
        gaps = self.account.gaps
        listed = gaps.count == len(gaps.gaps)
        known = _ALL_KNOWN if listed else gaps.gaps[-1].start // plan.frame
        near, far = (
            Leg(
                flow,
                self.said[flow].said,
                _placed(counts),
                self._gaps(name, plan.frame),
                known,
                _moves(counts),
                counts.duplicate,
            )
            for name, (flow, counts) in zip(NAMES, self._legs(), strict=True)
        )
        return Check(tuple(part.path for part in self.account.parts), (near, far), self.account.state == "recorded")

    def _legs(self) -> list[tuple[int, StreamCounts]]:
        """Those that have talked."""
        flows = flows_of(self.call) if self.said else ()
        return [(flow, self.account.streams[name]) for flow, name in zip(flows, NAMES, strict=False)]

    def _gaps(self, name: str, frame: int) -> tuple[tuple[int, int], ...]:
        gaps = (gap for gap in self.account.gaps.gaps if gap.stream == name)
        return tuple((gap.start // frame, gap.length // frame) for gap in gaps)


def legs_of(plan: FleetPlan, call: Call, begun: Begun, now: int) -> list[Say]:
    """What is said of a call whose recording begins now: for as long as it lasts, a packet at the least."""
    addresses: tuple[Address, Address] = begun.near, begun.far
    packets = max(call.talk // plan.frame, 1)
    # Not all phones speak at one instant of each frame.
    return [
        Say(flow, ssrc, call.sequence, call.timestamp, address, now + LEAD + ssrc % plan.frame, packets, key)
        for flow, ssrc, address, key in zip(flows_of(call), ssrcs_of(plan, call), addresses, keys_of(call), strict=True)
    ]


def length_of(plan: FleetPlan, call: Call) -> int:
    """Units from the start of a recording to its stop, so that all that is said comes before."""
    impairments = plan.impairments
    late = impairments.jitter + (impairments.behind * plan.frame + 1 if impairments.reorder else 0)
    return LEAD + plan.frame + max(call.talk, plan.frame) + late + TAIL


def _sent(said: Totals) -> int:
    return said.said - said.dropped - said.unsent


def _placed(counts: StreamCounts) -> int:
    return counts.received - counts.late - counts.bad - counts.other


def _moves(counts: StreamCounts) -> int:
    return counts.drifts + counts.jumps + counts.ssrc_changes
