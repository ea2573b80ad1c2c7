"""What happens in a scenario, in words: each action as a line of prose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from phone_recorder.harness.judging.lengths import length, number, size
from phone_recorder.harness.judging.texts import quoted
from phone_recorder.harness.scenario.actions import (
    Action,
    Change,
    ClockJump,
    Network,
    Press,
    RtpFault,
    ServerActs,
    SipActs,
    Standstill,
    Stick,
    Talk,
    Type,
)
from phone_recorder.recording.units import from_ms


def words(action: Action) -> str:
    """What is done, or how something is from now on."""
    return _WORDS[type(action)](action)


def server_words(acts: ServerActs) -> str:
    """How the record server is, after its name."""
    return _SERVER[acts.kind](acts)


def sip_words(acts: SipActs) -> str:
    """How the SIP server is, after its name."""
    if not acts.status:
        return "answers nothing"
    after = f" after {length(acts.delay)}" if acts.delay else ""
    return f"answers {acts.status} {acts.reason}".rstrip() + after


def network_words(network: Network) -> str:
    """What the network does, after its name."""
    impairment = network.impairment
    shares = {"loses": impairment.loss, "reorders": impairment.reorder, "duplicates": impairment.duplicate}
    does = [f"{does} {number(share * 100)} %" for does, share in shares.items() if share]
    if network.burst > 1 and impairment.loss:
        does[0] += f" in bursts of {network.burst}"
    does += [f"delays by up to {length(impairment.jitter)}"] if impairment.jitter else []
    does += [f"stalls for {length(network.stall)}"] if network.stall else []
    return ", ".join(does) or "delivers all"


def _talk(talk: Talk) -> str:
    if talk.what != "begin":
        return {"hold": "hold the call", "resume": "take the call back", "hang up": "hang up"}[talk.what]
    who = " ".join(filter(None, (talk.number, talk.name))) or "the same party"
    return f"a call begins, {'from' if talk.direction == 'in' else 'to'} {who}"


def _stick(stick: Stick) -> str:
    said = _STICK[stick.what]
    return said if isinstance(said, str) else said(stick)


def _slow(stick: Stick) -> str:
    return f"the stick takes {length(from_ms(stick.amount))} for each write" if stick.amount else "the stick is fast"


def _rtp(fault: RtpFault) -> str:
    return f"the {fault.leg} party {_RTP[fault.kind](fault)}"


def _clock(jump: ClockJump) -> str:
    return f"the clock leaps {'back' if jump.units < 0 else 'ahead'} by {length(abs(jump.units))}"


def _change(change: Change) -> str:
    return "set " + ", ".join(f"{key} to {text or 'nothing'}" for key, text in change.texts.items())


_WORDS: dict[type, Callable[[Any], str]] = {
    Press: lambda press: f"press {press.key}",
    Type: lambda typed: f"type {quoted(typed.text)}",
    Talk: _talk,
    Stick: _stick,
    ServerActs: lambda acts: f"the record server {server_words(acts)}",
    SipActs: lambda acts: f"the SIP server {sip_words(acts)}",
    Network: lambda network: f"the network {network_words(network)}",
    RtpFault: _rtp,
    ClockJump: _clock,
    Standstill: lambda stands: f"the phone stands still for {length(stands.units)}",
    Change: _change,
}
_STICK: dict[str, str | Callable[[Stick], str]] = {
    "plug": lambda stick: (
        f"plug the stick in{f', {size(stick.amount)} of {stick.file_system}' if stick.amount else ''}"
    ),
    "fill": lambda stick: f"fill the stick, {size(stick.amount) if stick.amount else 'nothing'} is left",
    "slow": _slow,
    "pull": "pull the stick out",
    "swap": "another stick, which is empty, takes the stick's place",
    "lock": "write-protect the stick",
    "unlock": "make the stick writable",
    "bad": "the stick reports an error at each sync",
    "bad once": "the stick reports an error at the next sync",
    "good": "the stick reports no more errors",
}
_SERVER: dict[str, Callable[[ServerActs], str]] = {
    "ours": lambda acts: "is ours",
    "refuse": lambda acts: f"refuses each start: {acts.text or 'no reason'}",
    "hang": lambda acts: "answers nothing",
    "reset": lambda acts: "resets each connection",
    "close": lambda acts: "closes each connection",
    "unreachable": lambda acts: "cannot be reached",
    "vanish": lambda acts: "vanishes, and what is sent to it comes nowhere",
    "answer": lambda acts: f"answers {quoted(acts.text)}",
    "split": lambda acts: f"answers in pieces of {acts.number} bytes",
    "restart": lambda acts: "restarts, and is ours",
}
_RTP: dict[str, Callable[[RtpFault], str]] = {
    "new ssrc": lambda fault: "goes on with a new SSRC",
    "jump timestamp": lambda fault: f"leaps by {fault.number} ({length(fault.number)}) in its timestamps",
    "jump sequence": lambda fault: f"leaps by {fault.number} in its sequence numbers",
    "reset": lambda fault: "begins anew with sequence number and timestamp 0",
    "wrong source": lambda fault: f"is spoken over by a stranger, for {fault.number} packets",
    "ptime": lambda fault: f"goes on in packets of {fault.number} ms",
    "codec": lambda fault: f"goes on in {fault.text}",
    "dtmf": lambda fault: f"dials {fault.text}",
    "comfort noise": lambda fault: f"sends comfort noise for {length(fault.number)}",
    "stop": lambda fault: "stops sending",
    "go on": lambda fault: "goes on sending",
    "stall": lambda fault: f"stalls for {length(fault.number)}",
    "malformed": lambda fault: f"sends {fault.number} malformed packets",
    "drift": lambda fault: f"has a clock that is {fault.number} ppm off",
}
