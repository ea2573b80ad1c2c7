"""The options that Locust's command line and page have for phones: the words of `phone-recorder fleet`.

Locust sends them from its master to its workers, and its page sends text: so they stay text until a test begins.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from phone_recorder.adapters.record_client import resolve
from phone_recorder.bulk.fleet import words
from phone_recorder.bulk.fleet.plan import Bad, FleetPlan, parse_bad
from phone_recorder.bulk.media_impairments import Impairments
from phone_recorder.errors import UsageError
from phone_recorder.recording.server_destination import TERMINATORS, ServerPolicy
from phone_recorder.recording.units import SECOND, from_seconds
from phone_recorder.wire.control import DEFAULT_PORT
from phone_recorder.wire.payload import PTIMES_MS
from phone_recorder.wire.printable import printable

SLOTS = 1024
"""Locust processes that can take part: each has every so-many-th call, so that no two of them make the same."""
_ANY = "any"
_MOST_SEED = 1 << 32
_MOST_JITTER = 10 * SECOND
_LEAST_TIMEOUT_S, _MOST_TIMEOUT_S = 0.5, 60.0
_SERVER = re.compile(r"(?:\[(?P<ipv6>[^\[\]]+)\]|(?P<host>[^:\[\]/\s]+))(?::(?P<port>[0-9]{1,5}))?")


class Option(NamedTuple):
    """`parse` makes of its text what a plan has, or raises UsageError.

    The help has no percent signs: argparse wants each twice, and Locust's page would show both.
    """

    name: str
    usual: str
    parse: Callable[[str], Any]
    metavar: str
    help: str
    choices: tuple[str, ...] = ()


def _jitter(text: str) -> int:
    units = words.parse_duration(text)
    if units > _MOST_JITTER:
        raise UsageError(f"jitter is at most {_MOST_JITTER // SECOND}s: packets that are later are no use to anybody")
    return units


def _timeout(text: str) -> int:
    units = words.parse_duration(text)
    if not from_seconds(_LEAST_TIMEOUT_S) <= units <= from_seconds(_MOST_TIMEOUT_S):
        raise UsageError(f"a server has from {_LEAST_TIMEOUT_S:g}s to {_MOST_TIMEOUT_S:g}s to answer")
    return units


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) < _MOST_SEED):
        raise UsageError(f"a seed is a whole number below {_MOST_SEED}, not {printable(text[:40])!r}")
    return int(text)


def _voice(text: str) -> str:
    if not text:
        raise UsageError("the voice is empty: write pattern, tone:440 or a file")
    return text


def _sources(text: str) -> tuple[str, ...]:
    return () if text == _ANY else words.parse_sources(text)


OPTIONS = (
    Option("source", _ANY, _sources, "ADDRESSES", "Call from these in turn; each worker has its own of them."),
    Option("talk", "60s", words.parse_durations, "TIME", "How long each call lasts: 60s, 30s-90s, or ~60s."),
    Option("rest", "1s", words.parse_durations, "TIME", "From one call of a phone to its next."),
    Option("codec", "PCMU", str, "CODEC", "Codec of the recordings.", ("PCMU", "PCMA", "G722")),
    Option("ptime", "20", int, "MS", "Milliseconds in a packet.", tuple(map(str, PTIMES_MS))),
    Option("voice", "pattern", _voice, "VOICE", "pattern, tone:HERTZ, or a file that each worker has."),
    Option("loss", "0%", words.parse_share, "SHARE", "Share of the packets that are lost."),
    Option("duplicate", "0%", words.parse_share, "SHARE", "Share of the packets that come twice."),
    Option("reorder", "0%", words.parse_share, "SHARE", "Share of the packets that come after later ones."),
    Option("jitter", "0s", _jitter, "TIME", "Each is delayed by up to so much, such as 20ms."),
    Option("bad", "0%", words.parse_share, "SHARE", "Share of the calls that stop badly."),
    Option("bad-ways", "all", parse_bad, "LIST", f"How: {', '.join(bad.value for bad in Bad)}."),
    Option("seed", "0", _seed, "N", "The same seed gives the same calls again."),
    Option("server-timeout", "5s", _timeout, "TIME", "How long the server may take to answer."),
    Option("terminator", "none", str, "END", "What ends the phones' control messages.", tuple(TERMINATORS)),
    Option("allow-foreign-media", "no", str, "YES", "Send RTP to another host if the server names one.", ("no", "yes")),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Let Locust's parser know them; it says itself what is wrong with one."""
    for option in OPTIONS:
        parser.add_argument(
            f"--{option.name}",
            default=option.usual,
            type=_checked(option.parse),
            metavar=option.metavar,
            choices=option.choices or None,
            help=f"{option.help} Usually {option.usual.rstrip('%')}.",
        )


def plan_of(options: Mapping[str, Any], host: str | None) -> FleetPlan:
    """What the phones do, by the texts of all OPTIONS; `host` is Locust's. UsageError if it makes no sense."""
    of = {option.name: _parsed(option, options) for option in OPTIONS}
    return FleetPlan(
        server=server_of(host),
        phones=SLOTS,
        impairments=Impairments(loss=of["loss"], duplicate=of["duplicate"], reorder=of["reorder"], jitter=of["jitter"]),
        ptime_ms=of["ptime"],
        bad_share=of["bad"],
        bad=of["bad-ways"],
        sources=of["source"],
        policy=ServerPolicy(TERMINATORS[of["terminator"]], of["allow-foreign-media"] == "yes", of["server-timeout"]),
        **{name: of[name] for name in ("talk", "rest", "codec", "seed")},
    )


def voice_word(options: Mapping[str, Any]) -> str:
    """The voice that was asked for."""
    return str(options["voice"])


def server_of(host: str | None) -> tuple[str, int]:
    """The IP address and port of `HOST:PORT`, `HOST` or `[IPv6]:PORT`; UsageError."""
    found = _SERVER.fullmatch(host.strip()) if host else None
    port = int(found["port"] or DEFAULT_PORT) if found else 0
    if not found or not 0 < port < 65536:
        said = f"{printable(host[:60])!r} is not one" if host else "none is named"
        raise UsageError(f"phones need a record server as Locust's host, and {said}: write -H HOST:PORT")
    name = found["ipv6"] or found["host"]
    try:
        return resolve(name, port)
    except UsageError:
        raise UsageError(f"there is no host {printable(name)!r}: check -H") from None


def _checked(parse: Callable[[str], Any]) -> Callable[[str], str]:
    def check(text: str) -> str:
        try:
            parse(text)
        except UsageError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
        return text

    return check


def _parsed(option: Option, options: Mapping[str, Any]) -> Any:
    text = str(options[option.name.replace("-", "_")])
    if option.choices and text not in option.choices:
        raise UsageError(f"--{option.name} is one of {', '.join(option.choices)}, not {printable(text[:40])!r}")
    try:
        return option.parse(text)
    except UsageError as error:
        raise UsageError(f"--{option.name}: {error}") from error
