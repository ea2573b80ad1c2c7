"""`phone-recorder call`: a call on an emulated phone, recorded."""

from __future__ import annotations

import json
import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phone_recorder.cli.main import EXIT_FAILED
from phone_recorder.cli.output import shown, tell
from phone_recorder.cli.parameters import Address, Size
from phone_recorder.errors import UsageError

if TYPE_CHECKING:
    from phone_recorder.harness.stage import CallRequest, Outcome
    from phone_recorder.phone.face import Screen
    from phone_recorder.settings import RecordSettings

CODECS = click.Choice(["PCMU", "PCMA", "G722"], case_sensitive=False)
CODEC_NAMES = "PCMU|PCMA|G722"
DEFAULT_USB = "usb"
REAL_USB = "auto"
DEFAULT_STORAGE = Path("server")


@click.command(
    epilog='Example: phone-recorder call --usb ./stick --far speech.wav --keys "0 record, 3 pause, 5 resume, 9 record"'
)
@click.option("--model", default="BX5S", show_default=True, help="Phone model; `phone-recorder models` lists them.")
@click.option("--mode", type=click.Choice(["local", "server"]), default="local", show_default=True, help="Where to.")
@click.option(
    "--usb",
    metavar="DIRECTORY|auto",
    default=DEFAULT_USB,
    show_default=True,
    help="Directory that stands for the USB stick (the default one is made), or auto for a real one.",
)
@click.option("--usb-drive", metavar="NAME", default="", help="With --usb auto: its label, serial, UUID or device.")
@click.option("--usb-folder", metavar="FOLDER", default="", help="Folder on the drive; without it, the drive's root.")
@click.option("--automount", is_flag=True, help="With --usb auto, as root: mount the drive if nobody else does.")
@click.option("--no-repair", is_flag=True, help="With --usb auto: leave files alone that were cut short.")
@click.option("--usb-size", type=Size(), help="The stick's capacity; without it, the real free space counts.")
@click.option("--size-limit", type=Size(), default="8M", show_default=True, help="Largest part; 0 for no limit.")
@click.option("--reserve", type=Size(), default="1M", show_default=True, help="To be kept free on the stick.")
@click.option("--cover", is_flag=True, help="Delete the oldest recordings when there is no room for a new one.")
@click.option(
    "--codec", type=CODECS, metavar=CODEC_NAMES, default="PCMU", show_default=True, help="Codec of the recording."
)
@click.option("--call-codec", type=CODECS, metavar=CODEC_NAMES, help="Codec of the call; without it, the recording's.")
@click.option(
    "--ptime",
    type=click.Choice(["10", "20", "30", "40", "60"]),
    default="20",
    show_default=True,
    help="Milliseconds in a packet.",
)
@click.option("--direction", type=click.Choice(["in", "out"]), default="out", show_default=True, help="Of the call.")
@click.option("--remote-number", default="1002", show_default=True, help="Number of the far party.")
@click.option("--remote-name", default="Far Party", show_default=True, help="Name of the far party.")
@click.option("--local-number", default="1001", show_default=True, help="Number of this phone.")
@click.option("--local-name", default="Near Party", show_default=True, help="Name of this phone.")
@click.option("--near", default="tone:440:0", show_default=True, help="Voice of the near party, see above.")
@click.option("--far", default="tone:660:1", show_default=True, help="Voice of the far party, see above.")
@click.option("--repeat", is_flag=True, help="Begin voices from files again when they are over.")
@click.option("--duration", type=float, help="Seconds; without it, as long as the longer voice, or 10.")
@click.option("--keys", default="0 record", show_default=True, help="Which key when, in seconds, see above.")
@click.option(
    "--pause", type=click.Choice(["skip", "silence"]), default="skip", show_default=True, help="What a pause leaves."
)
@click.option("--server", type=Address(), metavar="HOST:PORT", help="Record server; without it, one is embedded.")
@click.option(
    "--storage",
    type=click.Path(path_type=Path),
    default=DEFAULT_STORAGE,
    show_default=True,
    help="Where the embedded server stores; the default directory is made.",
)
@click.option("--impair", default="", metavar="FAULTS", help="Faults of the far party's network, see above.")
@click.option("--seed", type=click.IntRange(0), help="Makes random numbers, and so faults, the same again.")
@click.option("--fast", is_flag=True, help="Under a virtual clock, all at once: the same bytes, no waiting.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, and nothing else.")
def command(as_json: bool, fast: bool, **options: Any) -> None:
    """Simulate a call on a phone, and record it: to a USB stick, or on a record server.

    A voice is a WAV file of any rate, a record file, a capture (pcap) whose RTP is sent as it was, `tone:HZ`,
    `silence`, or `none`, which sends nothing at all. Keys are record (starts, and stops), start, stop, pause and
    resume. Faults are loss=1%,reorder=1%,duplicate=1%,jitter=30ms. Sizes are bytes; K, M and G are binary.

    Exit code 0 if all was recorded, 1 if a recording failed, 2 if something asked for makes no sense.
    """
    from phone_recorder.harness.run import run_fast, run_live

    storage = _made(options["storage"], DEFAULT_STORAGE, options["mode"] == "server" and not options["server"])
    request = _request(options)
    if fast:
        outcome = run_fast(request, storage)
    else:
        progress = Progress(request.model.name, quiet=as_json)
        outcome = run_live(request, storage, progress.show)
        progress.end()
    click.echo(json.dumps(outcome.document(), indent=2)) if as_json else _report(outcome)
    sys.exit(0 if outcome.recorded else EXIT_FAILED)


