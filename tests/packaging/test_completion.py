"""Completion in real shells, by the package's own files and program."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packaging.programs import PATH, need_debian_python, run
from tests.peers import need

pytestmark = pytest.mark.peer

BASH = """
complete -p phone-recorder
COMP_WORDS=({words}) COMP_CWORD={last}
_phone_recorder_completion phone-recorder
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def in_shell(unpacked: Path, shell: str, *words: str) -> str:
    """What a shell prints to whom the package's program is the one that is installed."""
    need_debian_python()
    need(shell)
    return run(shell, *words, PATH=f"{unpacked}/usr/bin:{PATH}", HOME=str(unpacked))


@pytest.mark.parametrize(
    ("words", "offered"),
    [("phone-recorder re", {"repair", "recordings"}), ("phone-recorder call --automo", {"--automount"})],
)
def test_bash_completes(unpacked: Path, words: str, offered: set[str]) -> None:
    source = f"source {unpacked}/usr/share/bash-completion/completions/phone-recorder"
    script = source + BASH.format(words=words, last=len(words.split()) - 1)
    first, *completed = in_shell(unpacked, "bash", "--norc", "-c", script).splitlines()
    assert first.startswith("complete ") and first.endswith("phone-recorder")
    assert set(completed) == offered


def test_fish_completes(unpacked: Path) -> None:
    script = (
        f"source {unpacked}/usr/share/fish/vendor_completions.d/phone-recorder.fish; complete -C 'phone-recorder re'"
    )
    lines = in_shell(unpacked, "fish", "--no-config", "-c", script).splitlines()
    assert {line.split("\t")[0] for line in lines} == {"repair", "recordings"}


def test_zsh_knows_whose_completion_it_is(unpacked: Path) -> None:
    directory = unpacked / "usr/share/zsh/vendor-completions"
    script = f"fpath=({directory} $fpath); autoload -Uz compinit; compinit -u -D; print $_comps[phone-recorder]"
    assert in_shell(unpacked, "zsh", "-f", "-c", script).strip() == "_phone-recorder"
