"""The command that plays cases again, as a shell takes it: typed where the run was, it plays these and no others."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from phone_recorder.harness.runner.selecting import exactly
from phone_recorder.harness.scenario.case import Case


@dataclass(frozen=True, slots=True)
class Command:
    """A run as it was asked for. `seed`: the run's; `how`: options that change what is played, such as `--live`.

    `which`: the options that chose among the cases, `paths` those that were given; nothing of it is quoted yet.
    """

    seed: int
    how: tuple[str, ...] = ()
    which: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()

    def again(self, cases: Sequence[Case] = ()) -> str:
        """The command for these few cases of the run; without any, for all of it."""
        which = ("-k", " or ".join(exactly(case.name) for case in cases)) if cases else self.which
        paths = [str(path) for path in (self._files(cases) or self.paths)]
        dashes = ["--"] if any(path.startswith("-") for path in paths) else []
        words = ("phone-recorder", "test", "--seed", str(self.seed), *self.how, *which, *dashes, *paths)
        return " ".join(map(shell_word, words))

    def _files(self, cases: Sequence[Case]) -> tuple[Path, ...]:
        """The files of the cases alone, if they have the same names without the others; a seed comes of a name."""
        own = all(map(_has_its_own_name, cases))
        return tuple(dict.fromkeys(case.path for case in cases)) if own else ()


def shell_word(text: str) -> str:
    """A word for a shell as POSIX has it, and zsh. What cannot be typed is written as printf takes it."""
    if text.isprintable():
        return f"'{text}'" if text.startswith("=") and shlex.quote(text) == text else shlex.quote(text)
    return f"\"$(printf '{''.join(map(_printf_letter, text))}')\""


def _printf_letter(letter: str) -> str:
    if letter.isprintable() and letter not in "\\%'":
        return letter
    return "".join(f"\\{byte:03o}" for byte in letter.encode("utf-8", "surrogateescape"))


def _has_its_own_name(case: Case) -> bool:
    """Whether it is called after its file, and not after the directory too, to be told from another."""
    stem = case.path.name.partition(".")[0]
    return bool(stem) and case.name.startswith(stem) and not case.path.parent.name.startswith(stem)
