"""What `call` is asked for of a call over SIP; what makes no sense is a UsageError that says what does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phone_recorder.cli.option_groups import refuse
from phone_recorder.errors import UsageError

if TYPE_CHECKING:
    from phone_recorder.harness.call.sip_plan import SipPlan
    from phone_recorder.sip.account import Account
    from phone_recorder.sip.messages.message import SipUri
    from phone_recorder.wire.payload import Codec

_SIP_ALONE = (
    "registrar",
    "user",
    "password_file",
    "proxy",
    "expires",
    "sip_listen",
    "rtp_ports",
    "cacert",
    "tls_insecure",
    "answer_after",
    "audio",
    "save_far",
    "trace",
    "pcap",
)
_SIMULATED_ALONE = ("far", "direction", "remote_number", "remote_name", "impair", "fast")
_NEVER_EMPTY = ("to", "registrar", "user", "proxy")
"""An empty one comes from a variable that was not set; what was meant can only be guessed."""


def sip_plan_of(options: dict[str, Any]) -> SipPlan | None:
    """The SIP call that is asked for; None for a simulated one."""
    for name in _NEVER_EMPTY:
        if options[name] is not None and not options[name].strip():
            raise UsageError(f"--{name} is empty: write one, or leave it out")
    if options["to"] and options["wait"]:
        raise UsageError("a phone cannot call and wait at once: give --to, or --wait")
    if not options["to"] and not options["wait"]:
        refuse(_SIP_ALONE, "--to or --wait")
        if options["mode"] == "sip-info":
            raise UsageError("only in a call over SIP can a SIP server be asked to record: give --to, or --wait")
        return None
    refuse(_SIMULATED_ALONE, "a simulated call, which has neither --to nor --wait")
    if options["to"]:
        refuse(("answer_after",), "--wait")
    if not options["registrar"]:
        refuse(("expires",), "--registrar")
    if options["audio"] == "device":
        refuse(("near", "repeat"), "--audio files")
    return _plan(options)


def _plan(options: dict[str, Any]) -> SipPlan:
    from phone_recorder.harness.call.sip_plan import SipPlan
    from phone_recorder.sip.call.target import called
    from phone_recorder.sip.transport.tls import TlsSettings

    account = _account(options)
    if options["to"]:
        called(options["to"], account)
    # A phone that nobody knows by a registrar is looked for at the usual port.
    port = 0 if options["to"] or options["registrar"] else 5060
    return SipPlan(
        account=account,
        target=options["to"] or "",
        listen=options["sip_listen"] or ("", port),
        tls=TlsSettings(options["cacert"], not options["tls_insecure"]),
        codecs=_codecs(options),
        answer_after_s=options["answer_after"],
        device=options["audio"] == "device",
        rtp_ports=_ports(options["rtp_ports"]),
        **{name: options[name] for name in ("save_far", "trace", "pcap")},
    )


def _account(options: dict[str, Any]) -> Account:
    from phone_recorder.cli.secret_file import read_secret
    from phone_recorder.sip.account import Account, new_instance
    from phone_recorder.sip.authentication.authentication import Credentials

    user = options["user"] or options["local_number"]
    secret = options["password_file"]
    if options["proxy"]:
        _uri("proxy", options["proxy"])
    return Account(
        user=user,
        display_name=options["local_name"],
        registrar=_uri("registrar", options["registrar"]) if options["registrar"] else None,
        credentials=Credentials(user, read_secret(secret)) if secret else None,
        expires_s=options["expires"],
        proxy=options["proxy"] or "",
        instance=new_instance(),
    )


def _uri(option: str, text: str) -> SipUri:
    from phone_recorder.errors import SipMessageError
    from phone_recorder.sip.messages.message import parse_uri

    text = text if text.lower().startswith(("sip:", "sips:")) else f"sip:{text}"
    try:
        return parse_uri(text)
    except SipMessageError as error:
        raise UsageError(f"--{option} {text!r} is no SIP address: write one such as sip:192.0.2.1") from error


def _codecs(options: dict[str, Any]) -> tuple[Codec, ...]:
    """All that this phone has, the one that is asked for first."""
    from phone_recorder.media.codecs import usable

    wanted = options["call_codec"] or options["codec"]
    return tuple(sorted(usable(), key=lambda codec: codec.name != wanted))


def _ports(span: tuple[int, int] | None) -> tuple[int, int] | None:
    if span and span[0] == span[1] and span[0] % 2:
        raise UsageError(f"--rtp-ports {span[0]} has no even port, which RTP goes to: write one such as 20000-29999")
    return span
