from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from phone_recorder.errors import DriveError, UsageError
from phone_recorder.server.catalogue import Catalogue
from phone_recorder.server.entry import Entry
from phone_recorder.server.query import Query, Sort, Totals
from tests.server.archive_rig import CALL, HOSTILE

ANNA = msgspec.structs.replace(CALL, name="a", state="recorded", started_at=100.0, size=10, duration_s=1.5)
BORIS = Entry(
    name="b",
    id="B0",
    device="AA-BB",
    direction="out",
    local_number="+49 30 123",
    local_name="\u0411\u043e\u0440\u0438\u0441",
    remote_number="50%",
    remote_name="Stra\u00dfe_\u738b",
    codec="G722",
    started_at=200.0,
    duration_s=2.25,
    size=5,
    state="cut short",
    lost=9,
)
CARLA = Entry(name="c", codec="PCMA", started_at=300.0, duration_s=0.5, size=20, state="recorded", remote_name="carla")


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(Catalogue(tmp_path / "catalogue.sqlite")) as made:
        for entry in (ANNA, BORIS, CARLA):
            made.put(entry, f"stamp of {entry.name}")
        made.flush()
        yield made


def found(catalogue: Catalogue, **asked: Any) -> str:
    """The names that are found, joined."""
    return "".join(entry.name for entry in catalogue.search(Query(**{"descending": False, **asked})).entries)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, "abc"),
        ({"text": "ANNA"}, "a"),
        ({"text": "1001"}, "a"),
        ({"text": "0C1105AABB"}, "a"),
        ({"text": "abcdef0123"}, "a"),
        ({"text": "\u0431\u041e\u0420"}, "b"),
        ({"text": "STRASSE"}, "b"),
        ({"text": "\u738b"}, "b"),
        ({"text": "%"}, "b"),
        ({"text": "_"}, "b"),
        ({"text": "*"}, ""),
        ({"text": "a"}, "abc"),
        ({"number": "0"}, "ab"),
        ({"number": "Anna"}, ""),
        ({"number": "+49 30"}, "b"),
        ({"name": "R"}, "bc"),
        ({"name": "1001"}, ""),
        ({"device": "a-b"}, "b"),
        ({"device": "1001"}, ""),
        ({"direction": "in"}, "a"),
        ({"direction": "out"}, "bc"),
        ({"codec": "G722"}, "b"),
        ({"codec": "G72"}, ""),
        ({"state": "recorded"}, "ac"),
        ({"since": 200.0}, "bc"),
        ({"until": 200.0}, "a"),
        ({"since": 100.0, "until": 300.0, "state": "recorded"}, "a"),
        ({"since": 0.0, "until": float("nan")}, ""),
        ({"text": "a", "direction": "out", "codec": "PCMA"}, "c"),
        ({"text": "\ud800"}, ""),
    ],
)
def test_search(catalogue: Catalogue, asked: dict[str, Any], names: str) -> None:
    assert found(catalogue, **asked) == names


ORDERS: dict[Sort, str] = {
    "started_at": "abc",
    "duration_s": "cab",
    "size": "bac",
    "name": "abc",
    "device": "cab",
    "direction": "abc",
    "local_number": "cba",
    "local_name": "cab",
    "remote_number": "cab",
    "remote_name": "acb",
    "codec": "bca",
    "state": "bac",
    "lost": "acb",
    "gaps_s": "abc",
}


@pytest.mark.parametrize(("sort", "names"), ORDERS.items())
def test_sort_both_ways_and_by_name_where_they_are_alike(catalogue: Catalogue, sort: Sort, names: str) -> None:
    assert found(catalogue, sort=sort) == names
    assert found(catalogue, sort=sort, descending=True) == names[::-1]


def test_every_column_to_sort_by_is_tested() -> None:
    assert ORDERS.keys() == set(get_args(Sort))


