"""The table of the keys: what it says has a meaning, and every key is a key."""

from __future__ import annotations

from itertools import product

import pytest

from phone_recorder.control_api import KEYS, CallState
from phone_recorder.phone.face.face import ACTS
from phone_recorder.phone.face.key_table import DSS, OVER_MENUS, SOFT, TABLE, Act, State, use_of
from phone_recorder.phone.face.words import TEXTS
from tests.phone.face.situations import facts

ROWS = [(state, key) for state in TABLE for key in TABLE[state]]


def test_every_state_of_a_call_has_a_row() -> None:
    assert set(CallState.__args__) | {"dialling"} == set(TABLE)  # type: ignore[attr-defined]


def test_every_key_of_the_table_is_one() -> None:
    assert {key for _, key in ROWS} <= {*KEYS, "pause"}
    assert set(KEYS) >= OVER_MENUS


def test_everything_that_a_key_does_is_done_somewhere() -> None:
    assert set(ACTS) == set(Act)
    assert {use.act for state, key in ROWS for use in TABLE[state][key]} == set(Act)


@pytest.mark.parametrize(("state", "key"), ROWS)
def test_soft_keys_alone_have_labels_and_each_label_is_a_text(state: State, key: str) -> None:
    for use in TABLE[state][key]:
        assert (use.label in TEXTS) if key in SOFT else (not use.label or key == "redial")


@pytest.mark.parametrize(("state", "key"), list(product(TABLE, ("menu", "record"))))
def test_the_record_key_and_the_menus_are_there_in_every_state(state: State, key: str) -> None:
    assert use_of(state, key, facts()) is not None


@pytest.mark.parametrize("state", TABLE)
def test_a_dss_key_does_what_the_key_does_that_it_is_set_to(state: State) -> None:
    for does in ("record", "pause", "hold", "redial"):
        here = facts(texts={"keys.dss3": does})
        assert use_of(state, DSS[2], here) == use_of(state, does, here)
    assert use_of(state, DSS[2], facts(texts={"keys.dss3": "none"})) is None
