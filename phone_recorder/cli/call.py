"""`phone-recorder call`: a call on an emulated phone, recorded."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from phone_recorder.cli.call_options import OPTIONS
from phone_recorder.cli.call_report import Progress, report
from phone_recorder.cli.main import EXIT_FAILED
from phone_recorder.cli.option_groups import GroupedCommand, with_options


@click.command(
    cls=GroupedCommand,
    epilog='Example: phone-recorder call --usb ./stick --far speech.wav --keys "0 record, 3 pause, 5 resume, 9 record"',
)
@with_options(OPTIONS)
def command(as_json: bool, fast: bool, **options: Any) -> None:
    """Simulate a call on a phone, and record it: to a USB stick, or on a record server.

    A voice is a WAV file of any rate, a record file, a capture (pcap) whose RTP is sent as it was, `tone:HZ`,
    `silence`, or `none`, which sends nothing at all. Keys are record (starts, and stops), start, stop, pause and
    resume. Faults are loss=1%,reorder=1%,duplicate=1%,jitter=30ms. Sizes are bytes; K, M and G are binary.

    Exit code 0 if all was recorded, 1 if a recording failed, 2 if something asked for makes no sense.
    """
    from phone_recorder.cli.call_request import request_of, storage_of
    from phone_recorder.harness.run import run_fast, run_live

    storage = storage_of(options)
    request = request_of(options)
    if fast:
        outcome = run_fast(request, storage)
    else:
        progress = Progress(request.model.name, quiet=as_json)
        outcome = run_live(request, storage, progress.show)
        progress.end()
    click.echo(json.dumps(outcome.document(), indent=2)) if as_json else report(outcome)
    sys.exit(0 if outcome.recorded else EXIT_FAILED)