class Progress:
    """The phone's screen as a line that is written over in a terminal, and else a line for each change."""

    def __init__(self, model: str, quiet: bool) -> None:
        self._model = model
        self._quiet = quiet
        self._terminal = sys.stdout is not None and sys.stdout.isatty()
        self._last: Screen | None = None

    def show(self, instant: int, screen: Screen) -> None:
        """Called at each tick."""
        if self._quiet or screen == self._last:
            return
        changed = self._last is None or screen.differs(self._last)
        if changed and self._last and self._terminal:
            tell("")
        self._last = screen
        line = f"{self._model} {instant / 8000:6.1f} s {screen}"
        if self._terminal:
            tell(f"\r\x1b[K{line}", end=False)
        elif changed:
            tell(line)

    def end(self) -> None:
        """The call is over."""
        if self._last and self._terminal:
            tell("")


def _request(options: dict[str, Any]) -> CallRequest:
    from phone_recorder.harness.network import parse_impairment
    from phone_recorder.harness.stage import CallRequest
    from phone_recorder.models import find_model
    from phone_recorder.wire.record_file import HEADER_SIZE

    model, settings, duration = find_model(options["model"]), _settings(options), options["duration"]
    if duration is not None and not 0.1 <= duration <= 1e6:
        raise UsageError(f"a call of {duration:g} s cannot be: --duration takes 0.1 to 1000000 seconds")
    same = ("usb_size", "near", "far", "repeat", "keys", "direction")
    names = ("remote_number", "remote_name", "local_number", "local_name")
    request = CallRequest(
        model=model,
        settings=settings,
        call_codec=options["call_codec"] or options["codec"],
        duration_s=duration,
        impairment=parse_impairment(options["impair"]),
        seed=secrets.randbits(32) if options["seed"] is None else options["seed"],
        **_stick(options, settings.mode == "local" and model.local),
        **{name: options[name] for name in (*same, *names)},
    )
    if not request.space.takes(request.header.rtp_len):
        smallest = request.header.rtp_len + HEADER_SIZE
        raise UsageError(f"--size-limit {settings.size_limit} holds no packet: make it at least {smallest}, or 0")
    return request


def _settings(options: dict[str, Any]) -> RecordSettings:
    from phone_recorder.recording.drive_names import parse_folder
    from phone_recorder.settings import RecordSettings

    if options["server"] and options["mode"] == "local":
        raise UsageError("--server goes with --mode server")
    parse_folder(options["usb_folder"])
    host, port = options["server"] or ("", 0)
    return RecordSettings(
        ptime_ms=int(options["ptime"]),
        drive=options["usb_drive"],
        folder=options["usb_folder"],
        repair=not options["no_repair"],
        server_host=host,
        server_port=port,
        **{name: options[name] for name in ("mode", "codec", "size_limit", "reserve", "cover", "pause")},
    )


def _stick(options: dict[str, Any], needed: bool) -> dict[str, Any]:
    """The real drive, or the directory that stands for one."""
    from phone_recorder.adapters.drive_port import AUTOMOUNT_BASE

    if options["usb"] == REAL_USB:
        if options["usb_size"] is not None:
            raise UsageError(
                "--usb-size is the size of a directory that stands for a stick: leave it out, or --usb auto"
            )
        if options["automount"] and os.geteuid():
            raise UsageError("--automount needs root: let the desktop mount the drive, or run as root")
        _say_without_udev()
        return {"usb": None, "automount": AUTOMOUNT_BASE if options["automount"] else None}
    for name in ("usb_drive", "automount", "no_repair"):
        if options[name]:
            raise UsageError(f"--{name.replace('_', '-')} goes with --usb auto")
    return {"usb": _made(Path(options["usb"]), Path(DEFAULT_USB), needed)}


def _say_without_udev() -> None:
    from phone_recorder.adapters.drives import udevd_runs
    from phone_recorder.cli.usb import NO_UDEV

    if not udevd_runs():
        click.echo(f"phone-recorder: {NO_UDEV}", err=True)


def _made(path: Path, default: Path, needed: bool) -> Path:
    """A directory that the user named must be there; the default one is made."""
    if needed and path == default:
        try:
            path.mkdir(exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot make the directory {path}: {(error.strerror or '').lower()}") from error
    if needed and not path.exists():
        raise UsageError(f"cannot record to {path}: there is no such file or directory; make it, or name another")
    return path


def _report(outcome: Outcome) -> None:
    """What was recorded, for people."""
    from phone_recorder.wire.printable import printable

    document = outcome.document()
    for repair in (document["drive"] or {}).get("repairs", []):
        click.echo(f"repair of {shown(repair['path'])}: {repair['result']}")
    for number, recording in enumerate(document["recordings"], 1):
        paused = f", {recording['paused_s']:.2f} s paused" if recording["paused_s"] else ""
        click.echo(
            f"recording {number}: {recording['state']} ({recording['reason']}),"
            f" {recording['duration_s']:.2f} s{paused}, {recording['codec']}"
        )
        for fault in recording["faults"]:
            click.echo(f"  fault at {fault['at_s']:.2f} s: {printable(fault['error'])}")
        for path in recording["covered"]:
            click.echo(f"  deleted to make room: {shown(path)}")
        for part in recording["parts"]:
            click.echo(f"  {shown(part['path'])}  {part['bytes']} bytes, {part['duration_s']:.2f} s")
        for stream in recording["streams"]:
            click.echo(
                f"  {stream['name']:<5} received {stream['received']}, lost {stream['lost']}, late {stream['late']},"
                f" duplicate {stream['duplicate']}, bad {stream['bad']}"
            )
    if not document["recordings"]:
        click.echo("nothing was recorded: no key in --keys started a recording")
