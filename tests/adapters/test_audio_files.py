"""Voices from WAV files, record files and captures; a bad file is told of at once, in one sentence that names it."""

from __future__ import annotations

import os
import struct
import subprocess
from array import array
from itertools import islice
from pathlib import Path

import pytest

from phone_recorder.adapters.audio_files import kind_of, open_pcm, open_record_audio, read_capture
from phone_recorder.errors import AudioFileError, PhoneRecorderError, RecordFileError, UsageError
from phone_recorder.media import g711
from phone_recorder.media.codecs import encoder
from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec
from phone_recorder.wire.record_file import RecordHeader
from phone_recorder.wire.rtp import RtpSender
from tests import peers
from tests.signals import joined, level_at, sine, wav, write
from tests.wire.captures import FAR, NEAR, enhanced, ethernet, interface, ipv4, pcap, section

TONE = sine(1000, 1, 8000)


def record(data: bytes, codec: str = "PCMU", length: int = 160, units: int = 160, size: int | None = None) -> bytes:
    return struct.pack("<64siiI", codec.encode(), length, units, len(data) if size is None else size) + data


def interleave(*channels: array[int]) -> bytes:
    return array("h", [sample for group in zip(*channels, strict=True) for sample in group]).tobytes()


RTP = [RtpSender(0, 7, 65535, 0).packet(bytes([n]) * 160) for n in range(3)]
KINDS = {
    "wav": (wav(b"\0\0", 8000), "wav"),
    "record": (record(bytes(160)), "record"),
    "damaged record": (record(bytes(100), length=0), "record"),
    "pcap": (pcap([]), "capture"),
    "pcap, big endian, ns": (pcap([], ">", 0xA1B23C4D), "capture"),
    "pcapng": (section(), "capture"),
}


