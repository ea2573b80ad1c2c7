"""Settings that are changed while a phone is on, and what becomes of the file that keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.adapters.settings_file import load
from phone_recorder.adapters.settings_keeper import Keeper
from phone_recorder.errors import UsageError
from phone_recorder.settings.phone import PhoneSettings

OTHERS = "the file phone.toml was changed by somebody else: switch the phone off and on to use that"


def changed(keeper: Keeper, **texts: str) -> str:
    """The problem after these were changed; `phone__name` is phone.name."""
    keep = keeper.take({key.replace("__", "."): text for key, text in texts.items()})
    assert keep is not None
    keep()
    return keeper.problem


def test_what_could_not_be_saved_is_saved_with_the_next_change(tmp_path: Path) -> None:
    file = tmp_path / "there" / "phone.toml"
    keeper = Keeper(PhoneSettings(), file)
    assert "cannot write" in changed(keeper, phone__name="Bob")
    assert keeper.settings.local_name == "Bob"
    assert "cannot write" in changed(keeper, phone__number="1001")
    file.parent.mkdir()
    assert changed(keeper, record__mode="network") == ""
    assert load(file) == keeper.settings
    file.write_text(file.read_text().replace("Bob", "Eve"))
    changed(keeper, phone__number="1002")
    assert load(file).local_name == "Eve"  # what was saved is not saved again


def test_what_somebody_else_has_changed_stays_and_is_told_until_it_is_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "phone.toml"
    keeper = Keeper(PhoneSettings(), file)
    assert changed(keeper, phone__name="Bob") == ""
    file.write_text(file.read_text() + "number = '1003'\n")
    assert changed(keeper, record__mode="network") == OTHERS
    assert load(file).local_number == "1003" != keeper.settings.local_number
    assert changed(keeper, record__mode="local") == OTHERS
    assert changed(keeper, phone__number="1004") == ""
    assert load(file) == keeper.settings


def test_what_the_command_line_says_otherwise_is_no_change_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "phone.toml"
    file.write_text("[phone]\nname = 'Bob'\n")
    keeper = Keeper(PhoneSettings(), file)
    assert changed(keeper, phone__number="1001") == ""
    assert load(file).local_name == "Bob"


def test_a_file_that_could_not_be_read_at_first_is_told_when_it_is_saved(tmp_path: Path) -> None:
    file = tmp_path / "phone.toml"
    file.write_text("[phone\n")
    keeper = Keeper(PhoneSettings(), file)
    assert "phone.toml" in changed(keeper, phone__name="Bob")
    file.unlink()
    assert changed(keeper, phone__number="1001") == ""
    assert load(file) == keeper.settings


def test_they_hold_before_they_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "phone.toml"
    keeper = Keeper(PhoneSettings(), file)
    keep = keeper.take({"phone.name": "Bob"})
    assert keeper.settings.local_name == "Bob" and not file.exists()
    assert keep is not None
    keep()
    assert load(file) == keeper.settings


def test_one_that_cannot_be_changes_nothing(tmp_path: Path) -> None:
    keeper = Keeper(PhoneSettings(), tmp_path / "phone.toml")
    with pytest.raises(UsageError):
        keeper.take({"phone.name": "Bob", "record.mode": "no such"})
    assert keeper.settings == PhoneSettings()
    changed(keeper, phone__number="1001")
    assert load(tmp_path / "phone.toml").local_name == PhoneSettings().local_name


def test_without_a_file_there_is_nothing_to_keep_them_in() -> None:
    keeper = Keeper(PhoneSettings(), None)
    assert keeper.take({"phone.name": "Bob"}) is None
    assert (keeper.settings.local_name, keeper.problem) == ("Bob", "")


def test_several_that_are_kept_late_and_in_any_order_are_all_kept(tmp_path: Path) -> None:
    file = tmp_path / "phone.toml"
    keeper = Keeper(PhoneSettings(), file)
    changes = ({"phone.name": "Bob"}, {"phone.name": "Eve", "phone.number": "1001"})
    for keep in reversed([keeper.take(change) for change in changes]):
        assert keep is not None
        keep()
    assert load(file) == keeper.settings
    assert (keeper.settings.local_name, keeper.settings.local_number, keeper.problem) == ("Eve", "1001", "")


def test_the_sentence_about_somebody_else_can_be_another(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    keeper = Keeper(PhoneSettings(), file, "{} has changed: have the agent read it")
    file.write_text("[phone]\nnumber = '1003'\n")
    assert changed(keeper, phone__name="Bob") == "agent.toml has changed: have the agent read it"
