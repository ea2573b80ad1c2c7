"""One call on a greenlet, against servers that are functions: which steps are told, and what the server heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from phone_recorder.bulk.fleet.plan import Bad
from phone_recorder.recording.units import SECOND
from tests.peers import need_module

ASK = b"cmd=RecordStartRequest&"
STOP = b"cmd=RecordStopRequest&"


@pytest.fixture(autouse=True)
def gevent_is_there() -> Iterator[None]:
    need_module("gevent")
    import gevent

    with gevent.Timeout(20, AssertionError("a call that does not end")):
        yield


def carry_out(serve: Any = None, bad: Bad | None = None, source: str = "", **site: Any) -> Any:
    """A short call: who was told, the media, and the server."""
    from phone_recorder.bulk.locust.call import RecordedCall
    from tests.bulk.locust import rig

    told, media = rig.Told(), site.pop("media", None) or rig.CountingMedia()
    with rig.serving(serve or rig.obliging) as server:
        made = rig.site_of(server.address, media, told)
        plan = replace(made.plan, silent_for=SECOND // 5, **site.pop("plan", {}))
        RecordedCall(made._replace(plan=plan, **site), 3, replace(rig.CALL, bad=bad), source).carry_out()
        rig.until(lambda: len(server.closed) == len(server.heard), "the connection is closed")
    return told, media, server


def test_a_call_starts_talks_and_stops() -> None:
    from tests.bulk.locust import rig

    told, media, server = carry_out()
    assert told.names == ["start", "talk", "stop"]
    assert told.failures == {}
    assert [step.octets for step in told.steps] == [0, 1600, 0]
    assert told.steps[1].seconds >= 0.2
    assert (media.begun, media.ended) == ([(("127.0.0.1", 20000), 7)], [7])
    asked, stop, rest = server.heard[0].split(b"\n")
    assert asked.startswith(ASK + b"id=" + rig.ID + b"&device=020000000003&")
    assert stop.startswith(STOP + b"id=" + rig.ID)
    assert stop.endswith(b"&reason=call%20ended")
    assert (rest, server.closed) == (b"", ["closed"])


def test_it_is_made_from_the_address_that_its_phone_has() -> None:
    told, media, server = carry_out(source="127.0.0.7")
    assert (told.failures, server.callers, media.sources) == ({}, ["127.0.0.7"], ["127.0.0.7"])


def test_an_address_that_is_not_here_is_no_connection() -> None:
    told, _, server = carry_out(source="192.0.2.1")
    assert told.failures == {"start": "RecordingFailed: cannot connect: no local port is free"}
    assert server.heard == []


BADLY = {
    Bad.HANG_UP: (["start", "talk", "hang-up"], 0, "closed"),
    Bad.RESET: (["start", "talk", "reset"], 0, "reset"),
    Bad.SILENT: (["start", "talk", "silent"], 0, "closed"),
    Bad.MUTE: (["start", "talk", "stop"], 1, "closed"),
    Bad.VANISH: (["start", "talk", "vanish"], 1, "closed"),
}


@pytest.mark.parametrize("bad", BADLY)
def test_a_call_that_stops_badly_has_not_failed(bad: Bad) -> None:
    told, media, server = carry_out(bad=bad)
    names, stops, ends = BADLY[bad]
    assert (told.names, told.failures, server.heard[0].count(STOP)) == (names, {}, stops)
    assert media.ended == [7]
    # A server that answers a phone which has gone already is told so by a reset.
    assert server.closed == [ends] or bad is Bad.VANISH


def test_the_rtp_of_a_mute_phone_ends_in_the_middle() -> None:
    told, _, _ = carry_out(bad=Bad.MUTE)
    assert 0.1 <= told.steps[1].seconds < 0.2


def test_half_a_request_is_half_a_request() -> None:
    from tests.bulk.locust import rig

    whole = carry_out()[2].heard[0].split(b"\n")[0]

    def wait_for_the_rest(connection: Any) -> None:
        connection.recv(4096)

    told, media, server = carry_out(wait_for_the_rest, Bad.HALF)
    assert (told.names, told.failures, media.begun) == (["half"], {}, [])
    assert whole.startswith(server.heard[0])
    assert len(server.heard[0]) == (len(whole) + 1) // 2
    assert rig.ID in whole


def refusing(connection: Any) -> None:
    from tests.bulk.locust import rig

    connection.recv(4096)
    connection.sendall(b"cmd=RecordStartResponse&id=" + rig.ID + b"&result=failed&reason=full\n")
    connection.recv(4096)


def saying_nothing(connection: Any) -> None:
    while connection.recv(4096):
        pass


def closing_in_mid_call(connection: Any) -> None:
    from tests.bulk.locust import rig

    connection.recv(4096)
    connection.sendall(rig.YES)


def not_stopping(connection: Any) -> None:
    from tests.bulk.locust import rig

    connection.recv(4096)
    connection.sendall(rig.YES)
    while connection.recv(4096):
        pass


def closing_at_once(connection: Any) -> None:
    del connection


@pytest.mark.parametrize(
    ("serve", "names", "failures"),
    [
        (refusing, ["start"], {"start": "RecordingFailed: refused: full"}),
        (saying_nothing, ["start"], {"start": "RecordingFailed: no answer to the start within 1 s"}),
        (
            closing_in_mid_call,
            ["start", "talk"],
            {"talk": "RecordingFailed: connection lost: the server has closed it"},
        ),
        (not_stopping, ["start", "talk", "stop"], {"stop": "RecordingFailed: no answer to the stop within 1 s"}),
    ],
)
def test_what_a_server_does_wrong_fails_the_step_in_which_it_does(
    serve: Any, names: list[str], failures: dict[str, str]
) -> None:
    told, media, _ = carry_out(serve)
    assert (told.names, told.failures) == (names, failures)
    assert len(media.begun) == len(media.ended) == ("talk" in names)


def test_a_server_that_closes_at_once() -> None:
    told, _, _ = carry_out(closing_at_once)
    assert told.names == ["start"]
    assert told.failures["start"].startswith("RecordingFailed: connection lost before any answer: ")


def test_nobody_listens_there() -> None:
    from tests.bulk.locust import rig

    with rig.serving() as server:
        address = server.address
    told, _, _ = carry_out(plan={"server": address})
    assert told.failures == {"start": "RecordingFailed: cannot connect: connection refused"}


def test_rtp_that_cannot_be_sent_is_no_fault_of_the_server_and_the_recording_is_stopped() -> None:
    from tests.bulk.locust import rig

    told, _, server = carry_out(media=rig.CountingMedia(refusal="no route"))
    assert (told.names, told.failures) == (["start", "talk", "stop"], {"talk": "MediaFailed: no route"})
    assert server.heard[0].count(STOP) == 1


def test_when_the_media_process_dies_the_talk_fails_at_once() -> None:
    from tests.bulk.locust import rig

    told, _, server = carry_out(media=rig.CountingMedia(over="it was killed"))
    assert (told.names, told.failures) == (["start", "talk", "stop"], {"talk": "MediaFailed: it was killed"})
    assert told.steps[1].seconds < 0.2
    assert server.heard[0].count(STOP) == 1


@pytest.mark.parametrize("bad", [None, *BADLY])
def test_when_the_test_ends_a_call_is_stopped_in_order_however_it_would_have_ended(bad: Bad | None) -> None:
    steps: list[Any] = []
    _, media, server = carry_out(bad=bad, leaving=lambda: bool(steps), tell=steps.append)
    assert [step.name for step in steps] == ["start", "stop"]
    assert (media.begun, server.heard[0].count(STOP), server.closed) == ([], 1, ["closed"])


@pytest.mark.parametrize("after", ["asked", "accepted"])
def test_a_call_whose_greenlet_is_killed_is_stopped_in_order(after: str) -> None:
    import gevent

    from phone_recorder.bulk.locust.call import RecordedCall
    from tests.bulk.locust import rig

    asked = gevent.event.Event()

    def hesitant(connection: Any) -> None:
        connection.recv(4096)
        asked.set()
        if after == "accepted":
            connection.sendall(rig.YES)
        if connection.recv(4096):
            connection.sendall(rig.DONE)
            connection.recv(4096)

    told, media = rig.Told(), rig.CountingMedia()
    with rig.serving(hesitant) as server:
        site = rig.site_of(server.address, media, told)
        call = gevent.spawn(RecordedCall(site, 3, replace(rig.CALL, talk=60 * SECOND)).carry_out)
        rig.until(lambda: asked.is_set() if after == "asked" else media.begun, "it is so far")
        call.kill()
        rig.until(lambda: server.closed, "the connection is closed")
    names = ["talk", "stop"] if after == "accepted" else []
    assert [name for name in told.names if name != "start"] == names
    assert (told.failures, server.heard[0].count(STOP), len(media.ended)) == ({}, 1, len(media.begun))
