"""What others do as often as they like is logged once a minute."""

from __future__ import annotations

from io import StringIO

from phone_recorder.adapters.journal import Log
from phone_recorder.agent.seldom import EVERY_S, Seldom


def test_a_message_is_logged_once_in_a_while_with_how_often_it_was() -> None:
    said, now = StringIO(), [0.0]
    seldom = Seldom(Log(said), lambda: now[0])
    for pid in range(1000):
        seldom("warning", "refused", pid=pid)
    seldom("warning", "something else")
    now[0] = EVERY_S - 0.1
    seldom("warning", "refused", pid=1000)
    now[0] = EVERY_S
    seldom("warning", "refused", pid=1001)
    now[0] = 2 * EVERY_S
    seldom("warning", "refused", pid=1002)
    assert said.getvalue().splitlines() == [
        "warning: refused TIMES=1 PID=0",
        "warning: something else TIMES=1",
        "warning: refused TIMES=1001 PID=1001",
        "warning: refused TIMES=1 PID=1002",
    ]
