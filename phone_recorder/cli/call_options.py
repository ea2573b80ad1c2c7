"""The options of `phone-recorder call`."""

from __future__ import annotations

from pathlib import Path

import click

from phone_recorder.cli.call_sip_options import SIP_OPTIONS
from phone_recorder.cli.option_groups import under
from phone_recorder.cli.parameters import Address, Seconds, Size
from phone_recorder.cli.record_server_options import speech_options, timeout_option

CODECS = click.Choice(["PCMU", "PCMA", "G722"], case_sensitive=False)
CODEC_NAMES = "PCMU|PCMA|G722"
DEFAULT_USB = "usb"
REAL_USB = "auto"
DEFAULT_STORAGE = Path("server")


_phone, _call = under("The phone"), under("The call")
_recording, _usb, _server = under("The recording"), under("The USB stick"), under("The record server")
_run = under("The run")

OPTIONS = [
    _phone("--model", default="BX5S", show_default=True, help="Phone model; `phone-recorder models` lists them."),
    _phone("--local-number", default="1001", show_default=True, help="Number of this phone."),
    _phone("--local-name", default="Near Party", show_default=True, help="Name of this phone."),
    _call("--direction", type=click.Choice(["in", "out"]), default="out", show_default=True, help="Of the call."),
    _call("--remote-number", default="1002", show_default=True, help="Number of the far party."),
    _call("--remote-name", default="Far Party", show_default=True, help="Name of the far party."),
    _call("--near", default="tone:440:0", show_default=True, help="Voice of the near party, see above."),
    _call("--far", default="tone:660:1", show_default=True, help="Voice of the far party, see above."),
    _call("--repeat", is_flag=True, help="Begin voices from files again when they are over."),
    _call("--duration", type=float, help="Seconds; without it, as long as the longer voice, or 10."),
    _call("--call-codec", type=CODECS, metavar=CODEC_NAMES, help="Codec of the call; without it, the recording's."),
    _call("--impair", default="", metavar="FAULTS", help="Faults of the far party's network, see above."),
    _recording(
        "--mode",
        type=click.Choice(["local", "server", "sip-info"]),
        default="local",
        show_default=True,
        help="To USB, on a record server, or by asking the SIP server.",
    ),
    _recording("--keys", help="Which key when, in seconds, see above; without it, 0 record, or none if automatic."),
    _recording("--auto-record", is_flag=True, help="Start a recording with the call, before any key."),
    _recording("--record-tone", is_flag=True, help="Record a tone too, 440 Hz every 5 s, and send it in a SIP call."),
    _recording(
        "--codec", type=CODECS, metavar=CODEC_NAMES, default="PCMU", show_default=True, help="Codec of the recording."
    ),
    _recording(
        "--ptime",
        type=click.Choice(["10", "20", "30", "40", "60"]),
        default="20",
        show_default=True,
        help="Milliseconds in a packet.",
    ),
    _recording(
        "--pause",
        type=click.Choice(["skip", "silence"]),
        default="skip",
        show_default=True,
        help="What a pause leaves.",
    ),
    _usb(
        "--usb",
        metavar="DIRECTORY|auto",
        default=DEFAULT_USB,
        show_default=True,
        help="Directory that stands for the USB stick (the default one is made), or auto for a real one.",
    ),
    _usb("--usb-drive", metavar="NAME", default="", help="With --usb auto: its label, serial, UUID or device."),
    _usb("--usb-folder", metavar="FOLDER", default="", help="Folder on the drive; without it, the drive's root."),
    _usb("--automount", is_flag=True, help="With --usb auto, as root: mount the drive if nobody else does."),
    _usb("--no-repair", is_flag=True, help="With --usb auto: leave files alone that were cut short."),
    _usb("--usb-size", type=Size(), help="The stick's capacity; without it, the real free space counts."),
    _usb("--size-limit", type=Size(), default="8M", show_default=True, help="Largest part; 0 for no limit."),
    _usb("--reserve", type=Size(), default="1M", show_default=True, help="To be kept free on the stick."),
    _usb("--cover", is_flag=True, help="Delete the oldest recordings when there is no room for a new one."),
    _server("--server", type=Address(), metavar="HOST:PORT", help="Record server; without it, one is embedded."),
    _server(
        "--storage",
        type=click.Path(path_type=Path),
        default=DEFAULT_STORAGE,
        show_default=True,
        help="Where the embedded server stores; the default directory is made.",
    ),
    timeout_option(_server),
    _server(
        "--server-dead-after",
        type=click.IntRange(2, 600),
        metavar="SECONDS",
        default=10,
        show_default=True,
        help="How soon it is noticed that it has gone without a word.",
    ),
    _server(
        "--server-retry",
        type=click.IntRange(0, 1000),
        metavar="N",
        default=0,
        show_default=True,
        help="Start another recording when it was lost, up to N times in a row.",
    ),
    _server(
        "--server-retry-after",
        type=Seconds(0.1, 3600),
        default=2,
        show_default=True,
        help="How long to wait before each time.",
    ),
    *speech_options(_server),
    *SIP_OPTIONS,
    _run("--seed", type=click.IntRange(0), help="Makes random numbers, and so faults, the same again."),
    _run("--fast", is_flag=True, help="Under a virtual clock, all at once: the same bytes, no waiting."),
    _run("--json", "as_json", is_flag=True, help="Print one JSON document, and nothing else."),
]
