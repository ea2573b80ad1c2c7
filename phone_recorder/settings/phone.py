"""The settings of a whole phone, with the defaults of one that has just been unpacked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from phone_recorder.models import find_model
from phone_recorder.settings.agent import AgentSettings
from phone_recorder.settings.checks import demand, formed, one_of
from phone_recorder.settings.forms import listen_address, mac_address, port_span, sip_address, voice
from phone_recorder.settings.record import RecordSettings

Language = Literal["en", "zh"]
Sound = Literal["browser", "device"]
DssKey = Literal["none", "record", "pause", "hold", "redial"]
"""What a DSS key does."""

CODEC_NAMES = ("PCMU", "PCMA", "G722")


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """The line at a SIP server; without `registrar` and `listen` the phone has none, and calls are made up.

    `registrar` and `proxy` are SIP addresses, `listen` is `HOST` or `HOST:PORT`, `rtp_ports` `FIRST-LAST`, `cacert` a
    PEM file. `user` is the phone's number if it is empty. `expires_s` is asked for at each registration.
    UsageError names the setting.
    """

    registrar: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    proxy: str = ""
    expires_s: int = 300
    listen: str = ""
    rtp_ports: str = ""
    cacert: str = ""
    tls_insecure: bool = False

    def __post_init__(self) -> None:
        forms = {"registrar": sip_address, "proxy": sip_address, "listen": listen_address, "rtp_ports": port_span}
        for name, form in forms.items():
            if text := getattr(self, name):
                formed(f"account.{name}", form, text)
        demand(self.expires_s >= 1, "account.expires_s", f"a registration cannot last {self.expires_s} s")


@dataclass(frozen=True, slots=True)
class CallSettings:
    """What parties say: `tone:HZ`, `silence`, `none` or a file, which begins again with `repeat`.

    `codec` is the call's, empty for the recording's. `sound`: where playback is heard. UsageError names the setting.
    """

    near: str = "tone:440:0"
    far: str = "tone:660:1"
    repeat: bool = True
    codec: str = ""
    sound: Sound = "browser"

    def __post_init__(self) -> None:
        for name in ("near", "far"):
            text = getattr(self, name)
            demand(bool(text), f"call.{name}", "it cannot be empty")
            formed(f"call.{name}", voice, text)
        one_of(self.codec, ("", *CODEC_NAMES), "call.codec")
        one_of(self.sound, get_args(Sound), "call.sound")


@dataclass(frozen=True, slots=True)
class PhoneSettings:
    """`device` is the phone's MAC, 12 hex digits; `dss` what each of its four DSS keys does.

    `agent` is for real phones, where the agent runs beside a program that has the call; the emulated phone has no use
    for it. The model and the MAC are kept as they are usually written. UsageError names the setting.
    """

    model: str = "BX5S"
    language: Language = "en"
    device: str = "001122334455"
    local_number: str = "1001"
    local_name: str = "Near Party"
    account: AccountSettings = field(default_factory=AccountSettings)
    call: CallSettings = field(default_factory=CallSettings)
    record: RecordSettings = field(default_factory=RecordSettings)
    agent: AgentSettings = field(default_factory=AgentSettings)
    dss: tuple[DssKey, DssKey, DssKey, DssKey] = ("record", "pause", "none", "none")

    def __post_init__(self) -> None:
        object.__setattr__(self, "model", formed("phone.model", lambda name: find_model(name).name, self.model))
        object.__setattr__(self, "device", formed("phone.device", mac_address, self.device))
        one_of(self.language, get_args(Language), "phone.language")
        demand(bool(self.local_number), "phone.number", "it cannot be empty")
        for number, does in enumerate(self.dss, 1):
            one_of(does, get_args(DssKey), f"keys.dss{number}")
