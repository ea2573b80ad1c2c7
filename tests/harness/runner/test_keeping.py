from __future__ import annotations

import json
from pathlib import Path

import pytest

from phone_recorder.harness.runner.keeping import keep_evidence
from phone_recorder.harness.runner.result import Result
from phone_recorder.wire.pcap_writer import FILE_HEADER
from tests.harness.fake_engine import FAILURE, case, play


@pytest.mark.parametrize("keep", [False, True])
def test_evidence_is_json_and_packets_are_a_capture(tmp_path: Path, keep: bool) -> None:
    evidence = play(case("a"), 7, tmp_path, keep)
    keep_evidence(Result(case("a"), "failed", 7, (FAILURE,)), evidence, tmp_path)
    result = json.loads((tmp_path / "result.json").read_text())
    assert (result["name"], result["outcome"], result["failures"][0]["seen"]) == ("a", "failed", "it is idle")
    document = json.loads((tmp_path / "evidence.json").read_text())
    assert (document["end"]["key"], document["end"]["screen"]["title"]) == ("idle", "Idle")
    assert document["recordings"][0]["files"] == [str(tmp_path / "seed")]
    assert not {"said", "carried"} & document.keys()
    capture = tmp_path / "capture.pcap"
    assert capture.exists() == keep
    if keep:
        assert capture.read_bytes().startswith(FILE_HEADER) and b"\x80packet" in capture.read_bytes()
