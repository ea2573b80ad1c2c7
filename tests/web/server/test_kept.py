"""The web application on the real archive and the real credentials."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.server.archive import Archive
from phone_recorder.server.credentials import Credentials
from phone_recorder.server.password_hash import Cost
from phone_recorder.server.sidecar import encode
from phone_recorder.web.server.app import make_server_app
from phone_recorder.web.server.kept import KeptRecordings
from phone_recorder.web.server.look import LOOK
from phone_recorder.web.server.parts import ServerParts
from phone_recorder.web.site import Site
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from tests.record_bytes import record, speech
from tests.web.site_rig import FIRST, HOSTILE, an_entry

CHEAP = Cost(n=16, r=8, p=1)
RUNNING = "Record_20260314151000"


@dataclass
class Kept:
    storage: Path
    archive: Archive
    client: TestClient


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """An archive of two recordings, and one that is being recorded."""
    storage = tmp_path / "storage"
    storage.mkdir()
    for name, remote_name in ((FIRST, "Bob"), (f"{FIRST}-2", HOSTILE[0])):
        (storage / f"{name}.wav").write_bytes(record(speech(8000), rtp_len=160, increment=160))
        (storage / f"{name}.json").write_bytes(encode(an_entry(name, id=name, remote_name=remote_name)))
    with Archive(MountedDrive(storage)) as archive:
        archive.recover()
        drive = archive.storage(an_entry("", id="running", state="recording"))
        drive.create(iter([f"{RUNNING}.wav"]), bytes(RecordHeader(PCMU, 160, 160)))
        archive.tick()
        yield Kept(storage, archive, client_of(archive, Site(None, LOOK, zone=UTC), "http://127.0.0.1"))


def client_of(archive: Archive, site: Site, url: str) -> TestClient:
    app = make_server_app(ServerParts(site, KeptRecordings(archive), list))
    return TestClient(app, base_url=url, follow_redirects=False)


def names(kept: Kept, **asked: str) -> list[str]:
    answer = kept.client.get("/api/v1/recordings", params=asked)
    return [entry["name"] for entry in answer.json()["entries"]]


def test_what_is_kept_is_found_searched_and_sorted(kept: Kept) -> None:
    assert names(kept, sort="name", descending="false") == [FIRST, f"{FIRST}-2", RUNNING]
    assert names(kept, text="BOB", state="recorded") == [FIRST]
    assert names(kept, text="<script>") == [f"{FIRST}-2"]
    assert kept.client.get("/api/v1/recordings?page=" + "9" * 18).json()["page"] == 1


@pytest.mark.parametrize("bound", ["1e999", "nan", "inf", "-1e308", "9" * 400])
def test_a_time_that_no_clock_has(kept: Kept, bound: str) -> None:
    for field in ("since", "until"):
        assert kept.client.get("/api/v1/recordings", params={field: bound}).status_code in (200, 422)


def test_what_is_kept_is_played(kept: Kept) -> None:
    assert len(kept.client.get(f"/api/v1/recordings/{FIRST}/audio.wav").content) == 44 + 16000
    assert kept.client.get(f"/recordings/{FIRST}").status_code == 200
    assert kept.client.get(f"/api/v1/recordings/{RUNNING}/audio.wav").status_code == 200


def test_what_is_deleted_is_gone_at_once(kept: Kept) -> None:
    assert kept.client.delete(f"/api/v1/recordings/{FIRST}").status_code == 204
    assert FIRST not in names(kept)
    assert sorted(path.name for path in kept.storage.glob(f"{FIRST}*")) == [f"{FIRST}-2.json", f"{FIRST}-2.wav"]


def test_what_is_being_recorded_is_not_deleted(kept: Kept) -> None:
    assert kept.client.delete(f"/api/v1/recordings/{RUNNING}").status_code == 409
    assert (kept.storage / f"{RUNNING}.wav").exists()


def test_a_link_that_somebody_has_put_there_is_not_followed(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (kept.storage / f"{FIRST}.wav").unlink()
    (kept.storage / f"{FIRST}.wav").symlink_to(tmp_path / "secret")
    for form in ("audio.wav", "record", "waveform.svg"):
        assert kept.client.get(f"/api/v1/recordings/{FIRST}/{form}").status_code == 404


def test_figures(kept: Kept) -> None:
    assert kept.client.get("/api/v1/storage").json()["used"] >= 16152
    assert 'phone_recorder_recordings{state="recorded"} 2.0' in kept.client.get("/metrics").text


def test_real_credentials(kept: Kept, tmp_path: Path) -> None:
    credentials = Credentials.load(tmp_path / "own" / "credentials.json", cost=CHEAP)
    credentials.set_password("anna", "correct horse")
    token = credentials.add_token("script")
    client = client_of(kept.archive, Site(credentials, LOOK), "http://recorder.example")
    assert client.get("/api/v1/recordings").status_code == 401
    assert client.get("/api/v1/recordings", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert client.post("/login", data={"user": "anna", "password": "correct horse"}).status_code == 303
    assert client.get("/api/v1/recordings").status_code == 200
    credentials.remove_user("anna")
    assert client.get("/api/v1/recordings").status_code == 401