def test_a_column_that_there_is_not_is_one_sentence(catalogue: Catalogue) -> None:
    with pytest.raises(UsageError, match="recordings cannot be sorted by 'name; DROP TABLE recordings'; choose one of"):
        catalogue.search(Query(sort="name; DROP TABLE recordings"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("page", "per_page", "names", "at", "pages"),
    [
        (1, 2, "ab", 1, 2),
        (2, 2, "c", 2, 2),
        (3, 2, "c", 2, 2),
        (0, 2, "ab", 1, 2),
        (1 << 70, 1, "c", 3, 3),
        (1, 3, "abc", 1, 1),
        (1, 0, "a", 1, 3),
        (1, 10_000, "abc", 1, 1),
    ],
)
def test_pages(catalogue: Catalogue, page: int, per_page: int, names: str, at: int, pages: int) -> None:
    given = catalogue.search(Query(descending=False, page=page, per_page=per_page))
    assert ("".join(entry.name for entry in given.entries), given.page, given.pages) == (names, at, pages)
    assert given.total == 3


def test_nothing_found_is_one_empty_page(catalogue: Catalogue) -> None:
    page = catalogue.search(Query(text="nobody"))
    assert (page.entries, page.total, page.page, page.pages) == ([], 0, 1, 1)


def test_entries_come_back_as_they_went_in(catalogue: Catalogue) -> None:
    assert catalogue.search(Query(descending=False)).entries == [ANNA, BORIS, CARLA]
    assert catalogue.get("b") == BORIS
    assert catalogue.get("B") is None
    assert catalogue.stamps() == {"a": "stamp of a", "b": "stamp of b", "c": "stamp of c"}


def test_totals(catalogue: Catalogue) -> None:
    assert catalogue.totals() == {
        "recorded": Totals(count=2, bytes=30, seconds=2.0),
        "cut short": Totals(count=1, bytes=5, seconds=2.25),
    }


def test_the_oldest_that_are_at_rest_come_first(catalogue: Catalogue) -> None:
    catalogue.put(msgspec.structs.replace(ANNA, name="0", state="recording", started_at=1.0), "")
    catalogue.put(msgspec.structs.replace(CARLA, name="aa", started_at=100.0), "")
    catalogue.flush()
    with closing(catalogue.oldest()) as entries:
        assert [entry.name for entry in entries] == ["a", "aa", "b", "c"]


def test_what_is_queued_is_known_by_id_and_name_and_found_when_it_is_committed(catalogue: Catalogue) -> None:
    catalogue.put(msgspec.structs.replace(ANNA, name="d", id="new"), "")
    catalogue.forget("a")
    assert catalogue.knows("new") and catalogue.knows("B0") and not catalogue.knows("b0")
    queued = catalogue.get("d")
    assert queued is not None and queued.id == "new"
    assert catalogue.get("a") is None
    assert found(catalogue) == "abc"
    catalogue.flush()
    assert found(catalogue) == "dbc"
    assert catalogue.knows("new") and not catalogue.knows(ANNA.id)


def test_the_last_that_is_said_of_a_name_holds(catalogue: Catalogue) -> None:
    catalogue.put(msgspec.structs.replace(ANNA, reason="first"), "")
    catalogue.put(msgspec.structs.replace(ANNA, reason="second"), "2")
    catalogue.forget("b")
    catalogue.put(BORIS, "again")
    catalogue.flush()
    anna = catalogue.get("a")
    assert anna is not None and anna.reason == "second"
    assert catalogue.stamps() == {"a": "2", "b": "again", "c": "stamp of c"}


def test_what_is_committed_is_not_committed_again(catalogue: Catalogue, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as other, other:
        other.execute("DELETE FROM recordings WHERE name = 'b'")
    catalogue.flush()
    catalogue.put(ANNA, "")
    catalogue.flush()
    assert found(catalogue) == "ac"


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_c6_whatever_a_caller_says_is_kept_and_found(catalogue: Catalogue, text: str) -> None:
    entry = Entry(name="x", id=text, device=text, local_number=text, remote_name=text, reason=text)
    catalogue.put(entry, text)
    catalogue.flush()
    assert catalogue.get("x") == entry
    assert catalogue.knows(text)
    for field in ("text", "number", "name", "device"):
        assert "x" in found(catalogue, **{field: text})
    assert "x" in found(catalogue, text=text[1:-1])


def test_lone_surrogates_are_kept_and_found_as_replacement_characters(catalogue: Catalogue) -> None:
    catalogue.put(Entry(name="x", remote_name="a\ud800b"), "")
    catalogue.flush()
    entry = catalogue.get("x")
    assert entry is not None and entry.remote_name == "a\ufffdb"
    assert found(catalogue, name="A\udfffB") == "x"


LETTERS = st.text(st.sampled_from("aA\u00e4\u00c4\u00df\u0130%_\\'\"*\0\n"), max_size=4)


@given(st.lists(st.tuples(LETTERS, LETTERS, LETTERS), max_size=6), LETTERS, LETTERS)
@example([("a\n", "b", ""), ("\u0130", "", "\0a")], "\na", "\0")
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_search_finds_what_contains_the_text_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], text: str, name: str
) -> None:
    entries = [
        Entry(name=f"{at}", local_name=a, remote_name=b, device=c, started_at=at) for at, (a, b, c) in enumerate(rows)
    ]
    with closing(Catalogue(tmp_path_factory.mktemp("c") / "catalogue.sqlite")) as catalogue:
        for entry in entries:
            catalogue.put(entry, "")
        catalogue.flush()
        expected = [
            entry.name
            for entry in entries
            if any(text.casefold() in field.casefold() for field in (entry.local_name, entry.remote_name, entry.device))
            and any(name.casefold() in field.casefold() for field in (entry.local_name, entry.remote_name))
        ]
        assert found(catalogue, text=text, name=name) == "".join(expected)


