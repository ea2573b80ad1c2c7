"""The web client over TLS."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from phone_recorder.errors import PhoneRecorderError, ServerLost, ServerRefused, ServerUnreachable, UsageError
from tests.adapters.certificates import certificate, server_tls
from tests.adapters.scripted_web import Script, ScriptedWeb, answer
from tests.adapters.test_web_client import SOON_S, TOKEN, a_byte_now_and_then, client, silent


@pytest.mark.peer
def test_a_certificate_that_is_trusted(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    data = b"RIFF" * 100_000
    with ScriptedWeb({"GET /x": answer(data)}, server_tls(cert, key)) as web:
        file = io.BytesIO()
        assert client(web.url, TOKEN, cert).download("x", file, b"RIFF") == 400_000
    assert file.getvalue() == data


@pytest.mark.peer
@pytest.mark.parametrize(
    ("name", "days", "trust", "sentence"),
    [
        ("IP:127.0.0.1", 2, False, "is not trusted (self-signed certificate): give the one to trust with --cacert"),
        ("IP:127.0.0.2", 2, True, "is not for 127.0.0.1: use the name that it was made for"),
        ("DNS:recorder.example", 2, True, "is not for 127.0.0.1: use the name that it was made for"),
        ("IP:127.0.0.1", -1, True, "has expired: the server needs a new one"),
    ],
)
def test_a_certificate_that_is_not(tmp_path: Path, name: str, days: int, trust: bool, sentence: str) -> None:
    cert, key = certificate(tmp_path, name, days)
    with ScriptedWeb({}, server_tls(cert, key)) as web, pytest.raises(ServerUnreachable) as caught:
        client(web.url, TOKEN, cert if trust else None).get("x")
    assert str(caught.value) == f"the certificate of {web.url} {sentence}"
    assert web.requests == []


@pytest.mark.peer
def test_an_answer_that_was_cut_under_tls(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    with ScriptedWeb({"GET /x": answer(b"RIFF")[:-1]}, server_tls(cert, key)) as web, pytest.raises(ServerLost):
        client(web.url, cacert=cert).download("x", io.BytesIO())


@pytest.mark.peer
@pytest.mark.live
@pytest.mark.parametrize("script", [silent, a_byte_now_and_then])
def test_a_slow_server_under_tls(tmp_path: Path, script: Script) -> None:
    cert, key = certificate(tmp_path)
    with ScriptedWeb({"GET /x": script}, server_tls(cert, key)) as web, pytest.raises(ServerUnreachable) as caught:
        client(web.url, cacert=cert, patience_s=SOON_S).get("x")
    assert str(caught.value) == f"{web.url} is too slow to answer: try again later"


def test_a_server_that_does_not_speak_tls() -> None:
    with ScriptedWeb({}) as web, pytest.raises(ServerUnreachable) as caught:
        client(web.url.replace("http", "https")).get("x")
    assert str(caught.value).endswith(" does not speak TLS: check --server, and whether it begins with http://")


@pytest.mark.peer
def test_a_server_that_speaks_nothing_but_tls(tmp_path: Path) -> None:
    with ScriptedWeb({}, server_tls(*certificate(tmp_path))) as web, pytest.raises(PhoneRecorderError) as caught:
        client(web.url.replace("https", "http")).get("x")
    assert isinstance(caught.value, ServerUnreachable | ServerRefused)


def test_a_file_of_certificates_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for name, why in (("empty", "holds no certificate: give one in PEM form"), ("none", "there is no such file")):
        with pytest.raises(UsageError, match=why):
            client("https://127.0.0.1:1", cacert=tmp_path / name)
