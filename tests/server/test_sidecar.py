from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from phone_recorder.errors import WireError
from phone_recorder.server.entry import Entry
from phone_recorder.server.sidecar import decode, encode, is_name, storable_text
from tests.server.archive_rig import CALL, HOSTILE, NAME

ANY_TEXT = st.text(st.characters())
"""Lone surrogates too."""
ENTRY = Entry(
    name=NAME,
    id="00ff",
    device="0c1105aabbcc",
    direction="in",
    local_number="1001",
    local_name="Bob",
    remote_number="+49 (30) #*12",
    remote_name='\u5f55 "\n',
    codec="G722",
    started_at=1706698800.5,
    duration_s=0.1,
    size=876,
    state="cut short",
    reason="lost",
    received=5,
    lost=4,
    late=3,
    duplicate=2,
    bad=1,
    foreign=6,
    gaps_s=0.02,
)
SIDECAR = (
    '{"version":1,"name":"Record_20240131120000","id":"00ff","device":"0c1105aabbcc","direction":"in",'
    '"local_number":"1001","local_name":"Bob","remote_number":"+49 (30) #*12","remote_name":"\u5f55 \\"\\n",'
    '"codec":"G722","started_at":1706698800.5,"duration_s":0.1,"size":876,"state":"cut short","reason":"lost",'
    '"received":5,"lost":4,"late":3,"duplicate":2,"bad":1,"foreign":6,"gaps_s":0.02}\n'
).encode()


def test_the_bytes() -> None:
    assert encode(ENTRY) == SIDECAR
    assert decode(SIDECAR) == ENTRY


@pytest.mark.parametrize("text", HOSTILE)
def test_c6_whatever_a_caller_says_comes_back(text: str) -> None:
    entry = msgspec.structs.replace(ENTRY, remote_name=text, local_number=text, device=text, id=text, reason=text)
    assert decode(encode(entry)) == entry
    assert encode(entry).count(b"\n") == 1


@given(ANY_TEXT)
@example("\udc80\ud83d \ude00")
@settings(derandomize=True, deadline=None)
def test_any_text_can_be_stored(text: str) -> None:
    stored = decode(encode(msgspec.structs.replace(ENTRY, remote_name=text))).remote_name
    assert stored == storable_text(text)
    assert len(stored) == len(text)
    assert all(a == b or (0xD800 <= ord(a) <= 0xDFFF and b == "\ufffd") for a, b in zip(text, stored, strict=True))


def test_what_a_later_version_adds_is_left_out() -> None:
    later = SIDECAR.replace(b'"version":1', b'"version":2,"mood":["good"]')
    assert decode(later) == ENTRY


def test_what_an_earlier_version_did_not_say_is_not_known() -> None:
    assert decode(b'{"version":1,"name":"x"}') == Entry(name="x")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 500,
        b"null",
        b"[]",
        b"{}",
        SIDECAR[:-3],
        SIDECAR.replace(b'"version":1', b'"version":0'),
        SIDECAR.replace(b'"version":1,', b""),
        SIDECAR.replace(b'"in"', b'"sideways"'),
        SIDECAR.replace(b'"cut short"', b'"\\u0007"'),
        SIDECAR.replace(b'"Bob"', b"null"),
        SIDECAR.replace(b'"Bob"', b'"\\ud800"'),
        SIDECAR.replace(b'"Bob"', b'"\xff"'),
        SIDECAR.replace(b"876", b"-1"),
        SIDECAR.replace(b"876", b"9007199254740992"),
        SIDECAR.replace(b"876", b"8.5"),
        SIDECAR.replace(b"0.1", b"1e999"),
        SIDECAR.replace(b'"version":1', b'"version":1,"x":' + b"[" * 200_000),
    ],
)
def test_garbage_is_one_named_error(data: bytes) -> None:
    with pytest.raises(WireError, match="it is no sidecar") as raised:
        decode(data)
    assert str(raised.value).isprintable()


@given(st.binary(max_size=60), st.integers(0, len(SIDECAR)), st.integers(0, 60))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_a_damaged_sidecar_is_read_or_is_one_named_error(damage: bytes, at: int, cut: int) -> None:
    data = SIDECAR[:at] + damage + SIDECAR[at + cut :]
    try:
        entry = decode(data)
    except WireError:
        return
    assert json.loads(encode(entry)) == {"version": 1, **msgspec.to_builtins(entry)}


@pytest.mark.parametrize("name", [NAME, f"{NAME}-2", f"{NAME}-999999999"])
def test_names_of_ours(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", ".", "../" + NAME, "/" + NAME, NAME + "/", NAME + "\0", NAME + "\n", f"{NAME}-1", f".{NAME}", CALL.id]
)
def test_names_that_are_none(name: str) -> None:
    assert not is_name(name)
