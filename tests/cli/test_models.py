from __future__ import annotations

import json

from click.testing import CliRunner

from phone_recorder.cli.main import cli


def test_the_table_marks_what_is_assumed() -> None:
    result = CliRunner().invoke(cli, ["models"])
    assert result.exit_code == 0
    rows = {line.split()[0]: line.split()[1:] for line in result.stdout.splitlines()[:10]}
    assert rows["BX4"] == ["no", "yes", "yes"]
    assert rows["BX5S"] == ["yes", "yes", "yes"]
    assert rows["BX7C"] == ["yes*", "yes", "yes"]
    assert rows["GP210i"] == ["no*", "yes", "yes"]
    assert len(rows) == 10
    assert result.stdout.endswith("\n\n* assumed: the guide does not say.\n")


def test_columns_stand_under_their_titles() -> None:
    title, *rows = CliRunner().invoke(cli, ["models"]).stdout.splitlines()[:10]
    for name in ("USB drive", "record server", "SIP INFO"):
        assert {row[title.index(name) :].split()[0].rstrip("*") for row in rows} <= {"yes", "no"}
        assert {row[title.index(name) - 1] for row in rows} == {" "}


def test_json() -> None:
    models = json.loads(CliRunner().invoke(cli, ["models", "--json"]).stdout)
    assert [model["name"] for model in models][:2] == ["BX3S", "BX4"]
    assert {"name": "BX6", "local": True, "server": True, "sip_info": True, "assumed": []} in models
    assert {"name": "BXU", "local": True, "server": True, "sip_info": True, "assumed": ["local"]} in models
    assert len(models) == 9
