from __future__ import annotations

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.phone.keys import KEYS, CallKey, KeyPress, parse_keys, refuse_call_keys
from phone_recorder.recording.record_key import Event

SCRIPTS: list[tuple[str, list[KeyPress]]] = [
    ("", []),
    (" , ,", []),
    ("0 record", [(0, Event.PRESS)]),
    (
        "0 record, 3 pause, 5 resume, 9 record",
        [(0, Event.PRESS), (24000, Event.PAUSE), (40000, Event.RESUME), (72000, Event.PRESS)],
    ),
    ("0.3 START,0.3 Stop,", [(2400, Event.START), (2400, Event.STOP)]),
    ("  10   record  ", [(80000, Event.PRESS)]),
    ("1e1 record", [(80000, Event.PRESS)]),
    ("1 hold, 2 UNHOLD", [(8000, CallKey.HOLD), (16000, CallKey.UNHOLD)]),
]


@pytest.mark.parametrize(("script", "presses"), SCRIPTS)
def test_a_script_is_seconds_and_keys(script: str, presses: list[KeyPress]) -> None:
    assert parse_keys(script, 10) == presses


def test_every_key_of_the_user_can_be_pressed() -> None:
    assert {parse_keys(f"0 {name}", 1)[0][1] for name in KEYS} == {
        *(Event.PRESS, Event.START, Event.STOP, Event.PAUSE, Event.RESUME),
        *CallKey,
    }


def test_where_there_is_nobody_to_hold_the_keys_of_a_call_are_refused() -> None:
    refuse_call_keys(parse_keys("0 record, 1 pause", 10))
    with pytest.raises(UsageError, match="only a real call can be put on hold: leave 'unhold' out"):
        refuse_call_keys(parse_keys("0 record, 1 unhold", 10))


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("record", "'record' is not SECONDS and one of record, start, stop, pause, resume, hold, unhold"),
        ("0", "'0' is not SECONDS and one of"),
        ("0 record 1", "'0 record 1' is not SECONDS and one of"),
        ("0 record; 1 pause", "'0 record; 1 pause' is not SECONDS"),
        ("0 explode", "'0 explode' is not SECONDS"),
        ("0 call ended", "'0 call ended' is not SECONDS"),
        ("x record", "'x' in the key script is not a time in seconds"),
        ("-1 record", "'-1' in the key script is not a time"),
        ("nan record", "'nan' in the key script is not a time"),
        ("inf record", "'inf' in the key script is not a time"),
        ("1e9 record", "'1e9' in the key script is not a time"),
        ("3 record, 2 pause", "goes back in time, to 2 s"),
        ("10.001 record", "the call is over after 10 s, before a key of the script"),
    ],
)
def test_a_script_that_makes_no_sense(script: str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_keys(script, 10)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)
