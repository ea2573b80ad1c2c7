"""Completion for shells, as click writes it."""

from __future__ import annotations

from click.shell_completion import ShellComplete, get_completion_class

from phone_recorder.cli.main import PROGRAM, cli

PLACES = {
    "bash": f"usr/share/bash-completion/completions/{PROGRAM}",
    "zsh": f"usr/share/zsh/vendor-completions/_{PROGRAM}",
    "fish": f"usr/share/fish/vendor_completions.d/{PROGRAM}.fish",
}
"""Shell to the file that it reads."""

_VARIABLE = f"_{PROGRAM}_COMPLETE".replace("-", "_").upper()


def script(shell: str) -> str:
    """What the shell runs."""
    kind = get_completion_class(shell)
    if kind is None:
        raise SystemExit(f"click knows no completion for {shell}")
    # Bash's own class would ask the bash of this machine for its version first.
    return ShellComplete.source(kind(cli, {}, PROGRAM, _VARIABLE))
