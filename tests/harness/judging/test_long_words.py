"""What others say is cut where it is long: a failure of somebody else's text is a line that can be read."""

from __future__ import annotations

import pytest

from phone_recorder.control_api import DssKey, Line
from phone_recorder.harness.evidence import Evidence, FileSeen, Passed, Recorded
from phone_recorder.harness.judging.judge import judge
from phone_recorder.harness.scenario.expected import (
    AccountSays,
    AudioIs,
    Expectation,
    FilesAre,
    Messages,
    ScreenIs,
    StateIs,
    What,
)
from phone_recorder.wire.printable import LONGEST
from tests.harness.judging.evidence import account, case, exactly, moment, screen

LONG = "x" * 60_000
KEY = DssKey("record", LONG, LONG)  # type: ignore[arg-type]  # what a phone sends that is none of ours
SCREEN = screen(
    icon=LONG,
    prompt=LONG,
    timer=LONG,
    left=LONG,
    call=LONG,
    soft=(LONG,),
    dss=(KEY,),
    lines=(Line(LONG, LONG),),
)
ACCOUNT = account(reason=LONG, state=LONG, streams=[{"name": LONG}], gaps_s={LONG: 1}) | {LONG: 0}
MESSAGES = (Passed(0, "control", False, f"cmd={LONG}&result={LONG}"), Passed(0, "sip", False, f"INFO {LONG} SIP/2.0"))
SEVERAL = 4
"""So many texts a line may name; `shows` names all that the screen has."""


@pytest.mark.parametrize(
    "what",
    [
        ScreenIs(icon="idle"),
        ScreenIs(prompt="Recording"),
        ScreenIs(lamp="on"),
        ScreenIs(timer=exactly(16_000)),
        ScreenIs(left="2 min"),
        ScreenIs(call="Far"),
        ScreenIs(shows_not=("x",)),
        StateIs("idle"),
        StateIs(call="idle"),
        FilesAre(count=exactly(2)),
        FilesAre(names=("a",)),
        FilesAre(total=exactly(2)),
        FilesAre(codec="PCMA"),
        FilesAre(whole=True),
        AccountSays({"reason": "record key"}),
        AccountSays({"state": "recorded"}),
        AccountSays({"streams": "far"}),
        AccountSays({"gaps_s": exactly(1)}),
        AccountSays({"nothing": "a"}),
        AccountSays({"streams.x": "a"}),
        AudioIs("silent"),
        Messages("control", ("sent RecordStartRequest",)),
        Messages("control", none=True),
        Messages("sip", ("sent BYE",), all=True),
    ],
    ids=str,
)
def test_a_failure_is_a_line_that_can_be_read(what: What) -> None:
    files = (FileSeen(LONG, 1, None, LONG),)
    end = moment(screen=SCREEN, key=LONG, call=LONG, files=files, accounts=(ACCOUNT,))
    seen = Evidence({}, end, (Recorded(ACCOUNT, 0, ()),), {}, MESSAGES)
    failures = judge(case(Expectation(what)), seen)
    assert failures and max(len(str(failure)) for failure in failures) < SEVERAL * LONGEST
