"""`recordings`, `server passwd` and `server token` against the web page of a real archive."""

from __future__ import annotations

import asyncio
import json
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.cli.main import cli
from phone_recorder.server.archive import Archive
from phone_recorder.server.credentials import Credentials
from phone_recorder.server.credentials_file import credentials_path
from phone_recorder.server.entry import Entry
from phone_recorder.server.sidecar import encode
from phone_recorder.web.serve import Tls, WebServer
from phone_recorder.web.server.app import make_server_app
from phone_recorder.web.server.kept import KeptRecordings
from phone_recorder.web.server.look import LOOK
from phone_recorder.web.server.parts import ServerParts
from phone_recorder.web.site import Site
from tests.adapters.certificates import certificate
from tests.record_bytes import record, speech

pytestmark = pytest.mark.live
PATIENCE_S = 20
NAMES = [f"Record_202401311200{second:02}" for second in range(3)]
FILE = record(speech(8000), rtp_len=160, increment=160)


@contextmanager
def served(storage: Path, tls: Tls | None = None) -> Iterator[str]:
    """The web page of three recordings, in a thread with a loop of its own; where it is."""
    for number, name in enumerate(NAMES):
        (storage / f"{name}.wav").write_bytes(FILE)
        entry = Entry(name=name, remote_number=f"20{number}", remote_name="\x1b[31mAnna", state="recorded")
        (storage / f"{name}.json").write_bytes(encode(entry))
    ready, stop = threading.Event(), threading.Event()
    urls: list[str] = []

    async def serve() -> None:
        with Archive(MountedDrive(storage)) as archive:
            archive.recover()
            credentials = Credentials.load(credentials_path(storage))
            app = make_server_app(ServerParts(Site(credentials, LOOK), KeptRecordings(archive), list))
            async with WebServer(app, "127.0.0.1", 0, tls) as server:
                urls.append(server.url)
                ready.set()
                await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(PATIENCE_S)
        yield urls[0]
    finally:
        stop.set()
        thread.join()


def run(*words: str | Path, token: str = "", stdin: str = "") -> Result:
    return CliRunner().invoke(cli, [*map(str, words)], env={"PHONE_RECORDER_TOKEN": token}, input=stdin)


def test_a_script_lists_gets_and_deletes(tmp_path: Path) -> None:
    storage, calls = tmp_path / "storage", tmp_path / "calls"
    for directory in (storage, calls):
        directory.mkdir()
    with served(storage) as url:
        refused = run("recordings", "list", "--server", url)
        assert refused.exit_code == 2 and f"{url} wants a token" in refused.stderr
        # The server is running already.
        token = run("server", "token", "--storage", storage, "--label", "script").stdout.strip()
        listed = run("recordings", "list", "--server", url, "--json", token=token)
        assert [found["name"] for found in json.loads(listed.stdout)] == NAMES
        table = run("recordings", "list", "--server", url, "--number", "201", token=token)
        assert NAMES[1] in table.stdout and table.stdout.count("\n") == 2 and "\x1b" not in table.stdout
        got = run("recordings", "get", "--server", url, "--all", "-o", calls, token=token)
        assert got.exit_code == 0
        for name in NAMES:
            with wave.open(str(calls / f"{name}.wav")) as sound:
                assert (sound.getframerate(), sound.getnframes(), sound.getsampwidth()) == (8000, 8000, 2)
        run("recordings", "get", "--server", url, NAMES[0], "--record", "-o", tmp_path / "raw.wav", token=token)
        assert (tmp_path / "raw.wav").read_bytes() == FILE
        gone = run("recordings", "rm", "--server", url, "--yes", NAMES[0], NAMES[0], token=token)
        assert (gone.exit_code, gone.stdout) == (2, f"{NAMES[0]}: deleted\n")
        assert gone.stderr.startswith(f"phone-recorder: {NAMES[0]}: {url} says: there is no such recording")
        assert not (storage / f"{NAMES[0]}.wav").exists()
        run("server", "token", "--storage", storage, "--label", "script", "--revoke")
        revoked = run("recordings", "list", "--server", url, token=token)
        assert revoked.exit_code == 2 and f"{url} does not know this token" in revoked.stderr


@pytest.mark.peer
def test_a_script_over_tls(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    storage = tmp_path / "storage"
    storage.mkdir()
    token = run("server", "token", "--storage", storage, "--label", "script").stdout.strip()
    with served(storage, Tls(cert, key)) as url:
        listed = run("recordings", "list", "--server", url, "--cacert", cert, "--json", token=token)
        assert len(json.loads(listed.stdout)) == 3
        doubted = run("recordings", "list", "--server", url, token=token)
        assert doubted.exit_code == 2 and "is not trusted (self-signed certificate)" in doubted.stderr
