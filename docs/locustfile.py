"""Phones for Locust, to copy and change: each calls, is recorded by the server at -H, rests, and calls again.

Such as: locust -f docs/locustfile.py -H 127.0.0.1:10000 --headless -u 100 -r 10 -t 1m --talk 10s-20s
"""

from __future__ import annotations

from phone_recorder.bulk.locust.phone_user import PhoneUser


class Phone(PhoneUser):
    """How it calls is in the options of the command line and of the page: --talk, --rest, --bad and others.

    Whatever a Locust user may have, it may have too: `weight`, tasks of its own, or `wait_time = between(5, 15)` from
    locust instead of --rest.
    """
