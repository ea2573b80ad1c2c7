"""`phone-recorder models`: what each phone model can do."""

from __future__ import annotations

import json

import click

from phone_recorder.models import MODELS, Model

WAYS = {"local": "USB drive", "server": "record server", "sip_info": "SIP INFO"}
"""Field of a model to its column."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, one object a model.")
def command(as_json: bool) -> None:
    """List the phone models and what they can record to. What the guide leaves open is marked as assumed.

    \b
    phone-recorder models
    phone-recorder models --json
    """
    if as_json:
        click.echo(json.dumps([facts(model) for model in MODELS.values()], indent=2))
        return
    _print_row("model", *WAYS.values())
    for model in MODELS.values():
        _print_row(model.name, *(_mark(model, way) for way in WAYS))
    click.echo("\n* assumed: the guide does not say.")


def facts(model: Model) -> dict[str, object]:
    """The JSON object of a model."""
    return {
        "name": model.name,
        **{way: getattr(model, way) for way in WAYS},
        "assumed": list(model.assumed),
    }


def _mark(model: Model, way: str) -> str:
    return ("yes" if getattr(model, way) else "no") + ("*" if way in model.assumed else "")


def _print_row(name: str, *cells: str) -> None:
    widths = [len(title) for title in WAYS.values()]
    row = "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
    click.echo(f"{name:<7} {row}".rstrip())
