from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.errors import DriveFull, DriveGone, UsageError
from phone_recorder.harness.call.links import MemoryMixLink
from phone_recorder.harness.call.network import Impairment
from phone_recorder.harness.call.outcome import Outcome
from phone_recorder.harness.call.request import CallRequest
from phone_recorder.harness.call.stage import Stage
from phone_recorder.models import MODELS
from phone_recorder.recording.account import Account, Part
from phone_recorder.recording.server_destination import Closed, LinkEvent, Opened, ServerPolicy
from phone_recorder.settings.record import RecordSettings, ServerSettings
from phone_recorder.wire.payload import G722
from phone_recorder.wire.record_file import RecordHeader
from tests.record_bytes import record, speech
from tests.signals import write


def stage(request: CallRequest, **more: object) -> Stage:
    clock = VirtualClock(datetime(2024, 1, 31, 12))
    made = Stage(request, clock, MemoryMixLink(clock), live=False, **more)  # type: ignore[arg-type]
    made.begin()
    return made


def run(made: Stage, seconds: float = 20) -> Outcome:
    now = 0
    while not made.call.over and now < seconds * 8000:
        now += 160
        made.call.advance(now)
    return Outcome(made.request, made.call, {})


def test_a_call_lasts_as_long_as_asked_or_as_the_longer_voice_or_10_s(tmp_path: Path) -> None:
    short = str(write(tmp_path / "short", record(speech(1600), b"PCMU", 160, 160)))
    long = str(write(tmp_path / "long", record(speech(8000), b"PCMU", 160, 160)))
    assert CallRequest().length_s == 10
    assert CallRequest(near=short).length_s == 0.2
    assert CallRequest(near=short, far=long).length_s == 1
    assert CallRequest(near=short, far=long, duration_s=3).length_s == 3


def test_the_head_of_the_files() -> None:
    request = CallRequest(settings=RecordSettings(codec="G722", ptime_ms=30))
    assert request.header == RecordHeader(G722, 240, 240)


def test_a_stick_is_looked_at_before_the_call(tmp_path: Path) -> None:
    with pytest.raises(DriveGone):
        stage(CallRequest(usb=tmp_path / "none"))
    with pytest.raises(DriveFull):
        stage(CallRequest(usb=tmp_path, usb_size=1000))
    with pytest.raises(UsageError, match="the call is over after 1 s"):
        stage(CallRequest(usb=tmp_path, duration_s=1, keys="2 record"))
    assert list(tmp_path.iterdir()) == []


def test_a_call_onto_the_stick(tmp_path: Path) -> None:
    outcome = run(stage(CallRequest(usb=tmp_path, duration_s=1)))
    assert outcome.recorded
    document = outcome.document()
    [recording] = document["recordings"]
    assert datetime.fromisoformat(recording["started_at"]) == datetime(2024, 1, 31, 12).astimezone()
    assert recording["parts"][0]["path"] == str(tmp_path / "Record_20240131120000.wav")
    assert len(recording["id"]) == 32
    assert (document["duration_s"], document["screen"][0]) == (
        1.0,
        {"t": 0.0, "icon": "idle", "timer": "00:00", "prompt": "", "lamp": "off", "left": ""},
    )


def test_a_model_without_usb_touches_none(tmp_path: Path) -> None:
    outcome = run(stage(CallRequest(MODELS["BX4"], usb=tmp_path / "none", duration_s=1)))
    assert not outcome.recorded
    assert outcome.call.indicator.prompt == "Recording failed: BX4 cannot record to USB"


