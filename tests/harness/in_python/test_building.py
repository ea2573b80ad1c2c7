from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import replace
from math import inf, nan
from pathlib import Path

import pytest

from phone_recorder.errors import DriveError, UsageError
from phone_recorder.harness.evidence import Evidence
from phone_recorder.harness.in_python.building import Scene, seconds
from phone_recorder.harness.runner.collecting import read_file
from phone_recorder.harness.runner.one_case import Engine
from phone_recorder.harness.scenario.actions import Press, Stick
from phone_recorder.harness.scenario.case import Case
from tests.harness.fake_engine import MOMENT, judge

SPEECH = Path(__file__).parents[3] / "fixtures" / "speech"


class Player:
    """An engine that remembers what it was to play; each moment says which play it is of."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.places: list[Path] = []
        self.seeds: set[int] = set()

    def __call__(self, case: Case, seed: int, place: Path, keep: bool = False) -> Evidence:
        assert list(place.iterdir()) == []
        self.cases.append(case)
        self.places.append(place)
        self.seeds.add(seed)
        end = replace(MOMENT, messages=len(self.cases))
        moments = {wanted.at: replace(end, instant=wanted.at) for wanted in case.expected if wanted.at is not None}
        return Evidence(moments, end, (), {})


@pytest.fixture
def player() -> Player:
    return Player()


@pytest.fixture
def scene(tmp_path: Path, player: Player) -> Scene:
    return Scene("test_something", tmp_path, SPEECH, 7, Engine(player, judge))


def test_it_is_a_scenario_with_steps_in_order_of_time(scene: Scene) -> None:
    scene.step(3, "stick", "pull")
    scene.step(0.5, "press", "record")
    scene.step(3, "stick", "plug")
    case = scene.case()
    assert case.title == "test_something"
    assert [step.at for step in case.steps] == [4000, 24000, 24000]
    assert case.steps[0].action == Press("record")
    assert [step.action.what for step in case.steps if isinstance(step.action, Stick)] == ["pull", "plug"]


def test_what_stands_under_a_key_is_joined_and_settings_too(scene: Scene) -> None:
    scene.set("phone", {"model": "BX6"})
    scene.set_settings({"record.pause": "silence"})
    scene.set_settings({"record.tone": True})
    scene.set("call", {"length": "3 s"})
    scene.set("call", {"number": "77"})
    case = scene.case()
    record = case.settings.record
    assert (case.settings.model, record.pause, record.tone) == ("BX6", "silence", True)
    assert (case.call.length, case.call.number) == (24000, "77")


def test_a_voice_is_a_file_beside_the_test_or_one_that_is_made(scene: Scene) -> None:
    file = next(SPEECH.glob("*.wav")).name
    scene.set_voice("near", file)
    scene.set_voice("far", {"voice": "tone:500", "dtx": True})
    case = scene.case()
    assert case.near.voice == str(SPEECH / file)
    assert (case.far.voice, case.far.dtx) == ("tone:500", True)
    assert [scene.leg_of(voice) for voice in ("near", file, SPEECH / file, "far", "tone:500")] == [
        "near", "near", "near", "far", "far"
    ]  # fmt: skip


@pytest.mark.parametrize("voice", ["tone:441", "tone:440"])
def test_a_voice_that_nobody_or_both_say_is_none(scene: Scene, voice: str) -> None:
    scene.set_voice("near", "tone:440")
    scene.set_voice("far", "tone:440")
    with pytest.raises(UsageError, match=f"'{voice}' is not what one of the parties says: write near or far"):
        scene.leg_of(voice)


def test_it_is_played_once_until_there_is_more_of_it(scene: Scene, player: Player) -> None:
    assert scene.moment(1).messages == scene.moment(1).messages == 1
    scene.step(1.5, "press", "record")
    assert scene.moment(1).messages == 2
    assert scene.evidence is scene.evidence
    assert len(set(player.places)) == 2 and player.seeds == {7}


@pytest.mark.parametrize(
    ("look", "late"),
    [
        (lambda scene: scene.moment(2), "a later instant was looked at"),
        (lambda scene: scene.is_so("state", "idle", at=2), "a later instant was looked at"),
        (lambda scene: scene.moment(), "what came of it was looked at"),
        (lambda scene: scene.evidence, "what came of it was looked at"),
        (lambda scene: scene.is_so("state", "idle"), "what came of it was looked at"),
    ],
)
@pytest.mark.parametrize("at", [1, 2])
def test_what_would_change_what_was_looked_at_comes_too_late(
    scene: Scene, look: Callable[[Scene], object], late: str, at: float
) -> None:
    look(scene)
    with pytest.raises(UsageError) as caught:
        scene.step(at, "press", "record")
    assert str(caught.value) == f"press record at {at} s comes too late, {late}: write it before"
    with pytest.raises(UsageError, match=r"^call comes too late, it was looked at what came of it: "):
        scene.set("call", {"length": "3 s"})


@pytest.mark.parametrize(
    ("key", "first", "then", "sentence"),
    [
        (
            "call",
            {"length": "3 s"},
            {"length": "4 s"},
            "call.length is 3 s already, and cannot be 4 s too: say it once",
        ),
        ("server", "refuse busy", "hang", "server is refuse busy already, and cannot be hang too: say it once"),
        ("stick", {"size": "8 MiB"}, None, "stick is {'size': '8 MiB'} already, and cannot be None too: say it once"),
    ],
)
def test_two_things_said_of_one_contradict_each_other(
    scene: Scene, key: str, first: object, then: object, sentence: str
) -> None:
    scene.set(key, first)
    scene.set(key, first)
    with pytest.raises(UsageError) as caught:
        scene.set(key, then)
    assert str(caught.value) == sentence


def test_a_phone_records_to_what_a_test_has_if_its_settings_say_no_other(scene: Scene) -> None:
    assert scene.case().settings.record.mode == "local"
    scene.records_to("server", "record_server")
    scene.records_to("server", "record_server")
    assert scene.case().settings.record.mode == "server"
    scene.records_to("sip_info", "sip_server")
    with pytest.raises(UsageError, match=r"^a phone records to one of record_server and sip_server: set record.mode"):
        scene.case()
    scene.set_settings({"record.mode": "local"})
    assert scene.case().settings.record.mode == "local"


def test_an_instant_that_was_not_looked_at_is_played_for(scene: Scene, player: Player) -> None:
    assert scene.moment(2).instant == 16000
    assert scene.moment(0.25).instant == 2000
    assert scene.moment(2).messages == scene.moment(0.25).messages == len(player.cases) == 2
    assert [wanted.at for wanted in player.cases[1].expected] == [2000, 16000]


def test_what_makes_no_sense_is_the_languages_error(scene: Scene) -> None:
    scene.step(0, "press", "nonsense")
    with pytest.raises(UsageError) as caught:
        scene.evidence  # noqa: B018
    assert str(caught.value).startswith("steps.1.press: 'nonsense' is none of what it can be")
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("at", [-1, nan, inf])
def test_what_is_no_instant_is_said(scene: Scene, at: float) -> None:
    with pytest.raises(UsageError, match=f"^{at} s is no instant of the call: write seconds from its start"):
        scene.step(at, "press", "record")
    with pytest.raises(UsageError, match=f"^at: '{at} s' is no time"):
        scene.moment(at)


def test_nothing_is_looked_at_long_after_the_call(scene: Scene, player: Player) -> None:
    scene.set("call", {"length": "3 s"})
    with pytest.raises(UsageError, match="64 s is more than 60 s after the last call's end, at 3 s"):
        scene.moment(64)
    assert scene.moment(63).instant == 63 * 8000 and len(player.cases) == 1


def test_an_error_of_a_play_is_its_sentence_alone(tmp_path: Path) -> None:
    def play(case: Case, seed: int, place: Path, keep: bool = False) -> Evidence:
        try:
            raise OSError("what led to it")
        except OSError as error:
            raise DriveError("the drive is gone") from error

    with pytest.raises(DriveError) as caught:
        Scene("test", tmp_path, tmp_path, 7, Engine(play, judge)).evidence  # noqa: B018
    assert caught.value.__suppress_context__
    assert "led to it" not in "".join(traceback.format_exception(caught.value))


def test_a_failed_test_shows_the_scenario_which_has_its_seed(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.moment()
    path = capsys.readouterr().out.removeprefix("played: ").strip()
    assert read_file(Path(path)) == (scene.case(),)
    assert scene.case().seed == 7


@pytest.mark.parametrize(
    ("number", "text"), [(3, "3 s"), (0.5, "0.5 s"), (0.000125, "0.000125 s"), (100, "100 s"), (-3600.0, "-3600 s")]
)
def test_seconds_are_exact(number: float, text: str) -> None:
    assert seconds(number) == text
