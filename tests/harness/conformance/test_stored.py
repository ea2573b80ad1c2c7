"""What is stored is held against what was sent: record files byte by byte, WAV files by their samples."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

import pytest

from phone_recorder.errors import NotConforming
from phone_recorder.harness.conformance.server import Server, speech
from phone_recorder.harness.conformance.stored import Sent, demand_stored, files_of
from phone_recorder.media import g711
from phone_recorder.wire.payload import PCMU
from tests.harness.conformance.faulty_media import store, store_wav

SAID = Sent("PCMU", b"".join(speech(30, Random(1))))
OTHER = Sent("PCMU", b"".join(speech(30, Random(2))))
LATE = bytes(2 * 80)


def pcm_of(sent: Sent) -> bytes:
    return g711.decode(PCMU, sent.audio).tobytes()


def demand(place: Path, *sent: Sent) -> None:
    asyncio.run(demand_stored(Server(("127.0.0.1", 9), stored=place, stored_s=0.0), {}, *sent))


def test_a_record_file_of_what_was_sent_is_right(tmp_path: Path) -> None:
    store(tmp_path / "1.wav", SAID.codec, SAID.audio)
    demand(tmp_path, SAID)


@pytest.mark.parametrize("pcm", [pcm_of(SAID), LATE + pcm_of(SAID)[: -len(LATE)]], ids=["at once", "10 ms late"])
def test_a_wav_file_of_what_was_sent_is_right(pcm: bytes, tmp_path: Path) -> None:
    store_wav(tmp_path / "1.WAV", pcm)
    demand(tmp_path, SAID)


@pytest.mark.parametrize("pcm", [pcm_of(OTHER), pcm_of(SAID)[:-640], pcm_of(SAID)[::-1]])
def test_a_wav_file_of_something_else_is_told(pcm: bytes, tmp_path: Path) -> None:
    store_wav(tmp_path / "1.wav", pcm)
    with pytest.raises(
        NotConforming, match=r"is not what was sent: 0.6 s of PCMU sent, 0.\d+ s of WAV \(not as it was sent\) stored"
    ):
        demand(tmp_path, SAID)


def test_two_in_one_file_are_told(tmp_path: Path) -> None:
    store(tmp_path / "1.wav", "PCMU", SAID.audio + OTHER.audio)
    with pytest.raises(
        NotConforming, match=r"0.6 s of PCMU, 0.6 s of PCMU sent, 1.2 s of PCMU \(not as it was sent\) stored"
    ):
        demand(tmp_path, SAID, OTHER)


def test_one_too_many_is_told(tmp_path: Path) -> None:
    store(tmp_path / "1.wav", "PCMU", SAID.audio)
    store(tmp_path / "2.wav", "PCMU", SAID.audio)
    with pytest.raises(NotConforming, match=r"0.6 s of PCMU, 0.6 s of PCMU stored$"):
        demand(tmp_path, SAID)


def test_a_header_that_is_not_true_is_told(tmp_path: Path) -> None:
    store(tmp_path / "1.wav", "PCMU", SAID.audio, "leaves headers as they began")
    with pytest.raises(NotConforming, match=r"0.6 s of PCMU, dataSize is 0"):
        demand(tmp_path, SAID)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "1.wav").write_bytes(b"")
    with pytest.raises(NotConforming, match=r"what cannot be read .*the file is empty"):
        demand(tmp_path, SAID)


def test_an_older_recording_that_is_gone_is_told(tmp_path: Path) -> None:
    server = Server(("127.0.0.1", 9), stored=tmp_path, stored_s=0.0)
    older = tmp_path / "older.wav"
    store(older, "PCMU", OTHER.audio)
    before = files_of(server)
    older.unlink()
    store(tmp_path / "1.wav", "PCMU", SAID.audio)
    with pytest.raises(NotConforming, match=r"an older recording, older\.wav, is not what it was"):
        asyncio.run(demand_stored(server, before, SAID))


def test_a_file_that_gets_another_name_meanwhile_is_none(tmp_path: Path) -> None:
    (tmp_path / "gone.wav").symlink_to(tmp_path / "nowhere")
    assert files_of(Server(("127.0.0.1", 9), stored=tmp_path)) == {}


def test_of_many_files_the_first_are_told(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / f"{number}.wav").touch()
    with pytest.raises(NotConforming, match=r"and 80 more stored$"):
        demand(tmp_path, SAID)