def test_a_drive_that_goes_in_mid_call(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    made = stage(CallRequest(usb=stick, duration_s=5))
    run(made, seconds=1)
    stick.rename(tmp_path / "pulled")
    stick.mkdir()
    outcome = run(made)
    [account] = outcome.call.recorder.accounts
    assert (account.state, outcome.recorded) == ("cut short", False)
    assert account.reason == f"the drive at {stick} is not the one that was there before"
    assert list(stick.iterdir()) == []
    # Noticed within the second, although the call went on to its end.
    assert account.recorded <= 2 * 8000
    assert outcome.document()["screen"][-1]["t"] <= 2


class Link:
    """A way to a server that takes the connection and, unless it is patient, then closes it."""

    def __init__(self, patient: bool = True) -> None:
        self.sent = b""
        self._patient = patient
        self._coming: list[LinkEvent] = [Opened("192.0.2.7")]

    def open(self) -> None:
        """Nothing to do."""

    def events(self) -> Iterator[LinkEvent]:
        while self._coming:
            yield self._coming.pop(0)
            if not self._patient:
                yield Closed("it had enough")

    def send(self, data: bytes) -> None:
        self.sent += data

    def media_to(self, host: str, port: int) -> None:
        raise AssertionError("nobody accepted")

    def send_media(self, packets: list[bytes]) -> None:
        raise AssertionError("nobody accepted")

    def close(self) -> None:
        """Nothing to give back."""


def test_what_a_server_is_asked() -> None:
    link = Link()
    request = CallRequest(
        settings=RecordSettings(mode="server", codec="PCMA"),
        direction="in",
        remote_number="2002",
        remote_name="A&B",
        local_number="1",
        local_name="我",
        duration_s=1,
    )
    made = stage(request, server_link=lambda: link)
    run(made, seconds=0.5)
    [account] = made.call.recorder.accounts
    assert link.sent.decode() == (
        f"cmd=RecordStartRequest&id={account.id}&device=001122334455&remote_number=2002&remote_name=A%26B"
        "&local_number=1&local_name=我&dir=in&codec=PCMA"
    )


def test_how_a_server_is_spoken_to() -> None:
    assert CallRequest().server == ServerPolicy(b"", False, 5 * 8000)
    settings = ServerSettings(terminator="CRLF", foreign_media=True, timeout_ms=500)
    assert CallRequest(settings=RecordSettings(server=settings)).server == ServerPolicy(b"\r\n", True, 4000)


def test_a_server_is_spoken_to_and_tried_again_as_the_settings_say() -> None:
    links: list[Link] = []

    def link() -> Link:
        links.append(Link(patient=False))
        return links[-1]

    server = ServerSettings(terminator="LF", retries=2, retry_after_ms=100)
    made = stage(CallRequest(settings=RecordSettings(mode="server", server=server), duration_s=1), server_link=link)
    outcome = run(made)
    assert [account.state for account in outcome.call.recorder.accounts] == ["failed"] * 3
    assert [each.sent[-6:] for each in links] == [b"=PCMU\n"] * 3
    assert not outcome.recorded


def test_only_the_far_party_is_behind_the_network(tmp_path: Path) -> None:
    request = CallRequest(usb=tmp_path, duration_s=2, near="silence", far="tone:440", impairment=Impairment(loss=1.0))
    outcome = run(stage(request))
    [recording] = outcome.document()["recordings"]
    received = {stream["name"]: stream["received"] for stream in recording["streams"]}
    assert (received["near"], received["far"], recording["gaps_s"]) == (100, 0, {"far": 2.0})


@pytest.mark.parametrize(
    ("states", "recorded"),
    [
        ([], False),
        (["recorded"], True),
        (["recorded", "cancelled"], True),
        (["cancelled"], False),
        (["recorded", "cut short"], False),
        (["recorded", "failed"], False),
        (["failed"], False),
    ],
)
def test_a_call_is_recorded_if_something_was_and_nothing_went_wrong(
    tmp_path: Path, states: list[str], recorded: bool
) -> None:
    made = stage(CallRequest(usb=tmp_path))
    made.call.recorder.accounts += [Account(str(n), "local", "PCMU", state) for n, state in enumerate(states)]
    assert Outcome(made.request, made.call, {}).recorded == recorded


def test_what_the_embedded_server_stored_is_part_of_the_account(tmp_path: Path) -> None:
    made = stage(CallRequest(usb=tmp_path))
    made.call.recorder.accounts.append(Account("00ff", "server", "PCMU", "recorded"))
    part = Part("Record_1.wav", 236, 1, 0.02)
    document = Outcome(made.request, made.call, {"00ff": Account("00ff", "server", "PCMU", parts=(part,))}).document()
    assert document["recordings"][0]["parts"] == [
        {"path": "Record_1.wav", "bytes": 236, "packets": 1, "duration_s": 0.02}
    ]


@pytest.mark.parametrize(("enabled", "states"), [(True, ["recorded"]), (False, [])])
def test_a_recording_that_starts_with_the_call(tmp_path: Path, enabled: bool, states: list[str]) -> None:
    settings = RecordSettings(auto=True, enabled=enabled)
    outcome = run(stage(CallRequest(usb=tmp_path, duration_s=1, keys="", settings=settings)))
    assert [account.state for account in outcome.call.recorder.accounts] == states
    assert {screen.prompt for _, screen in outcome.call.indicators if "off" in screen.prompt} == set()


def test_where_recording_is_switched_off_a_key_is_told_where_it_is_switched_on(tmp_path: Path) -> None:
    outcome = run(stage(CallRequest(usb=tmp_path, duration_s=1, settings=RecordSettings(enabled=False))))
    prompts = [screen.prompt for _, screen in outcome.call.indicators]
    assert "Recording is switched off: switch it on in Applications > Record manager" in prompts
    assert (outcome.call.recorder.accounts, list(tmp_path.iterdir())) == ([], [])


@pytest.mark.parametrize("tone", [False, True])
def test_the_record_tone_is_in_what_is_recorded_where_it_is_set(tmp_path: Path, tone: bool) -> None:
    settings = RecordSettings(tone=tone)
    run(stage(CallRequest(usb=tmp_path, duration_s=1, near="silence", far="silence", settings=settings)))
    [path] = tmp_path.iterdir()
    assert (set(path.read_bytes()[76 : 76 + 4000]) != {0xFF}) is tone
    assert set(path.read_bytes()[76 + 4000 :]) == {0xFF}