@pytest.mark.parametrize(("data", "kind"), KINDS.values(), ids=KINDS)
def test_the_kind_is_told_by_content_not_by_name(data: bytes, kind: str, tmp_path: Path) -> None:
    assert kind_of(write(tmp_path / "Record_20260314150926.wav", data)) == kind


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("file_rate", [8000, 11025, 16000, 22050, 44100, 48000])
def test_a_tone_keeps_pitch_level_and_length_at_any_rate(file_rate: int, rate: int, tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", wav(sine(1000, 0.5, file_rate).tobytes(), file_rate))
    pcm = joined(open_pcm(path, rate))
    assert len(pcm) == pytest.approx(rate / 2, abs=1)
    assert level_at(1000, pcm, rate) == pytest.approx(0.5, abs=0.01)


def test_what_8_khz_cannot_carry_does_not_come_back_as_another_tone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", wav(sine(5000, 0.5, 16000).tobytes(), 16000))
    assert level_at(3000, joined(open_pcm(path, 8000)), 8000) < 0.01


SAME_TONE = {
    "mono": wav(TONE.tobytes(), 8000),
    "stereo": wav(interleave(TONE, TONE), 8000, channels=2),
    "24 bits": wav(b"".join(b"\0" + struct.pack("<h", s) for s in TONE), 8000, bits=24),
    "32 bits": wav(b"".join(b"\0\0" + struct.pack("<h", s) for s in TONE), 8000, bits=32),
    "float": wav(b"".join(struct.pack("<f", s / 32768) for s in TONE), 8000, 3, bits=32),
    "double": wav(b"".join(struct.pack("<d", s / 32768) for s in TONE), 8000, 3, bits=64),
    "streamed": wav(TONE.tobytes(), 8000)[:40] + b"\xff\xff\xff\xff" + TONE.tobytes(),
}


@pytest.mark.parametrize("data", SAME_TONE.values(), ids=SAME_TONE)
def test_the_same_samples_come_from_any_form_of_them(data: bytes, tmp_path: Path) -> None:
    assert joined(open_pcm(write(tmp_path / "a.wav", data), 8000)) == TONE


def test_chunks_behind_the_audio_are_not_heard(tmp_path: Path) -> None:
    data = wav(TONE.tobytes(), 8000) + b"LIST\4\0\0\0INFO"
    assert joined(open_pcm(write(tmp_path / "a.wav", data), 8000)) == TONE


def test_one_ear_of_a_stereo_file_is_heard_at_half_its_level(tmp_path: Path) -> None:
    data = wav(interleave(TONE, array("h", bytes(16000))), 8000, channels=2)
    assert level_at(1000, joined(open_pcm(write(tmp_path / "a.wav", data), 8000)), 8000) == pytest.approx(
        0.25, abs=1e-3
    )


@pytest.mark.parametrize("law", [PCMU, PCMA], ids=str)
def test_a_record_file_is_decoded(law: Codec, tmp_path: Path) -> None:
    coded = g711.encode(law, TONE)
    path = write(tmp_path / "a.wav", record(coded, law.name))
    assert joined(open_pcm(path, 8000)) == g711.decode(law, coded)


@pytest.mark.parametrize("rate", [8000, 16000])
def test_a_wide_band_record_file_is_decoded_at_either_rate(rate: int, tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", record(encoder(G722, 16000).encode(sine(1000, 1, 16000)), "G722"))
    pcm = joined(open_pcm(path, rate))
    assert len(pcm) == rate
    assert level_at(1000, pcm, rate) == pytest.approx(0.5, abs=0.03)


def test_rtp_headers_in_a_record_file_are_not_heard(tmp_path: Path) -> None:
    sender = RtpSender(0, 7, 65535, 0)
    blocks = b"".join(sender.packet(bytes([n]) * 160) for n in range(5))
    path = write(tmp_path / "a.wav", record(blocks, length=172))
    assert joined(open_pcm(path, 8000)) == g711.decode(PCMU, b"".join(bytes([n]) * 160 for n in range(5)))


def test_a_long_file_is_never_held_whole(tmp_path: Path) -> None:
    samples = 3_000_000
    for data in (wav(bytes(2 * samples), 8000), record(bytes(samples), length=samples, units=samples)):
        pieces = [len(piece) for piece in open_pcm(write(tmp_path / "a.wav", data), 8000)]
        assert sum(pieces) == samples
        assert max(pieces) <= 65_536


def test_a_file_changed_after_it_was_opened_ends_early(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", wav(bytes(4_000_000), 8000))
    pieces = open_pcm(path, 8000)
    # Far behind what is read ahead: Python 3.14 has buffers of 128 KiB.
    os.truncate(path, 1_000_044)
    assert len(joined(pieces)) == 500_000


BAD = {
    "empty": (b"", AudioFileError, "the file is empty"),
    "two bytes": (b"ab", AudioFileError, "no WAV file, no capture and no record file"),
    "text": (b"Hello, world. " * 20, AudioFileError, "no WAV file, no capture and no record file"),
    "MP3": (b"\xff\xfb\x90\x00" + bytes(400), AudioFileError, "no WAV file, no capture and no record file"),
    "unknown codec": (record(bytes(160), "opus"), AudioFileError, "'opus' is none of PCMU, PCMA, G722"),
    "WAV cut in its head": (wav(b"\0\0", 8000)[:30], AudioFileError, "cut short|fmt chunk has"),
    "WAV cut before its audio": (wav(b"\0\0", 8000)[:40], AudioFileError, "no audio"),
    "WAV of MP3": (wav(bytes(8), 8000, 0x55), AudioFileError, "is MP3"),
    "WAV without samples": (wav(b"", 8000), AudioFileError, "there is no audio in it"),
    "WAV of half a sample": (wav(b"\0", 8000), AudioFileError, "there is no audio in it"),
    "record without audio": (record(b""), AudioFileError, "there is no audio in it"),
    "capture": (pcap([]), AudioFileError, "it is a capture"),
}


@pytest.mark.parametrize(("data", "error", "reason"), BAD.values(), ids=BAD)
def test_a_bad_file_is_named_when_it_is_opened(
    data: bytes, error: type[PhoneRecorderError], reason: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "voice.wav", data)
    with pytest.raises(error, match=reason) as caught:
        open_pcm(path, 8000)
    assert f"cannot read {path}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    write(tmp_path / "file", b"")
    places = {
        "missing.wav": "there is no such file",
        "": "it is a directory, not a file",
        "pipe": "it is not a regular file",
        "file/a.wav": "a part of its path is not a directory",
        "loop": "too many",
        "n" * 300: "its name is too long",
    }
    for name, reason in places.items():
        for opening in (kind_of, read_capture, lambda path: open_pcm(path, 8000)):
            with pytest.raises(UsageError, match=reason) as caught:
                opening(tmp_path / name)
            assert str(caught.value).startswith(f"cannot read {tmp_path / name}")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", wav(b"\0\0", 8000))
    path.chmod(0)
    with pytest.raises(UsageError, match=f"cannot read {path}: you have no permission"):
        open_pcm(path, 8000)


def test_a_record_file_whose_audio_cannot_be_told_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", record(bytes(160), "opus"))
    with pytest.raises(RecordFileError, match=f"cannot read {path}: .*'opus'"), open_record_audio(path):
        pass


def test_a_record_file_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    with open_record_audio(write(tmp_path / "a.wav", record(bytes(200), size=0))) as audio:
        assert audio.header == RecordHeader(PCMU, 160, 160, 200)
        assert len(audio.examination.problems) == 2
        assert b"".join(audio.payloads) == bytes(200)


def test_a_capture_gives_its_stream(tmp_path: Path) -> None:
    frames = [(5, 20_000 * n, ethernet(ipv4(packet))) for n, packet in enumerate(RTP)]
    frames.insert(1, (5, 1, ethernet(ipv4(RTP[0], FAR, NEAR))))
    expected = [(20_000_000 * n, packet) for n, packet in enumerate(RTP)]
    assert read_capture(write(tmp_path / "a.pcap", pcap(frames))) == expected
    ng = section() + interface() + b"".join(enhanced(f, s * 10**6 + us) for s, us, f in frames)
    assert read_capture(write(tmp_path / "a.pcapng", ng)) == expected


def test_a_capture_cut_in_a_packet_is_refused(tmp_path: Path) -> None:
    frames = [(5, 20_000 * n, ethernet(ipv4(packet))) for n, packet in enumerate(RTP)]
    path = write(tmp_path / "a.pcap", pcap(frames)[:-1])
    with pytest.raises(AudioFileError, match=r"a\.pcap: the capture is cut short; record or copy it anew"):
        read_capture(path)


def test_a_wav_file_cut_in_its_audio_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", wav(TONE.tobytes(), 8000)[:-200])
    with pytest.raises(AudioFileError, match="cut short: 200 bytes of its audio are missing"):
        open_pcm(path, 8000)


BAD_CAPTURES = {
    "empty": (b"", "empty"),
    "no capture": (b"RIFF", "not a capture"),
    "cut in its head": (pcap([])[:20], "cut short"),
    "no RTP": (pcap([(0, 0, ethernet(ipv4(b"hello")))]), "no RTP audio"),
}


@pytest.mark.parametrize(("data", "reason"), BAD_CAPTURES.values(), ids=BAD_CAPTURES)
def test_a_bad_capture_is_named(data: bytes, reason: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.pcap", data)
    with pytest.raises(AudioFileError, match=f"cannot read {path}: .*{reason}"):
        read_capture(path)


@pytest.mark.peer
def test_the_stream_in_a_capture_of_sip_tester() -> None:
    peers.need("sipp")
    packets = read_capture(Path("/usr/share/sip-tester/g711a.pcap"))
    assert len(packets) == 236
    assert packets[0][0] == 0
    assert packets[-1][0] == 7_049_628_000  # capinfos: Capture duration


SOX_FORMS = {
    "8 bits": ["-r", "8000", "-e", "unsigned", "-b", "8"],
    "24 bits, 44.1 kHz, stereo": ["-r", "44100", "-c", "2", "-b", "24"],
    "32 bits, 22.05 kHz": ["-r", "22050", "-b", "32"],
    "float, 48 kHz, 6 channels": ["-r", "48000", "-c", "6", "-e", "float", "-b", "32"],
    "double": ["-r", "16000", "-e", "float", "-b", "64"],
    "A-law": ["-r", "8000", "-e", "a-law"],
    "mu-law, stereo": ["-r", "8000", "-e", "u-law", "-c", "2"],
}


@pytest.mark.peer
@pytest.mark.parametrize("form", SOX_FORMS.values(), ids=SOX_FORMS)
def test_what_sox_writes_is_read(form: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    subprocess.run([peers.need("sox"), "-n", *form, path, "synth", "1", "sine", "1000", "vol", "0.5"], check=True)
    pcm = joined(open_pcm(path, 16000))
    assert len(pcm) == pytest.approx(16000, abs=1)
    assert level_at(1000, pcm, 16000) == pytest.approx(0.5, abs=0.02)


# ffmpeg's sine has peaks at 1/8; each of two channels made of one has 0.707 of its level.
FFMPEG_FORMS = {
    "16 bits": ([], 0.125),
    "24 bits": (["-c:a", "pcm_s24le"], 0.125),
    "RF64": (["-rf64", "always"], 0.125),
    "float, stereo": (["-ac", "2", "-c:a", "pcm_f32le"], 0.0884),
}


@pytest.mark.peer
@pytest.mark.parametrize(("form", "level"), FFMPEG_FORMS.values(), ids=FFMPEG_FORMS)
def test_what_ffmpeg_streams_is_read(form: list[str], level: float, tmp_path: Path) -> None:
    source = ["-f", "lavfi", "-i", "sine=frequency=1000:duration=1:sample_rate=48000"]
    run = [peers.need("ffmpeg"), "-loglevel", "error", *source, *form, "-f", "wav", "-"]
    path = write(tmp_path / "a.wav", subprocess.run(run, capture_output=True, check=True).stdout)
    pcm = joined(open_pcm(path, 8000))
    assert len(pcm) == pytest.approx(8000, abs=1)
    assert level_at(1000, pcm, 8000) == pytest.approx(level, abs=0.002)


def test_pieces_can_be_taken_one_at_a_time(tmp_path: Path) -> None:
    pieces = open_pcm(write(tmp_path / "a.wav", wav(bytes(200_000), 8000)), 8000)
    assert [len(piece) for piece in islice(pieces, 2)] == [32_768, 32_768]
