"""The reports of `phone-recorder fleet`: that they can be written is known before the run, not after an hour."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from phone_recorder.adapters.files import replace_when_done
from phone_recorder.bulk.fleet.report import Report, as_json
from phone_recorder.bulk.fleet.report_page import page
from phone_recorder.bulk.fleet.report_series import as_csv, columns_of
from phone_recorder.cli.fleet import OURS
from phone_recorder.cli.fleet_options import STDOUT
from phone_recorder.cli.output import complain, nobody_reads, silence
from phone_recorder.cli.test_targets import target_of
from phone_recorder.errors import UsageError

Made = Callable[[Report], bytes]
MAKERS: Mapping[str, Made] = {
    "json": as_json,
    "csv": lambda report: as_csv(report.course, columns_of(report.plan)),
    "html": page,
}
"""By option."""


def wanted_reports(options: Mapping[str, Any], voice: Path | None) -> dict[Path, Made]:
    """Those that the options name, by the file that each goes to. UsageError if one cannot be written."""
    reports: dict[Path, Made] = {}
    for option, made in MAKERS.items():
        path: Path | None = options[option]
        if path is None:
            continue
        target = path if path == STDOUT else target_of(option, path, lambda target: _why_not(target, voice))
        if target in reports:
            raise UsageError(f"--{option} and another report are both {path}: name two files")
        reports[target] = made
    return reports


def write_reports(reports: Mapping[Path, Made], report: Report) -> bool:
    """Write each; whether all could be. Of one that cannot be it is said why, and the others are written.

    What goes to standard output comes last: an OSError there costs no file.
    """
    in_order = sorted(reports.items(), key=lambda one: one[0] == STDOUT)
    written = [_written(path, made, report) for path, made in in_order]
    return all(written)


def _why_not(target: Path, voice: Path | None) -> str:
    same = voice is not None and target == voice.resolve()
    return "it is the voice, which a report would replace: name another file" if same else ""


def _written(path: Path, made: Made, report: Report) -> bool:
    try:
        data = made(report)
        if path == STDOUT:
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        else:
            with replace_when_done(path, force=True) as file:
                file.write(data)
    except UsageError as error:
        complain(error)
        return False
    except OSError as error:
        if not nobody_reads(error):
            # Standard output: main says so.
            raise
        silence(sys.stdout)
        return False
    except Exception as error:
        # An error of ours in one report must not cost the others.
        complain(f"{path} cannot be made: {type(error).__name__}: {error}: {OURS}")
        return False
    return True
