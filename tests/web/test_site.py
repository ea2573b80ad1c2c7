"""The site's threads: each kind of work has its own, and none goes on once the site is closed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException

from phone_recorder.web.workers import Workers
from tests.web.site_rig import Rig

KINDS = ("lookups", "audio", "passwords", "drive")


def test_no_two_kinds_of_work_share_threads(tmp_path: Path) -> None:
    site = Rig(tmp_path).site
    assert len({id(getattr(site, kind)) for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_site_that_is_closed_does_nothing_more(tmp_path: Path, kind: str) -> None:
    site = Rig(tmp_path).site
    workers: Workers = getattr(site, kind)

    async def scenario() -> None:
        assert await workers.run(int) == 0
        site.close()
        with pytest.raises(HTTPException) as refusal:
            await workers.run(int)
        assert refusal.value.status_code == 503

    asyncio.run(scenario())
