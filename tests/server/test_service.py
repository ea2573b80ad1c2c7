"""The record server on real sockets: what phones send is written out here, byte by byte."""

from __future__ import annotations

import asyncio
import shutil
import socket
from pathlib import Path

import pytest

from phone_recorder.errors import DriveGone, UsageError
from phone_recorder.server.limits import Limits
from phone_recorder.server.retention import Retention
from phone_recorder.server.service import Rules, Service
from tests.free_ports import free_ports
from tests.server.rig import CONTROL, ID, START, STOP, STOPPED, header
from tests.server.service_rig import CODECS, audio, contents, phone, serve, until


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

    ended, lines = serve(tmp_path, scenario)
    assert contents(tmp_path) == {
        header(name.encode(), 160 + 80 * n, len(expected[name])) + expected[name] for n, name in enumerate(CODECS)
    }
    for recording in ended:
        [part] = recording.account.parts
        name = recording.account.codec
        assert Path(part.path).read_bytes()[76:] == expected[name]
        assert recording.call.remote_name == f"Caller of {name}"
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

    ended, _ = serve(tmp_path, scenario)
    assert {file[76:] for file in contents(tmp_path)} == {b"".join(audio(0)), b"".join(audio(100))}
    assert [recording.account.foreign for recording in ended] == [20, 20]


@pytest.mark.live
def test_c8_lost_reset_and_stopped_connections_keep_what_came(tmp_path: Path) -> None:
    """One phone hangs up its socket, one resets it, and one is still recording when the server is stopped."""

    async def scenario(service: Service, lines: list[str]) -> None:
        phones = [await phone(service, name) for name in ("lost", "reset", "stopped")]
        for n, one in enumerate(phones):
            one.send(await one.start(), audio(60 * n))
        await until(lambda: all(live.received for live in service.live()))
        phones[0].writer.close()
        phones[1].reset()
        await until(lambda: len(lines) == 2)

    ended, lines = serve(tmp_path, scenario)
    assert contents(tmp_path) == {header(b"PCMU", 160, 8000) + b"".join(audio(60 * n)) for n in range(3)}
    assert {r.call.id: (r.account.state, r.account.reason) for r in ended} == {
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
        await until(lambda: contents(storage))
        shutil.rmtree(storage)
        assert await one.reader.read() == b""
        one.close()

    [recording], lines = serve(storage, scenario)
    assert recording.account.state in ("failed", "cut short")
    assert "there is no such file" in recording.account.reason
    assert any(line.startswith("fault: ") for line in lines)


def test_a_message_without_an_end_is_answered_after_200_ms(tmp_path: Path) -> None:
    async def scenario(service: Service, lines: list[str]) -> None:
        one = await phone(service)
        await one.start(end="")
        await one.stop()
        await until(lambda: lines)
        one.close()

    _, [line] = serve(tmp_path, scenario)
    assert line == "cancelled 0.00 s PCMU no file '0c1105aabbcc  out ': key"
    assert contents(tmp_path) == set()


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

    ended, _ = serve(tmp_path, scenario)
    assert ended
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


def test_a_port_is_free_again_when_its_recording_has_ended(tmp_path: Path) -> None:
    async def scenario(service: Service, lines: list[str]) -> None:
        first = await phone(service, "first")
        place = await first.start()
        second = await phone(service, "second")
        second.writer.write(b"cmd=RecordStartRequest&id=second&codec=PCMU\n")
        assert b"no%20UDP%20port%20is%20left" in await second.reader.readline()
        await first.stop()
        assert await second.start() == place
        first.close()
        second.close()

    with free_ports(1) as number:
        serve(tmp_path, scenario, rules=Rules(Limits(ports=(number, number))))


def test_the_storage_belongs_to_one_server_at_a_time(tmp_path: Path) -> None:
    async def scenario(service: Service, lines: list[str]) -> None:
        with pytest.raises(UsageError, match=r"a record server has .* already: stop it, or choose another directory"):
            await Service(tmp_path, "127.0.0.1", 0).__aenter__()

    serve(tmp_path, scenario)


def test_watchers_are_called_when_a_recording_begins_and_when_it_ends(tmp_path: Path) -> None:
    running: list[int] = []

    async def scenario(service: Service, lines: list[str]) -> None:
        service.watchers.append(lambda: running.append(len(service.live())))
        one = await phone(service)
        await one.start()
        await one.stop()
        one.close()

    serve(tmp_path, scenario)
    assert running == [1, 0]


def test_old_recordings_give_way(tmp_path: Path) -> None:
    (tmp_path / "Record_20200101000000.wav").write_bytes(header(b"PCMU", 160, 160) + bytes(160))

    async def scenario(service: Service, lines: list[str]) -> None:
        await until(lambda: len(lines) == 2)

    _, lines = serve(tmp_path, scenario, rules=Rules(retention=Retention(max_age_s=86400)))
    assert "had no sidecar" in lines[0]
    assert lines[1] == "Record_20200101000000 was deleted: it is older than 1 day"
    assert contents(tmp_path) == set()


@pytest.mark.live
def test_a_recording_that_a_killed_server_left_is_completed_at_the_next_start(tmp_path: Path) -> None:
    name = tmp_path / "Record_20260101120000"
    name.with_suffix(".json").write_text(
        '{"version":1,"name":"Record_20260101120000","id":"00ff","remote_name":"Anna"}'
    )
    name.with_suffix(".wav").write_bytes(header(b"PCMU", 160, 160) + bytes(range(160)) * 3)

    async def scenario(service: Service, lines: list[str]) -> None:
        entry = service.archive.catalogue.get(name.name)
        assert entry is not None
        assert (entry.state, entry.remote_name, entry.duration_s) == ("cut short", "Anna", 0.06)
        [line] = lines
        assert line.startswith(f"{name.name}: it was being recorded, and is cut short")

    serve(tmp_path, scenario)
    assert contents(tmp_path) == {header(b"PCMU", 160, 480) + bytes(range(160)) * 3}
