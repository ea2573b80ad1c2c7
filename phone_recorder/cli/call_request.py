"""What `phone-recorder call` is asked for by its options; what makes no sense is a UsageError that says what does."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from phone_recorder.cli.call_options import DEFAULT_STORAGE, DEFAULT_USB, REAL_USB
from phone_recorder.cli.option_groups import refuse
from phone_recorder.cli.stick import made, real_usb
from phone_recorder.errors import UsageError
from phone_recorder.harness.call.request import CallRequest
from phone_recorder.settings.record import RecordSettings, ServerSettings, SipInfoSettings

_SERVER_ALONE = (
    "server",
    "server_timeout",
    "server_dead_after",
    "server_retry",
    "server_retry_after",
    "terminator",
    "allow_foreign_media",
)
_SIP_INFO_ALONE = ("info_header", "info_on", "info_off", "info_timeout")
_REAL_USB_ALONE = ("usb_drive", "automount", "no_repair")


def storage_of(options: dict[str, Any]) -> Path:
    """Where the embedded server stores, if there is one."""
    return made(options["storage"], DEFAULT_STORAGE, options["mode"] == "server" and not options["server"])


def request_of(options: dict[str, Any]) -> CallRequest:
    """The call that is asked for."""
    from phone_recorder.harness.call.network import parse_impairment
    from phone_recorder.models import find_model
    from phone_recorder.wire.record_file import HEADER_SIZE

    model, settings = find_model(options["model"]), _settings(options)
    same = ("usb_size", "near", "far", "repeat", "direction")
    names = ("remote_number", "remote_name", "local_number", "local_name")
    request = CallRequest(
        model=model,
        settings=settings,
        call_codec=options["call_codec"] or options["codec"],
        keys=_keys(options),
        duration_s=_duration(options),
        impairment=parse_impairment(options["impair"]),
        seed=secrets.randbits(32) if options["seed"] is None else options["seed"],
        **_stick(options, settings.mode == "local" and model.local),
        **{name: options[name] for name in (*same, *names)},
    )
    if not request.space.takes(request.header.rtp_len):
        smallest = request.header.rtp_len + HEADER_SIZE
        raise UsageError(f"--size-limit {settings.size_limit} holds no packet: make it at least {smallest}, or 0")
    return request


def _keys(options: dict[str, Any]) -> str:
    keys: str | None = options["keys"]
    # A script is obeyed as it is written: its first press would stop what has begun by itself.
    return ("" if options["auto_record"] else "0 record") if keys is None else keys


def _duration(options: dict[str, Any]) -> float | None:
    from phone_recorder.harness.call.request import MAX_DURATION_S

    duration: float | None = options["duration"]
    if duration is not None and not 0.1 <= duration <= MAX_DURATION_S:
        raise UsageError(f"a call of {duration:g} s cannot be: --duration takes 0.1 to {MAX_DURATION_S:.0f} seconds")
    # A real call lasts until somebody hangs up.
    return MAX_DURATION_S if duration is None and (options["to"] or options["wait"]) else duration


def _settings(options: dict[str, Any]) -> RecordSettings:
    from phone_recorder.recording.drive_names import parse_folder

    parse_folder(options["usb_folder"])
    return RecordSettings(
        ptime_ms=int(options["ptime"]),
        drive=options["usb_drive"],
        folder=options["usb_folder"],
        repair=not options["no_repair"],
        server=_server(options),
        mode=options["mode"].replace("-", "_"),
        sip_info=_sip_info(options),
        auto=options["auto_record"],
        tone=options["record_tone"],
        **{name: options[name] for name in ("codec", "size_limit", "reserve", "cover", "pause")},
    )


def _server(options: dict[str, Any]) -> ServerSettings:
    if options["mode"] != "server":
        refuse(_SERVER_ALONE, "--mode server")
    host, port = options["server"] or ("", 0)
    return ServerSettings(
        host=host,
        port=port,
        timeout_ms=round(options["server_timeout"] * 1000),
        dead_after_ms=options["server_dead_after"] * 1000,
        terminator=options["terminator"],
        foreign_media=options["allow_foreign_media"],
        retries=options["server_retry"],
        retry_after_ms=round(options["server_retry_after"] * 1000),
    )


def _sip_info(options: dict[str, Any]) -> SipInfoSettings:
    if options["mode"] != "sip-info":
        refuse(_SIP_INFO_ALONE, "--mode sip-info")
    texts = {name: options[f"info_{name}"] for name in ("header", "on", "off")}
    return SipInfoSettings(**texts, timeout_ms=round(options["info_timeout"] * 1000))


def _stick(options: dict[str, Any], needed: bool) -> dict[str, Any]:
    """The real drive, or the directory that stands for one."""
    if options["usb"] == REAL_USB:
        if options["usb_size"] is not None:
            raise UsageError(
                "--usb-size is the size of a directory that stands for a stick: leave it out, or --usb auto"
            )
        return {"usb": None, "automount": real_usb(options["automount"])}
    refuse(_REAL_USB_ALONE, "--usb auto")
    return {"usb": made(Path(options["usb"]), Path(DEFAULT_USB), needed)}
