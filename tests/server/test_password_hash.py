from __future__ import annotations

import msgspec
import pytest

from phone_recorder.server.password_hash import COST, Cost, PasswordHash, decoy, hash_password

WEAK = Cost(n=2, r=8, p=1)


def test_new_passwords_cost_32_mib() -> None:
    assert (COST.n, COST.r, COST.p) == (32768, 8, 1)


def test_it_is_scrypt() -> None:
    # The third test vector of RFC 7914 section 12, of which we keep 32 bytes.
    key = bytes.fromhex("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162")
    hashed = PasswordHash(n=1024, r=8, p=16, salt=b"NaCl", key=key)
    assert hashed.matches("password")
    assert not hashed.matches("Password")


@pytest.mark.parametrize("password", ["correct horse", "密碼密碼密碼密碼", "", "\0\n", "\ud800", "x" * 100_000])
def test_a_password_matches_its_own_hash_alone(password: str) -> None:
    hashed = hash_password(password, WEAK)
    assert hashed.matches(password)
    assert not hashed.matches(password + "x")


def test_an_accented_letter_is_the_same_in_one_character_and_in_two() -> None:
    assert hash_password("caf\N{LATIN SMALL LETTER E WITH ACUTE}", WEAK).matches("cafe\N{COMBINING ACUTE ACCENT}")


def test_two_hashes_of_a_password_have_nothing_in_common() -> None:
    first, second = hash_password("password", WEAK), hash_password("password", WEAK)
    assert first.salt != second.salt and first.key != second.key


def test_a_hash_keeps_its_own_cost() -> None:
    stored = msgspec.json.encode(hash_password("password", Cost(n=4, r=9, p=2)))
    read = msgspec.json.decode(stored, type=PasswordHash)
    assert (read.n, read.r, read.p) == (4, 9, 2)
    assert read.matches("password")


def test_the_costliest_that_may_be_stored_can_be_computed() -> None:
    assert hash_password("password", Cost(n=1 << 17, r=16, p=1)).n == 1 << 17


@pytest.mark.parametrize("wrong", [{"n": 3}, {"n": 1}, {"n": 1 << 18}, {"r": 7}, {"r": 17}, {"p": 0}, {"p": 17}])
def test_a_cost_that_cannot_be_is_damage(wrong: dict[str, int]) -> None:
    stored = msgspec.to_builtins(hash_password("password", WEAK)) | wrong
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(stored), type=PasswordHash)


def test_a_short_key_is_damage() -> None:
    stored = b'{"n": 2, "r": 8, "p": 1, "salt": "", "key": ""}'
    with pytest.raises(msgspec.ValidationError, match="a key must have 32 bytes"):
        msgspec.json.decode(stored, type=PasswordHash)


def test_a_decoy_costs_the_same_and_matches_nothing() -> None:
    found = decoy(hash_password("password", Cost(n=4, r=9, p=2)), WEAK)
    assert (found.n, found.r, found.p) == (4, 9, 2)
    assert not found.matches("password")
    assert (decoy(None, WEAK).n, decoy(None, WEAK).r) == (2, 8)
