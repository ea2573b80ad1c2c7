"""A Locust user that is a phone: it calls, is recorded by the server that Locust calls the host, and rests.

Importing this file imports locust, and gives its command line and page the options for phones.
"""

from __future__ import annotations

from typing import Any

from locust import User, events, task

from phone_recorder.bulk.locust.listeners import call_of_user, listen, phone_of_user

listen(events)


class PhoneUser(User):
    """To be subclassed in a locustfile. Each run of its task is a recorded call."""

    abstract = True

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.number = phone_of_user(environment)
        """Of this phone; no other phone of the test has it, in whatever process."""
        self._rest_s = 0.0

    def wait_time(self) -> float:
        """Seconds between two calls, as `--rest` says; a subclass may have Locust's `between` instead."""
        return self._rest_s

    @task
    def call(self) -> None:
        """Make a recorded call, from its begin to its end."""
        self._rest_s = call_of_user(self.environment, self.number)
