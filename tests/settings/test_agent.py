from __future__ import annotations

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.settings.agent import AgentSettings
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.toml_file import parse


def test_an_agent_as_it_is_unpacked_lets_nobody_in_from_outside_and_needs_no_device() -> None:
    settings = PhoneSettings().agent
    assert (settings.group, settings.rtp_host, settings.rtp_ports) == ("", "127.0.0.1", "")
    assert (settings.key_device, settings.key, settings.pause_key, settings.lamp) == ("", "KEY_RECORD", "", "")


def test_keys_and_addresses_are_kept_as_they_are_usually_written() -> None:
    settings = AgentSettings(rtp_host="[::1]", key="key_f1", pause_key="119")
    assert (settings.rtp_host, settings.key, settings.pause_key) == ("::1", "KEY_F1", "119")


def test_a_file_sets_them() -> None:
    text = '[agent]\ngroup = "phone"\nrtp_ports = "40000-40099"\nkey_device = "gpio-keys"\nlamp = "record"\n'
    expected = AgentSettings(group="phone", rtp_ports="40000-40099", key_device="gpio-keys", lamp="record")
    assert parse(text, "phone.toml").agent == expected


def test_an_error_in_a_file_names_line_and_key() -> None:
    with pytest.raises(UsageError) as caught:
        parse('[agent]\nlamp = "a/b"\n', "phone.toml")
    assert str(caught.value).startswith("phone.toml, line 2, agent.lamp: 'a/b' is no LED: ")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"group": "a b"}, "agent.group: 'a b' is no group: "),
        ({"rtp_host": ""}, "agent.rtp_host: it cannot be empty"),
        ({"rtp_host": "localhost"}, "agent.rtp_host: 'localhost' is no IP address: "),
        ({"rtp_ports": "1"}, "agent.rtp_ports: '1' is no range "),
        ({"key_device": "/etc/passwd"}, "agent.key_device: '/etc/passwd' is no input device: "),
        ({"key": ""}, "agent.key: it cannot be empty"),
        ({"key": "record"}, "agent.key: 'record' is no key: "),
        ({"pause_key": "767"}, "agent.pause_key: '767' is no key: "),
        ({"lamp": "../x"}, "agent.lamp: '../x' is no LED: "),
        ({"pause_key": "KEY_RECORD"}, "agent.pause_key: KEY_RECORD is the record key already: choose another"),
        ({"key": "KEY_A", "pause_key": "key_a"}, "agent.pause_key: KEY_A is the record key already: choose another"),
    ],
)
def test_what_cannot_be_is_named_by_its_key(wrong: dict[str, str], sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        AgentSettings(**wrong)
    assert str(caught.value).startswith(sentence)
