from __future__ import annotations

import click
from click.testing import CliRunner

from phone_recorder.cli.option_groups import GroupedCommand, under

_fruit, _nuts = under("Fruit"), under("Nuts")


@click.command(cls=GroupedCommand)
@_fruit("--apple", default="red", help="An apple.")
@_nuts("--walnut", is_flag=True, help="A walnut.")
@_fruit("--pear", "the_pear", help="A pear.")
def basket(apple: str, walnut: bool, the_pear: str | None) -> None:
    """What is in it."""
    click.echo(f"{apple} {walnut} {the_pear}")


def test_options_stand_under_their_headings_and_help_under_its_own() -> None:
    result = CliRunner().invoke(basket, ["--help"])
    assert [line.split("  ")[0] or line.split()[0] for line in result.stdout.splitlines() if line] == [
        "Usage: basket [OPTIONS]",
        "What",
        "Fruit:",
        "--apple",
        "--pear",
        "Nuts:",
        "--walnut",
        "Options:",
        "--help",
    ]


def test_headings_change_nothing_about_what_the_options_do() -> None:
    assert CliRunner().invoke(basket, ["--pear", "ripe", "--walnut"]).stdout == "red True ripe\n"
