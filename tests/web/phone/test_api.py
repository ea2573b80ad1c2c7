"""The phone's HTTP API: every method of the control API, and the files of the recordings on the drive."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import wave
from dataclasses import replace
from pathlib import Path

import httpx
import msgspec
import pytest

from phone_recorder import control_api as api
from phone_recorder.errors import CallFailed, DriveError, NoDrive, PhoneRecorderError, UsageError
from phone_recorder.web.site import LOOKUPS
from tests.web.phone.fake_phone import NAME, REQUESTS, RESULTS
from tests.web.phone.phone_rig import BEARER, PATIENCE_S, PhoneRig
from tests.web.site_rig import LOCAL

AUDIO = f"/api/v1/recordings/{NAME}/audio.wav"
FILE = f"/api/v1/recordings/{NAME}/record"
PICTURE = f"/api/v1/recordings/{NAME}/waveform.svg"
FILES = (AUDIO, FILE, PICTURE)
SILENT = "the drive does not answer: pull it out and plug it in again"
NO_NAMES = [
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e",
    "%2Fetc%2Fpasswd",
    "..%5c..%5cboot.ini",
    f"{NAME}%00",
    f"{NAME}%0a",
    f"{NAME}%2f..%2f{NAME}",
    f".%2f{NAME}",
    f"%2e/{NAME}",
    f"{NAME.removesuffix('.wav')}",
    NAME.lower(),
    NAME.replace(".wav", "-1.wav"),
    NAME.replace(".wav", "-audio.wav"),
    "Record_20261399999999.wav",
    "secret.txt",
    ".phone-recorder",
    "名" * 300,
]


@pytest.fixture
def rig(tmp_path: Path) -> PhoneRig:
    (tmp_path / "secret.txt").write_text("a secret")
    (tmp_path / NAME.replace(".wav", "-audio.wav")).write_bytes(b"RIFF")
    return PhoneRig(tmp_path)


def url(method: api.Method) -> str:
    return f"/api/v1/{method.name}"


@pytest.mark.parametrize("method", api.METHODS, ids=lambda method: method.name)
def test_every_method_is_carried_out(rig: PhoneRig, method: api.Method) -> None:
    fields = REQUESTS.get(method.name, {})
    answer = rig.client.post(url(method), json=fields)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["cache-control"] == "no-store"
    assert rig.phone.asked == [msgspec.convert(fields, method.request)]
    expected = RESULTS.get(method.result, rig.phone.settings)
    if method.name != "key.press":
        assert msgspec.convert(answer.json(), method.result) == expected


@pytest.mark.parametrize("method", api.METHODS, ids=lambda method: method.name)
def test_what_is_safe_alone_can_be_looked_at(rig: PhoneRig, method: api.Method) -> None:
    answer = rig.client.get(url(method))
    if method.safe:
        assert answer.json() == rig.client.post(url(method)).json()
        assert rig.client.head(url(method)).status_code == 200
        return
    assert answer.status_code == rig.client.head(url(method)).status_code == 405
    assert answer.headers["allow"] == "POST"
    assert "/openapi.json" in answer.json()["error"]
    assert rig.phone.asked == []


def test_no_body_and_an_empty_object_are_the_same(rig: PhoneRig) -> None:
    for body in (b"", b"{}"):
        assert rig.client.post("/api/v1/call.hold", content=body, headers=JSON).status_code == 200
    assert rig.phone.asked == [api.HoldCall(), api.HoldCall()]


JSON = {"Content-Type": "application/json"}
PRESS = "/api/v1/key.press"

REFUSED: list[tuple[str, bytes, dict[str, str], int, str]] = [
    (PRESS, b"{", JSON, 400, "no JSON"),
    (PRESS, b"\xff", JSON, 400, "no JSON"),
    (PRESS, b"[" * 100_000, JSON, 400, "no JSON"),
    (PRESS, b'{"key":"ok"} {}', JSON, 400, "no JSON"),
    (PRESS, b'{"key":"\\ud800"}', JSON, 400, "no JSON"),
    (PRESS, b'{"key":"ok"}', {}, 415, "Content-Type"),
    (PRESS, b'{"key":"ok"}', {"Content-Type": "text/plain"}, 415, "Content-Type"),
    (PRESS, b"key=ok", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "Content-Type"),
    (PRESS, b" " * 200_000, JSON, 413, "too long"),
    (PRESS, b"{}", JSON, 422, "key"),
    (PRESS, b"[]", JSON, 422, "object"),
    (PRESS, b'"ok"', JSON, 422, "object"),
    (PRESS, b"null", JSON, 422, "object"),
    (PRESS, b'{"key":7}', JSON, 422, "key"),
    (PRESS, b'{"key":"ok","long":true}', JSON, 422, "long"),
    (PRESS, b'{"key":"ok","\\u001b[31m":true}', JSON, 422, "no field"),
    ("/api/v1/stick.fill", b'{"left":' + b"9" * 5000 + b"}", JSON, 400, "out of range"),
    ("/api/v1/stick.fill", b'{"left":-1}', JSON, 422, "left"),
    ("/api/v1/stick.fill", b'{"left":"1"}', JSON, 422, "left"),
    ("/api/v1/call.start", b'{"direction":"up"}', JSON, 422, "direction"),
    ("/api/v1/call.start", b'{"duration_s":1e999}', JSON, 400, "out of range"),
    ("/api/v1/playback.start", b'{"name":"x","speed":3}', JSON, 422, "speed"),
    ("/api/v1/settings.set", b'{"values":{"phone.name":7}}', JSON, 422, "values"),
    ("/api/v1/no.such", b"{}", JSON, 404, "openapi.json"),
    ("/api/v1/key.press/", b"{}", JSON, 404, "openapi.json"),
    ("/api/v1/key/press", b"{}", JSON, 404, "openapi.json"),
]


@pytest.mark.parametrize(("path", "body", "headers", "status", "word"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_read_is_refused_with_a_sentence(
    rig: PhoneRig, path: str, body: bytes, headers: dict[str, str], status: int, word: str
) -> None:
    answer = rig.client.post(path, content=body, headers=headers)
    sentence = answer.json()["error"]
    assert (answer.status_code, word in sentence) == (status, True), sentence
    assert sentence.isprintable() and len(sentence) < 400
    assert rig.phone.asked == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_allowed(rig: PhoneRig, method: str) -> None:
    for path in ("/api/v1/phone.get", AUDIO):
        assert rig.client.request(method, path).status_code == 405
    assert rig.phone.asked == []


@pytest.mark.parametrize(
    "error", [UsageError("there is no call to end"), DriveError("no drive"), CallFailed("busy here", 486)]
)
def test_what_the_phone_cannot_do_is_its_own_sentence(rig: PhoneRig, error: PhoneRecorderError) -> None:
    rig.phone.refusals[api.EndCall] = error
    answer = rig.client.post("/api/v1/call.end")
    assert (answer.status_code, answer.json()) == (409, {"error": str(error)})


def test_an_error_of_ours_says_nothing_of_itself(tmp_path: Path) -> None:
    rig = PhoneRig(tmp_path)
    rig.phone.refusals[api.EndCall] = ZeroDivisionError("/home/anna: password")
    client = type(rig.client)(rig.app, base_url=str(rig.client.base_url), raise_server_exceptions=False)
    answer = client.post("/api/v1/call.end")
    assert (answer.status_code, answer.json()) == (500, {"error": "the server has failed: its log says why"})
    assert client.get("/api/v1/call.get").status_code == 200


@pytest.mark.parametrize("fields", [{"name": f"../{NAME}"}, {"name": "/etc/passwd"}, {"name": "\x00\x1b[31m"}])
def test_names_go_to_the_phone_as_they_are_for_it_to_judge(rig: PhoneRig, fields: dict[str, str]) -> None:
    assert rig.client.post("/api/v1/recordings.delete", json=fields).status_code == 200
    assert rig.phone.asked == [api.DeleteRecording(**fields)]


def test_the_audio_is_a_wav_that_others_can_read(rig: PhoneRig) -> None:
    answer = rig.client.get(AUDIO)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/wav")
    assert answer.headers["content-disposition"].startswith("inline")
    with wave.open(io.BytesIO(answer.content)) as audio:
        assert (audio.getframerate(), audio.getnframes()) == (8000, 8000)


def test_it_is_kept_under_the_recordings_name(rig: PhoneRig) -> None:
    kept = rig.client.get(f"{AUDIO}?download=true").headers["content-disposition"]
    assert kept.startswith("attachment") and "Record_20260314150926-audio.wav" in kept
    assert f'"{NAME}"' in rig.client.get(FILE).headers["content-disposition"]


def test_the_record_file_is_given_as_it_is(rig: PhoneRig) -> None:
    assert rig.client.get(FILE).content == (rig.directory / NAME).read_bytes()


def test_its_picture_is_drawn(rig: PhoneRig) -> None:
    answer = rig.client.get(PICTURE)
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.text.startswith("<svg")


@pytest.mark.parametrize("path", [AUDIO, FILE])
def test_a_part_of_it_can_be_asked_for(rig: PhoneRig, path: str) -> None:
    whole = rig.client.get(path).content
    for asked, part in (("bytes=0-9", whole[:10]), ("bytes=100-", whole[100:]), ("bytes=-7", whole[-7:])):
        answer = rig.client.get(path, headers={"Range": asked})
        assert (answer.status_code, answer.content) == (206, part)
    beyond = rig.client.get(path, headers={"Range": f"bytes={len(whole)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(whole)}")


@pytest.mark.parametrize("path", FILES)
def test_the_head_of_a_file_is_that_of_the_answer_without_it(rig: PhoneRig, path: str) -> None:
    head, answer = rig.client.head(path), rig.client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    same = ("content-type", "content-length", "etag")
    assert [head.headers.get(name) for name in same] == [answer.headers.get(name) for name in same]


@pytest.mark.parametrize("path", FILES)
def test_who_has_it_already_gets_none_of_it(rig: PhoneRig, path: str) -> None:
    tag = rig.client.get(path).headers["etag"]
    assert rig.client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_a_parameter_that_cannot_be_is_refused(rig: PhoneRig) -> None:
    answer = rig.client.get(f"{AUDIO}?download=perhaps")
    assert (answer.status_code, "download" in answer.json()["error"]) == (422, True)


@pytest.mark.parametrize("name", NO_NAMES)
@pytest.mark.parametrize("part", ["audio.wav", "record", "waveform.svg"])
def test_what_is_no_recordings_name_finds_nothing(rig: PhoneRig, name: str, part: str) -> None:
    answer = rig.client.get(f"/api/v1/recordings/{name}/{part}")
    assert answer.status_code == 404
    assert answer.json()["error"].isprintable()
    assert "a secret" not in answer.text and "root:" not in answer.text


def test_a_recording_that_is_damaged_is_told_and_can_be_had_as_it_is(rig: PhoneRig) -> None:
    (rig.directory / NAME).write_bytes(b"no record file at all" * 10)
    assert rig.client.get(AUDIO).status_code == rig.client.get(PICTURE).status_code == 409
    assert rig.client.get(FILE).status_code == 200


def test_without_a_drive_it_is_said_that_there_is_none(rig: PhoneRig) -> None:
    def gone(name: str) -> Path:
        raise NoDrive("no USB drive is plugged in")

    rig.app.state.phone = replace(rig.app.state.phone, path_of=gone)
    answer = rig.client.get(AUDIO)
    assert (answer.status_code, answer.json()) == (503, {"error": "no USB drive is plugged in"})


def test_a_drive_that_hangs_holds_up_neither_a_login_nor_other_files(tmp_path: Path) -> None:
    rig, begun, end = PhoneRig(tmp_path, login=True), threading.Event(), threading.Event()

    def hang(name: str) -> Path:
        begun.set()
        assert end.wait(2 * PATIENCE_S)
        return tmp_path / name

    rig.app.state.phone = replace(rig.app.state.phone, path_of=hang)

    async def scenario() -> int:
        transport = httpx.ASGITransport(rig.app)
        async with httpx.AsyncClient(transport=transport, base_url=LOCAL) as client, asyncio.TaskGroup() as hanging:
            for _ in range(LOOKUPS):
                hanging.create_task(client.get(FILE, headers=BEARER))
            assert await asyncio.to_thread(begun.wait, PATIENCE_S)
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await rig.app.state.site.lookups.run(int)
                    form = {"user": "anna", "password": "correct horse"}
                    return (await client.post("/login", data=form)).status_code
            finally:
                end.set()

    assert asyncio.run(scenario()) == 303


def test_a_drive_that_answers_too_late_is_told_and_what_waits_for_it_is_taken_back(
    rig: PhoneRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, end = list[str](), threading.Event()

    def hang(name: str) -> Path:
        asked.append(name)
        assert end.wait(2 * PATIENCE_S)
        return rig.directory / name

    rig.app.state.phone = replace(rig.app.state.phone, path_of=hang)
    monkeypatch.setattr("phone_recorder.web.phone.api.DRIVE_S", 0.05)

    async def scenario() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(rig.app), base_url=LOCAL) as client:
            answers = await asyncio.gather(*(client.get(path) for path in FILES))
            end.set()
            assert await rig.app.state.site.drive.run(str) == ""  # whatever it was given before is over
            return list(answers)

    for answer in asyncio.run(scenario()):
        assert (answer.status_code, answer.json()) == (503, {"error": SILENT})
    assert asked == [NAME]


def test_settings_that_are_secret_come_back_nowhere(rig: PhoneRig) -> None:
    secret = "hunter2-öß"
    answer = rig.client.post("/api/v1/settings.set", json={"values": {"account.password": secret}})
    assert answer.status_code == 200
    assert [one["is_set"] for one in answer.json()["settings"] if one["key"] == "account.password"] == [True]
    for path in ("/api/v1/settings.list", "/settings", "/", "/openapi.json", "/api/v1/screen.get"):
        page = rig.client.get(path).text
        assert secret not in page and json.dumps(secret) not in page


def test_whether_it_is_on_is_open_and_short(rig: PhoneRig) -> None:
    assert rig.client.get("/healthz").json() == {"status": "ok"}
