"""What came of a call, as `call --json` tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phone_recorder.adapters.drive_port import PortState
from phone_recorder.harness.call.request import CallRequest
from phone_recorder.phone.call import PhoneCall
from phone_recorder.recording.account import Account
from phone_recorder.recording.indicator import indicator_document
from phone_recorder.recording.units import to_seconds

if TYPE_CHECKING:
    from phone_recorder.server.recording import ServerRecording


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call. `stored` are the embedded server's own accounts, by recording; `sip` is a SIP call's own."""

    request: CallRequest
    call: PhoneCall
    stored: dict[str, Account]
    drive: PortState | None = None
    sip: dict[str, Any] | None = None

    @property
    def recorded(self) -> bool:
        """Something was recorded, and nothing went wrong with any of it."""
        states = [account.state for account in self.call.recorder.accounts]
        return "recorded" in states and set(states) <= {"recorded", "cancelled"}

    def document(self) -> dict[str, Any]:
        """The JSON document of `call --json`."""
        request = self.request
        return {
            "model": request.model.name,
            "mode": request.settings.mode,
            "seed": request.seed,
            "duration_s": to_seconds(self.call.end - self.call.start),
            "sip": self.sip,
            "drive": self.drive.document() if self.drive else None,
            "recordings": [self._recording(account) for account in self.call.recorder.accounts],
            "screen": [indicator_document(instant, screen) for instant, screen in self.call.indicators],
        }

    def _recording(self, account: Account) -> dict[str, Any]:
        document = account.document()
        if stored := self.stored.get(account.id):
            there = stored.document()
            document["parts"] = there["parts"]
            document["streams"] += there["streams"]
        return document


def stored_accounts(stored: Iterable[ServerRecording]) -> dict[str, Account]:
    """The accounts of an embedded server, by recording id."""
    return {recording.account.id: recording.account for recording in stored}
