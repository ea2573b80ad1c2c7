"""What a user asks for of a call over SIP: who calls whom, as whom, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from phone_recorder.sip.account import Account
from phone_recorder.sip.transport.tls import TlsSettings
from phone_recorder.wire.payload import CODECS, Codec


@dataclass(frozen=True, slots=True)
class SipPlan:
    """`target` is a SIP URI to call, empty to wait for a call, which is answered after `answer_after_s` seconds.

    `listen` is this phone's own address, empty and port 0 for any; `rtp_ports` first and last, None for any. `codecs`
    are offered in this order. `device` takes microphone and loudspeaker for the near party. Files that are None are not
    kept.
    """

    account: Account
    target: str = ""
    listen: tuple[str, int] = ("", 0)
    rtp_ports: tuple[int, int] | None = None
    tls: TlsSettings = field(default_factory=TlsSettings)
    codecs: tuple[Codec, ...] = CODECS
    answer_after_s: float = 0
    device: bool = False
    save_far: Path | None = None
    trace: Path | None = None
    pcap: Path | None = None
