"""`phone-recorder mix`: the two sides of a call, each in a file, to one file; or those of a whole archive."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from phone_recorder.cli.parameters import PathGiven
from phone_recorder.errors import UsageError
from phone_recorder.wire.payload import BY_NAME, PTIMES_MS

if TYPE_CHECKING:
    from phone_recorder.bulk.offline.target import Wish

PCM16 = "pcm16"
_ENDS = (signal.SIGTERM, signal.SIGHUP)


@click.command(
    short_help="Mix the two sides of a call to one file.",
    epilog="Examples: phone-recorder mix near.wav far.wav -o call.wav; phone-recorder mix near/ far/ -o calls/ -j 8",
)
@click.argument("sides", metavar="[A B]", nargs=-1, type=PathGiven(path_type=Path))
@click.option(
    "-o", "--output", required=True, type=PathGiven(path_type=Path), help="The file to write; of many, their directory."
)
@click.option("--format", type=click.Choice(["record", "wav"]), help="A record file or a WAV file; without it, as A.")
@click.option(
    "--codec",
    type=click.Choice([*BY_NAME, PCM16], case_sensitive=False),
    metavar="|".join([*BY_NAME, PCM16]),
    help="What to encode it with; pcm16 is for WAV files alone. Without it, as A.",
)
@click.option(
    "--ptime",
    type=click.Choice([str(ptime) for ptime in PTIMES_MS]),
    help="Milliseconds in a packet of a record file; without it, as A, or 20.",
)
@click.option("--shortest", is_flag=True, help="End with the shorter side; without it, silence follows that one.")
@click.option("--force", is_flag=True, help="Replace the output if it is there.")
@click.option(
    "--pairs",
    type=PathGiven(path_type=Path),
    metavar="LIST",
    help="In place of A and B: a CSV file, of which each line is A,B or A,B,OUT.",
)
@click.option(
    "-j", "--jobs", type=click.IntRange(1, 256), metavar="N", help="Processes for many; without it, one a CPU."
)
@click.option("--skip-existing", is_flag=True, help="Leave out what is there already, as after a run that was stopped.")
def command(sides: tuple[Path, ...], output: Path, **options: Any) -> None:
    """Mix A and B, each a record file or a WAV file with one side of a call, as a phone would have mixed them.

    If A and B are directories, each *.wav below A is mixed with the one of the same name below B. One that fails does
    not stop the others. An output appears when it is whole, so that whatever is there need not be done again.

    A damaged record file is mixed as far as its audio goes. Exit code 1 if one of many could not be mixed.
    """
    # numpy's linear algebra, which nothing here needs, would start threads that wait busily: a tenth of an hour's mix.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if str(output) == "-":
        raise UsageError("a mix is written to a file: name one, as in -o call.wav")
    with _left_in_order():
        if _many(sides, options["pairs"]):
            from phone_recorder.cli.mix_archive import mix_archive

            click.get_current_context().exit(mix_archive(sides, output, _wish(options), options))
        _refuse_of_many(options)
        _mix_one(sides[0], sides[1], output, _wish(options), options["force"])


def _many(sides: tuple[Path, ...], pairs: Path | None) -> bool:
    """Whether many are to be mixed; UsageError if it is not plain what is."""
    if pairs:
        if sides:
            raise UsageError("A and B are in the list of --pairs: leave them out, or it")
        return True
    if len(sides) != 2:
        raise UsageError(f"mix takes two files or two directories, not {len(sides)}: `phone-recorder mix A B -o OUT`")
    directories = [side for side in sides if _is_directory(side)]
    if len(directories) == 1:
        other = sides[1 - sides.index(directories[0])]
        raise UsageError(f"{directories[0]} is a directory and {other} is none: give two files, or two directories")
    return bool(directories)


def _is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        # Reading it tells why.
        return False


def _wish(options: dict[str, Any]) -> Wish:
    from phone_recorder.bulk.offline.target import Wish

    codec = options["codec"]
    ptime = options["ptime"] and int(options["ptime"])
    return Wish(options["format"], BY_NAME.get(codec, codec), ptime, options["shortest"])


def _refuse_of_many(options: dict[str, Any]) -> None:
    for name in ("jobs", "skip_existing"):
        if options[name]:
            raise UsageError(f"--{name.replace('_', '-')} goes with many files: two directories, or --pairs")


def _mix_one(a: Path, b: Path, output: Path, wish: Wish, force: bool) -> None:
    with _no_garbage():
        from phone_recorder.bulk.offline.pair import Pair, mix_pair
        from phone_recorder.cli.output import complain, say_while_read, shown

        mixed = mix_pair(Pair(a, b, output), wish, force)
    for problem in mixed.problems:
        complain(problem)
    if mixed.problems:
        complain("what is damaged was mixed as far as its audio goes")
    say_while_read(shown(f"{output}: {mixed.duration_s:.3f} s of {mixed.codec}"))


@contextmanager
def _no_garbage() -> Iterator[None]:
    """What is imported here lives as long as the program, which is not long: it is not looked through for garbage."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def _left_in_order() -> Iterator[None]:
    """SIGTERM and the end of the terminal end the program as Ctrl-C does: nothing half done is left."""
    before = {number: signal.signal(number, _leave) for number in _ENDS if signal.getsignal(number) is signal.SIG_DFL}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, _: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
