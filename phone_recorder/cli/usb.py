"""`phone-recorder usb`: the USB drives that are plugged in, and which of them would be recorded to."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from phone_recorder.cli.main import EXIT_USAGE
from phone_recorder.cli.output import complain
from phone_recorder.cli.stick import NO_UDEV
from phone_recorder.errors import NoDrive
from phone_recorder.wire.printable import printable

if TYPE_CHECKING:
    from phone_recorder.adapters.drives import FoundDrive

NONE_THERE = "no USB drive is plugged in"


@click.command()
@click.option(
    "--drive", "wanted", metavar="NAME", default="", help="The drive to use: its label, serial, UUID or device."
)
@click.option(
    "--watch", is_flag=True, help="Go on until Ctrl-C, with a line for each drive that comes, goes or changes."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object; with --watch one a line.")
@click.pass_context
def command(ctx: click.Context, wanted: str, watch: bool, as_json: bool) -> None:
    """List the USB drives, what is wrong with each, and which one recordings go to.

    That is the first that can be used: sticks in the order in which they were plugged in, their partitions by number.
    Exit code 2 if --drive names one that cannot be used.

    \b
    phone-recorder usb
    phone-recorder usb --watch --json
    phone-recorder usb --drive BACKUP
    """
    from phone_recorder.adapters.drives import find_drives, udevd_runs

    udev = udevd_runs()
    if not udev:
        complain(NO_UDEV)
    if watch:
        with suppress(KeyboardInterrupt):
            _follow(wanted, as_json)
        return
    drives = find_drives()
    chosen = _chosen(drives, wanted)
    if as_json:
        click.echo(json.dumps({"udev": udev, "drives": [facts(drive, chosen) for drive in drives]}, indent=2))
    else:
        _print_blocks(drives, chosen)
    if wanted and isinstance(chosen, NoDrive):
        complain(chosen)
        ctx.exit(EXIT_USAGE)


def facts(drive: FoundDrive, chosen: FoundDrive | NoDrive) -> dict[str, object]:
    """The JSON object of a drive; sizes in bytes."""
    return {
        **asdict(drive),
        "mount": None if drive.mount is None else str(drive.mount),
        "usable": not drive.problem,
        "mountable": drive.mountable,
        "problem": drive.problem,
        "chosen": drive == chosen,
    }


_GONE = {"mount": None, "free": None, "usable": False, "mountable": False, "problem": "it was removed", "chosen": False}
"""What is true of a drive that is not there any more."""


def _chosen(drives: Sequence[FoundDrive], wanted: str) -> FoundDrive | NoDrive:
    """The drive that would be recorded to, or why there is none."""
    from phone_recorder.adapters.drives import choose

    try:
        return choose(drives, wanted)
    except NoDrive as error:
        return error


def _print_blocks(drives: Sequence[FoundDrive], chosen: FoundDrive | NoDrive) -> None:
    if not drives:
        _print(NONE_THERE)
    for number, drive in enumerate(drives):
        if number:
            _print("")
        _print(drive.device)
        for name, value in _lines(drive, drive == chosen):
            _print(f"  {name:<11} {value}")


def _lines(drive: FoundDrive, chosen: bool) -> Iterator[tuple[str, str]]:
    yield "label", printable(drive.label) or "none"
    yield "model", printable(drive.model) or "unknown"
    yield "serial", printable(drive.serial) or "unknown"
    yield "file system", drive.file_system or ("none" if drive.known else "unknown")
    yield "size", _bytes(drive.size)
    if drive.mount is not None:
        yield "free", "unknown" if drive.free is None else _bytes(drive.free)
        yield "mounted at", printable(str(drive.mount))
    yield "usable", _usable(drive)
    if chosen:
        yield "chosen", "recordings go here"


def _usable(drive: FoundDrive) -> str:
    return f"no: {drive.problem}" if drive.problem else "yes"


def _bytes(size: int) -> str:
    """As sticks are sold: a kB is 1,000 bytes."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.{0 if unit == 'B' else 1}f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


@dataclass(frozen=True, slots=True)
class _Look:
    """What is plugged in at a moment, and which drive is chosen."""

    found: Sequence[FoundDrive]
    chosen: FoundDrive | NoDrive


def _follow(wanted: str, as_json: bool) -> None:
    from phone_recorder.adapters.drive_watch import LOOK_AGAIN_S, DriveWatch
    from phone_recorder.adapters.drives import find_drives

    before = None
    with DriveWatch() as watch:
        while True:
            found = find_drives()
            now = _Look(found, _chosen(found, wanted))
            if not (before or found or as_json):
                _print(NONE_THERE)
            for event, drive in _events(before, now):
                _print(_json_line(event, drive, now.chosen) if as_json else _line(event, drive, now.chosen))
            if wanted and isinstance(now.chosen, NoDrive) and not (before and str(before.chosen) == str(now.chosen)):
                complain(now.chosen)
            before = now
            watch.wait(LOOK_AGAIN_S if any(drive.hangs for drive in found) else None)


def _events(before: _Look | None, now: _Look) -> Iterator[tuple[str, FoundDrive]]:
    """What has happened, and then which drive is chosen now if nothing of that says so."""
    from phone_recorder.adapters.drive_watch import changes

    different = changes(before.found if before else [], now.found)
    told = [(change.kind if before else "present", change.drive) for change in different]
    yield from told
    if isinstance(now.chosen, NoDrive) or now.chosen in [drive for _, drive in told]:
        return
    if before and (isinstance(before.chosen, NoDrive) or before.chosen.identity != now.chosen.identity):
        yield "chosen", now.chosen


def _json_line(event: str, drive: FoundDrive, chosen: FoundDrive | NoDrive) -> str:
    return json.dumps({"event": event, "drive": facts(drive, chosen) | (_GONE if event == "removed" else {})})


def _line(event: str, drive: FoundDrive, chosen: FoundDrive | NoDrive) -> str:
    name = f"{drive.name} ({drive.device})" if drive.name != drive.device else drive.device
    if event == "removed":
        return f"{event:<8} {name}"
    return f"{event:<8} {name}: usable: {_usable(drive)}{', recordings go here' if drive == chosen else ''}"


def _print(line: str) -> None:
    """What the terminal has no letters for is shown as its code. Flushed: a pipe has each line at once."""
    if sys.stdout is None:  # closed before we began
        return
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(line.encode(encoding, "backslashreplace").decode(encoding))
