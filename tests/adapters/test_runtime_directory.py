"""Where the agent's socket is, by who runs it and how."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.adapters.runtime_directory import runtime_directory

SESSION = {"XDG_RUNTIME_DIR": "/run/user/1000"}


@pytest.mark.parametrize(
    ("environ", "uid", "directory"),
    [
        ({}, 0, "/run/phone-recorder"),
        (SESSION, 0, "/run/phone-recorder"),
        (SESSION, 1000, "/run/user/1000/phone-recorder"),
        ({}, 1000, "/tmp/phone-recorder-1000"),
        ({"XDG_RUNTIME_DIR": ""}, 1000, "/tmp/phone-recorder-1000"),
        ({"XDG_RUNTIME_DIR": "here"}, 1000, "/tmp/phone-recorder-1000"),
        ({"RUNTIME_DIRECTORY": "/run/service"}, 0, "/run/service"),
        ({"RUNTIME_DIRECTORY": "/run/service:/run/other", **SESSION}, 1000, "/run/service"),
        ({"RUNTIME_DIRECTORY": "", **SESSION}, 1000, "/run/user/1000/phone-recorder"),
    ],
)
def test_a_daemon_has_the_directory_of_its_service_or_its_user(
    environ: dict[str, str], uid: int, directory: str
) -> None:
    assert runtime_directory(environ, uid) == Path(directory)
