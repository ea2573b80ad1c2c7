"""An XML file as a flat list of what its leaves say. No entities, and nothing that would make it larger than it is."""

from __future__ import annotations

from typing import NoReturn
from xml.parsers import expat

from phone_recorder.errors import UsageError

MOST_DEEP = 50

Path = tuple[str, ...]


def read_xml(text: str, name: str) -> list[tuple[Path, str]]:
    """The path and the value of each attribute, and of each element that has no others in it, in their order.

    Nothing of an element that has attributes and no text.

    UsageError if it is no XML, is nested too deeply or has a DOCTYPE; it calls the file `name`.
    """
    leaves = _Leaves(name)
    # The text is decoded already: what it says of its encoding holds no more.
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = leaves.doctype
    parser.StartElementHandler = leaves.start
    parser.EndElementHandler = leaves.end
    parser.CharacterDataHandler = leaves.data
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise UsageError(f"{name}, line {error.lineno}: it is no XML: {expat.ErrorString(error.code)}") from error
    return leaves.found


class _Leaves:
    def __init__(self, name: str) -> None:
        self.found: list[tuple[Path, str]] = []
        self._name = name
        self._path: list[str] = []
        self._pieces: list[str] = []
        self._is_leaf = self._has_more = False

    def doctype(self, *_: object) -> NoReturn:
        raise UsageError(f"{self._name} has a DOCTYPE, which no provisioning file needs: remove it")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._path.append(tag)
        if len(self._path) > MOST_DEEP:
            raise UsageError(f"{self._name} is nested too deeply for a provisioning file")
        self.found += [((*self._path, attribute), value.strip()) for attribute, value in attributes.items()]
        self._pieces, self._is_leaf, self._has_more = [], True, bool(attributes)

    def data(self, piece: str) -> None:
        self._pieces.append(piece)

    def end(self, tag: str) -> None:
        text = "".join(self._pieces).strip()
        if self._is_leaf and (text or not self._has_more):
            self.found.append((tuple(self._path), text))
        self._is_leaf = False
        self._path.pop()
