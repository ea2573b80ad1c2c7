"""The record tone in whole calls: where it sounds in what is recorded, and that clocks make no difference."""

from __future__ import annotations

from array import array
from itertools import count

import pytest

from phone_recorder.errors import NoDrive
from phone_recorder.media.codecs import decoder
from phone_recorder.phone.levels import Levels
from phone_recorder.phone.party import Nobody, Party, Speaker
from phone_recorder.recording.destination import NoDestination
from phone_recorder.recording.recorder import RetryPolicy
from phone_recorder.settings.record import Pause
from phone_recorder.wire.payload import CODECS, PCMU, Codec
from phone_recorder.wire.rtp import RtpSender
from tests.phone.rig import FRAME, SECOND, SILENCE, START, Rig
from tests.signals import level_at

TENTH = 800
FULL = 2**0.5 / 10


def silent() -> Party:
    return Speaker((SILENCE for _ in count()), RtpSender(0, 1, 0, 0), FRAME, START, 1 << 40)


def rig(keys: str, duration_s: float, codec: Codec = PCMU, pause: Pause = "skip", tone: bool = True) -> Rig:
    return Rig(keys, duration_s=duration_s, near=silent(), codec=codec, pause=pause, tone=tone)


def tenths(recorded: bytes, codec: Codec = PCMU) -> list[int]:
    """The tenths of a second in which the tone sounds; in the others there must be nothing of it."""
    pcm: array[int] = decoder(codec, 8000).decode(recorded)
    levels = [level_at(440, pcm[at : at + TENTH], 8000) for at in range(0, len(pcm), TENTH)]
    assert all(level < 0.002 or level == pytest.approx(FULL, rel=0.05) for level in levels), levels
    return [n for n, level in enumerate(levels) if level > 0.1]


def every_five(*seconds: float) -> list[int]:
    """The tenths of the half seconds that begin there."""
    return [round(10 * second) + n for second in seconds for n in range(5)]


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_it_sounds_for_half_a_second_every_5_s_and_nowhere_else(codec: Codec) -> None:
    [recorded] = rig("0 record", 11, codec).run(1600).recorded
    assert tenths(recorded, codec) == every_five(0, 5, 10)


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_it_counts_from_the_first_frame_of_each_recording(codec: Codec) -> None:
    first, second = rig("1.31 record, 4.51 record, 4.71 record, 10.5 record", 12, codec).run(1600).recorded
    assert tenths(first, codec) == every_five(0)
    assert tenths(second, codec) == every_five(0, 5)


def test_a_restart_in_the_midst_of_it_ends_it_and_begins_it_anew() -> None:
    first, second = rig("0 record, 0.2 record, 0.2 record", 2).run().recorded
    assert (len(first), tenths(first)) == (1600, [0, 1])
    assert tenths(second) == every_five(0)


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_without_the_setting_there_is_none(codec: Codec) -> None:
    [recorded] = rig("0 record", 6, codec, tone=False).run(1600).recorded
    assert tenths(recorded, codec) == []


def test_a_pause_that_is_skipped_takes_no_time_from_it() -> None:
    [recorded] = rig("0 record, 5.2 pause, 9 resume", 15).run(1600).recorded
    assert tenths(recorded) == every_five(0, 5, 10)


def test_in_a_pause_that_is_silence_there_is_none_and_time_goes_on() -> None:
    [recorded] = rig("0 record, 4 pause, 5.2 resume, 9.9 pause, 10.2 resume", 11, pause="silence").run(1600).recorded
    assert tenths(recorded) == [*every_five(0), 52, 53, 54, 102, 103, 104]


def test_it_sounds_where_nobody_speaks_or_sends() -> None:
    [recorded] = Rig("0 record", duration_s=6, near=Nobody(), far=Nobody(), tone=True).run(1600).recorded
    assert tenths(recorded) == every_five(0, 5)


SCRIPTS = ["0 record", "0.111 record, 0.2 pause, 0.333 resume, 0.555 record, 0.6 record, 5.61 pause, 5.9 resume"]


@pytest.mark.parametrize("codec", CODECS, ids=str)
@pytest.mark.parametrize("keys", SCRIPTS)
@pytest.mark.parametrize("step", [33, 160, 1601])
def test_the_steps_of_the_clock_make_no_difference(keys: str, step: int, codec: Codec) -> None:
    def run(step: int) -> list[bytes]:
        return Rig(keys, duration_s=7, codec=codec, tone=True).run(step).recorded

    assert run(step) == run(80)


def test_while_another_attempt_is_waited_for_there_is_none_and_that_begins_it_anew() -> None:
    made = Rig(
        "0 record",
        duration_s=4,
        near=silent(),
        horizon=480,
        servers="dies good",
        retry=RetryPolicy(1, 2 * SECOND),
        tone=True,
    )
    made.call.watch_levels(True)
    heard = []
    for tenth in range(1, 40):
        levels = made.run(until_s=tenth / 10).call.levels()
        heard.append(levels is not None and levels.mix_db is not None)
    assert [account.state for account in made.accounts][:1] == ["cut short"]
    lost, again = heard.index(False), heard.index(True, heard.index(False))
    assert heard == [n < lost or again <= n < again + 5 for n in range(39)]
    assert 1 <= lost <= 4
    assert 20 <= again - lost <= 22


def test_where_there_is_nowhere_to_record_to_nothing_sounds() -> None:
    made = Rig("0 record", near=silent(), nowhere=NoDestination("local", NoDrive("there is none")), tone=True)
    made.call.watch_levels(True)
    for now in range(START + FRAME, START + SECOND // 2, FRAME):
        # The recorder, who has not been asked yet, would say that the key is on.
        made.call.mix(now)
        assert made.call.levels() == Levels()
