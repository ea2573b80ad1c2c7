"""The record server on real sockets: what phones send is written out here, byte by byte."""

from __future__ import annotations

import asyncio
import shutil
import socket
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from phone_recorder.errors import DriveGone, UsageError
from phone_recorder.server.service import Service
from tests.server.rig import CONTROL, ID, START, STOP, STOPPED, header, rtp

PATIENCE_S = 10
RESET = struct.pack("ii", 1, 0)
Scenario = Callable[[Service, list[str]], Awaitable[None]]

CODECS = {"PCMU": 0, "PCMA": 8, "G722": 9}


def serve(storage: Path, scenario: Scenario, host: str = "127.0.0.1") -> tuple[Service, list[str]]:
    """Run the scenario against a server; it and the lines that it told when all has ended."""
    lines: list[str] = []

    async def run() -> Service:
        async with Service(storage, host, 0, tell=lines.append) as service:
            await asyncio.wait_for(scenario(service, lines), PATIENCE_S)
        return service

    return asyncio.run(run()), lines


class Phone:
    """A phone that knows only bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, recording_id: str) -> None:
        self.reader = reader
        self.writer = writer
        self._id = recording_id
        self.media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.media.bind((writer.get_extra_info("sockname")[0], 0))

    async def start(self, codec: str = "PCMU", name: str = "Anna", end: str = "\n") -> tuple[str, int]:
        """Ask for a recording; where its RTP goes."""
        message = f"cmd=RecordStartRequest&id={self._id}&device=0c1105aabbcc&remote_name={name}&codec={codec}{end}"
        self.writer.write(message.encode())
        answer = (await self.reader.readuntil(b"port=")).decode() + (await self.reader.read(5)).decode()
        assert answer.startswith(f"cmd=RecordStartResponse&id={self._id}&result=success&reason=&server=")
        host, _, port = answer.partition("&server=")[2].partition("&port=")
        return host, int(port)

    async def stop(self) -> None:
        self.writer.write(f"cmd=RecordStopRequest&id={self._id}&reason=key\n".encode())
        answer = f"cmd=RecordStopResponse&id={self._id}&result=success".encode()
        assert await self.reader.readexactly(len(answer)) == answer

    def send(self, to: tuple[str, int], payloads: list[bytes], payload_type: int = 0) -> None:
        for number, payload in enumerate(payloads):
            self.media.sendto(rtp(number, payload, payload_type), to)

    def reset(self) -> None:
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.writer.transport.abort()

    def close(self) -> None:
        self.media.close()
        self.writer.close()


async def phone(service: Service, recording_id: str = ID, host: str = "127.0.0.1") -> Phone:
    return Phone(*await asyncio.open_connection(*service.address, local_addr=(host, 0)), recording_id)


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


def audio(first: int, size: int = 160, count: int = 50) -> list[bytes]:
    return [bytes([first + n]) * size for n in range(count)]


def contents(storage: Path) -> set[bytes]:
    return {path.read_bytes() for path in storage.iterdir()}


@pytest.mark.live
def test_c5_three_phones_at_once_with_three_codecs(tmp_path: Path) -> None:
    expected = {name: b"".join(audio(60 * n, 160 + 80 * n)) for n, name in enumerate(CODECS)}

    async def scenario(service: Service, lines: list[str]) -> None:
        phones = {name: await phone(service, f"id-{name}") for name in CODECS}
        places = {name: await one.start(name, f"Caller of {name}") for name, one in phones.items()}
        assert {host for host, _ in places.values()} == {"127.0.0.1"}
        for n, (name, one) in enumerate(phones.items()):
            one.send(places[name], audio(60 * n, 160 + 80 * n), CODECS[name])
        for one in phones.values():
            await one.stop()
        await until(lambda: len(lines) == 3)
        for one in phones.values():
            one.close()

    service, lines = serve(tmp_path, scenario)
    assert contents(tmp_path) == {
        header(name.encode(), 160 + 80 * n, len(expected[name])) + expected[name] for n, name in enumerate(CODECS)
    }
    for recording in service.core.recordings:
        [part] = recording.account.parts
        name = recording.account.codec
        assert Path(part.path).read_bytes()[76:] == expected[name]
        assert recording.request.remote_name == f"Caller of {name}"
        [line] = [line for line in lines if part.path in line]
        assert line.startswith(f"recorded {recording.account.recorded / 8000:.2f} s {name} ")


@pytest.mark.live
def test_only_the_control_peers_host_is_heard(tmp_path: Path) -> None:
    async def scenario(service: Service, lines: list[str]) -> None:
        good, evil = await phone(service, "good"), await phone(service, "evil", "127.0.0.2")
        to_good, to_evil = await good.start(), await evil.start()
        evil.send(to_good, [b"evil" * 40] * 20)
        good.send(to_good, audio(0))
        good.send(to_evil, [b"good" * 40] * 20)
        evil.send(to_evil, audio(100))
        await good.stop()
        await evil.stop()
        await until(lambda: len(lines) == 2)
        good.close()
        evil.close()

    service, _ = serve(tmp_path, scenario)
    assert {file[76:] for file in contents(tmp_path)} == {b"".join(audio(0)), b"".join(audio(100))}
    assert [recording.account.foreign for recording in service.core.recordings] == [20, 20]


@pytest.mark.live
def test_c8_lost_reset_and_stopped_connections_keep_what_came(tmp_path: Path) -> None:
    """One phone hangs up its socket, one resets it, and one is still recording when the server is stopped."""

    async def scenario(service: Service, lines: list[str]) -> None:
        phones = [await phone(service, name) for name in ("lost", "reset", "stopped")]
        for n, one in enumerate(phones):
            one.send(await one.start(), audio(60 * n))
        await until(
            lambda: all(recording.account.streams or recording.running for recording in service.core.recordings)
        )
        phones[0].writer.close()
        phones[1].reset()
        await until(lambda: len(lines) == 2)

    service, lines = serve(tmp_path, scenario)
    assert contents(tmp_path) == {header(b"PCMU", 160, 8000) + b"".join(audio(60 * n)) for n in range(3)}
    assert {r.request.id: (r.account.state, r.account.reason) for r in service.core.recordings} == {
        "lost": ("cut short", "the control connection was lost"),
        "reset": ("cut short", "the control connection was lost"),
        "stopped": ("cut short", "the server was stopped"),
    }
    assert all(line.startswith("cut short 1.00 s PCMU ") for line in lines)


@pytest.mark.live
def test_c10_a_storage_that_goes_away_ends_the_connection(tmp_path: Path) -> None:
    storage = tmp_path / "storage"
    storage.mkdir()

    async def scenario(service: Service, lines: list[str]) -> None:
        one = await phone(service)
        one.send(await one.start(), audio(0))
        await until(lambda: list(storage.iterdir()))
        shutil.rmtree(storage)
        assert await one.reader.read() == b""
        one.close()

    service, [line] = serve(storage, scenario)
    assert line.startswith("failed 0.00 s ")
    assert "there is no such file" in service.core.recordings[0].account.reason


def test_a_message_without_an_end_is_answered_after_200_ms(tmp_path: Path) -> None:
    async def scenario(service: Service, lines: list[str]) -> None:
        one = await phone(service)
        await one.start(end="")
        await one.stop()
        await until(lambda: lines)
        one.close()

    _, [line] = serve(tmp_path, scenario)
    assert line == "cancelled 0.00 s PCMU no file '0c1105aabbcc  out '"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("cut", [1, 100, len(START) - 1, len(START), len(START) + 1])
def test_c7_split_and_joined_messages(tmp_path: Path, cut: int) -> None:
    async def scenario(service: Service, lines: list[str]) -> None:
        one = await phone(service)
        one.writer.write((START + STOP)[:cut])
        await asyncio.sleep(0)
        one.writer.write((START + STOP)[cut:])
        answers = await one.reader.readuntil(STOPPED)
        assert answers.startswith(f"cmd=RecordStartResponse&id={ID}&result=success&".encode())
        one.close()

    serve(tmp_path, scenario)


GARBAGE = [
    b"",
    b"\n" * 5000,
    b"x" * 5000,
    b"cmd=RecordStopRequest&id=" + b"y" * 100_000,
    bytes(range(256)) * 400,
    b"cmd=RecordStartRequest&id=00ff&codec=\n",
    *(path.read_bytes() + b"\n" for path in sorted(CONTROL.glob("*.bin"))),
]


def test_nothing_that_is_sent_kills_the_server(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(service: Service, lines: list[str]) -> None:
        for number, garbage in enumerate(GARBAGE * 2):
            one = await phone(service)
            one.writer.write(garbage)
            if number % 2:
                one.reset()
            one.close()
        last = await phone(service, "last")
        to = await last.start()
        last.media.sendto(b"", to)
        last.media.sendto(bytes(60_000), to)
        await last.stop()
        last.close()

    service, _ = serve(tmp_path, scenario)
    assert service.core.running == []
    # asyncio logs what a protocol raises, and goes on: nothing may have been.
    assert [record.message for record in caplog.records] == []


def test_a_session_that_sends_4_kib_without_an_end_is_dropped(tmp_path: Path) -> None:
    async def scenario(service: Service, lines: list[str]) -> None:
        one = await phone(service)
        one.writer.write(b"cmd=RecordStartRequest&id=" + b"x" * 4096)
        assert await one.reader.read() == b""
        one.close()

    serve(tmp_path, scenario)


def test_what_a_phone_says_of_itself_cannot_forge_a_line(tmp_path: Path) -> None:
    async def scenario(service: Service, lines: list[str]) -> None:
        one = await phone(service)
        one.writer.write(b"cmd=RecordStartRequest&id=1&codec=PCMU&device=%0Arecorded%1B[2J&remote_number=%0D\xc2\x85\n")
        await one.reader.readuntil(b"port=")
        one.close()
        await until(lambda: lines)

    _, [line] = serve(tmp_path, scenario)
    assert line.isprintable()
    assert line.startswith("failed 0.00 s PCMU no file '\\nrecorded\\x1b[2J")


def test_an_address_that_cannot_be_listened_on(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for host, number, why in (
            ("127.0.0.1", port, "already in use"),
            ("192.0.2.1", 0, "cannot assign requested address"),
            ("x" * 80, 0, "that cannot be the name of a host"),
        ):
            with pytest.raises(UsageError, match=rf"^cannot listen on {host}.*{why}"):
                asyncio.run(Service(tmp_path, host, number).__aenter__())


def test_a_storage_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DriveGone, match="there is no such file"):
        Service(tmp_path / "none", "127.0.0.1", 0)
