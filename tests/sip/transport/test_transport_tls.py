"""SIP over TLS on loopback: whose certificate is believed, and messages both ways by one connection."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from phone_recorder.errors import SipUnreachable, UsageError
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.transport.tls import TlsSettings
from tests.adapters.certificates import certificate, server_tls
from tests.sip.transport_rig import LOOPBACK, Seen, message, phone, run, server, soon, to

pytestmark = [pytest.mark.live, pytest.mark.peer]


def test_messages_go_both_ways_by_one_connection_split_and_joined(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    seen = Seen()

    async def scenario() -> None:
        tls = TlsSettings(cert)
        async with server(server_tls(cert, key)) as far, phone("TLS", tls=tls, taps=(seen,)) as (near, heard):
            hop = to(far.address, "TLS")
            await near.reach(hop)
            near.send(message(1), hop)
            near.send(message(2, 60_000), hop)
            await soon(lambda: far.received == message(1) + message(2, 60_000))
            (connection,) = far.connections
            assert connection.get_extra_info("peername") == near.local(hop)
            assert connection.get_extra_info("ssl_object").version() in ("TLSv1.2", "TLSv1.3")
            for piece in (message(3)[:9], message(3)[9:] + message(4, 20_000) + message(5)):
                connection.write(piece)
                await asyncio.sleep(0.01)
            await soon(lambda: len(heard.messages) == 3)
            assert heard.messages == [message(3), message(4, 20_000), message(5)]
            assert heard.sources == [hop] * 3
            assert seen.packets[0] == ("TLS", near.local(hop), far.address, message(1))
            assert seen.packets[-1] == ("TLS", far.address, near.local(hop), message(5))
            assert heard.errors == []

    run(scenario())


UNTRUSTED = "is not trusted (self-signed certificate): give the one to trust with --cacert"


@pytest.mark.parametrize(
    ("made_for", "days", "trusted", "name", "sentence"),
    [
        ("IP:127.0.0.1", 2, False, "", UNTRUSTED),
        ("DNS:sip.example", 2, False, "sip.example", UNTRUSTED),
        ("IP:127.0.0.2", 2, True, "", "is not for 127.0.0.1: use the name that it was made for"),
        ("IP:127.0.0.1", 2, True, "sip.example", "is not for sip.example: use the name that it was made for"),
        ("DNS:sip.example", 2, True, "", "is not for 127.0.0.1: use the name that it was made for"),
        ("DNS:sip.example", 2, True, "other.example", "is not for other.example: use the name that it was made for"),
        ("IP:127.0.0.1", -1, True, "", "has expired: the server needs a new one"),
    ],
)
def test_a_certificate_that_is_not_believed(
    tmp_path: Path, made_for: str, days: int, trusted: bool, name: str, sentence: str
) -> None:
    cert, key = certificate(tmp_path, made_for, days)

    async def scenario() -> None:
        tls = TlsSettings(cert if trusted else None)
        async with server(server_tls(cert, key)) as far, phone("TLS", tls=tls) as (near, heard):
            hop = to(far.address, "TLS", name)
            with pytest.raises(SipUnreachable) as caught:
                await near.reach(hop)
            assert str(caught.value) == f"the certificate of {hop} {sentence}"
            near.send(message(), hop)
            await soon(lambda: heard.errors)
            assert heard.errors == [str(caught.value)]
            assert far.received == b""

    run(scenario())


@pytest.mark.parametrize(("made_for", "name"), [("IP:127.0.0.1", ""), ("DNS:sip.example", "sip.example")])
def test_a_certificate_that_is_believed(tmp_path: Path, made_for: str, name: str) -> None:
    cert, key = certificate(tmp_path, made_for)

    async def scenario() -> None:
        async with server(server_tls(cert, key)) as far, phone("TLS", tls=TlsSettings(cert)) as (near, heard):
            near.send(message(), to(far.address, "TLS", name))
            await soon(lambda: far.received or heard.errors)
            assert (far.received, heard.errors) == (message(), [])

    run(scenario())


def test_over_ipv6(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path, "IP:::1")

    async def scenario() -> None:
        async with server(server_tls(cert, key), "::1") as far, phone("TLS", "::", TlsSettings(cert)) as (near, heard):
            near.send(message(), to(far.address, "TLS"))
            await soon(lambda: far.received or heard.errors)
            assert (far.received, heard.errors) == (message(), [])

    run(scenario())


def test_without_verification_any_certificate_will_do(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path, "DNS:other.example", -1)

    async def scenario() -> None:
        async with server(server_tls(cert, key)) as far, phone("TLS", tls=TlsSettings(verify=False)) as (near, _):
            await near.reach(to(far.address, "TLS", "sip.example"))
            near.send(message(), to(far.address, "TLS", "sip.example"))
            await soon(lambda: far.received == message())

    run(scenario())


def test_a_connection_that_was_made_for_one_name_is_not_used_for_another(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path, "DNS:sip.example")

    async def scenario() -> None:
        async with server(server_tls(cert, key)) as far, phone("TLS", tls=TlsSettings(cert)) as (near, _):
            await near.reach(to(far.address, "TLS", "sip.example"))
            with pytest.raises(SipUnreachable, match=r"is not for other\.example"):
                await near.reach(to(far.address, "TLS", "other.example"))
            near.send(message(), to(far.address, "TLS"))
            await soon(lambda: far.received == message())

    run(scenario())


def test_tls_1_2_is_the_least() -> None:
    assert TlsSettings().context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_an_old_tls_is_not_spoken(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    old = server_tls(cert, key)
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1

    async def scenario() -> None:
        async with server(old) as far, phone("TLS", tls=TlsSettings(verify=False)) as (near, _):
            with pytest.raises(SipUnreachable, match="does not speak TLS with us"):
                await near.reach(to(far.address, "TLS"))

    run(scenario())


def test_a_server_that_does_not_speak_tls() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"SIP/2.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async def scenario() -> None:
        async with server(serve=plain) as far, phone("TLS") as (near, _):
            with pytest.raises(SipUnreachable, match="does not speak TLS with us: check the port"):
                await near.reach(to(far.address, "TLS"))

    run(scenario())


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phone_recorder.sip.transport.stream_transport.CONNECT_S", 0.1)

    async def scenario() -> None:
        async with server() as far, phone("TLS") as (near, _):
            with pytest.raises(SipUnreachable, match="does not answer: check the address and the port"):
                await near.reach(to(far.address, "TLS"))

    run(scenario())


def test_a_name_that_no_certificate_can_bear() -> None:
    async def scenario() -> None:
        async with server() as far, phone("TLS") as (near, _):
            for name in (".example", "a" * 64 + ".example"):
                with pytest.raises(SipUnreachable, match="is no name that a certificate can bear"):
                    await near.reach(to(far.address, "TLS", name))
            assert far.connections == []

    run(scenario())


def test_a_slow_reader_is_given_up_under_tls_too(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)

    async def scenario() -> None:
        enough = asyncio.Event()

        async def deaf(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            await enough.wait()
            writer.transport.abort()

        tls = TlsSettings(cert)
        async with server(server_tls(cert, key), serve=deaf) as far, phone("TLS", tls=tls) as (near, heard):
            hop = to(far.address, "TLS")
            await near.reach(hop)
            for number in range(400):
                near.send(message(number, 60_000), hop)
                await asyncio.sleep(0)
                if heard.errors:
                    break
            enough.set()
            assert heard.errors == [f"the connection to {hop} was cut: what it is sent is not read"]

    run(scenario())


def test_a_phone_of_tls_listens_nowhere_and_sends_no_datagrams(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with phone("TLS") as (near, heard):
            assert near.listening == (LOOPBACK, 5061)
            near.send(message(), Hop("UDP", LOOPBACK, 5060))
            await soon(lambda: heard.errors)
            assert "this phone speaks TLS alone" in heard.errors[0]

    run(scenario())


def test_a_file_of_certificates_that_is_none_is_said_before_a_call(tmp_path: Path) -> None:
    async def scenario() -> None:
        (tmp_path / "empty").touch()
        for name, why in (("empty", "holds no certificate: give one in PEM form"), ("none", "there is no such file")):
            with pytest.raises(UsageError, match=why):
                async with phone("UDP", tls=TlsSettings(tmp_path / name)):
                    pass

    run(scenario())
