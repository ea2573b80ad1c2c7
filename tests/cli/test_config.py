from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phone_recorder.cli.main import cli
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import SETTINGS
from phone_recorder.settings.toml_file import parse, write


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def config(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["config", *words], input=given, prog_name="phone-recorder")


def told(*words: str, given: str | None = None) -> str:
    """What it prints when it goes well."""
    result = config(*words, given=given)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def refused(*words: str, given: str | None = None) -> str:
    """The one sentence that it says when it does not."""
    result = config(*words, given=given)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.removeprefix("phone-recorder: ").removesuffix("\n")


def test_a_setting_is_set_and_shown(directory: Path) -> None:
    assert told("show", "record.mode") == 'record.mode = "local"\n'
    assert told("set", "record.mode", "server") == 'record.mode = "network"\n'
    assert told("show", "record.mode", "record.cover") == 'record.mode = "network"\nrecord.cover = false\n'
    assert (directory / "phone.toml").read_text() == '[record]\nmode = "network"\n'


def test_all_settings_are_shown_as_a_file() -> None:
    assert told("show") == write(PhoneSettings())
    told("set", "phone.name", "Anna \u5f55\u97f3")
    assert parse(told("show"), "shown").local_name == "Anna \u5f55\u97f3"


def test_another_file_may_be_named(directory: Path) -> None:
    told("set", "--file", "other.toml", "record.cover", "on")
    assert told("show", "--file", "other.toml", "record.cover") == "record.cover = true\n"
    assert [path.name for path in directory.iterdir()] == ["other.toml"]


def test_settings_as_json() -> None:
    told("set", "server.timeout_s", "0.5")
    shown = json.loads(told("show", "--json", "server.timeout_s", "record.size_limit", "record.mode", "record.cover"))
    assert shown == {
        "server.timeout_s": 0.5,
        "record.size_limit": 8 << 20,
        "record.mode": "local",
        "record.cover": False,
    }
    assert list(json.loads(told("show", "--json"))) == list(SETTINGS)


def test_a_password_is_never_among_the_arguments_and_shown_only_if_asked_for() -> None:
    assert refused("set", "account.password", "hush") == (
        "account.password: others can see it among the arguments: give - instead, and write it to this input"
    )
    assert told("set", "account.password", "-", given="hush\n") == 'account.password = "********"\n'
    assert "hush" not in told("show") + told("show", "--json") + told("show", "account.password")
    assert told("show", "--secrets", "account.password") == 'account.password = "hush"\n'
    assert json.loads(told("show", "--secrets", "--json", "account.password")) == {"account.password": "hush"}
    assert 'password = "hush"\n' in told("show", "--secrets")
    assert told("set", "account.password", "") == 'account.password = ""\n'


def test_a_dash_is_a_dash_elsewhere() -> None:
    assert told("set", "phone.name", "-") == 'phone.name = "-"\n'


def test_a_good_file_is_good(directory: Path) -> None:
    (directory / "phone.toml").write_text("[record]\ncover = true\n")
    assert told("check") == "phone.toml: good\n"
    (directory / "a.toml").touch()
    assert told("check", "a.toml") == "a.toml: good\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("check",), "phone.toml, line 2, record.mode: 'usb' is none of local, network, sip_info"),
        (("check", "none.toml"), "cannot read none.toml: there is no such file"),
        (("show",), "phone.toml, line 2, record.mode: 'usb' is none of local, network, sip_info"),
        (("set", "record.cover", "on"), "phone.toml, line 2, record.mode: 'usb' is none of local, network, sip_info"),
        (("show", "--file", "none.toml", "record.mod"), "there is no setting record.mod: did you mean record.mode"),
        (("set", "--file", "none.toml", "record.mod", "x"), "there is no setting record.mod: did you mean record.mode"),
        (("set", "--file", "none.toml", "server.port", "0"), "server.port: 0 is no whole number from 1 to 65535"),
        (("import", "none.cfg"), "cannot read none.cfg: there is no such file"),
        ((), "Missing command: see `phone-recorder config --help`"),
    ],
)
def test_what_is_wrong_is_one_sentence(directory: Path, words: tuple[str, ...], sentence: str) -> None:
    file = directory / "phone.toml"
    file.write_text('[record]\nmode = "usb"\n')
    assert refused(*words) == sentence
    assert [path.name for path in directory.iterdir()] == ["phone.toml"]
    assert file.read_text() == '[record]\nmode = "usb"\n'


def test_a_provisioning_file_is_taken_over(directory: Path) -> None:
    (directory / "001122334455.cfg").write_text(
        "<RECORD CONFIG MODULE>\nRecord Type :1\nServer Addr :192.0.2.7\nFoo :1\n"
    )
    (directory / "phone.toml").write_text("# mine\n")
    result = config("import", "001122334455.cfg")
    assert (result.exit_code, result.stdout) == (0, 'record.mode = "network"\nserver.host = "192.0.2.7"\n')
    assert result.stderr.splitlines() == [
        "phone-recorder: 001122334455.cfg: Record Type 1 is taken for network",
        "phone-recorder: 001122334455.cfg: Foo is not known",
    ]
    assert (directory / "phone.toml").read_text().startswith("# mine\n\n[record]\n")


def test_a_provisioning_file_that_sets_nothing_changes_nothing(directory: Path) -> None:
    (directory / "a.xml").write_text("<record><Foo>1</Foo></record>")
    result = config("import", "a.xml")
    assert result.exit_code == 2
    assert result.stderr.endswith("phone-recorder: a.xml sets nothing of recording that this phone has\n")
    assert not (directory / "phone.toml").exists()


def test_all_keys_are_listed() -> None:
    lines = told("keys").splitlines()
    assert len(lines) == 3 * len(SETTINGS)
    at = lines.index('record.mode = "local"')
    assert lines[at + 1 : at + 3] == [f"    {SETTINGS['record.mode'].help_en}", "    local, network, sip_info"]


def test_all_keys_are_listed_as_json() -> None:
    rows = {row["key"]: row for row in json.loads(told("keys", "--json"))}
    assert list(rows) == list(SETTINGS)
    assert rows["server.port"] == {
        "key": "server.port",
        "kind": "number",
        "default": 10000,
        "possible": "1 to 65535",
        "help": "TCP port of the record server.",
    }


@pytest.mark.parametrize("name", ["show", "check", "set", "import", "keys"])
def test_each_command_has_an_example(name: str) -> None:
    assert f"phone-recorder config {name}" in told(name, "--help")
