"""Cases played in real time: the same bytes as under the virtual clock, and what is only so in real time."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.call.network import Impairment
from phone_recorder.harness.evidence import Evidence
from phone_recorder.harness.playing.live import play_live
from phone_recorder.harness.scenario.actions import (
    Change,
    Network,
    Press,
    RtpFault,
    ServerActs,
    SipActs,
    Standstill,
    Stick,
    Talk,
)
from phone_recorder.harness.scenario.case import CallPlan, Case, PartyPlan
from tests.harness.playing.cases import RECORD, SEED, SERVER, SIP, audio, case, played, states

pytestmark = pytest.mark.live

SECOND = 8000
PAUSED = ((0.5, Press("record")), (1.0, Press("pause")), (1.6, Press("resume")), (2.4, Press("stop")))
SPOILT = Network(Impairment(loss=0.05, reorder=0.05, duplicate=0.05, jitter=240))
CASES: dict[str, Case] = {
    "stick": case(*PAUSED, length=3),
    "server": case(*PAUSED, length=3, settings=SERVER),
    "G722 and silence": case(*PAUSED, length=3, settings={"record.codec": "G722", "record.pause": "silence"}),
    "many parts": case(RECORD, length=3, settings={"record.size_limit": "4K", "record.ptime_ms": 10}),
    "a network": case(RECORD, length=3, network=SPOILT),
    "a network that changes": case(RECORD, (1.0, SPOILT), (2.0, Network()), length=3, settings=SERVER),
    "other packets": case(RECORD, (1.0, RtpFault("new ssrc")), (2.0, RtpFault("ptime", number=40)), length=3),
    "on hold": case(RECORD, (1.0, Talk("hold")), (2.0, Talk("resume")), length=3),
    "two calls": case(RECORD, (1.0, Talk("hang up")), (1.5, Talk("begin", "1003")), (1.7, Press("record")), length=2),
    "pieces": case(RECORD, length=3, settings=SERVER, server=ServerActs("split", number=30)),
    "a slow stick": case(RECORD, (1.0, Stick("slow", 300)), (2.0, Stick("slow", 0)), length=3),
    "a stick that fails once": case(RECORD, (1.0, Stick("bad once")), length=3),
    "a phone that stands still": case(RECORD, (1.013, Standstill(4000)), (1.2, Press("pause")), length=3),
    "a server that it stands still before": case(RECORD, (1.013, Standstill(4000)), length=3, settings=SERVER),
    "strangers": case(RECORD, (1.5, RtpFault("wrong source", number=10)), length=3, settings=SERVER),
    "a sip server": case((1, Press("record")), (2, Press("stop")), length=3, settings=SIP, sip=SipActs(delay=800)),
    "a server that resets": case(RECORD, (2, ServerActs("reset")), length=3, settings=SERVER),
    "a server that refuses": case(RECORD, length=3, settings=SERVER, server=ServerActs("refuse", "no licence")),
    "a server from the second call on": case(
        (0.5, Change(dict(SERVER))), (1.0, Talk("begin", "1003")), (1.1, Press("record")), call=CallPlan(0, first=False)
    ),
}
SAME_BYTES = [name for name in CASES if not re.search("resets|refuses|sip", name)]
KEPT = ("state", "reason", "codec", "duration_s", "paused_s", "gaps", "gaps_s", "foreign")
AT_ONCE = 6


@pytest.fixture(scope="module")
def in_real_time(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Evidence]:
    """What comes of all of them."""
    place = tmp_path_factory.mktemp("live")

    def play(number: int, of: Case) -> Evidence:
        (place / str(number)).mkdir()
        return play_live(of, SEED, place / str(number))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(CASES, pool.map(play, range(len(CASES)), CASES.values()), strict=True))


def essence(evidence: Evidence) -> list[dict[str, Any]]:
    """All of its recordings that must be the same under either clock."""
    return [
        {name: recorded.account.get(name) for name in KEPT}
        | {"start": recorded.start, "pauses": recorded.pauses, "files": [path.name for path in recorded.files]}
        | {"audio": audio(evidence, number)}
        for number, recorded in enumerate(evidence.recordings, 1)
    ]


@pytest.mark.parametrize("name", SAME_BYTES)
def test_it_is_the_same_in_real_time_to_the_byte(name: str, tmp_path: Path, in_real_time: dict[str, Evidence]) -> None:
    live, virtual = in_real_time[name], played(tmp_path, CASES[name])
    assert essence(live) == essence(virtual)
    assert all(len(recording["audio"]) > SECOND // 4 for recording in essence(live))
    assert live.said == virtual.said
    assert [file.name for file in live.end.files] == [file.name for file in virtual.end.files]


@pytest.mark.parametrize("name", CASES)
def test_the_same_messages_pass_in_real_time(name: str, tmp_path: Path, in_real_time: dict[str, Evidence]) -> None:
    assert messages(in_real_time[name]) == messages(played(tmp_path, CASES[name]))


def messages(evidence: Evidence) -> list[tuple[bool, str]]:
    """All that passed; the port of an answer is whichever is free."""
    return [(message.sent, re.sub(r"port=\d+", "port=", message.text)) for message in evidence.messages]


def test_a_server_that_goes_ends_the_recording_in_real_time(in_real_time: dict[str, Evidence]) -> None:
    evidence = in_real_time["a server that resets"]
    assert states(evidence) == ["cut short"]
    assert evidence.recordings[0].account["reason"].endswith("connection reset by peer")
    assert states(in_real_time["a server that refuses"]) == ["failed"]


def test_a_phone_that_stands_still_stands_still(in_real_time: dict[str, Evidence]) -> None:
    evidence = in_real_time["a phone that stands still"]
    # A key is answered when the phone goes on, and a step that its standing still has held up is said to be late.
    assert [instant for instant, text in evidence.happened if "pause" in text] == [8104 + 4000]
    [late] = [text for instant, text in evidence.happened if instant == 1.2 * SECOND]
    assert int(late.removesuffix(" ms late")) >= 300


def test_messages_have_the_instants_at_which_they_pass(in_real_time: dict[str, Evidence]) -> None:
    instants = [message.instant for message in in_real_time["a sip server"].messages]
    assert instants[0] == SECOND and instants[1] >= SECOND + 800
    server = [message.instant for message in in_real_time["server"].messages]
    assert server == sorted(server) and server[0] > SECOND // 2


def test_it_takes_as_long_as_it_takes_and_leaves_nothing_open(tmp_path: Path) -> None:
    before = threading.active_count()
    evidence = play_live(case(RECORD, length=0.5, settings=SERVER), SEED, tmp_path, keep=True)
    assert threading.active_count() == before
    assert {(one.transport, one.target[0]) for one in evidence.carried} == {
        ("UDP", "192.0.2.1"),
        ("UDP", "192.0.2.4"),
        ("TCP", "192.0.2.1"),
        ("TCP", "192.0.2.4"),
    }


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ((0.1, Stick("plug")), "the emulated stick is plugged in already"),
        ((0.1, RtpFault("wrong source", number=1)), "no record server listens now"),
    ],
)
def test_a_step_that_cannot_be_is_named_in_real_time(tmp_path: Path, step: tuple[float, Any], why: str) -> None:
    before = threading.active_count()
    with pytest.raises(UsageError, match=f"^case: {why}"):
        play_live(case(step), SEED, tmp_path)
    assert threading.active_count() == before


def test_a_voice_that_is_none_is_an_error_before_anything_is_played(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        play_live(case(far=PartyPlan("tone:nonsense")), SEED, tmp_path)


@pytest.mark.parametrize("at", [None, 0.1])
def test_no_server_vanishes_in_real_time(tmp_path: Path, at: float | None) -> None:
    vanish = ServerActs("vanish")
    steps, server = ((), vanish) if at is None else (((at, vanish),), ServerActs())
    with pytest.raises(UsageError, match="in real time no server can vanish: write live: false, or server: hang"):
        play_live(case(*steps, length=0.5, settings=SERVER, server=server), SEED, tmp_path)
