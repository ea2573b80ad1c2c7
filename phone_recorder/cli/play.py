"""`phone-recorder play`: a record file to the loudspeaker."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from phone_recorder.adapters.record_reader import RecordReader, open_record
from phone_recorder.adapters.speaker import open_speaker
from phone_recorder.adapters.terminal import Key, key_presses
from phone_recorder.cli.main import EXIT_INTERRUPTED
from phone_recorder.cli.output import complain
from phone_recorder.errors import UsageError
from phone_recorder.recording.playback import FASTEST, SLOWEST, Playback

SEEK_S = 5
SPEEDS = (SLOWEST, 0.75, 1.0, 1.25, 1.5, 1.75, FASTEST)


def _faster(playback: Playback) -> None:
    playback.set_speed(next((speed for speed in SPEEDS if speed > playback.speed), FASTEST))


def _slower(playback: Playback) -> None:
    playback.set_speed(next((speed for speed in reversed(SPEEDS) if speed < playback.speed), SLOWEST))


ACTIONS: dict[Key, Callable[[Playback], None]] = {
    Key.SPACE: Playback.toggle_pause,
    Key.LEFT: lambda playback: playback.move(-SEEK_S),
    Key.RIGHT: lambda playback: playback.move(SEEK_S),
    Key.Q: Playback.stop,
    Key.PLUS: _faster,
    Key.MINUS: _slower,
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--from", "start", type=float, default=0.0, metavar="S", help="Start at this time, in seconds.")
@click.option(
    "--speed", type=float, default=1.0, metavar="FACTOR", help="0.5 to 2: slower or faster at the same pitch."
)
@click.option("--device", metavar="NAME", help="Sound device: a part of its name, or its number.")
@click.pass_context
def command(ctx: click.Context, file: Path, start: float, speed: float, device: str | None) -> None:
    """Play a record file, from what its header says: codec, increment, length.

    In a terminal: space pauses and goes on, the left and right arrows go back and forward 5 seconds, + and - play
    faster and slower, q stops. A damaged file is played as far as its audio goes.

    \b
    phone-recorder play ./stick/Record_20240131120000.wav
    phone-recorder play --from 60 --device pulse ./stick/Record_20240131120000.wav
    phone-recorder play --speed 1.5 ./stick/Record_20240131120000.wav
    """
    try:
        with open_record(file) as record:
            _check(record, start, speed)
            progress = _play(record, start, speed, device)
        progress.end()
    except KeyboardInterrupt:
        click.echo()
        ctx.exit(EXIT_INTERRUPTED)


def _check(record: RecordReader, start: float, speed: float) -> None:
    """Say what is wrong with the file; refuse a start that is not in it, and a speed that cannot be."""
    duration = record.header.duration_s
    # Not a number is in no range.
    if not 0 <= start <= duration:
        raise UsageError(f"--from {start:g} is not within the recording, which lasts {duration:g} s")
    if not SLOWEST <= speed <= FASTEST:
        raise UsageError(f"--speed {speed:g} is not from {SLOWEST:g} to {FASTEST:g}")
    if problems := record.examination.problems:
        complain(f"{record.path} is damaged, what is there is played: {'; '.join(problems)}")


def _play(record: RecordReader, start: float, speed: float, device: str | None) -> Progress:
    with open_speaker(record.header.codec.sample_rate, device) as speaker, key_presses() as pressed:
        playback = Playback(record.header, record.payloads, speaker)
        playback.seek(start)
        playback.set_speed(speed)
        progress = Progress(playback)
        while not playback.ended:
            for key in pressed():
                ACTIONS[key](playback)
            playback.step()
            progress.show()
    return progress


class Progress:
    """The line `00:03 / 00:12 x1.5`, the speed only if it is not 1.

    It is drawn over itself on a terminal, elsewhere written once, at the end.
    """

    def __init__(self, playback: Playback) -> None:
        self._playback = playback
        self._live = sys.stdout.isatty()
        self._shown = ""

    def show(self) -> None:
        """Draw what has changed."""
        line = self._line()
        if self._live and line != self._shown:
            click.echo(f"\r{line:{len(self._shown)}}", nl=False)
            self._shown = line

    def end(self) -> None:
        """Leave the last state standing."""
        self.show()
        click.echo("" if self._live else self._line())

    def _line(self) -> str:
        playback = self._playback
        speed = f" x{playback.speed:g}" if playback.speed != 1 else ""
        paused = " paused" if playback.paused else ""
        return f"{clock(playback.position_s)} / {clock(playback.duration_s)}{speed}{paused}"


def clock(seconds: float) -> str:
    """Seconds as `mm:ss`, from an hour on `h:mm:ss`."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute:02}:{second:02}"
