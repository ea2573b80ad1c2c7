"""A phone that has settings and nothing else, to test the pages against."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import msgspec
from starlette.testclient import TestClient

from phone_recorder.control_api import EVENTS, Listener, ListSettings, Request, SetSettings
from phone_recorder.desk.keeper import Keeper
from phone_recorder.errors import UsageError
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.web.phone.app import make_phone_app
from tests.web.site_rig import LOCAL, FakeCredentials


class SettingsPhone:
    """A Target; `asked` are the values of each settings.set, `refusal` is why it takes none."""

    def __init__(self, settings: PhoneSettings | None = None) -> None:
        self.keeper = Keeper(settings or PhoneSettings(), None)
        self.asked: list[dict[str, str]] = []
        self.refusal = ""

    @property
    def settings(self) -> PhoneSettings:
        return self.keeper.settings

    async def answer(self, request: Request) -> msgspec.Struct:
        if isinstance(request, SetSettings):
            self.asked.append(request.values)
            if self.refusal:
                raise UsageError(self.refusal)
            await self.keeper.change(request.values)
        else:
            assert isinstance(request, ListSettings)
        return self.keeper.listed

    def watch(self, listener: Listener, events: Collection[str] = EVENTS) -> Callable[[], None]:
        return lambda: None


class Rig:
    """`client` reaches the phone's page from this machine."""

    def __init__(self, settings: PhoneSettings | None = None, login: bool = False) -> None:
        self.phone = SettingsPhone(settings)
        app = make_phone_app(self.phone, FakeCredentials() if login else None, Path)
        self.client = TestClient(app, base_url=LOCAL, follow_redirects=False)

    def log_in(self) -> str:
        """Log in; the session's CSRF token."""
        answer = self.client.post("/login", data={"user": "anna", "password": "correct horse"})
        assert answer.status_code == 303
        page: str = self.client.get("/settings").text
        return page.partition('name="csrf" value="')[2].partition('"')[0]
