"""What each phone model can do. The guide speaks of BX5S, BX6, BX3S and BX4; the rest is assumed, and marked so."""

from __future__ import annotations

from dataclasses import dataclass

from phone_recorder.errors import UsageError


@dataclass(frozen=True, slots=True)
class Model:
    """`local`: records to USB; `server`: to a record server; `sip_info`: by asking the SIP server.

    `assumed` names the fields that the guide leaves open.
    """

    name: str
    local: bool
    server: bool = True
    sip_info: bool = True
    assumed: tuple[str, ...] = ()


MODELS = {
    model.name: model
    for model in (
        Model("BX3S", local=False),
        Model("BX4", local=False),
        Model("BX5S", local=True),
        Model("BX6", local=True),
        Model("BX7", local=True, assumed=("local",)),
        Model("BX7C", local=True, assumed=("local",)),
        Model("GP210", local=False, assumed=("local",)),
        Model("GP210i", local=False, assumed=("local",)),
        Model("BXU", local=True, assumed=("local",)),
    )
}


def find_model(name: str) -> Model:
    """The model of that name, any case; UsageError names those there are."""
    for model in MODELS.values():
        if model.name.lower() == name.strip().lower():
            return model
    raise UsageError(f"there is no model {name!r}: choose one of {', '.join(MODELS)}")
