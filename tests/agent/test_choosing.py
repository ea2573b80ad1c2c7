"""What may be set, what counts at the next start alone, and that nothing that is set keeps the agent from starting."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from phone_recorder.agent.choosing import CHANGED, LATER, Choosing
from phone_recorder.errors import UsageError
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import with_texts
from tests.adapters.test_unix_socket import as_nobody
from tests.agent.daemon_rig import plan_in

NO_GROUP = "no-such-group"


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("agent.group", NO_GROUP, r"there is no group 'no-such-group' on this machine"),
        ("agent.group", "99999999999", r"there is no group '99999999999' on this machine"),
        ("account.password", "secret", r"account\.password means nothing to the agent"),
    ],
)
def test_what_the_agent_could_not_use_is_refused_and_nothing_is_taken(
    tmp_path: Path, key: str, text: str, sentence: str
) -> None:
    choosing = Choosing(plan_in(tmp_path))
    with pytest.raises(UsageError, match=sentence):
        choosing.take({"record.codec": "PCMA", key: text})
    assert choosing.now == PhoneSettings()


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user, which root alone can")
def test_a_group_that_the_agent_is_not_in_is_refused(tmp_path: Path) -> None:
    choosing = Choosing(plan_in(tmp_path))

    def refused() -> None:
        with pytest.raises(UsageError, match="this user is not in the group daemon: add it to that group, and start"):
            choosing.take({"agent.group": "daemon"})

    assert as_nobody(refused) == 0
    choosing.take({"agent.group": "daemon"})


def test_a_group_that_is_gone_is_in_no_other_settings_way(tmp_path: Path) -> None:
    choosing = Choosing(plan_in(tmp_path, f"agent.group={NO_GROUP}"))
    choosing.take({"record.auto": "on"})
    assert choosing.now.record.auto


@pytest.mark.parametrize(
    ("key", "text"), [("agent.group", "daemon"), ("usb.folder", "other"), ("usb.drive", "sdb"), ("usb.repair", "off")]
)
def test_what_counts_at_the_next_start_is_said_until_it_is_as_it_was(tmp_path: Path, key: str, text: str) -> None:
    choosing = Choosing(plan_in(tmp_path))
    before = choosing.now
    choosing.replace(with_texts(before, {key: text}))
    assert choosing.problem == LATER.format(key)
    choosing.replace(before)
    assert choosing.problem == ""


def test_what_counts_at_once_is_no_problem(tmp_path: Path) -> None:
    choosing = Choosing(plan_in(tmp_path))
    choosing.take({"record.auto": "on", "server.host": "192.0.2.1", "agent.rtp_ports": "40000-40099"})
    assert choosing.problem == ""


def test_why_the_group_could_not_be_had_is_said_while_it_is_the_one_that_is_wanted(tmp_path: Path) -> None:
    choosing = Choosing(plan_in(tmp_path, f"agent.group={NO_GROUP}"))
    choosing.group_problem = "there is no such group"
    assert choosing.problem == "there is no such group"
    choosing.take({"agent.group": ""})
    assert choosing.problem == LATER.format("agent.group")


def test_what_somebody_else_has_written_into_the_file_is_said(tmp_path: Path) -> None:
    choosing = Choosing(plan_in(tmp_path, file="phone.toml"))
    (tmp_path / "phone.toml").write_text("[record]\nauto = true\n")
    save = choosing.take({"record.codec": "PCMA"})
    assert save
    save()
    assert choosing.problem == CHANGED.format("phone.toml")
