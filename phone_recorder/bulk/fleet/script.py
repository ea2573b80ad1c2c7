"""What each phone is, and what each of its calls is like: functions of the plan and of numbers alone.

So the same seed gives the same calls, in whatever order a server answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from phone_recorder.bulk.fleet.plan import Bad, FleetPlan
from phone_recorder.wire.control import StartRequest
from phone_recorder.wire.rtp import SEQUENCE_MASK, TIMESTAMP_MASK

_SPREAD = 0x9E3779B1
"""Odd: times it, numbers below 2^32 stay different from each other modulo 2^32 (Fibonacci hashing)."""
_LOCAL = 0x02
"""A MAC address that no manufacturer has given (IEEE 802, locally administered)."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `flow` is its number in the fleet; `talk` and the `rest` after it in units; `bad` if it stops badly.

    `key`, 63 bits, decides what its network does to each of its packets (`Media.begin`).
    """

    flow: int
    talk: int
    rest: int
    bad: Bad | None
    ssrc: int
    sequence: int
    timestamp: int
    incoming: bool
    key: int


def call_of(plan: FleetPlan, phone: int, number: int) -> Call:
    """Call `number`, from 0 on, of a phone. No two calls of a fleet have the same flow or SSRC."""
    random = Random(f"{plan.seed} {phone} {number}")
    flow = number * plan.phones + phone
    return Call(
        flow,
        plan.talk.draw(random),
        plan.rest.draw(random),
        random.choice(plan.bad) if random.random() < plan.bad_share else None,
        (flow * _SPREAD + plan.seed) & TIMESTAMP_MASK,
        random.getrandbits(32) & SEQUENCE_MASK,
        random.getrandbits(32),
        random.random() < 0.5,
        random.getrandbits(63),
    )


def request_of(plan: FleetPlan, phone: int, call: Call, run: str) -> StartRequest:
    """What the phone asks of the server. `run`, 16 hex digits, is another in each run: a server takes an id once."""
    return StartRequest(
        id=f"{run}{call.flow:016x}",
        device=device_of(phone),
        remote_number=f"9{call.flow:07d}",
        remote_name=f"Far party {call.flow + 1}",
        local_number=f"{1000 + phone}",
        local_name=f"Phone {phone + 1}",
        dir="in" if call.incoming else "out",
        codec=plan.payload.name,
    )


def device_of(phone: int) -> str:
    """The MAC address of a phone."""
    return f"{_LOCAL:02x}{phone:010x}"
