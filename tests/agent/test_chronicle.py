from __future__ import annotations

import re
from pathlib import Path

from phone_recorder import control_api as api
from phone_recorder.adapters.journal import Log
from phone_recorder.agent.chronicle import SETTLED_S, Chronicle
from tests.agent.daemon_rig import Rig, plan_in, rigged


def lines(rig: Rig, word: str) -> list[str]:
    return [line for line in rig.said.getvalue().splitlines() if word in line]


def test_each_recording_is_logged_once_when_it_begins_and_once_when_it_ends(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        call = rig.begin()
        rig.press("record")
        rig.send(call, 50)
        rig.press("record")
        rig.until(lambda: lines(rig, "has ended"))
        rig.ask(api.FinishCall())
        [begun], [ended] = lines(rig, "a recording has begun"), lines(rig, "the recording has ended")
        assert re.fullmatch(r"info: a recording has begun CALL=1 RECORDING=([0-9a-f]{32}) MODE=local", begun)
        assert "recorded" in ended and 'REASON="record key"' in ended and "FILES=1" in ended


def test_a_recording_that_fails_at_once_is_logged_as_a_warning(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path, "record.mode=server")) as rig:
        rig.begin()
        rig.press("record")
        [ended] = lines(rig, "the recording has ended")
        assert ended.startswith("warning: the recording has ended: failed") and "set server.host" in ended


def test_of_a_drive_that_is_plugged_in_what_it_comes_to_is_logged(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        chronicle = Chronicle(rig.reactor, Log(rig.said))
        chronicle.drive("the USB drive STICK is not mounted")
        chronicle.drive("the USB drive STICK is ready")
        rig.reactor.skew_s += SETTLED_S
        rig.until(lambda: lines(rig, "STICK"))
        chronicle.drive("the USB drive STICK is ready")
        rig.reactor.skew_s += SETTLED_S
        rig.settle()
        assert lines(rig, "STICK") == ["notice: the USB drive STICK is ready"]
