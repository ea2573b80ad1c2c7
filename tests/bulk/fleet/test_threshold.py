from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.bulk.fleet.report_course import Measured
from phone_recorder.bulk.fleet.snapshot import Snapshot
from phone_recorder.bulk.fleet.threshold import parse_threshold
from phone_recorder.bulk.fleet.threshold_figures import FIGURES, LOCAL_FIGURES
from phone_recorder.bulk.spread import Spread
from phone_recorder.errors import UsageError

DOCS = Path(__file__).parents[3] / "docs" / "fleet.md"
MEASURED = Measured(
    Snapshot(
        at_s=10.0,
        attempted=200,
        started=190,
        failed=10,
        packets_said=1000,
        packets_sent=900,
        packets_unsent=100,
        start_latency=Spread(190, 0.001, 0.01, 0.02, 0.03, 0.5, 0.9, 0.015),
    ),
    cpu_share=0.5,
    limited_share=0.1,
)


@pytest.mark.parametrize(
    ("text", "value", "met"),
    [
        ("start_p99>500ms", 0.5, False),
        ("start_p99>=500ms", 0.5, True),
        ("start_p99>=0.5s", 0.5, True),
        ("start_p99<500001us", 0.5, True),
        (" start_max > 800 ms ", 0.9, True),
        ("start_mean<=15ms", 0.015, True),
        ("start_min != 1ms", 0.001, False),
        ("start_p50>0", 0.01, True),
        ("failed==10", 10, True),
        ("failed>10", 10, False),
        ("failed_share>4.9%", 0.05, True),
        ("failed_share>5%", 0.05, False),
        ("call_rate<20/s", 20.0, False),
        ("call_rate<21", 20.0, True),
        ("call_rate>=1200/m", 20.0, True),
        ("packet_rate>89.5/s", 90.0, True),
        ("unsent>99", 100, True),
        ("unsent_share>=10%", 0.1, True),
        ("cpu>49%", 0.5, True),
        ("bottleneck>0", 0.1, True),
    ],
)
def test_a_figure_is_compared(text: str, value: float, met: bool) -> None:
    verdict = parse_threshold(text).judge(MEASURED)
    assert verdict.value == pytest.approx(value)
    assert (verdict.met, verdict.passed) == (met, not met)


@pytest.mark.parametrize(
    "text", ["stop_p99>1s", "lag_max<1s", "failed_share>1%", "unsent_share>1%", "cpu>0", "bottleneck>0", "call_rate<1"]
)
def test_what_was_not_measured_is_neither_met_nor_passed(text: str) -> None:
    verdict = parse_threshold(text).judge(Measured(Snapshot()))
    assert (verdict.value, verdict.met, verdict.passed) == (None, False, False)
    assert str(verdict) == f"{text} cannot be told: nothing was measured"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("start_p99>500ms", "start_p99>500ms is not met: 500 ms"),
        ("failed_share > 1%", "failed_share > 1% is met: 5 %"),
        ("attempted>=100", "attempted>=100 is met: 200"),
        ("call_rate<1", "call_rate<1 is not met: 20.0/s"),
    ],
)
def test_a_verdict_says_the_value(text: str, sentence: str) -> None:
    assert str(parse_threshold(text).judge(MEASURED)) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "'' is no threshold: write a figure, one of >= <= == != > <, and a number, such as"),
        ("start_p99", "'start_p99' is no threshold: write a figure"),
        ("start_p99>", "is no threshold"),
        (">5", "is no threshold"),
        ("failed=1", "'failed=1' is no threshold"),
        ("failed>1 and cut>2", "is no threshold"),
        ("failed>-1", "is no threshold"),
        ("failed>1e9", "'failed>1e9' is no threshold"),
        ("failed>nan", "is no threshold"),
        ("failed>1\n\x1b[2J", "'failed>1\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}[2J' is no threshold"),
        ("failed>" + "9" * 500, "...' is no threshold"),
        ("start_p98>1s", "'start_p98' is no figure: known are start_, stop_, lateness_, lag_ each with one of min"),
        ("fehler>1", "'fehler' is no figure: known are"),
        ("start_p99>500", "'start_p99>500': start_p99 is a time, so write it as one, such as 500ms"),
        ("start_p99>5%", "start_p99 is a time, so write it as one"),
        ("failed>5%", "failed is a number, so write it as one, such as 10"),
        ("failed_share>5", "failed_share is a share, so write it as one, such as 2%"),
        ("call_rate>5ms", "call_rate is a rate, so write it as one, such as 100/s"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_threshold(text)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_figures_of_local_recording_are_known_where_there_is_any() -> None:
    with pytest.raises(UsageError, match="frames_wrong"):
        parse_threshold("frames_wrong>0")
    lost = parse_threshold("frames_lost>0", {**FIGURES, **LOCAL_FIGURES})
    assert lost.judge(Measured(Snapshot(frames_lost=1))).met


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_a_value_of_a_busy_run_and_a_line_in_the_docs(name: str) -> None:
    spread = Spread(1, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    busy = Snapshot(
        at_s=1.0,
        attempted=1,
        packets_said=1,
        start_latency=spread,
        stop_latency=spread,
        lateness=spread,
        loop_lag=spread,
    )
    assert FIGURES[name].value(Measured(busy, 1.0, 1.0)) is not None
    head, _, end = name.partition("_")
    written = f"`{head}_`" if head in ("start", "stop", "lateness", "lag") else f"`{name}`"
    page = DOCS.read_text()
    assert written in page and (written == f"`{name}`" or f"`{end}`" in page)
