from __future__ import annotations

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.models import MODELS, find_model

FAMILY = ["BX3S", "BX4", "BX5S", "BX6", "BX7", "BX7C", "GP210", "GP210i", "BXU"]
"""The guide's, in its order."""


def test_every_model_of_the_guide_is_there() -> None:
    assert list(MODELS) == FAMILY


def test_what_the_guide_says_of_usb_is_not_assumed_and_all_else_is() -> None:
    said = {"BX5S": True, "BX6": True, "BX3S": False, "BX4": False}
    assert {name: model.local for name, model in MODELS.items() if not model.assumed} == said
    assert {model.assumed for name, model in MODELS.items() if name not in said} == {("local",)}


def test_every_model_records_to_a_server_and_by_sip_info() -> None:
    assert all(model.server and model.sip_info for model in MODELS.values())


@pytest.mark.parametrize("name", ["GP210i", "gp210I", " gp210i "])
def test_a_model_is_found_in_any_case(name: str) -> None:
    assert find_model(name).name == "GP210i"


def test_an_unknown_model_is_told_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="there is no model 'BX9': choose one of BX3S, BX4, BX5S, "):
        find_model("BX9")
