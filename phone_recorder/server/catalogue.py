"""The catalogue of an archive: its entries in SQLite, to be searched. It can always be made anew of the files."""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from phone_recorder.adapters.drive_errors import drive_errors
from phone_recorder.errors import DriveError
from phone_recorder.server.entry import Entry
from phone_recorder.server.query import FOLDED, Page, Query, Totals, fold, folded, order_by, paging, where
from phone_recorder.server.sidecar import FIELDS, TYPES, storable

_SQL_TYPES = {int: "INTEGER", float: "REAL"}
_COLUMNS = (*FIELDS, "stamp", *map(folded, FOLDED))


def _quoted(column: str) -> str:
    """`foreign` is a word of SQL's."""
    return f'"{column}"'


def _declared(column: str) -> str:
    return f"{_quoted(column)} {_SQL_TYPES.get(TYPES.get(column, str), 'TEXT')} NOT NULL"


_SCHEMA = (
    f"CREATE TABLE recordings ({', '.join(map(_declared, _COLUMNS))}, PRIMARY KEY (name))",
    "CREATE INDEX by_start ON recordings (started_at, name)",
    "CREATE INDEX by_id ON recordings (id)",
    "CREATE INDEX by_state ON recordings (state, size, duration_s)",
)
_VERSION = zlib.crc32("\n".join(_SCHEMA).encode()) & 0x7FFFFFFF
"""A catalogue of other columns is made anew."""
_PUT = f"INSERT OR REPLACE INTO recordings VALUES ({', '.join('?' * len(_COLUMNS))})"
_SELECT = f"SELECT {', '.join(map(_quoted, FIELDS))} FROM recordings"

Row = tuple[str | int | float, ...]


class Catalogue:
    """The catalogue in the file `path`, made if there is none that can be used.

    `put` and `forget` are queued until `flush`. `search`, `get`, `totals`, `oldest` have a connection of their own for
    each call: any thread may ask while another one writes. DriveError where SQLite cannot read or write its file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._queue: dict[str, tuple[Entry, str] | None] = {}
        with self._errors():
            self._writer = _open(path)

    def close(self) -> None:
        """Let go of the file; what is queued is lost."""
        self._writer.close()

    def put(self, entry: Entry, stamp: str) -> None:
        """Queue an entry. `stamp` stands for its files as they are now; "" for files that must be looked at again."""
        with self._lock:
            self._queue[entry.name] = storable(entry), stamp

    def forget(self, name: str) -> None:
        """Queue the end of an entry."""
        with self._lock:
            self._queue[name] = None

    def flush(self) -> None:
        """Commit what is queued, in one transaction; if that fails it stays queued."""
        with self._lock, self._errors():
            if not self._queue:
                return
            with self._writer:
                gone = [(name,) for name, put in self._queue.items() if put is None]
                self._writer.executemany("DELETE FROM recordings WHERE name = ?", gone)
                self._writer.executemany(_PUT, [_row(*put) for put in self._queue.values() if put])
            self._queue.clear()

    def knows(self, recording_id: str) -> bool:
        """Whether a recording that is kept has this id."""
        with self._lock, self._errors():
            if any(put and put[0].id == recording_id for put in self._queue.values()):
                return True
            sql = "SELECT 1 FROM recordings WHERE id = ? LIMIT 1"
            return self._writer.execute(sql, (recording_id,)).fetchone() is not None

    def stamps(self) -> dict[str, str]:
        """The stamp of every entry, by name."""
        with self._reading() as reader:
            return dict(reader.execute("SELECT name, stamp FROM recordings"))

    def search(self, query: Query) -> Page:
        """One page of the entries that are asked for; UsageError for an order that there is not."""
        order = order_by(query)
        condition, values = where(query)
        with self._reading() as reader:
            [total] = reader.execute(f"SELECT count(*) FROM recordings WHERE {condition}", values).fetchone()
            page, pages, per_page = paging(query, total)
            sql = f"{_SELECT} WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?"
            rows = reader.execute(sql, [*values, per_page, (page - 1) * per_page])
            return Page(entries=list(map(_entry, rows)), total=total, page=page, pages=pages)

    def get(self, name: str) -> Entry | None:
        """The entry of that name, what is queued included."""
        with self._lock:
            if name in self._queue:
                put = self._queue[name]
                return put and put[0]
        with self._reading() as reader:
            row = reader.execute(f"{_SELECT} WHERE name = ?", (name,)).fetchone()
            return row and _entry(row)

    def totals(self) -> dict[str, Totals]:
        """By state; of what there is none is not in it."""
        with self._reading() as reader:
            rows = reader.execute("SELECT state, count(*), sum(size), sum(duration_s) FROM recordings GROUP BY state")
            return {state: Totals(count=count, bytes=size, seconds=seconds) for state, count, size, seconds in rows}

    def oldest(self) -> Generator[Entry, None, None]:
        """All that are not being recorded, oldest first; read as far as they are wanted."""
        with self._reading() as reader:
            yield from map(
                _entry, reader.execute(f"{_SELECT} WHERE state != 'recording' ORDER BY started_at, length(name), name")
            )

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """One state of the catalogue, whatever is written meanwhile."""
        with self._errors():
            uri = f"{self._path.absolute().as_uri()}?mode=ro"
            with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as reader:
                reader.execute("BEGIN")
                yield reader

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            advice = "look after its disk, or rebuild it with `phone-recorder server reindex`"
            raise DriveError(f"the catalogue {self._path} fails: {error}; {advice}") from error


def discard(path: Path) -> None:
    """Delete a catalogue that nobody has open."""
    with drive_errors(path):
        for ending in ("", "-wal", "-shm", "-journal"):
            path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)


def _open(path: Path) -> sqlite3.Connection:
    """A connection to write with, to a catalogue that is whole and of our version."""
    if not _usable(path):
        discard(path)
    connection = sqlite3.connect(path, check_same_thread=False)
    # A commit is a write, and no sync: after a power cut the files still tell all, and recovery reads them.
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {pragma}")
    if connection.execute("PRAGMA user_version").fetchone() != (_VERSION,):
        with connection:
            for sql in ("BEGIN", *_SCHEMA, f"PRAGMA user_version = {_VERSION}"):
                connection.execute(sql)
    return connection


def _usable(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()
            return (version, connection.execute("PRAGMA quick_check(1)").fetchone()) == ((_VERSION,), ("ok",))
    except sqlite3.OperationalError:
        # It could not be looked at; that tells nothing of what is in it.
        raise
    except sqlite3.DatabaseError:
        return False


def _row(entry: Entry, stamp: str) -> Row:
    texts = (fold(getattr(entry, column)) for column in FOLDED)
    return (*(getattr(entry, field) for field in FIELDS), stamp, *texts)


def _entry(row: Row) -> Entry:
    return Entry(**dict(zip(FIELDS, row, strict=True)))  # type: ignore[arg-type]