def test_ten_thousand(tmp_path: Path) -> None:
    with closing(Catalogue(tmp_path / "catalogue.sqlite")) as catalogue:
        for number in range(10_000):
            catalogue.put(Entry(name=f"{number:05}", remote_number=f"{number:05}", started_at=number % 100), "")
        catalogue.flush()
        page = catalogue.search(Query(number="77", sort="started_at", page=2, per_page=100))
        expected = sorted((n for n in range(10_000) if "77" in f"{n:05}"), key=lambda n: (n % 100, n), reverse=True)
        assert [int(entry.name) for entry in page.entries] == expected[100:200]
        assert (page.total, page.pages) == (len(expected), 3)


def test_any_thread_may_ask_while_another_writes(catalogue: Catalogue) -> None:
    """Each answer is of one state: the writer always adds two at a time."""
    done = threading.Event()
    odd: list[int] = []

    def ask() -> None:
        while not done.is_set():
            page = catalogue.search(Query(text="pair", per_page=500))
            if page.total % 2 or page.total != len(page.entries):
                odd.append(page.total)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(100):
        catalogue.put(Entry(name=f"x{number}", id="pair"), "")
        catalogue.put(Entry(name=f"y{number}", id="pair"), "")
        catalogue.flush()
    done.set()
    for thread in threads:
        thread.join()
    assert odd == []
    assert catalogue.search(Query(text="pair")).total == 200


def test_what_cannot_be_committed_stays_queued(catalogue: Catalogue, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as other, other:
        other.execute("ALTER TABLE recordings RENAME TO elsewhere")
    catalogue.put(msgspec.structs.replace(ANNA, name="d"), "")
    catalogue.forget("a")
    for _ in range(2):
        with pytest.raises(DriveError, match=r"the catalogue .* fails: no such table"):
            catalogue.flush()
    with pytest.raises(DriveError, match="`phone-recorder server reindex`"):
        catalogue.search(Query())
    with closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as other, other:
        other.execute("ALTER TABLE elsewhere RENAME TO recordings")
    catalogue.flush()
    assert found(catalogue) == "dbc"


def test_it_is_there_when_it_is_opened_again(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.close()
    with closing(Catalogue(tmp_path / "catalogue.sqlite")) as again:
        assert found(again) == "abc"


def of_another_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("PRAGMA user_version = 1")


def without_end(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\x55" * 4096
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [of_another_version, without_end, damaged, lambda path: path.write_bytes(b"x" * 9999)])
def test_one_that_cannot_be_used_is_made_anew(catalogue: Catalogue, tmp_path: Path, harm: Any) -> None:
    catalogue.close()
    harm(tmp_path / "catalogue.sqlite")
    with closing(Catalogue(tmp_path / "catalogue.sqlite")) as again:
        assert again.stamps() == {}
        again.put(ANNA, "1")
        again.flush()
        assert found(again) == "a"


def test_a_place_where_none_can_be_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DriveError, match=r"the catalogue .* fails: unable to open database file"):
        Catalogue(tmp_path / "none" / "catalogue.sqlite")
    (tmp_path / "catalogue.sqlite").mkdir()
    with pytest.raises(DriveError):
        Catalogue(tmp_path / "catalogue.sqlite")
