"""The player's page: a recording is played, paused, wound, and made faster or slower."""

from __future__ import annotations

from phone_recorder.control_api import (
    ControlPlayback,
    ExportRecording,
    Line,
    ListRecordings,
    Playback,
    Recording,
    Request,
    StartPlayback,
)
from phone_recorder.phone.face.facts import Facts
from phone_recorder.phone.menus.figures import duration, moment
from phone_recorder.phone.menus.page import LEAVE, Row, Shown, Step, only_back
from phone_recorder.phone.menus.words import say, sentence
from phone_recorder.settings.phone import Language

SEEK_S = 5.0
SPEEDS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)


def player_page(name: str, delete: Step, facts: Facts) -> Shown:
    """The recording of that name; `delete` is what its third soft key does."""
    language, playback = facts.settings.language, facts.playback
    found = next((one for one in facts.recordings.recordings if one.name == name), None)
    playing = playback if playback.name == name and not playback.ended else None
    if found is None and playing is None:
        return _gone(facts)
    one = found or Recording(name, 0, playback.duration_s)
    return Shown(
        title=say("recording", language),
        rows=_rows(one, playing, language),
        soft=(say("stop", language), say("delete", language), say("export", language)),
        keys=_keys(name, playing) | {"soft3": delete},
        prompt=sentence(_problem(one, playback), language),
        fixed=True,
        label=say("pause" if playing and not playing.paused else "play", language),
    )


def _gone(facts: Facts) -> Shown:
    """It was deleted, or the drive was pulled out."""
    language = facts.settings.language
    row = Row("gone", Line(say("gone", language)))
    prompt = sentence(facts.recordings.problem, language)
    return Shown(say("recording", language), (row,), only_back(facts), prompt=prompt)


def _problem(one: Recording, playback: Playback) -> str:
    """What is wrong with what is played, or was last; else with the file."""
    played = playback.problem if playback.name == one.name else ""
    damage = f"damaged, what is there is played: {one.problem}" if one.problem else ""
    return played or damage


def _rows(one: Recording, playing: Playback | None, language: Language) -> tuple[Row, ...]:
    position, length = (playing.position_s, playing.duration_s) if playing else (0.0, one.duration_s)
    state = "stopped" if playing is None else "paused" if playing.paused else "playing"
    texts = [
        Line(moment(one.started_at, "seconds") or one.name, one.codec),
        Line(say("position", language), f"{duration(position)} / {duration(length)}"),
        Line(say("speed", language), f"{playing.speed if playing else 1:g}x"),
        Line(say("state", language), say(state, language)),
    ]
    if one.problem or one.running:
        texts.append(Line(say("being_recorded" if one.running else "damaged", language), mark="!"))
    return tuple(Row(line.text, line) for line in texts)


def _keys(name: str, playing: Playback | None) -> dict[str, Step]:
    """The same keys do less while it is not played."""
    export = Step((ExportRecording(name), ListRecordings()))
    if playing is None:
        return {"ok": Step((StartPlayback(name),)), "soft4": export}
    stop = ControlPlayback("stop")
    wanted: dict[str, Request] = {
        "ok": ControlPlayback("resume" if playing.paused else "pause"),
        "soft2": stop,
        "left": ControlPlayback(position_s=max(playing.position_s - SEEK_S, 0.0)),
        "right": ControlPlayback(position_s=min(playing.position_s + SEEK_S, playing.duration_s)),
        **_speed_keys(playing.speed),
    }
    return {key: Step((request,)) for key, request in wanted.items()} | {
        "back": Step((stop,), leave=LEAVE.leave),
        "soft4": export,
    }


def _speed_keys(speed: float) -> dict[str, Request]:
    """Up and down, as far as there is a faster and a slower one."""
    near = {
        "up": next((step for step in SPEEDS if step > speed), None),
        "down": next((step for step in reversed(SPEEDS) if step < speed), None),
    }
    return {key: ControlPlayback(speed=step) for key, step in near.items() if step is not None}
