"""What a provisioning file of this family of phones says of recording, as texts of our own settings.

Two forms are about. XML has a `<record>` element somewhere, with elements or attributes in it. The text form has lines
`Voice Codec :PCMU` below a title such as `<RECORD CONFIG MODULE>`, or `record.VoiceCodec = PCMU` anywhere; a line's SIP
INFO header stands there as `SIP1 Record Start :Record:on`. Names are compared without case, blanks, marks and a leading
`record`. Files name a type by number too: phones that cannot record to USB come with 1, so it counts local, network,
SIP INFO.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from phone_recorder.errors import UsageError
from phone_recorder.settings.kinds import fold, quoted
from phone_recorder.settings.provisioning_xml import read_xml
from phone_recorder.settings.table import SETTINGS

MAX_SIZE = 1 << 20
TYPES = ("local", "network", "sip_info")
MOST_MEGABYTES = 4095
"""A size limit without a unit is megabytes; more than this is a FAT file's."""

_ENCODINGS = ("utf-8", "utf-16", "us-ascii", "iso-8859-1", "windows-1252", "gb2312", "gbk", "gb18030")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,80}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_XML = re.compile(r"\s*<(?:[?!]|[\w:.-]+(?:\s+[\w:.-]+\s*=[^>]*)?(?:/>|>.*?(?:</|/>)))", re.DOTALL)
"""`<RECORD CONFIG MODULE>` is none, and `<record>` only if something is closed after it."""
_TITLE = re.compile(r"[<\[]+([^<>\[\]]*)[>\]]+")
_SEPARATOR = re.compile(r"[:=]")
_RECORD = re.compile(r"record(ing)?(config|settings?|configmodule|module)?")
_HEADER = re.compile(r"(?:sip1?|line1?)?record(start|stop)")


@dataclass(frozen=True, slots=True)
class Entry:
    """`name` is set to `value`; `inside` the part about recording, or `record.` before the name."""

    name: str
    value: str
    inside: bool


def read(data: bytes, name: str) -> tuple[dict[str, str], list[str]]:
    """Texts by the keys of our settings, and a note of each thing that was not understood, or only guessed.

    UsageError if the file cannot be read, or says nothing of recording; errors call it `name`.
    """
    if len(data) > MAX_SIZE:
        raise UsageError(f"{name} is larger than 1 MiB: it is no provisioning file")
    text = _decoded(data, name)
    entries = list(_xml_entries(text, name) if _XML.match(text) else _text_entries(text))
    if not any(entry.inside for entry in entries):
        raise UsageError(f"{name} says nothing of recording: there is no <record> section with anything in it")
    texts: dict[str, str] = {}
    notes: list[str] = []
    for entry in entries:
        _take(entry, texts, notes)
    return texts, notes


def _decoded(data: bytes, name: str) -> str:
    declared = _DECLARED.match(data.lstrip(b"\xef\xbb\xbf \t\r\n"))
    encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    if encoding not in _ENCODINGS:
        raise UsageError(f"{name} is encoded as {encoding}, which cannot be read: save it as UTF-8")
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not encoded as {encoding}: save it as UTF-8") from error


def _xml_entries(text: str, name: str) -> Iterator[Entry]:
    for path, value in read_xml(text, name):
        inside = any(_RECORD.fullmatch(fold(step)) for step in path[:-1])
        if inside or _HEADER.fullmatch(fold(path[-1])):
            yield Entry(path[-1], value, inside)


def _text_entries(text: str) -> Iterator[Entry]:
    inside = False
    for line in text.splitlines():
        line = line.strip()
        if title := _TITLE.match(line):
            inside = bool(_RECORD.fullmatch(fold(title[1])))
        elif found := _SEPARATOR.search(line):
            yield from _line_entry(line[: found.start()].strip(), line[found.end() :].strip(), inside)


def _line_entry(name: str, value: str, inside: bool) -> Iterator[Entry]:
    before, dot, last = name.rpartition(".")
    if dot and _RECORD.fullmatch(fold(before)):
        yield Entry(last, value, True)
    elif inside or _HEADER.fullmatch(fold(name)):
        yield Entry(name, value, inside)


def _take(entry: Entry, texts: dict[str, str], notes: list[str]) -> None:
    """What one entry says goes to the texts, or to the notes."""
    try:
        if header := _HEADER.fullmatch(fold(entry.name)):
            _take_header(header[1], entry.value, texts)
            return
        key = _KEYS.get(fold(entry.name)) or _KEYS.get(fold(entry.name).removeprefix("record"))
        if key is None:
            notes.append(f"{_named(entry)} is not known")
            return
        kind = SETTINGS[key].kind
        texts[key] = kind.text(kind.parse(_READERS.get(key, _as_it_is)(entry, notes)))
    except UsageError as error:
        notes.append(f"{_named(entry)} is not taken: {error}")


def _take_header(event: str, text: str, texts: dict[str, str]) -> None:
    """`Record:on`: the SIP INFO header and its value, of the first line that has one; nothing if it is empty."""
    header, colon, value = (part.strip() for part in text.partition(":"))
    if not colon:
        if header:
            raise UsageError(f"{quoted(text)} is no header with a value")
        return
    SETTINGS["sip_info.header"].kind.parse(header)
    if texts.setdefault("sip_info.header", header) != header:
        raise UsageError(f"{quoted(header)} is another header than {texts['sip_info.header']}")
    key = "sip_info.on" if event == "start" else "sip_info.off"
    texts.setdefault(key, SETTINGS[key].kind.text(SETTINGS[key].kind.parse(value)))


def _named(entry: Entry) -> str:
    return quoted(entry.name)[1:-1]


def _as_it_is(entry: Entry, notes: list[str]) -> str:
    return entry.value


def _type(entry: Entry, notes: list[str]) -> str:
    if entry.value not in ("0", "1", "2"):
        return entry.value
    meant = TYPES[int(entry.value)]
    notes.append(f"{_named(entry)} {entry.value} is taken for {meant}")
    return meant


def _size(entry: Entry, notes: list[str]) -> str:
    """Megabytes where there is no unit."""
    if not entry.value.isdecimal():
        return entry.value
    if int(entry.value[:9]) > MOST_MEGABYTES:
        raise UsageError(f"{quoted(entry.value)} is no number of megabytes up to {MOST_MEGABYTES}")
    return f"{int(entry.value)}M"


_READERS: dict[str, Callable[[Entry, list[str]], str]] = {"record.mode": _type, "record.size_limit": _size}


_KEYS = {fold(name): key for key, setting in SETTINGS.items() for name in setting.provision}
