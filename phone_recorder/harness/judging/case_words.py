"""The beginning of a case in words: its phone, its peers and its drive, with what the scenario leaves out filled in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from phone_recorder.harness.judging.action_words import network_words, server_words, sip_words
from phone_recorder.harness.judging.lengths import length, size
from phone_recorder.harness.scenario.case import Case, PartyPlan, StickPlan
from phone_recorder.phone.parties import NOBODY, SILENCE, TONE
from phone_recorder.recording.units import from_ms, from_seconds
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import changed, text_of

_PLACES = {"local": "a USB drive", "server": "a record server", "sip_info": "the SIP server"}
_TOLD = (
    "phone.model",
    "phone.language",
    "phone.number",
    "phone.name",
    "record.mode",
    "record.codec",
    "record.ptime_ms",
)
"""Settings that have words of their own."""
_SUBJECTS = {
    "phone": "our own phone, or another that is played the same",
    "agent": "a real agent alone",
    "arrivals": "a phone that records to us",
}
_CLOCKS = {None: "the virtual clock, or real time", True: "real time only", False: "the virtual clock only"}


def beginning(case: Case) -> Iterator[tuple[str, str]]:
    """Each row: what it is about, and how that is. Servers that the phone has no use for are left out."""
    mode = case.settings.record.mode
    yield "subject", _subject(case)
    yield "phone", _phone(case)
    if others := _settings(case.settings):
        yield "settings", ", ".join(others)
    yield "near", _party(case.near, case.path.parent)
    yield "far", _party(case.far, case.path.parent)
    yield "network", network_words(case.network)
    yield "call", _call(case)
    if case.stick or mode == "local":
        yield "stick", _stick(case.stick) if case.stick else "none"
    if mode == "server":
        yield "server", server_words(case.server)
    if mode == "sip_info":
        yield "sip server", sip_words(case.sip)
    yield "clock", f"{case.begins_at:%Y-%m-%d %H:%M:%S} at the start; {_CLOCKS[case.live]}"
    yield "seed", "the run's" if case.seed is None else str(case.seed)
    if case.tags:
        yield "tags", ", ".join(case.tags)


def _subject(case: Case) -> str:
    """Who is tested, and of a phone that records to us how long that is."""
    said = _SUBJECTS[case.subject]
    if case.subject != "arrivals":
        return said
    if case.arrivals is None:
        return f"{said}, as many recordings as come while the call lasts"
    return f"{said}, until {case.arrivals} recording{' has' if case.arrivals == 1 else 's have'} come"


def _phone(case: Case) -> str:
    settings = case.settings
    record = settings.record
    who = f"{settings.model}, number {settings.local_number}, {settings.local_name}, language {settings.language}"
    how = f"records to {_PLACES[record.mode]} in {record.codec}, packets of {record.ptime_ms} ms"
    return f"{who}; {how}"


def _settings(settings: PhoneSettings) -> list[str]:
    """Those that are not as on a phone which has just been unpacked."""
    keys = [key for key in changed(PhoneSettings(), settings) if key not in _TOLD and not key.startswith("call.")]
    return [f"{key} {text_of(settings, key) or 'nothing'}" for key in keys]


def _party(plan: PartyPlan, directory: Path) -> str:
    if plan.voice == NOBODY:
        return "sends nothing"
    dtx = ", silence is not sent" if plan.dtx else ""
    again = ", over and over" if plan.repeat and plan.voice.partition(":")[0] not in (TONE, SILENCE) else ""
    return f"{_voice(plan.voice, directory)}{again}, {plan.codec}, packets of {plan.ptime_ms} ms{dtx}"


def _voice(voice: str, directory: Path) -> str:
    """A tone may speak in every other second alone; a file is named from the scenario's directory."""
    if voice == SILENCE:
        return "silence"
    kind, _, rest = voice.partition(":")
    if kind != TONE:
        path = Path(voice)
        return str(path.relative_to(directory)) if path.is_relative_to(directory) else path.name
    hertz, _, turn = rest.partition(":")
    turns = {"0": " in the first of every two seconds", "1": " in the second of every two seconds"}
    return f"a tone of {hertz} Hz{turns.get(turn, '')}"


def _call(case: Case) -> str:
    call = case.call
    who = " ".join(filter(None, (call.number, call.name)))
    begins = "" if call.first else ", which a step begins"
    return f"{'from' if call.direction == 'in' else 'to'} {who}, {length(call.length)}{begins}"


def _stick(plan: StickPlan) -> str:
    said = [
        f"{size(plan.size)} of {plan.file_system}",
        "all of it is free" if plan.left is None else f"{size(plan.left)} are free",
        "plugged in" if plan.plugged else "not plugged in",
    ]
    said += ["write-protected"] if plan.locked else []
    said += [f"takes {length(from_ms(plan.delay_ms))} for each write"] if plan.delay_ms else []
    said += [f"no file larger than {size(plan.largest_file)}"] if plan.largest_file is not None else []
    said += [f"no more than {plan.most_files} record files"] if plan.most_files is not None else []
    said += [f"{name} of {length(from_seconds(seconds))} is on it" for name, seconds in plan.files]
    return ", ".join(said)
