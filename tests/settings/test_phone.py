from __future__ import annotations

from typing import Any

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.phone.parties import DEFAULT_FAR, DEFAULT_NEAR
from phone_recorder.settings.phone import CODEC_NAMES, AccountSettings, CallSettings, PhoneSettings
from phone_recorder.wire.payload import CODECS


def test_a_phone_as_it_is_unpacked() -> None:
    settings = PhoneSettings()
    assert (settings.model, settings.language, settings.local_number) == ("BX5S", "en", "1001")
    assert settings.dss == ("record", "pause", "none", "none")
    assert (settings.call.near, settings.call.far) == (DEFAULT_NEAR, DEFAULT_FAR)
    assert (settings.record.enabled, settings.record.auto, settings.record.tone) == (True, False, False)


def test_the_codecs_are_those_that_there_are() -> None:
    assert [codec.name for codec in CODECS] == list(CODEC_NAMES)


def test_model_and_mac_are_kept_as_they_are_usually_written() -> None:
    settings = PhoneSettings(model="bx6", device="00-11-22-AA-BB-CC")
    assert (settings.model, settings.device) == ("BX6", "001122aabbcc")


def test_a_password_is_in_no_repr() -> None:
    assert "hush" not in repr(PhoneSettings(account=AccountSettings(password="hush")))


@pytest.mark.parametrize(
    ("kind", "wrong", "sentence"),
    [
        (PhoneSettings, {"model": "BX9"}, "phone.model: there is no model 'BX9': choose one of BX3S, "),
        (PhoneSettings, {"language": "de"}, "phone.language: 'de' is none of en, zh"),
        (PhoneSettings, {"device": "1"}, "phone.device: '1' is no MAC address: "),
        (PhoneSettings, {"local_number": ""}, "phone.number: it cannot be empty"),
        (PhoneSettings, {"dss": ("none", "mute", "none", "none")}, "keys.dss2: 'mute' is none of none, record, "),
        (AccountSettings, {"registrar": "a b"}, "account.registrar: 'a b' is no SIP address: "),
        (AccountSettings, {"proxy": "a b"}, "account.proxy: 'a b' is no SIP address: "),
        (AccountSettings, {"listen": ":1"}, "account.listen: ':1' is no address to listen at: "),
        (AccountSettings, {"rtp_ports": "1"}, "account.rtp_ports: '1' is no range "),
        (AccountSettings, {"expires_s": 0}, "account.expires_s: a registration cannot last 0 s"),
        (CallSettings, {"near": ""}, "call.near: it cannot be empty"),
        (CallSettings, {"far": "tone:1"}, "call.far: 'tone:1' is no tone: "),
        (CallSettings, {"codec": "G729"}, "call.codec: 'G729' is none of PCMU, PCMA, G722"),
        (CallSettings, {"sound": "none"}, "call.sound: 'none' is none of browser, device"),
    ],
)
def test_what_cannot_be_is_named_by_its_key(kind: type[Any], wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        kind(**wrong)
    assert str(caught.value).startswith(sentence)
