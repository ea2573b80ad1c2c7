"""The tables of a case."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from phone_recorder.harness.evidence import FileSeen, Passed
from phone_recorder.harness.report.tables import LONGEST_TEXT, MOST_ROWS, Table, accounts, tables
from phone_recorder.recording.units import SECOND
from tests.harness.report.results import NAME, evidence, loud, moment, recorded


def found(title: str, **more: Any) -> Table:
    return next(table for table in tables(evidence(**more)) if table.title == title)


def test_every_row_has_a_cell_for_each_head() -> None:
    for table in tables(evidence()):
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.head)}


def test_the_indicator_is_told_as_it_changed() -> None:
    assert found("What the indicator showed").rows == (
        ("0 s", "idle", "off", "00:00", "", ""),
        ("20 ms", "recording", "on", "00:00", "", "Recording"),
    )


def test_what_was_looked_at_has_the_screen_line_by_line() -> None:
    seen = moment(SECOND, "recording", call="Far Party", call_state="00:01", prompt="Recording", icon="recording")
    row = found("What was looked at", moments={SECOND: seen}).rows[0]
    assert row[:4] == ("1 s", "recording", "connected", "1 s")
    assert row[4].splitlines() == [
        "Menu",
        "Far Party  00:01",
        "[recording]  Recording",
        "Record  on",
        "OK |  |  | Back",
    ]


def test_the_end_is_looked_at_last() -> None:
    rows = found("What was looked at", moments={at: moment(at) for at in (SECOND, 10)}).rows
    assert [row[0] for row in rows] == ["1.25 ms", "1 s", "2 s"]


def test_a_file_says_what_is_wrong_with_it() -> None:
    bad = FileSeen("Record_1.wav", 3, None, "it is cut short")
    end = moment(0)
    rows = found("The record files", end=replace(end, files=(*end.files, bad))).rows
    assert rows == (
        (NAME, "16076 bytes", "PCMU", "2 s", ""),
        ("Record_1.wav", "3 bytes", "", "", "it is cut short"),
    )


def test_messages_are_apart_by_protocol() -> None:
    assert [row[1] for row in found("Control messages").rows] == ["sent", "received"]
    assert found("SIP messages").rows[0][2].splitlines()[1] == "Record: on"


def test_a_table_without_rows_is_left_out() -> None:
    assert "SIP messages" not in [table.title for table in tables(evidence(messages=()))]


def test_of_many_rows_and_long_texts_the_rest_is_told() -> None:
    many = tuple(Passed(at, "control", True, "x" * (LONGEST_TEXT + 1)) for at in range(MOST_ROWS + 3))
    table = found("Control messages", messages=many)
    assert (len(table.rows), table.left_out) == (MOST_ROWS, 3)
    assert table.rows[0][2].endswith("x... (1 more characters)")


def test_an_account_does_not_tell_where_a_run_played(tmp_path: Path) -> None:
    one = replace(recorded(tmp_path, loud()), account={"parts": [{"path": f"{tmp_path}/stick/{NAME}", "bytes": 1}]})
    (text,) = accounts(evidence([one]))
    assert json.loads(text) == {"parts": [{"path": f"stick/{NAME}", "bytes": 1}]}


def test_an_account_is_json(tmp_path: Path) -> None:
    one = recorded(tmp_path, loud())
    (text,) = accounts(evidence([one]))
    assert json.loads(text) == one.account
