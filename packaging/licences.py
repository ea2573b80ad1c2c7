"""usr/share/doc/phone-recorder/copyright: whose each part is, and under which terms, from what the wheels say."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

HEADER = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: phone-recorder
Comment: Beside the recorder itself, this package has the Python packages that it needs, as their wheels are.
"""

_FILES = ("LICEN[CS]E*", "licenses/**/*", "COPYING*")
_GNU = re.compile(r"(L?GPL-\d(?:\.[1-9])?)")
_CLAIM = re.compile(r"^[^\w\n]*Copyright\b.*\d{4}.*$", re.MULTILINE)


def copyright_file(private: Path, ours: Path) -> str:
    """`private` is the directory of the Python packages, `ours` the recorder's own licence."""
    stanzas = [HEADER, _stanza("*", "phone-recorder", _first_line(ours.read_text()), [ours.read_text()])]
    for metadata in sorted(private.glob("*.dist-info/METADATA")):
        told = email.message_from_string(metadata.read_text())
        name = str(told["Name"])
        files = " ".join(f"usr/lib/phone-recorder/{place}" for place in _places(metadata.parent, name))
        stanzas.append(_stanza(files, name, _licence(told), _terms(metadata.parent, told), _authors(told)))
    return "\n".join(stanzas)


def _stanza(files: str, name: str, licence: str, texts: list[str], authors: str = "") -> str:
    claims = [line.strip(" *#\t") for text in texts for line in _CLAIM.findall(text)]
    owners = "\n ".join(dict.fromkeys(claims)) or authors or f"the authors of {name}"
    words = "\n".join(line.rstrip() for text in texts for line in text.strip().splitlines())
    return f"Files: {files}\nCopyright: {owners}\nLicense: {_word(licence, name)}\n{_indented(words)}\n"


def _indented(text: str) -> str:
    return "\n".join(f" {line}" if line else " ." for line in text.splitlines())


def _places(information: Path, name: str) -> Iterator[str]:
    """Patterns of the package's files: all that begins like its name. Each has a directory or modules of its own."""
    yield f"{information.name}/*"
    yield f"{name.replace('-', '_')}*"


def _licence(told: Message) -> str:
    named = told["License-Expression"] or told["License"] or ""
    classified = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier", []) if line.startswith("License")]
    return _first_line(str(named)) or next(iter(classified), "")


def _terms(information: Path, told: Message) -> list[str]:
    """What of the GNU licences Debian has in one place is not repeated."""
    if gnu := _GNU.match(_licence(told)):
        return [f"The full text is in /usr/share/common-licenses/{gnu[1]}."]
    return list(_texts(information))


def _authors(told: Message) -> str:
    return str(told["Author"] or told["Author-email"] or told["Maintainer"] or "")


def _word(licence: str, name: str) -> str:
    """One word, and each package's its own, as texts differ even where licences are called the same."""
    word = re.sub(r"[^A-Za-z0-9.+]+", "-", licence.removesuffix(" License")).strip("-") or "own"
    return f"{word}-{name}"


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _texts(information: Path) -> Iterator[str]:
    found = {path for pattern in _FILES for path in information.glob(pattern) if path.is_file()}
    yield from (path.read_text(errors="replace") for path in sorted(found))
