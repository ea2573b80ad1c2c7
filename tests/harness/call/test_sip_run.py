"""The shell of a SIP call against a script: the ends that only a peer without manners brings about."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.errors import CallFailed
from phone_recorder.harness.call.outcome import Outcome
from phone_recorder.harness.call.request import CallRequest
from phone_recorder.harness.call.sip_plan import SipPlan
from phone_recorder.harness.call.sip_run import run_sip
from phone_recorder.recording.indicator import Indicator
from phone_recorder.settings.record import RecordSettings
from phone_recorder.sip.account import Account
from tests.phone.raw_peer import HOST, RawPeer, raw_peer


def call(peer: RawPeer, usb: Path, told: list[str] | None = None, **more: Any) -> Outcome:
    def watch(instant: int, screen: Indicator) -> None:
        """Nobody looks."""

    settings = RecordSettings(mode=more.pop("mode", "local"))
    request = CallRequest(settings=settings, usb=usb, duration_s=more.pop("duration_s", 30.0), near="tone:440")
    plan = SipPlan(Account("1001"), target=peer.uri, listen=(HOST, 0), **more)
    return run_sip(request, plan, usb, watch, told.append if told is not None else print)


def is_free(port: int) -> bool:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as trying:
        try:
            trying.bind((HOST, port))
        except OSError:
            return False
        return True


def audio_port(invite: str) -> int:
    return int(invite.partition("m=audio ")[2].split()[0])


def test_a_phone_that_records_to_its_drive_loads_no_server_and_no_database() -> None:
    program = (
        "import sys\nimport phone_recorder.cli.call_sip_request, phone_recorder.harness.call.sip_run\n"
        "print(sorted(name for name in sys.modules if name.startswith(('phone_recorder.server', 'phone_recorder.web',"
        " 'sqlite3', 'msgspec', 'psutil', 'pyudev', 'sounddevice', 'starlette'))))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.live
@pytest.mark.parametrize("mode", ["local", "sip_info"])
def test_a_peer_that_answers_and_hangs_up_at_once_has_been_called(tmp_path: Path, mode: str) -> None:
    """Its BYE is there before the recording has begun, or just after: there was a call, and nobody is to blame."""

    def script(peer: RawPeer) -> None:
        invite = peer.take("INVITE")
        peer.answer(invite, "200 OK", described=True)
        peer.ask("BYE", invite)
        peer.take("ACK")

    told: list[str] = []
    with raw_peer(script) as peer:
        outcome = call(peer, tmp_path, told, mode=mode)
    document = outcome.document()
    assert document["duration_s"] < 5
    assert (document["sip"]["status"], document["sip"]["ended_by"]) == (200, "peer")
    assert {recording["state"] for recording in document["recordings"]} <= {"recorded", "cancelled"}
    assert told == [f"calling {peer.uri}", "the other phone hung up"]


@pytest.mark.live
def test_a_peer_that_is_not_there_any_more_when_we_hang_up(tmp_path: Path) -> None:
    """Its answer to the BYE is waited for as long as a phone can be kept from being switched off, and no longer."""

    def script(peer: RawPeer) -> None:
        peer.answer(peer.take("INVITE"), "200 OK", described=True)
        peer.take("BYE")

    with raw_peer(script) as peer:
        document = call(peer, tmp_path, duration_s=0.5).document()
    assert document["recordings"][0]["state"] == "recorded"
    assert document["duration_s"] == 0.5
    assert (document["sip"]["status"], document["sip"]["ended_by"]) == (200, "us")


@pytest.mark.live
def test_when_the_call_ends_the_sip_server_is_asked_for_nothing_before_the_bye_or_after(tmp_path: Path) -> None:
    seen: list[str] = []

    def script(peer: RawPeer) -> None:
        peer.answer(peer.take("INVITE"), "200 OK", described=True)
        while "BYE" not in seen:
            request = peer.take("")
            seen.append(request.split()[0])
            if seen[-1] != "ACK":
                peer.answer(request, "200 OK")

    with raw_peer(script) as peer:
        document = call(peer, tmp_path, mode="sip_info", duration_s=0.6).document()
    assert seen == ["ACK", "INFO", "BYE"]
    assert document["recordings"][0]["state"] == "recorded"


@pytest.mark.live
@pytest.mark.parametrize("status", ["486 Busy Here", "503 Service Unavailable", "302 Moved Temporarily"])
def test_a_call_that_is_refused_leaves_no_port_and_no_file(tmp_path: Path, status: str) -> None:
    ports: list[int] = []

    def script(peer: RawPeer) -> None:
        invite = peer.take("INVITE")
        ports.append(audio_port(invite))
        peer.answer(invite, status)
        peer.take("ACK")

    with raw_peer(script) as peer, pytest.raises(CallFailed, match=status.split()[0]):
        call(peer, tmp_path, save_far=tmp_path / "far.wav")
    assert is_free(ports[0])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.live
def test_an_answer_without_audio_is_no_call(tmp_path: Path) -> None:
    ports: list[int] = []

    def script(peer: RawPeer) -> None:
        invite = peer.take("INVITE")
        ports.append(audio_port(invite))
        peer.answer(invite, "200 OK")
        peer.take("ACK")
        peer.answer(peer.take("BYE"), "200 OK")

    with raw_peer(script) as peer, pytest.raises(CallFailed, match="did not say how audio goes"):
        call(peer, tmp_path)
    assert is_free(ports[0])
    assert list(tmp_path.iterdir()) == []
