"""Whole sentences that are missing from a long span, or are in it, and what the account says was lost."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from random import Random

import pytest

from phone_recorder.harness.audio.ears import hear
from phone_recorder.harness.scenario.bound import Bound, Span
from phone_recorder.harness.scenario.expected import AudioIs
from tests.harness.audio.recordings import FAR, FAR_ZH, NEAR, NEAR_ZH, SECOND, Call, Frames, recorded

A_SECOND = SECOND // 160
SPEECH = Call()
BOTH = ("near", "far")
CONTAINS_NEAR, CONTAINS_FAR = AudioIs("contains", ("near",)), AudioIs("contains", ("far",))
LACKS_NEAR, LACKS_FAR = AudioIs("lacks", ("near",)), AudioIs("lacks", ("far",))
HALF = Bound(low=0.5, text="> 0.5", open=True)
SOME_NEAR = AudioIs("contains", ("near",), bound=HALF)


def replaced(first: float, past: float, by: Frames, frames: Frames | None = None) -> Frames:
    """A recording with these seconds of another."""
    frames = SPEECH.frames() if frames is None else frames
    begin, end = round(first * A_SECOND), round(past * A_SECOND)
    return [*frames[:begin], *by[begin:end], *frames[end:]]


def silence() -> Frames:
    return [SPEECH.silence()] * len(SPEECH.frames())


def muted(first: float, past: float) -> Frames:
    return replaced(first, past, silence())


def alone(first: float, past: float) -> Frames:
    """Nothing but these seconds."""
    return replaced(first, past, SPEECH.frames(), silence())


def gap(stream: str, first: float, past: float) -> dict[str, object]:
    return {"stream": stream, "start_s": first, "duration_s": past - first}


@pytest.mark.parametrize(
    ("what", "frames", "seen"),
    [
        (CONTAINS_FAR, muted(2, 2.5), "far has a likeness of 0.00 between 1.5 s and 2.5 s"),
        (SOME_NEAR, muted(5, 6.5), "near has a likeness of 0.00 between 5 s and 6 s"),
        (LACKS_NEAR, alone(5, 6), "near has a likeness of 1.00 between 5 s and 6 s"),
        (LACKS_FAR, alone(5, 6), "far has a likeness of 1.00 between 5 s and 6 s"),
        (LACKS_NEAR, alone(0, 1.3), "near has a likeness of 1.00 between 0 s and 1 s"),
        (
            LACKS_FAR,
            replaced(3, 4, SPEECH.frames(), SPEECH.without("far")),
            "far has a likeness of 1.00 between 3 s and 4 s",
        ),
        (
            AudioIs("only", ("near",)),
            replaced(3, 4, SPEECH.frames(), SPEECH.without("far")),
            "far has a likeness of 1.00 between 3 s and 4 s",
        ),
        # What was said a second before.
        (
            LACKS_FAR,
            [*SPEECH.without("far")[:200], *Call(near="none").frames()[150:200], *SPEECH.without("far")[250:]],
            "far has a likeness of 1.00 between 4 s and 5 s, 1 s late",
        ),
    ],
)
def test_a_sentence_too_few_or_too_many_is_noticed(tmp_path: Path, what: AudioIs, frames: Frames, seen: str) -> None:
    assert (hear(what, recorded(tmp_path, frames), SPEECH.evidence()) or "").startswith(seen)


@pytest.mark.parametrize(("spoken", "absent"), list(permutations([NEAR, FAR, NEAR_ZH, FAR_ZH], 2)))
@pytest.mark.parametrize("codec", ["PCMU", "G722"])
def test_what_somebody_else_says_is_not_taken_for_a_voice(tmp_path: Path, spoken: str, absent: str, codec: str) -> None:
    # Neither party says what is recorded: nothing of it is explained.
    made = recorded(tmp_path, Call(spoken, "none", codec=codec).frames(), codec)
    assert hear(LACKS_FAR, made, Call("none", absent).evidence()) is None
    assert hear(LACKS_FAR, made, Call(spoken, absent).evidence()) is None


def test_a_sentence_of_which_the_account_says_that_it_never_came_counts_in_the_whole_alone(tmp_path: Path) -> None:
    frames = muted(5, 6.5)
    told = recorded(tmp_path, frames, gaps=[gap("mixed", 5, 6.5)])
    assert hear(SOME_NEAR, told, SPEECH.evidence()) is None
    assert hear(CONTAINS_NEAR, told, SPEECH.evidence()) == "near has a likeness of 0.87 between 0 s and 11 s"
    elsewhere = recorded(tmp_path, frames, gaps=[gap("mixed", 1, 2.5)])
    assert hear(SOME_NEAR, elsewhere, SPEECH.evidence()) is not None


@pytest.mark.parametrize("loss", [0.3, 0.5])
def test_what_one_party_loses_does_not_count_against_the_other(tmp_path: Path, loss: float) -> None:
    chance, without = Random(2), SPEECH.without("near")
    lost = [number for number in range(len(without)) if chance.random() < loss]
    frames = [without[number] if number in lost else frame for number, frame in enumerate(SPEECH.frames())]
    gaps = [gap("near", number / A_SECOND, (number + 1) / A_SECOND) for number in lost]
    assert hear(CONTAINS_FAR, recorded(tmp_path, frames, gaps=gaps), SPEECH.evidence()) is None
    assert hear(CONTAINS_NEAR, recorded(tmp_path, frames, gaps=gaps), SPEECH.evidence()) is not None
    assert hear(CONTAINS_FAR, recorded(tmp_path, frames), SPEECH.evidence()) is not None


@pytest.mark.parametrize(
    ("frames", "first"),
    [(alone(5, 6.5), "0 s and 1.833 s"), (muted(5.5, 9.5), "5.5 s and 7.333 s"), (alone(0, 1.3), "")],
)
def test_who_is_not_known_again_in_each_piece_is_not_in_step(tmp_path: Path, frames: Frames, first: str) -> None:
    seen = hear(AudioIs("in step", ("near",)), recorded(tmp_path, frames), SPEECH.evidence()) or ""
    assert seen.startswith("near is not heard within 1 s of where it was said between ")
    assert first in seen


def test_who_is_lost_is_asked_for_where_it_came_alone(tmp_path: Path) -> None:
    made = recorded(tmp_path, muted(5.5, 9.5), gaps=[gap("mixed", 5.5, 9.5)])
    assert hear(AudioIs("in step", BOTH), made, SPEECH.evidence()) is None
    nothing = recorded(tmp_path, silence(), gaps=[gap("mixed", 0, 11)])
    assert hear(AudioIs("in step", BOTH), nothing, SPEECH.evidence()) == "near says nothing between 0 s and 11 s"


def test_a_party_that_is_moved_by_a_frame_in_mid_word_stays_in_step(tmp_path: Path) -> None:
    frames = SPEECH.frames()
    made = recorded(tmp_path, [*frames[:210], *frames[211:]])
    assert hear(AudioIs("in step", BOTH), made, SPEECH.evidence()) is None


@pytest.mark.parametrize("bound", [Bound(high=0.3), Bound(high=0.3, open=True), Bound(0, 0.3), Bound(0.2, 0.2)])
def test_a_voice_is_never_too_like_itself(tmp_path: Path, bound: Bound) -> None:
    made = recorded(tmp_path, SPEECH.frames())
    assert hear(AudioIs("lacks", ("near",), bound=bound), made, SPEECH.evidence()) is not None
    assert hear(AudioIs("contains", ("near",), bound=bound), made, SPEECH.evidence()) is None
    assert hear(AudioIs("contains", ("far",), Span(0, 2 * SECOND), bound), made, SPEECH.evidence()) is not None
