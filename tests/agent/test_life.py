from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from phone_recorder.adapters.journal import Log
from phone_recorder.adapters.record_reader import open_record
from phone_recorder.adapters.settings_file import load
from phone_recorder.agent.life import BUG, AgentFailed, live
from phone_recorder.agent.plan import AgentPlan
from phone_recorder.errors import UsageError
from phone_recorder.settings.phone import PhoneSettings
from tests.adapters.short_path import short_path
from tests.agent.agent_runs import until
from tests.agent.daemon_rig import plan_in
from tests.agent.life_rig import Systemd, asked, lived, send
from tests.system.aftermath import in_order

WATCHDOG_US = 100_000


@pytest.fixture
def home() -> Iterator[Path]:
    with short_path() as directory:
        yield directory


@pytest.fixture
def systemd(home: Path) -> Systemd:
    return Systemd(home)


def test_systemd_hears_of_the_start_a_reload_and_the_end(home: Path, systemd: Systemd) -> None:
    heard = []

    def beside() -> None:
        before = time.monotonic_ns() // 1000
        send(signal.SIGHUP)
        heard.extend([systemd.hear(), systemd.hear()])
        assert before <= int(heard[0]["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000
        send(signal.SIGTERM)
        heard.append(systemd.hear())

    lived(plan_in(home), systemd, beside)
    assert heard[0]["RELOADING"] == "1" and heard[1]["READY"] == "1" and heard[2] == {"STOPPING": "1"}


def test_the_watchdog_is_told_twice_in_its_time(home: Path) -> None:
    systemd = Systemd(home, WATCHDOG_US)
    times = []

    def beside() -> None:
        for _ in range(11):
            assert systemd.hear_of("WATCHDOG") == {"WATCHDOG": "1"}
            times.append(time.monotonic())

    lived(plan_in(home), systemd, beside)
    # The first may have waited for us to listen. A machine that is busy may be late, and is never early.
    assert times[-1] - times[1] >= 8.5 * WATCHDOG_US / 2_000_000


def reloaded(plan: AgentPlan, systemd: Systemd, text: str) -> str:
    """What is logged by an agent whose file says this when it is told to reload, and which then records by itself."""
    assert plan.file
    config = plan.file

    def beside() -> None:
        config.write_text(text)
        send(signal.SIGHUP)
        systemd.hear_of("READY")
        asked(plan, "call.start")
        assert asked(plan, "record.get")["key"] == "recording"

    return lived(plan, systemd, beside, lambda: load(config))


def test_a_reload_takes_what_the_file_says_now(home: Path, systemd: Systemd) -> None:
    said = reloaded(plan_in(home, file="phone.toml"), systemd, "[record]\nauto = true\n")
    assert "notice: the settings were read again" in said


def test_a_reload_of_what_cannot_be_keeps_what_there_was_and_says_why(home: Path, systemd: Systemd) -> None:
    plan = plan_in(home, "record.auto=on", file="phone.toml")
    said = reloaded(plan, systemd, '[record]\nmode = "tape"\n')
    assert "error: the settings stay as they were: " in said and "phone.toml, line 2, record.mode" in said


def test_two_signals_end_it_as_one_does(home: Path, systemd: Systemd) -> None:
    def beside() -> None:
        send(signal.SIGINT)
        send(signal.SIGTERM)

    plan = plan_in(home)
    assert "notice: the agent has ended" in lived(plan, systemd, beside)
    assert not plan.socket.exists()


def test_a_second_agent_in_the_same_runtime_directory_touches_nothing(home: Path, systemd: Systemd) -> None:
    plan = plan_in(home)

    def beside() -> None:
        asked(plan, "call.start")
        before = plan.state.read_bytes()
        with pytest.raises(UsageError, match="another program does already: end that, or name another path"):
            live(plan, PhoneSettings, Log(StringIO()), {})
        assert plan.state.read_bytes() == before
        assert len(asked(plan, "call.list")["calls"]) == 1

    lived(plan, systemd, beside)


def test_an_agent_that_cannot_start_says_why_and_the_next_one_can(home: Path, systemd: Systemd) -> None:
    plan = plan_in(home)
    plan.socket.touch()
    with pytest.raises(UsageError, match="it is no socket: remove it, or name another path"):
        live(plan, PhoneSettings, Log(StringIO()), {})
    plan.socket.unlink()
    assert "notice: the agent has ended" in lived(plan, systemd, lambda: None)


@pytest.mark.parametrize("group", ["no-such-group", "99999999999"])
def test_a_group_that_cannot_be_had_keeps_no_agent_from_starting_and_it_says_why(
    home: Path, systemd: Systemd, group: str
) -> None:
    plan = plan_in(home, f"agent.group={group}")
    sentence = f"there is no group '{group}' on this machine: name one that is in /etc/group"

    def beside() -> None:
        assert plan.socket.stat().st_gid == os.getegid()
        assert asked(plan, "status.get")["problem"] == sentence
        asked(plan, "settings.set", values={"agent.group": ""})
        assert sentence not in asked(plan, "status.get")["problem"]

    assert f"warning: {sentence}" in lived(plan, systemd, beside)


def test_a_reload_takes_the_lamp_that_is_there_by_then(home: Path, systemd: Systemd) -> None:
    plan = plan_in(home, "agent.lamp=no-such-lamp", file="phone.toml")
    assert plan.file

    def beside() -> None:
        assert "no-such-lamp" in asked(plan, "status.get")["problem"]
        config.write_text("")
        send(signal.SIGHUP)
        systemd.hear_of("READY")
        assert asked(plan, "status.get")["problem"] == ""

    config = plan.file
    lived(plan, systemd, beside, lambda: load(config))


def with_a_bug() -> PhoneSettings:
    raise ZeroDivisionError("a line\nof more")


def meet_a_bug(systemd: Systemd) -> None:
    """Heard of before the end is asked for: of two signals that come together, either may be heard first."""
    send(signal.SIGHUP)
    systemd.hear_of("RELOADING")


def record_until_a_bug(plan: AgentPlan, systemd: Systemd) -> None:
    asked(plan, "call.start")
    asked(plan, "record.press", event="start")
    assert plan.usb
    until(lambda: b"Record_" in plan.state.read_bytes())
    meet_a_bug(systemd)


def test_a_bug_ends_it_with_the_file_saved_the_state_kept_and_a_line_for_who_mends_it(
    home: Path, systemd: Systemd
) -> None:
    plan = plan_in(home)
    assert plan.usb
    with pytest.raises(AgentFailed, match=BUG):
        lived(plan, systemd, lambda: record_until_a_bug(plan, systemd), with_a_bug)
    [path] = in_order(plan.usb)
    with open_record(path) as record:
        assert record.examination.problems == ()
    assert path.name.encode() in plan.state.read_bytes()
    (home / "notify").unlink()
    said = lived(plan, Systemd(home), lambda: until(lambda: asked(plan, "record.get")["recordings"]))
    assert "its recording goes on" in said


def test_a_bug_is_logged_with_its_places_on_one_line(home: Path, systemd: Systemd) -> None:
    said = StringIO()
    with pytest.raises(AgentFailed):
        lived(plan_in(home), systemd, lambda: meet_a_bug(systemd), with_a_bug, said)
    [line] = [line for line in said.getvalue().splitlines() if BUG in line]
    assert line.startswith("error: ") and "ERROR=ZeroDivisionError" in line and 'AT="test_life.py:' in line
    assert "of more" in line
