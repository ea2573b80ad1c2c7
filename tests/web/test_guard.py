"""Who may: with a login, with a token, and on this machine alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.routing import Route

from tests.web.site_rig import FIRST, Rig, an_entry

EVERYBODYS = {"/healthz", "/login", "/language/{language}"}
BEARER = {"Authorization": "Bearer the-token"}
DELETED = f"/api/v1/recordings/{FIRST}"


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A site that asks for a login."""
    rig = Rig(tmp_path, login=True)
    rig.recordings.add(an_entry())
    return rig


@pytest.fixture
def local(tmp_path: Path) -> Rig:
    """A site for this machine alone."""
    rig = Rig(tmp_path)
    rig.recordings.add(an_entry())
    return rig


def test_no_route_but_three_is_open_without_login(rig: Rig) -> None:
    """A route that is added is walked here too."""
    walked = set()
    for route in rig.app.routes:
        if isinstance(route, Route) and route.path not in EVERYBODYS:
            path = route.path.replace("{name}", FIRST)
            for method in route.methods or ():
                answer = rig.client.request(method, path)
                refused = answer.status_code == 401 or (
                    answer.status_code == 303 and answer.headers["location"].startswith("/login")
                )
                assert refused, (method, path, answer.status_code)
                assert "Anna" not in answer.text
                walked.add(route.path)
    assert len(walked) > 12
    assert FIRST in rig.recordings.entries


@pytest.mark.parametrize("path", ["/healthz", "/login", "/static/style.css"])
def test_what_is_open_tells_nothing_of_recordings(rig: Rig, path: str) -> None:
    answer = rig.client.get(path)
    assert answer.status_code == 200
    assert "Record_" not in answer.text


@pytest.mark.parametrize("path", ["/healthz/", "//healthz", "/login/../api/v1/live", "/static/../api/v1/live", "/x"])
def test_a_path_like_an_open_one_is_not_open(rig: Rig, path: str) -> None:
    assert rig.client.get(path).status_code in (303, 401)


