"""docs/scenarios.md: its tables are the language's, its files are read and pass, its transcripts are so."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from phone_recorder.harness.judging.judge import judge
from phone_recorder.harness.playing.virtual import play
from phone_recorder.harness.scenario.account_fields import FIELDS
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.scenario.reading import read_cases
from phone_recorder.phone.face import phrases
from phone_recorder.recording.account import StreamCounts
from phone_recorder.recording.drive_destination import CHECKPOINT
from phone_recorder.recording.recorder import REASONS
from phone_recorder.recording.units import SECOND
from tests.pages import DOCS, ROOT, Block, blocks, put_files, run, transcript, without_times

PAGE = (DOCS / "scenarios.md").read_text("utf-8")
TABLE_OF_ACCOUNTS = PAGE.partition("### account")[2].partition("###")[0]
WHOLE = [block for block in blocks(PAGE, "yaml") if "scenario:" in block.text]
PLAYED = [block for block in WHOLE if "can be read" not in block.text]
REASONS_TABLE = PAGE.partition("#### reason")[2].partition("### control")[0]
TOLD = {" ".join(text.removesuffix("...").split()) for text in re.findall(r"`([a-z][^`]*)`", REASONS_TABLE)}
ELSEWHERE = ("the message ", "the server has closed it", "it does not answer")
"""What stands in the tables of phrases, and is only a part of a reason."""


def title(block: Block) -> str:
    return block.text.partition("scenario: ")[2].partition("\n")[0]


def cases(block: Block, place: Path) -> tuple[Case, ...]:
    put_files(PAGE, place)
    path = place / (block.name or "unnamed.scenario.yaml")
    path.write_text(block.text, "utf-8")
    return read_cases(path)


def test_the_tables_are_those_of_the_language() -> None:
    page: str = runpy.run_path(str(DOCS / "write_scenarios.py"))["page"](PAGE)
    assert page == PAGE, "run: python docs/write_scenarios.py"


def test_every_field_of_an_account_has_its_row() -> None:
    names = {*FIELDS, *StreamCounts.__dataclass_fields__}
    assert {name for name in names if name not in TABLE_OF_ACCOUNTS} == set()


@pytest.mark.parametrize("block", WHOLE, ids=title)
def test_a_scenario_can_be_read(block: Block, tmp_path: Path) -> None:
    assert all(case.title == title(block) for case in cases(block, tmp_path))


@pytest.mark.parametrize("block", PLAYED, ids=title)
def test_a_scenario_passes(block: Block, tmp_path: Path) -> None:
    for number, case in enumerate(cases(block, tmp_path)):
        place = tmp_path / f"case{number}"
        place.mkdir()
        assert judge(case, play(case, 1, place)) == ()


def test_what_is_not_played_has_every_step_and_every_sound() -> None:
    read, heard, _ = (block for block in WHOLE if block not in PLAYED)
    tables = runpy.run_path(str(DOCS / "write_scenarios.py"))
    for name, text in {"steps": read.text, "audio": heard.text}.items():
        rows = tables["table"](name).splitlines()[2:]
        keys = {row.split("`")[1] for row in rows}
        assert {key for key in keys if f"{key}:" not in text} == set()


def test_the_transcripts_are_what_is_printed(tmp_path: Path) -> None:
    put_files(PAGE, tmp_path)
    for command, printed in transcript(PAGE):
        assert without_times(run(command, tmp_path)) == without_times(printed)


@pytest.mark.parametrize("reason", REASONS.values())
def test_why_a_recording_ends_by_itself_has_its_row(reason: str) -> None:
    assert f"\n| `{reason}` | recorded |" in REASONS_TABLE


@pytest.mark.parametrize("table", [phrases.SERVER, phrases.SIP_INFO], ids=["server", "sip info"])
def test_every_error_of_a_server_that_the_phone_shows_is_a_reason_of_the_table(table: dict[str, str]) -> None:
    shown = [phrase for phrase in table if phrase.startswith(("the ", "no ", "this ")) and phrase not in ELSEWHERE]
    assert [phrase for phrase in shown if not phrase.startswith((*TOLD, *ELSEWHERE))] == []


def test_every_reason_of_the_table_is_in_the_program() -> None:
    """But for what is named there and is no reason."""
    texts = " ".join(path.read_text("utf-8") for path in sorted((ROOT / "phone_recorder").rglob("*.py")))
    others = {"duration_s", "parts", "streams", "press: stop", "cut short", "failed", "cancelled", "server.timeout_s"}
    others |= {"reason"}
    assert {text for text in TOLD - others if text not in texts} == set()


def test_how_much_a_pull_costs_is_the_figure_of_the_program() -> None:
    figure = f"{CHECKPOINT / SECOND:g} s"
    assert f"up to {figure}, is in neither" in REASONS_TABLE
    for page in (DOCS / "drives.md", ROOT / "README.md"):
        assert f"every {figure}" in page.read_text("utf-8")
