"""`phone-recorder call`: a call on an emulated phone, recorded."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phone_recorder.cli.call_options import OPTIONS
from phone_recorder.cli.call_report import Progress, report
from phone_recorder.cli.main import EXIT_FAILED
from phone_recorder.cli.option_groups import GroupedCommand, with_options

if TYPE_CHECKING:
    from phone_recorder.harness.call.outcome import Outcome
    from phone_recorder.harness.call.request import CallRequest
    from phone_recorder.harness.call.sip_plan import SipPlan


@click.command(
    cls=GroupedCommand,
    epilog='Example: phone-recorder call --usb ./stick --far speech.wav --keys "0 record, 3 pause, 5 resume, 9 record"',
)
@with_options(OPTIONS)
def command(as_json: bool, fast: bool, **options: Any) -> None:
    """Simulate a call on a phone, or make a real one over SIP, and record it: to a USB stick, or on a server.

    A voice is a WAV file of any rate, a record file, a capture (pcap) whose RTP is sent as it was, `tone:HZ`,
    `silence`, or `none`, which sends nothing at all. Keys are record (starts, and stops), start, stop, pause and
    resume. Faults are loss=1%,reorder=1%,duplicate=1%,jitter=30ms. Sizes are bytes; K, M and G are binary.

    Exit code 0 if all was recorded, 1 if a recording failed, 2 if something asked for makes no sense.
    """
    from phone_recorder.cli.call_request import request_of, storage_of
    from phone_recorder.cli.call_sip_request import sip_plan_of

    plan = sip_plan_of(options)
    storage = storage_of(options)
    request = request_of(options)
    progress = Progress(request.model.name, quiet=as_json)
    try:
        outcome = _run(request, plan, storage, progress, fast)
    finally:
        # An error's sentence too begins on a line of its own.
        progress.end()
    click.echo(json.dumps(outcome.document(), indent=2)) if as_json else report(outcome)
    sys.exit(0 if outcome.recorded else EXIT_FAILED)


def _run(request: CallRequest, plan: SipPlan | None, storage: Path, progress: Progress, fast: bool) -> Outcome:
    if plan:
        from phone_recorder.harness.call.sip_run import run_sip

        return run_sip(request, plan, storage, progress.show, progress.tell)
    from phone_recorder.harness.call.run import run_fast, run_live

    return run_fast(request, storage) if fast else run_live(request, storage, progress.show)
