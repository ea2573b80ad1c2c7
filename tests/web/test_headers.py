"""Headers that every answer has, and file names in them that may be anything."""

from __future__ import annotations

from email.message import Message
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phone_recorder.web.headers import content_disposition
from tests.web.site_rig import FIRST, HOSTILE, Rig, an_entry


def test_a_plain_name() -> None:
    expected = "attachment; filename=\"Record_1-audio.wav\"; filename*=UTF-8''Record_1-audio.wav"
    assert content_disposition("attachment", "Record_1-audio.wav") == expected


@pytest.mark.parametrize(
    ("name", "plain", "encoded"),
    [
        ('a"b', "a_b", "a%22b"),
        ("a\r\nSet-Cookie: x=1", "a__Set-Cookie_ x_1", "a%0D%0ASet-Cookie%3A%20x%3D1"),
        ("../../etc/passwd", ".._.._etc_passwd", "..%2F..%2Fetc%2Fpasswd"),
        ("张三", "__", "%E5%BC%A0%E4%B8%89"),
        ("\ud800", "_", "%3F"),
    ],
)
def test_a_name_that_could_break_out_does_not(name: str, plain: str, encoded: str) -> None:
    assert content_disposition("inline", name) == f"inline; filename=\"{plain}\"; filename*=UTF-8''{encoded}"


@given(st.text() | st.sampled_from(HOSTILE))
def test_no_name_makes_another_parameter_or_header(name: str) -> None:
    header = content_disposition("attachment", name)
    assert header.isascii()
    assert header.isprintable()
    message = Message()
    message["Content-Disposition"] = header
    parameters = message.get_params(header="content-disposition", unquote=False)
    assert parameters is not None
    assert [key for key, _ in parameters] == ["attachment", "filename", "filename"]


PATHS = ["/", f"/recordings/{FIRST}", "/nowhere", "/api/v1/live", "/healthz", "/static/style.css", "/recordings/x"]


@pytest.mark.parametrize("path", [*PATHS, f"/api/v1/recordings/{FIRST}/audio.wav"])
def test_every_answer_has_the_security_headers(tmp_path: Path, path: str) -> None:
    rig = Rig(tmp_path)
    rig.recordings.add(an_entry())
    headers = rig.client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static/") else "no-store")
    assert "strict-transport-security" not in headers


def test_refusals_have_them_too(tmp_path: Path) -> None:
    for answer in (
        Rig(tmp_path, login=True).client.get("/"),
        Rig(tmp_path, login=True).client.get("/api/v1/live"),
        Rig(tmp_path, base_url="http://evil.example").client.get("/"),
    ):
        assert answer.status_code in (303, 401, 403)
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_under_tls_a_browser_is_told_to_stay_there(tmp_path: Path) -> None:
    rig = Rig(tmp_path, base_url="https://127.0.0.1:8088")
    assert rig.client.get("/").headers["strict-transport-security"] == "max-age=31536000"
