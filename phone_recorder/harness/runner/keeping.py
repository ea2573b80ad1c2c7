"""What a run leaves of a case for whoever looks later: evidence as JSON and packets as a capture, beside its files."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import msgspec

from phone_recorder.harness.evidence import Evidence
from phone_recorder.harness.runner.result import Result

PACKETS = {"said", "carried"}
"""They are the capture."""


def keep_evidence(result: Result, evidence: Evidence, place: Path) -> None:
    """Write `result.json`, `evidence.json`, and `capture.pcap` if packets were kept."""
    from phone_recorder.harness.report.capture import capture
    from phone_recorder.harness.report.json_lines import result_document

    names = [field.name for field in fields(Evidence) if field.name not in PACKETS]
    document = {name: getattr(evidence, name) for name in names}
    for name, content in {"result.json": result_document(result), "evidence.json": document}.items():
        # Paths, and whatever else JSON has no word for, as text.
        (place / name).write_bytes(msgspec.json.format(msgspec.json.encode(content, enc_hook=str)))
    if evidence.carried:
        (place / "capture.pcap").write_bytes(capture(evidence.carried, result.case.begins_at).data)
