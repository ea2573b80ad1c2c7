"""The options of `phone-recorder call` that make it a real SIP call."""

from __future__ import annotations

from pathlib import Path

import click

from phone_recorder.cli.option_groups import under
from phone_recorder.cli.parameters import Address, PathGiven, Seconds, Span

_sip, _trace, _info = under("A call over SIP"), under("What is kept of a SIP call"), under("Recording by SIP INFO")
_file = PathGiven(path_type=Path, dir_okay=False)
_text = {"metavar": "TEXT", "show_default": True}

SIP_OPTIONS = [
    _sip("--to", metavar="URI", help="Call this SIP address, such as sip:100@192.0.2.1."),
    _sip("--wait", is_flag=True, help="Answer the next SIP call."),
    _sip("--registrar", metavar="URI", help="Register here first, such as sip:192.0.2.1;transport=tls."),
    _sip("--user", metavar="NAME", help="Name at the registrar; without it, --local-number."),
    _sip("--password-file", type=PathGiven(path_type=Path), metavar="FILE|-", help="Holds the password, in one line."),
    _sip("--proxy", metavar="URI", help="Send all requests by way of this proxy."),
    _sip("--expires", type=click.IntRange(10, 86400), default=300, show_default=True, help="Seconds to register for."),
    _sip(
        "--sip-listen",
        type=Address(5060, any_port=True),
        metavar="HOST:PORT",
        help="Address of this phone; without it any, on port 5060 to wait unregistered, else on any port.",
    ),
    _sip("--rtp-ports", type=Span(1024, 65535), metavar="FIRST-LAST", help="UDP ports for RTP; without it, any."),
    _sip("--cacert", type=_file, metavar="FILE", help="Trust the certificates in this PEM file, and not the system's."),
    _sip("--tls-insecure", is_flag=True, help="Take any certificate: whoever is in between can listen."),
    _sip(
        "--answer-after",
        type=Seconds(0, 120),
        metavar="SECONDS",
        default=0,
        show_default=True,
        help="How long to ring, with --wait.",
    ),
    _sip(
        "--audio",
        type=click.Choice(["files", "device"]),
        default="files",
        show_default=True,
        help="Near party from --near, or microphone and loudspeaker.",
    ),
    _trace("--save-far", type=_file, metavar="FILE", help="What the far party said, as WAV."),
    _trace("--trace", type=_file, metavar="FILE", help="The SIP messages, credentials blanked."),
    _trace("--pcap", type=_file, metavar="FILE", help="The packets, SIP and RTP, credentials blanked."),
    _info("--info-header", default="Record", help="Header of the INFO request.", **_text),
    _info("--info-on", default="on", help="Its value to start a recording.", **_text),
    _info("--info-off", default="off", help="Its value to stop it.", **_text),
    _info(
        "--info-timeout",
        type=Seconds(0.5, 60),
        default=5,
        show_default=True,
        help="How long the SIP server may take to answer.",
    ),
]