def test_a_program_with_a_token_may_and_needs_no_csrf_token(rig: Rig) -> None:
    assert rig.client.get("/api/v1/recordings", headers=BEARER).json()["total"] == 1
    assert rig.client.get("/metrics", headers=BEARER).status_code == 200
    assert rig.client.delete(DELETED, headers=BEARER).status_code == 204


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer", "", "Basic the-token", "the-token", "Bearer the-token x"])
def test_a_wrong_token_may_not(rig: Rig, header: str) -> None:
    answer = rig.client.get("/api/v1/recordings", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "phone-recorder server token" in answer.json()["error"]


def test_a_token_that_is_revoked_is_of_no_use(rig: Rig) -> None:
    rig.credentials.tokens.clear()
    assert rig.client.get("/api/v1/recordings", headers=BEARER).status_code == 401


def test_a_wrong_token_is_not_helped_by_a_cookie(rig: Rig) -> None:
    rig.log_in()
    assert rig.client.get("/api/v1/live", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_a_session_deletes_with_its_csrf_token_alone(rig: Rig) -> None:
    csrf = rig.log_in()
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": csrf[:-1]}, {"X-CSRF-Token": "é"}):
        encoded = {name: value.encode() for name, value in headers.items()}
        assert rig.client.delete(DELETED, headers=encoded).status_code == 403
    assert rig.client.delete(DELETED, headers={"X-CSRF-Token": csrf}).status_code == 204


def test_a_session_does_not_take_the_csrf_token_of_another(rig: Rig) -> None:
    other = rig.log_in()
    rig.client.cookies.clear()
    rig.log_in()
    assert rig.client.delete(DELETED, headers={"X-CSRF-Token": other}).status_code == 403


def test_a_form_brings_the_csrf_token_in_a_field(rig: Rig) -> None:
    csrf = rig.log_in()
    form = {"name": FIRST, "sure": "yes"}
    assert rig.client.post("/delete", data=form).status_code == 403
    assert rig.client.post("/delete", data={**form, "csrf": csrf}).status_code == 303
    assert rig.recordings.entries == {}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://127.0.0.1:8088.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_what_another_sites_page_asks_for_is_not_done(local: Rig, rig: Rig, headers: dict[str, str]) -> None:
    assert local.client.delete(DELETED, headers=headers).status_code == 403
    assert local.client.post("/delete", data={"name": FIRST, "sure": "yes"}, headers=headers).status_code == 403
    csrf = rig.log_in()
    assert rig.client.delete(DELETED, headers={"X-CSRF-Token": csrf, **headers}).status_code == 403
    assert rig.client.post("/login", data={"user": "a", "password": "b"}, headers=headers).status_code == 403
    assert FIRST in local.recordings.entries
    assert FIRST in rig.recordings.entries


LOADED = ["/", f"/recordings/{FIRST}", DELETED, f"{DELETED}/audio.wav", f"{DELETED}/waveform.svg", "/healthz", "/login"]
"""What a page could have a browser load: as an image, as audio, by a script, in a frame."""
VISIT = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", [*LOADED, f"/api/v1/recordings.zip?name={FIRST}", "/metrics", "/static/icon.svg"])
@pytest.mark.parametrize(
    "fetch",
    [
        {},
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "audio"},
        {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    ],
)
def test_without_login_nothing_is_loaded_by_another_sites_page(
    local: Rig, site: str, path: str, fetch: dict[str, str]
) -> None:
    answer = local.client.get(path, headers={"Sec-Fetch-Site": site, **fetch})
    assert answer.status_code == 403
    assert "another site" in answer.text
    assert "Anna" not in answer.text


def test_without_login_nothing_is_fetched_by_a_script_of_another_site(local: Rig) -> None:
    for path in LOADED:
        assert local.client.get(path, headers={"Origin": "http://evil.example"}).status_code == 403


def test_a_link_on_another_sites_page_may_lead_to_our_pages_alone(local: Rig) -> None:
    visit = {"Sec-Fetch-Site": "cross-site", **VISIT}
    for path in ("/", "/?page=1", f"/recordings/{FIRST}"):
        assert local.client.get(path, headers=visit).status_code == 200
    for path in ("/metrics", f"{DELETED}/audio.wav", "/language/zh", f"/api/v1/recordings.zip?name={FIRST}"):
        assert local.client.get(path, headers=visit).status_code == 403
    assert local.client.post("/delete", data={"name": FIRST, "sure": "yes"}, headers=visit).status_code == 403
    assert FIRST in local.recordings.entries


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_our_own_page_and_who_types_the_address_have_all_of_it(local: Rig, site: str) -> None:
    for path in LOADED[:-1]:
        assert local.client.get(path, headers={"Sec-Fetch-Site": site}).status_code == 200


def test_a_length_said_in_two_ways_is_refused_and_nothing_follows_it(local: Rig, rig: Rig) -> None:
    for site in (local, rig):
        headers = {"Transfer-Encoding": "chunked", "Content-Length": "4"}
        answer = site.client.post("/login", content=b"0\r\n\r\n", headers=headers)
        assert (answer.status_code, answer.headers["connection"]) == (400, "close")


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://127.0.0.1:8088"}, {"Sec-Fetch-Site": "same-origin"}])
def test_on_this_machine_our_own_page_and_a_program_may(local: Rig, headers: dict[str, str]) -> None:
    assert local.client.delete(DELETED, headers=headers).status_code == 204


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8088", "localhost:1", "LOCALHOST", "[::1]:8088"])
def test_on_this_machine_its_own_names_are_answered(local: Rig, host: str) -> None:
    assert local.client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8088",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "192.168.1.5",
        "",
        "127.0.0.1@x",
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/v1/recordings", "/healthz", "/login", "/static/style.css"])
def test_another_name_that_points_here_is_not_answered(local: Rig, host: str, path: str) -> None:
    answer = local.client.get(path, headers={"Host": host})
    assert answer.status_code == 403
    assert "localhost" in answer.text


@pytest.mark.parametrize(
    "host", ["x/healthz?", "x/login#", "127.0.0.1/static/style.css?x=", "[", "]", "a b", "@", "x\\/healthz", "::", ""]
)
@pytest.mark.parametrize("path", ["/", "/api/v1/recordings", "/login/", "/healthz/"])
def test_no_host_header_leads_past_the_door(rig: Rig, host: str, path: str) -> None:
    answer = rig.client.get(path, headers={"Host": host})
    assert answer.status_code in (303, 401)
    assert answer.headers.get("location", "/login").startswith("/login")


@pytest.mark.parametrize(
    "origin", ["http://[", "[", "http://", "://127.0.0.1:8088/x", "http://127.0.0.1:8088@evil.example"]
)
def test_an_origin_that_is_none_is_foreign(rig: Rig, local: Rig, origin: str) -> None:
    assert rig.client.post("/login", data={"user": "a"}, headers={"Origin": origin}).status_code == 403
    assert local.client.delete(DELETED, headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_without_login_no_proxy_may_stand_between(local: Rig, header: str) -> None:
    answer = local.client.get("/api/v1/live", headers={header: "203.0.113.1"})
    assert answer.status_code == 403
    assert "proxy" in answer.json()["error"]


def test_a_token_on_this_machine_does_not_open_it_to_other_pages(local: Rig) -> None:
    headers = {"Origin": "http://evil.example", "Authorization": "Bearer x"}
    assert local.client.delete(DELETED, headers=headers).status_code == 403


def test_credentials_that_cannot_be_read_let_nobody_in(rig: Rig) -> None:
    rig.log_in()
    rig.credentials.broken = "the credentials file is damaged: restore it"
    for headers in ({}, BEARER):
        answer = rig.client.get("/api/v1/recordings", headers=headers)
        assert answer.status_code == 500
        assert answer.json() == {"error": "the credentials file is damaged: restore it"}
