"""Who can reach an address, and so whether a login has to be asked for."""

from __future__ import annotations

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.web.reach import is_loopback, needed_credentials
from tests.web.site_rig import FakeCredentials

COMMAND = "phone-recorder server passwd"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_loopback_needs_no_credentials(host: str) -> None:
    assert is_loopback(host)
    assert needed_credentials(host, FakeCredentials(), COMMAND) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "", "recorder.example", "localhost.example"])
def test_any_other_address_needs_somebody_who_may_log_in(host: str) -> None:
    credentials = FakeCredentials()
    assert needed_credentials(host, credentials, COMMAND) is credentials
    credentials.users.clear()
    assert needed_credentials(host, credentials, COMMAND) is credentials
    credentials.tokens.clear()
    with pytest.raises(UsageError, match=COMMAND):
        needed_credentials(host, credentials, COMMAND)
