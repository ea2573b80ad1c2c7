"""The USB pages: the drives that are plugged in, and the recordings on the one that is used."""

from __future__ import annotations

from functools import partial

from phone_recorder.control_api import (
    ControlPlayback,
    DeleteRecording,
    Drive,
    ExportRecording,
    Line,
    ListRecordings,
    Recording,
    Request,
    StartPlayback,
)
from phone_recorder.phone.face.facts import Facts
from phone_recorder.phone.menus.figures import bytes_of, duration, moment, time_left
from phone_recorder.phone.menus.page import Page, Row, Shown, Step, only_back, question
from phone_recorder.phone.menus.player import player_page
from phone_recorder.phone.menus.words import say, sentence
from phone_recorder.settings.phone import Language

DAMAGED = "!"
BEING_WRITTEN = "●"


def usb_page(facts: Facts) -> Shown:
    """The drives, how much fits on the one that is used, and the way to its recordings."""
    language, drives = facts.settings.language, facts.drives.drives
    rows = [row for drive in drives for row in _drive_rows(drive, language)]
    used = next((drive for drive in drives if drive.used), None)
    if used:
        rows.append(_recordings_row(facts))
    if not drives:
        rows = [Row("none", Line(say("no_drive", language)))]
    problem = facts.drives.problem or (used.problem if used else "")
    return Shown(say("usb", language), tuple(rows), only_back(facts), prompt=sentence(problem, language))


def recordings_page(facts: Facts) -> Shown:
    """The recordings, newest first; OK plays one."""
    language, listed = facts.settings.language, facts.recordings
    rows = tuple(_recording_row(one, facts) for one in listed.recordings)
    soft = say("delete", language), say("export", language), say("back", language)
    if not rows:
        empty = say("cannot_be_listed" if listed.problem else "no_recordings", language)
        rows, soft = (Row("none", Line(empty)),), only_back(facts)
    return Shown(say("recordings", language), rows, soft, prompt=sentence(listed.problem, language))


def delete_question(name: str, leave: int) -> Page:
    """Whether to delete it; yes leaves so many pages, the question being one of them."""
    return partial(
        question, lambda facts: say("ask_delete", facts.settings.language, name), partial(_delete, name, leave)
    )


def _delete(name: str, leave: int, facts: Facts) -> Step:
    playing = facts.playback.name == name and not facts.playback.ended
    stop: tuple[Request, ...] = (ControlPlayback("stop"),) if playing else ()
    return Step((*stop, DeleteRecording(name), ListRecordings()), leave, told=partial(_deleted, name))


def _deleted(name: str, facts: Facts) -> str:
    """Said once it is not there any more, and not because nothing can be seen there."""
    listed = facts.recordings
    gone = (listed.recordings or not listed.problem) and all(one.name != name for one in listed.recordings)
    return say("deleted", facts.settings.language, name) if gone else ""


def _drive_rows(drive: Drive, language: Language) -> list[Row]:
    """A drive, and how long it can still be recorded to."""
    text = drive.name
    if drive.problem:
        return [Row(text, Line(text, say("cannot_be_used", language), DAMAGED))]
    rows = [Row(text, Line(text, _free(drive, language)))]
    if drive.remaining_s is not None:
        left = Line(say("can_record", language), time_left(drive.remaining_s, language))
        rows.append(Row(f"{text} left", left))
    return rows


def _free(drive: Drive, language: Language) -> str:
    if drive.free is None:
        return say("in_use", language) if drive.used else ""
    if drive.size is None:
        return say("free_alone", language, bytes_of(drive.free))
    return say("free", language, bytes_of(drive.free), bytes_of(drive.size))


def _recordings_row(facts: Facts) -> Row:
    language, listed = facts.settings.language, facts.recordings
    count = DAMAGED if listed.problem and not listed.recordings else str(len(listed.recordings))
    step = Step((ListRecordings(),), page=recordings_page)
    return Row("recordings", Line(say("recordings", language), count), {"ok": step}, say("open", language))


def _recording_row(one: Recording, facts: Facts) -> Row:
    text = moment(one.started_at) or one.name
    keys = {
        "ok": Step((StartPlayback(one.name),), page=player_of(one.name)),
        "soft2": Step(page=delete_question(one.name, leave=1), start="no"),
        "soft3": Step((ExportRecording(one.name), ListRecordings())),
    }
    return Row(one.name, Line(text, duration(one.duration_s), _mark(one)), keys, say("play", facts.settings.language))


def player_of(name: str) -> Page:
    """The player's page for a recording, which can delete it as well."""
    return partial(player_page, name, Step(page=delete_question(name, leave=2), start="no"))


def _mark(one: Recording) -> str:
    if one.running:
        return BEING_WRITTEN
    return DAMAGED if one.problem else ""
