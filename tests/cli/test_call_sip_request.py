"""Who a phone is that is asked for on the command line."""

from __future__ import annotations

from phone_recorder.cli.call_sip_request import _account

OPTIONS = {
    "user": "1001",
    "local_number": "100",
    "local_name": "Anna",
    "password_file": None,
    "registrar": "192.0.2.9",
    "proxy": None,
    "expires": 300,
}


def test_two_runs_of_one_account_are_two_phones_that_do_not_unregister_each_other() -> None:
    one, other = _account(OPTIONS), _account(OPTIONS)
    assert one.aor == other.aor == "sip:1001@192.0.2.9"
    assert one.instance and other.instance
    assert one.instance != other.instance
