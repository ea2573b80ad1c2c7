"""What a call is made of: its ports, its streams, and where its recordings go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from phone_recorder import control_api as api
from phone_recorder.errors import UsageError
from phone_recorder.recording.record_key import Event, Key
from phone_recorder.recording.server_destination import Opened
from phone_recorder.settings.agent import AgentSettings
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.record import RecordSettings, ServerSettings
from phone_recorder.wire import control
from tests.agent.lives import Life
from tests.recording.scripted_server import Link
from tests.recording.streams import FRAME, SECOND

SERVER = ServerSettings("192.0.2.1", terminator="LF")


def life(tmp_path: Path, **record: Any) -> Life:
    return Life(tmp_path / "stick", **record)


def test_a_call_is_as_the_phones_program_has_said(tmp_path: Path) -> None:
    alive = life(tmp_path)
    alive.clock.advance(SECOND)
    call = alive.begin(
        remote_number="1002",
        remote_name="Bob",
        local_number="77",
        local_name="Desk",
        direction="in",
        rtp="legs",
        codec="PCMA",
        held=True,
    )
    assert call.told(3 * SECOND, current=True) == api.ObservedCall(
        state="held",
        direction="in",
        number="1002",
        name="Bob",
        seconds=2.0,
        codec="PCMA",
        id="1",
        rtp="legs",
        host="127.0.0.1",
        ports={"near": 40000, "far": 40002},
        local_number="77",
        local_name="Desk",
        current=True,
    )


def test_what_was_not_said_of_this_side_is_what_is_set(tmp_path: Path) -> None:
    told = life(tmp_path).begin().told(0)
    assert (told.local_number, told.local_name, told.state, told.ports) == (
        PhoneSettings().local_number,
        PhoneSettings().local_name,
        "connected",
        {"mixed": 40000},
    )


@pytest.mark.parametrize(("rtp", "streams"), [("mixed", ["mixed"]), ("legs", ["near", "far"])])
def test_if_one_port_is_missing_none_is_kept(tmp_path: Path, rtp: str, streams: list[str]) -> None:
    alive = life(tmp_path)
    last = dict(zip(streams, (40000, 40001), strict=False))
    alive.ports.taken.add([*last.values()][-1])
    told = api.ObservedCall(id="1", rtp=rtp, host="127.0.0.1", ports=last)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="is taken"):
        alive.maker.make(told, 0, alive.settings)
    assert all(port.closed for port in alive.ports.opened.values())


def test_ports_of_streams_that_the_call_has_not_are_not_opened(tmp_path: Path) -> None:
    alive = life(tmp_path)
    told = api.ObservedCall(id="1", host="127.0.0.1", ports={"near": 41000, "mixed": 41002})
    call = alive.maker.make(told, 0, alive.settings)
    assert (call.told(0).ports, [*alive.ports.opened]) == ({"mixed": 41002}, [41002])


def test_a_call_that_goes_on_keeps_what_was_set_when_it_began(tmp_path: Path) -> None:
    alive = life(tmp_path)
    settings = replace(alive.settings, agent=AgentSettings(rtp_host="192.0.2.9"))
    with pytest.raises(UsageError, match=r"192\.0\.2\.9"):
        alive.maker.begin(api.BeginCall(), "1", settings)
    call = alive.begin()
    alive.settings = replace(alive.settings, record=RecordSettings(mode="server", server=SERVER))
    call.press(0, Event.PRESS)
    assert (call.recorder.accounts[0].mode, alive.links) == ("local", [])


@pytest.mark.parametrize(("mode", "tick_ms"), [("local", 200), ("server", 20)])
def test_a_server_is_served_more_often_than_a_file(tmp_path: Path, mode: str, tick_ms: int) -> None:
    alive = life(tmp_path, mode=mode, server=SERVER)
    call = alive.begin()
    call.press(0, Event.PRESS)
    assert call.due == FRAME
    call.advance(FRAME)
    assert call.due == FRAME + tick_ms * 8


def test_each_recording_has_an_id_of_its_own_and_the_local_time(tmp_path: Path) -> None:
    alive = life(tmp_path)
    call = alive.begin()
    for _ in range(4):
        alive.clock.advance(SECOND)
        call.press(alive.clock.now(), Event.PRESS)
    one, two = call.recorder.accounts
    assert one.id != two.id
    assert len(one.id) == len(two.id) == 32
    assert int(one.id, 16) >= 0
    assert (one.started_at[:23], two.started_at[:23]) == ("2024-01-31T12:00:01.000", "2024-01-31T12:00:03.000")
    assert one.started_at[23] in "+-"


def start_request(link: Link) -> control.StartRequest:
    asked = control.parse(link.sent.splitlines()[0])
    assert isinstance(asked, control.StartRequest)
    return asked


def test_a_record_server_is_told_whose_call_it_is_as_it_was_told_last(tmp_path: Path) -> None:
    alive = life(tmp_path, mode="server", server=SERVER, codec="PCMA")
    alive.begin(remote_number="999", direction="in", remote_name="N" * 200, local_number="L" * 200)
    call = alive.calls.find("1")
    call.change(number="1002")
    call.press(0, Event.PRESS)
    [link] = alive.links
    link.coming.append(Opened("192.0.2.1"))
    call.advance(FRAME)
    asked = start_request(link)
    assert (asked.id, asked.device) == (call.recorder.accounts[0].id, PhoneSettings().device)
    assert (asked.remote_number, asked.remote_name, asked.dir) == ("1002", "N" * 200, "in")
    assert (asked.local_number, asked.codec) == ("L" * 200, "PCMA")


def test_without_a_server_a_recording_has_failed_and_says_what_to_do(tmp_path: Path) -> None:
    alive = life(tmp_path, mode="server", server=ServerSettings())
    call = alive.begin()
    call.press(0, Event.PRESS)
    account = call.recorder.accounts[0]
    assert (account.state, account.reason) == ("failed", "no record server is set: set server.host")
    assert (call.due, call.recorder.key) == (None, Key.IDLE)


def test_a_lost_server_is_tried_again_as_often_as_is_set(tmp_path: Path) -> None:
    alive = life(tmp_path, mode="server", server=ServerSettings(retries=2, retry_after_ms=1000))
    call = alive.begin()
    alive.press(0, call)
    alive.until(10 * SECOND)
    assert len(call.recorder.accounts) == 3
    assert call.due is None


def test_where_the_sip_server_records_the_agent_says_that_it_cannot_ask(tmp_path: Path) -> None:
    call = life(tmp_path, mode="sip_info").begin()
    call.press(0, Event.PRESS)
    account = call.recorder.accounts[0]
    assert account.state == "failed"
    assert account.reason.startswith("the agent is in no SIP call: ")
    assert call.due is None


def test_switched_off_no_key_starts_a_recording(tmp_path: Path) -> None:
    call = life(tmp_path, enabled=False).begin()
    call.press(0, Event.PRESS)
    assert call.recorder.accounts == []
