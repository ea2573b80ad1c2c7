"""What any page of ours wants from whoever knows who may log in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol


class Credentials(Protocol):
    """Who may log in. `check_password` takes its time and is called from a thread pool."""

    @property
    def users(self) -> Collection[str]: ...

    @property
    def tokens(self) -> Mapping[str, float]: ...

    def check_password(self, user: str, password: str) -> bool: ...

    def stamp(self, user: str) -> str:
        """Another one whenever the user's password has changed; "" for nobody."""

    def check_token(self, token: str) -> str | None:
        """The token's label, or None."""
