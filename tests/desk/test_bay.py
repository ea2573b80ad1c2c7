"""The recordings on the drive, and nothing that is elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from phone_recorder import control_api as api
from phone_recorder.errors import UsageError
from tests.desk.rig import Switched, switched_on
from tests.record_bytes import record, speech

NAME = "Record_20260314150926.wav"


def with_phone(directory: Path, test: Callable[[Switched], object]) -> None:
    async def run() -> None:
        async with switched_on(directory) as phone:
            test(phone)

    asyncio.run(run())


@pytest.mark.parametrize("name", ["../phone.toml", "/etc/passwd", "phone.toml", "", f"./{NAME}", f"{NAME}\0"])
def test_only_what_is_called_as_a_recording_is_found(tmp_path: Path, name: str) -> None:
    def test(phone: Switched) -> None:
        (phone.stick / NAME).write_bytes(record(speech(800)))
        assert phone.phone.bay.path_of(NAME) == phone.stick / NAME
        with pytest.raises(UsageError, match="there is no recording"):
            phone.phone.bay.path_of(name)

    with_phone(tmp_path, test)


def test_a_link_on_the_drive_leads_nowhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / NAME
    elsewhere.write_bytes(record(speech(800)))

    async def run() -> None:
        async with switched_on(tmp_path) as phone:
            (phone.stick / NAME).symlink_to(elsewhere)
            with pytest.raises(UsageError, match="is a link"):
                phone.phone.bay.path_of(NAME)
            for request in (api.StartPlayback(NAME), api.ExportRecording(NAME)):
                with pytest.raises(UsageError, match="is a link"):
                    await phone.ask(request)
            with pytest.raises(UsageError):
                await phone.ask(api.DeleteRecording(NAME))
        assert elsewhere.exists()
        assert sorted(path.name for path in (tmp_path / "usb").iterdir() if path.name.startswith("Record")) == [NAME]

    asyncio.run(run())
