"""Media ports on real sockets, read one by one or together: whichever way, a server does the same."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.recording.units import SECOND
from phone_recorder.server.limits import Limits
from phone_recorder.server.media import Media, OneByOne, best_media
from phone_recorder.server.media_port import Datagram, MediaPort, RunPort
from phone_recorder.server.service import Rules, Service
from tests.server.rig import header
from tests.server.service_rig import CODECS, audio, contents, phone, serve

PATIENCE_S = 10.0
Ways = Callable[[tuple[int, int]], Media]


def batches(ports: tuple[int, int]) -> Media:
    pytest.importorskip("numpy")
    from phone_recorder.server.batch_media import BatchMedia

    return BatchMedia(ports)


WAYS = pytest.mark.parametrize("way", [OneByOne, batches])


def received(media: Media, port: MediaPort, count: int) -> list[Datagram]:
    """So many datagrams of a port."""
    found: list[Datagram] = []
    deadline = time.monotonic() + PATIENCE_S
    while len(found) < count:
        assert time.monotonic() < deadline
        media.look(time.monotonic_ns() * SECOND // 1_000_000_000)
        if isinstance(port, RunPort):
            port.look(time.monotonic_ns() * SECOND // 1_000_000_000)
        found += port.drain()
    return found


@WAYS
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_what_is_sent_to_a_port_comes_in_order_with_its_host(way: Ways, host: str) -> None:
    media = way((0, 0))
    try:
        port = media.open(host)
    except UsageError:
        pytest.skip("there is no IPv6 here")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sender:
        for number in range(20):
            sender.sendto(bytes([number]) * number, port.address)
        sender.sendto(bytes(3000), port.address)
    before = time.monotonic_ns() * SECOND // 1_000_000_000
    found = received(media, port, 21)
    assert [(data, source) for _, data, source in found] == [
        *((bytes([number]) * number, host) for number in range(20)),
        (b"", host),
    ]
    assert all(abs(instant - before) < PATIENCE_S * SECOND for instant, _, _ in found)
    port.close()
    media.close()


@WAYS
def test_ports_of_a_range_are_given_and_come_back(way: Ways) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        taken = other.getsockname()[1]
        media = way((taken, taken))
        with pytest.raises(UsageError, match=f"no UDP port from {taken} to {taken} is free"):
            media.open("127.0.0.1")
    for _ in range(3):
        port = media.open("127.0.0.1")
        assert port.address == ("127.0.0.1", taken)
        with pytest.raises(UsageError):
            media.open("127.0.0.1")
        port.close()
    media.close()


def test_without_numpy_each_port_is_read_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    for name in [
        name
        for name in sys.modules
        if name.startswith(("phone_recorder.server.batch_", "phone_recorder.adapters.batches"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    media = best_media((0, 0))
    assert (type(media), media.name) == (
        OneByOne,
        "one socket at a time: numpy (extra `bulk`) is not installed, which thousands of recordings need",
    )


def test_with_it_they_are_read_together() -> None:
    pytest.importorskip("numpy")
    media = best_media((0, 0))
    assert media.name == "recvmmsg over all ports"
    media.close()


@pytest.mark.parametrize("codec", CODECS)
def test_a_server_whose_ports_are_read_one_by_one(tmp_path: Path, codec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phone_recorder.server.service.best_media", OneByOne)

    async def call(service: Service, _: list[str]) -> None:
        assert service.media.name == "one socket at a time"
        one = await phone(service)
        to = await one.start(codec)
        one.send(to, audio(1), CODECS[codec])
        await one.stop()
        one.close()

    serve(tmp_path, call, rules=Rules(Limits()))
    assert contents(tmp_path) == {header(codec.encode(), 160, 8000) + b"".join(audio(1))}
