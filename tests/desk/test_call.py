"""A call as it is told: who it is with is somebody else's text."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from phone_recorder import control_api as api
from tests.desk.rig import switched_on


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\r\nb", "a\u202eb", "\0", "n" * 200])
def test_what_others_call_themselves_is_told_so_that_it_can_be_shown(tmp_path: Path, text: str) -> None:
    async def run() -> None:
        async with switched_on(tmp_path) as phone:
            call = await phone.ask(api.StartCall(number=text, name=text))
            screen = await phone.ask(api.GetScreen())
            await phone.ask(api.EndCall())
            for shown in (call.number, call.name, screen.call, screen.title):
                assert shown.isprintable()
            assert call.name.replace("\N{REPLACEMENT CHARACTER}", "") == "".join(filter(str.isprintable, text))

    asyncio.run(run())
