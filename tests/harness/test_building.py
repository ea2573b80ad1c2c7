from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.building import Scene, seconds
from phone_recorder.harness.collecting import read_file
from phone_recorder.harness.evidence import Evidence
from phone_recorder.harness.one_case import Engine
from phone_recorder.harness.scenario.actions import Press, Stick
from phone_recorder.harness.scenario.case import Case
from tests.harness.fake_engine import MOMENT, judge

SPEECH = Path(__file__).parents[2] / "fixtures" / "speech"


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


def test_it_is_played_once_until_it_has_changed(scene: Scene, player: Player) -> None:
    assert scene.evidence is scene.evidence
    assert scene.moment().messages == 1
    scene.step(1, "press", "record")
    assert scene.moment().messages == 2
    scene.set("call", {"length": "3 s"})
    assert scene.moment().messages == 3
    assert len(set(player.places)) == 3 and player.seeds == {7}


def test_an_instant_that_was_not_looked_at_is_played_for(scene: Scene, player: Player) -> None:
    assert scene.moment(2).instant == 16000
    assert scene.moment(0.25).instant == 2000
    assert scene.moment(2).messages == scene.moment(0.25).messages == len(player.cases) == 2
    assert [wanted.at for wanted in player.cases[1].expected] == [2000, 16000]


def test_what_makes_no_sense_is_the_languages_error(scene: Scene) -> None:
    scene.step(0, "press", "nonsense")
    with pytest.raises(UsageError, match="nonsense"):
        scene.evidence  # noqa: B018


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
