"""A pair of files mixed to one, which takes its name when it is whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from phone_recorder.adapters.files import replace_when_done
from phone_recorder.bulk.offline.payloads import Octets, mix_payloads
from phone_recorder.bulk.offline.sides import Side, look, open_payloads
from phone_recorder.bulk.offline.target import Target, Wish, choose
from phone_recorder.errors import UsageError
from phone_recorder.wire.payload import G722, Codec


class Pair(NamedTuple):
    """Two files, and the one to be made of them."""

    a: Path
    b: Path
    out: Path


class Mixed(NamedTuple):
    """What was made: its playing time, its codec (`pcm16` for samples), and what is wrong with damaged sides."""

    out: Path
    duration_s: float
    codec: str
    problems: tuple[str, ...]


def mix_pair(pair: Pair, wish: Wish, force: bool = False) -> Mixed:
    """Mix the two files of a pair; a damaged record file is mixed as far as its audio goes.

    UsageError, RecordFileError or AudioFileError if a file cannot be read or written, is too long, or is there already
    and `force` is not set. Then nothing is left of what was begun.
    """
    if same(pair.a, pair.out) or same(pair.b, pair.out):
        raise UsageError(f"{pair.out} is a file to read from: choose another name")
    a, b = look(pair.a), look(pair.b)
    target = choose(a, b, wish)
    lengths = a.length, b.length
    target.head(target.size(min(lengths) if wish.shortest else max(lengths)))
    with _mixing(a, b, target, wish.shortest) as pieces, replace_when_done(pair.out, force) as file:
        size = _write(file, pieces, target)
    return Mixed(pair.out, target.duration_s(size), str(target.codec or "pcm16"), (*_told(a), *_told(b)))


@contextmanager
def _mixing(a: Side, b: Side, target: Target, shortest: bool) -> Iterator[Iterable[Octets]]:
    """The pieces of the mix, to read once."""
    if G722 in (a.codec, b.codec, target.codec) or a.codec is None or b.codec is None:
        # Imported late: who mixes G.711 waits for nothing that it does not need.
        from phone_recorder.bulk.offline.samples import mix_samples

        yield mix_samples(a, b, target, shortest)
        return
    laws: tuple[Codec, Codec] = a.codec, b.codec
    with ExitStack() as opened:
        fills = opened.enter_context(open_payloads(a)), opened.enter_context(open_payloads(b))
        yield mix_payloads(laws, fills, target.codec, shortest)


def _write(file: BinaryIO, pieces: Iterable[Octets], target: Target) -> int:
    """Write head and audio; returns the audio's size in bytes."""
    file.write(target.head(0))
    size = sum(map(file.write, pieces))
    if target.record and target.codec:
        # The last packet is a whole one.
        size += file.write(target.codec.silence(-size % target.frame))
    elif size % 2:
        file.write(b"\0")
    file.seek(0)
    file.write(target.head(size))
    return size


def _told(side: Side) -> list[str]:
    return [f"{side.path}: {problem}" for problem in side.problems]


def same(path: Path, other: Path) -> bool:
    """Whether both lead to one file or directory. Where one is not there, or cannot be asked, opening it tells why."""
    try:
        return path.samefile(other)
    except OSError:
        return False
