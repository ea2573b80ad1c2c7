from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from phone_recorder.settings.toml_places import Path, find_places

DOCUMENT = '''# a file
top = 1   # one

["record"]  # of calls
mode = "local" # "not" = this
"co\\u0064ec" = 'PCMU'
list = [ 1, # first
  [2, "a]b"],
  { x = 3 },
]
long = """
mode = 'no'
\\""" still """
raw = \'\'\'it's\'\'\'
[server]
a . b = 1979-05-27 07:32:00
inline = { host = "h", "po rt" = 1, deep = { x = "}" } }
[empty]
[[many]]
x = 1
[[many]]
x = 2
'''


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        (("top",), "1", 2),
        (("record", "mode"), '"local"', 5),
        (("record", "codec"), "'PCMU'", 6),
        (("record", "list", "0"), "1", 7),
        (("record", "list", "1", "1"), '"a]b"', 8),
        (("record", "list", "2", "x"), "3", 9),
        (("record", "long"), '"""\nmode = \'no\'\n\\""" still """', 11),
        (("record", "raw"), "'''it's'''", 14),
        (("server", "a", "b"), "1979-05-27 07:32:00", 16),
        (("server", "inline", "host"), '"h"', 17),
        (("server", "inline", "po rt"), "1", 17),
        (("server", "inline", "deep"), '{ x = "}" }', 17),
        (("many", "x"), "1", 20),
    ],
)
def test_a_value_is_found_where_it_stands(path: Path, text: str, line: int) -> None:
    places = find_places(DOCUMENT)
    place = places.values[path]
    assert (DOCUMENT[place.start : place.end], places.line(path)) == (text, line)


def test_the_document_is_one() -> None:
    assert tomllib.loads(DOCUMENT)["server"]["inline"]["deep"] == {"x": "}"}


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("record",), 4),
        (("empty",), 18),
        (("many",), 19),
        (("server", "a"), 16),
        (("none",), None),
        (("server", "z"), None),
    ],
)
def test_a_section_is_on_the_line_of_its_header(path: Path, line: int | None) -> None:
    assert find_places(DOCUMENT).line(path) == line


def test_a_section_ends_after_its_last_statement() -> None:
    text = "[a]\nx = 1 # one\n\n# of b\n[b]\n[c] # none"
    places = find_places(text)
    assert {name: text[:end] for (name,), end in places.sections.items()} == {
        "a": "[a]\nx = 1 # one\n",
        "b": "[a]\nx = 1 # one\n\n# of b\n[b]\n",
        "c": text,
    }


def test_keys_without_a_header_are_found_by_their_first_word() -> None:
    text = "a.x = 1\na.y = 2\nb = 3\n[c]\nd.e = 4\n"
    assert {name: text[:end] for name, end in find_places(text).dotted.items()} == {"a": "a.x = 1\na.y = 2\n"}


@pytest.mark.parametrize(
    "text", ["", "\n", "# only this", "a", "a =", "[", "[a", '"', "a = '", "a = " + "[" * 5000, "\0"]
)
def test_what_is_no_toml_has_no_places_and_raises_nothing(text: str) -> None:
    assert find_places(text).values == {}


@runs(deadline=None)
@given(st.text(alphabet="ab.=[]{}\"'\\#,\n 1", max_size=40))
def test_whatever_is_toml_has_a_place_for_each_key(text: str) -> None:
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    places = find_places(text)
    assert all(places.line(path) for path in leaves(document))


def leaves(value: Any, above: Path = ()) -> list[Path]:
    """The paths of the values in a document; of those in a list of tables, only the list's."""
    if not isinstance(value, dict):
        return [above]
    return [path for name, below in value.items() for path in leaves(below, (*above, name))]
