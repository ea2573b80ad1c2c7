"""The JSON API, a route after another."""

from __future__ import annotations

import io
import wave
import zipfile
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from phone_recorder.server.figures import Figures
from tests.record_bytes import record, speech
from tests.web.site_rig import FIRST, HOSTILE, Rig, a_live, an_entry

AUDIO = f"/api/v1/recordings/{FIRST}/audio.wav"
FILE = f"/api/v1/recordings/{FIRST}/record"
SECOND = f"{FIRST}-2"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NO_NAMES = [
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e",
    "%2Fetc%2Fpasswd",
    f"{FIRST}%00",
    f"{FIRST}%00.wav",
    f"{FIRST}.wav",
    f"../{FIRST}",
    f".%2f{FIRST}",
    "Record_20261399999999",
    "record_20260314150926",
    f"{FIRST}-1",
    f"{FIRST}%0a",
    ".phone-recorder",
    "C:%5cx",
]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    rig = Rig(tmp_path)
    rig.recordings.add(an_entry())
    return rig


def test_recordings_are_listed(rig: Rig) -> None:
    answer = rig.client.get("/api/v1/recordings")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "entries": [
            {
                "name": "Record_20260314150926",
                "id": "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f",
                "device": "001fc1203040",
                "direction": "out",
                "local_number": "1001",
                "local_name": "Anna",
                "remote_number": "2002",
                "remote_name": "Bob",
                "codec": "PCMU",
                "started_at": 1773500966.0,
                "duration_s": 1.0,
                "size": 8076,
                "state": "recorded",
                "reason": "",
                "received": 50,
                "lost": 0,
                "late": 0,
                "duplicate": 0,
                "bad": 0,
                "foreign": 0,
                "gaps_s": 0.0,
            }
        ],
        "total": 1,
        "page": 1,
        "pages": 1,
    }


