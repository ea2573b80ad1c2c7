"""Colours, but for whoever has said that there shall be none."""

from __future__ import annotations

import click
import pytest

from phone_recorder.cli.colours import coloured

RED = click.style("no", "red")


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, RED),
        ({"TERM": "xterm"}, RED),
        ({"TERM": "dumb"}, "no"),
        ({"NO_COLOR": "1"}, "no"),
        ({"NO_COLOR": "0"}, "no"),
        ({"NO_COLOR": ""}, RED),
    ],
)
def test_there_are_none_where_they_are_not_wanted(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], told: str
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert coloured("no", "red") == told


def test_what_has_no_colour_is_as_it_is() -> None:
    assert coloured("plain", None) == "plain"
