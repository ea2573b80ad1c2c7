"""Who may: the phone's methods, its files and its socket are behind the same door, and names of others stay text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import WebSocketDenialResponse

from phone_recorder import control_api as api
from tests.web.phone.fake_phone import CALL, NAME, RECORDINGS, SCREEN
from tests.web.phone.phone_rig import BEARER, SOCKET, PhoneRig
from tests.web.site_rig import HOSTILE, LOCAL

JSON = {"Content-Type": "application/json"}
PRESS = "/api/v1/key.press"
OK = b'{"key":"ok"}'
PROTECTED = (
    *(f"/api/v1/{method.name}" for method in api.METHODS if method.safe),
    *(f"/api/v1/recordings/{NAME}/{part}" for part in ("audio.wav", "record", "waveform.svg")),
    "/openapi.json",
)
EVIL = {"Origin": "http://evil.example"}
FOREIGN = [EVIL, {"Origin": "null"}, {"Origin": "http://127.0.0.1:9999"}, {"Sec-Fetch-Site": "cross-site"}]


@pytest.fixture
def rig(tmp_path: Path) -> PhoneRig:
    """For this machine alone."""
    return PhoneRig(tmp_path)


@pytest.fixture
def asking(tmp_path: Path) -> PhoneRig:
    """One that asks for a login."""
    return PhoneRig(tmp_path, login=True)


def press(rig: PhoneRig, headers: Mapping[str, str]) -> int:
    """The status of a key press."""
    return int(rig.client.post(PRESS, content=OK, headers=JSON | dict(headers)).status_code)


def opened(rig: PhoneRig, headers: Mapping[str, str]) -> bool:
    """Whether a WebSocket is opened, and used."""
    with rig.client.websocket_connect(SOCKET, headers=dict(headers)) as socket:
        return "event" in socket.receive_json()


def refused(rig: PhoneRig, headers: Mapping[str, str]) -> int:
    """The status with which a WebSocket is refused."""
    with (
        pytest.raises(WebSocketDenialResponse) as caught,
        rig.client.websocket_connect(SOCKET, headers=dict(headers)),
    ):
        pass
    assert rig.phone.watchers == []
    return int(caught.value.status_code)


def test_on_this_machine_our_page_and_programs_may(rig: PhoneRig) -> None:
    for headers in ({}, {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}):
        assert press(rig, headers) == 200
        assert opened(rig, headers)


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.5:8080", "127.0.0.1.evil.example", ""])
def test_another_name_that_points_to_this_machine_is_not_answered(rig: PhoneRig, host: str) -> None:
    for path in (*PROTECTED, "/", "/settings"):
        assert rig.client.get(path, headers={"Host": host}).status_code == 403
    assert press(rig, {"Host": host}) == 403
    assert refused(rig, {"Host": host}) == 403
    assert rig.phone.asked == []


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_page_of_another_site_has_no_key_pressed(rig: PhoneRig, headers: dict[str, str]) -> None:
    assert press(rig, headers) == 403
    assert rig.client.post(PRESS, content=OK, headers={"Content-Type": "text/plain", **headers}).status_code == 403
    assert rig.client.post("/settings", data={"phone.name": "x"}, headers=headers).status_code == 403
    assert refused(rig, headers) == 403
    assert rig.phone.asked == []


def test_nor_does_it_load_anything(rig: PhoneRig) -> None:
    for path in PROTECTED:
        assert rig.client.get(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("path", PROTECTED)
def test_without_a_login_programs_get_nothing(asking: PhoneRig, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Cookie": "phone_recorder_session=x"}):
        answer = asking.client.get(path, headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert "phone-recorder phone token" in answer.json()["error"]
    assert asking.phone.asked == []


@pytest.mark.parametrize("method", api.METHODS, ids=lambda method: method.name)
def test_nor_is_any_method_carried_out(asking: PhoneRig, method: api.Method) -> None:
    assert asking.client.post(f"/api/v1/{method.name}", json={}).status_code == 401
    assert asking.phone.asked == []


@pytest.mark.parametrize(("path", "to"), [("/", "/login"), ("/settings", "/login?next=%2Fsettings")])
def test_people_are_led_to_the_login(asking: PhoneRig, path: str, to: str) -> None:
    answer = asking.client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, to)


def test_the_health_and_the_static_files_are_open(asking: PhoneRig) -> None:
    for path in ("/healthz", "/login", "/static/style.css", "/static/phone/phone.js"):
        assert asking.client.get(path).status_code == 200


def test_a_program_with_a_token_may_from_anywhere(asking: PhoneRig) -> None:
    there = BEARER | {"Host": "phone.example"}
    assert press(asking, there) == 200
    assert opened(asking, there)
    for path in PROTECTED:
        assert asking.client.get(path, headers=there).status_code == 200


def test_with_a_cookie_a_press_proves_that_it_is_of_our_page(asking: PhoneRig) -> None:
    csrf = asking.log_in()
    asking.phone.asked.clear()
    assert asking.client.get("/api/v1/phone.get").status_code == 200
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": csrf, **EVIL}):
        assert press(asking, headers) == 403
    assert asking.phone.asked == [api.GetPhone()]
    assert press(asking, {"X-CSRF-Token": csrf, "Origin": LOCAL}) == 200


def test_a_form_of_the_settings_needs_it_too(asking: PhoneRig) -> None:
    csrf = asking.log_in()
    assert asking.client.post("/settings", data={"phone.name": "Eve"}).status_code == 403
    assert asking.phone.texts["phone.name"] == "Anna"
    assert asking.client.post("/settings", data={"phone.name": "Eve", "csrf": csrf}).status_code == 303
    assert asking.phone.texts["phone.name"] == "Eve"


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_cookie_opens_no_socket_for_another_site(asking: PhoneRig, headers: dict[str, str]) -> None:
    asking.log_in()
    assert opened(asking, {"Origin": LOCAL})
    assert refused(asking, headers) == 403


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Cookie": "phone_recorder_session=x"}])
def test_without_a_login_no_socket_is_opened(asking: PhoneRig, headers: dict[str, str]) -> None:
    assert refused(asking, headers) == 401


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("path", ["/", "/settings"])
def test_what_others_call_themselves_stays_text_in_the_pages(rig: PhoneRig, text: str, path: str) -> None:
    hostile(rig, text)
    answer = rig.client.get(path)
    assert answer.status_code == 200
    for markup in ("<script>alert", "<img src=x", "<svg onload", "49$"):
        assert markup not in answer.text
    assert "set-cookie" not in answer.headers


def hostile(rig: PhoneRig, text: str) -> None:
    """Everything that somebody else can say is this."""
    rig.phone.texts |= {"phone.name": text, "server.port": text}
    changed: dict[Any, Any] = {
        api.Screen: msgspec.structs.replace(SCREEN, title=text, call=text, prompt=text, lines=(api.Line(text, text),)),
        api.Call: msgspec.structs.replace(CALL, name=text, number=text),
        api.RecordingList: api.RecordingList(RECORDINGS.recordings, text),
    }
    rig.phone.results |= changed


@pytest.mark.parametrize("text", HOSTILE)
def test_it_comes_to_programs_as_it_is(rig: PhoneRig, text: str) -> None:
    hostile(rig, text)
    answer = rig.client.get("/api/v1/call.get")
    assert answer.json()["name"] == text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert b"\x1b" not in answer.content and b"\n" not in answer.content


@pytest.mark.parametrize("path", ["/", "/settings"])
def test_the_pages_let_nothing_in_that_is_not_ours(rig: PhoneRig, path: str) -> None:
    policy = rig.client.get(path).headers["content-security-policy"]
    assert "default-src 'self'" in policy or "default-src 'none'" in policy
    assert "unsafe-inline" not in policy and "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