def test_every_parameter_reaches_the_query(rig: Rig) -> None:
    asked = {
        "text": "Bob & Söhne",
        "number": "2002",
        "name": "b",
        "device": "00",
        "direction": "in",
        "codec": "G722",
        "state": "cut short",
        "since": "1.5",
        "until": "2e9",
        "sort": "size",
        "descending": "false",
        "page": "2",
        "per_page": "500",
    }
    rig.client.get("/api/v1/recordings", params=asked)
    [query] = rig.recordings.asked
    assert query.text == "Bob & Söhne"
    assert (query.since, query.until, query.descending, query.page, query.per_page) == (1.5, 2e9, False, 2, 500)
    assert (query.direction, query.state, query.sort) == ("in", "cut short", "size")


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ("page=0", "page"),
        ("page=x", "page"),
        ("per_page=501", "per_page"),
        ("direction=up", "direction"),
        ("sort=reason;DROP", "sort"),
        ("since=soon", "since"),
        ("descending=perhaps", "descending"),
        ("nmae=x", "nmae"),
        ("page=1&page=2", "twice"),
        ("page=" + "9" * 5000, "page"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_with_a_sentence(rig: Rig, asked: str, word: str) -> None:
    answer = rig.client.get(f"/api/v1/recordings?{asked}")
    assert answer.status_code == 422
    assert word in answer.json()["error"]


def test_one_recording_and_its_deletion(rig: Rig) -> None:
    path = f"/api/v1/recordings/{FIRST}"
    assert rig.client.get(path).json()["remote_name"] == "Bob"
    answer = rig.client.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert rig.client.get(path).status_code == 404
    assert rig.client.delete(path).status_code == 404
    assert not (rig.recordings.directory / f"{FIRST}.wav").exists()


def test_one_that_is_being_recorded_is_not_deleted(rig: Rig) -> None:
    rig.recordings.add(an_entry(SECOND, state="recording"))
    answer = rig.client.delete(f"/api/v1/recordings/{SECOND}")
    assert answer.status_code == 409
    assert answer.json() == {"error": f"{SECOND} is being recorded: stop it first"}
    assert SECOND in rig.recordings.entries


@pytest.mark.parametrize("name", NO_NAMES)
@pytest.mark.parametrize("rest", ["", "/audio.wav", "/record", "/waveform.svg"])
def test_what_cannot_be_the_name_of_a_recording_is_not_found(rig: Rig, name: str, rest: str) -> None:
    rig.recordings.entries = dict.fromkeys(
        ["..", "../../etc/passwd", f"{FIRST}\0", f"{FIRST}.wav", f"{FIRST}-1", f"{FIRST}\n"], an_entry()
    )
    answer = rig.client.get(f"/api/v1/recordings/{name}{rest}")
    assert answer.status_code == 404
    assert set(answer.json()) == {"error"}


def test_the_audio_is_a_wav(rig: Rig) -> None:
    answer = rig.client.get(AUDIO)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-length"] == "16044"
    assert answer.headers["content-disposition"].startswith(f'inline; filename="{FIRST}-audio.wav"; filename*=UTF-8')
    with wave.open(io.BytesIO(answer.content)) as wav:
        assert (wav.getframerate(), wav.getnframes()) == (8000, 8000)


def test_the_audio_to_be_kept(rig: Rig) -> None:
    assert rig.client.get(f"{AUDIO}?download=true").headers["content-disposition"].startswith("attachment;")
    assert rig.client.get(f"{AUDIO}?download=1").headers["content-disposition"].startswith("attachment;")
    assert rig.client.get(f"{AUDIO}?download=2").status_code == 422


@pytest.mark.parametrize("path", [AUDIO, FILE])
def test_ranges(rig: Rig, path: str) -> None:
    whole = rig.client.get(path).content
    size = len(whole)
    for asked, start, stop in [("0-0", 0, 1), ("40-99", 40, 100), ("-10", size - 10, size), ("100-", 100, size)]:
        answer = rig.client.get(path, headers={"Range": f"bytes={asked}"})
        assert answer.status_code == 206
        assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
        assert answer.headers["content-length"] == str(stop - start)
        assert answer.content == whole[start:stop]
    for asked in ("0-1,5-6", "x"):
        answer = rig.client.get(path, headers={"Range": f"bytes={asked}"})
        assert (answer.status_code, answer.content) == (200, whole)
    answer = rig.client.get(path, headers={"Range": f"bytes={size}-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{size}")
    assert set(answer.json()) == {"error"}


def test_a_range_of_what_has_changed_is_the_whole(rig: Rig) -> None:
    tag = rig.client.get(AUDIO).headers["etag"]
    assert rig.client.get(AUDIO, headers={"Range": "bytes=0-9", "If-Range": tag}).status_code == 206
    assert rig.client.get(AUDIO, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).status_code == 200


def test_the_head_alone(rig: Rig) -> None:
    answer = rig.client.head(AUDIO)
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "16044", b"")


def test_the_record_file_as_it_is(rig: Rig) -> None:
    answer = rig.client.get(FILE)
    assert answer.content == record(speech(8000), rtp_len=160, increment=160)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{FIRST}.wav"')


def test_garbage_is_not_played_but_can_be_had(rig: Rig) -> None:
    rig.recordings.add(an_entry(), b"garbage" * 100)
    for path in (AUDIO, AUDIO.replace("audio.wav", "waveform.svg")):
        answer = rig.client.get(path)
        assert answer.status_code == 409
        assert "download the record file" in answer.json()["error"]
    assert rig.client.get(FILE).content == b"garbage" * 100


def test_a_file_that_somebody_has_taken_away_is_not_found(rig: Rig) -> None:
    rig.recordings.wav_path(FIRST).unlink()
    for path in (AUDIO, FILE, AUDIO.replace("audio.wav", "waveform.svg")):
        assert rig.client.get(path).status_code == 404


def test_the_waveform_is_a_picture(rig: Rig) -> None:
    answer = rig.client.get(f"/api/v1/recordings/{FIRST}/waveform.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.text.startswith("<svg ")


@pytest.mark.parametrize("path", [AUDIO, FILE, AUDIO.replace("audio.wav", "waveform.svg")])
def test_who_has_it_already_gets_nothing(rig: Rig, path: str) -> None:
    tag = rig.client.get(path).headers["etag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        answer = rig.client.get(path, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert rig.client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    rig.recordings.add(an_entry(), record(speech(4000), rtp_len=160, increment=160))
    assert rig.client.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_many_in_a_zip(rig: Rig, method: str) -> None:
    rig.recordings.add(an_entry(SECOND))
    asked = {"name": [FIRST, SECOND, FIRST], "format": "wav"}
    where = {"params": asked} if method == "GET" else {"data": asked}
    answer = rig.client.request(method, "/api/v1/recordings.zip", **where)
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith('attachment; filename="recordings.zip"')
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == [f"{FIRST}.wav", f"{SECOND}.wav"]
        assert archive.read(f"{FIRST}.wav") == rig.client.get(AUDIO).content


def test_record_files_in_a_zip(rig: Rig) -> None:
    answer = rig.client.get(f"/api/v1/recordings.zip?name={FIRST}&format=record")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.read(f"{FIRST}.wav") == rig.recordings.wav_path(FIRST).read_bytes()


@pytest.mark.parametrize(
    ("asked", "status"),
    [("", 422), ("format=wav", 422), (f"name={FIRST}&format=mp3", 422), (f"name={SECOND}", 404), ("name=../x", 404)],
)
def test_a_zip_that_cannot_be(rig: Rig, asked: str, status: int) -> None:
    answer = rig.client.get(f"/api/v1/recordings.zip?{asked}")
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}


@pytest.mark.parametrize("path", [f"/api/v1/recordings.zip?name={FIRST}", "/api/v1/live/events", AUDIO, FILE])
def test_who_asks_for_the_head_alone_has_nothing_made(rig: Rig, path: str) -> None:
    answer = rig.client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_form_with_very_many_fields_is_refused_at_once(rig: Rig) -> None:
    answer = rig.client.post("/api/v1/recordings.zip", content="name&" * 20_000, headers=FORM)
    assert answer.status_code == 413
    answer = rig.client.post("/api/v1/recordings.zip", content="name=x&" * 5_000, headers=FORM)
    assert answer.status_code == 404


def test_what_is_being_recorded(rig: Rig) -> None:
    assert rig.client.get("/api/v1/live").json() == {"live": []}
    rig.live.append(a_live(level_db=None))
    [one] = rig.client.get("/api/v1/live").json()["live"]
    assert (one["id"], one["duration_s"], one["received"], one["level_db"]) == ("aa" * 16, 3.0, 150, None)


def test_what_room_is_left(rig: Rig) -> None:
    assert rig.client.get("/api/v1/storage").json() == {"free": 80_000_000, "used": 8076, "seconds": 10_000}


@pytest.mark.parametrize("path", ["/api/v1/storage", "/metrics", "/"])
def test_a_storage_that_is_gone_is_said_to_be(rig: Rig, path: str) -> None:
    rig.recordings.gone = "cannot store in /recordings: there is no such directory"
    answer = rig.client.get(path)
    assert answer.status_code == 503
    assert rig.recordings.gone in answer.text


def test_health(rig: Rig) -> None:
    assert rig.client.get("/healthz").json() == {"status": "ok"}
    rig.figures = Figures(fault="catalogue: /secret/path: no space is left")
    answer = rig.client.get("/healthz")
    assert (answer.status_code, set(answer.json())) == (503, {"error"})
    assert "secret" not in answer.text


def test_prometheus_reads_the_metrics(rig: Rig) -> None:
    rig.live.append(a_live(lost=7))
    refused = {"too many recordings": 3, 'a "quoted"\nreason': 1}
    rig.figures = Figures(5, {"recorded": 8}, refused, {"too often": 2}, "it is broken")
    answer = rig.client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert len(families) == 14
    [recorded] = families["phone_recorder_recordings"].samples
    assert (recorded.labels, recorded.value) == ({"state": "recorded"}, 1)
    assert families["phone_recorder_live_sessions"].samples[0].value == 1
    assert families["phone_recorder_live_packets_lost"].samples[0].value == 7
    assert families["phone_recorder_storage_free_bytes"].samples[0].value == 80_000_000
    assert families["phone_recorder_storage_fault"].samples[0].value == 1
    assert families["phone_recorder_control_connections"].samples[0].value == 5
    told = {sample.labels["reason"]: sample.value for sample in families["phone_recorder_requests_refused"].samples}
    assert (told, families["phone_recorder_requests_refused"].type) == (refused, "counter")
    assert all(family.documentation for family in families.values())


@pytest.mark.parametrize("text", HOSTILE)
def test_the_api_gives_texts_of_callers_as_they_came(rig: Rig, text: str) -> None:
    rig.recordings.add(an_entry(remote_name=text, reason=text))
    rig.live.append(a_live(remote_name=text))
    answer = rig.client.get(f"/api/v1/recordings/{FIRST}")
    assert answer.json()["remote_name"] == text
    assert answer.headers["content-type"] == "application/json"
    assert rig.client.get("/api/v1/live").json()["live"][0]["remote_name"] == text


def test_a_method_that_cannot_be_is_refused(rig: Rig) -> None:
    answer = rig.client.put("/api/v1/recordings")
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}
    assert set(answer.json()) == {"error"}
