"""Two files to one: the bytes are those of the recorder, whatever the codecs, lengths and kinds of file."""

from __future__ import annotations

import os
import struct
import sys
import tracemalloc
import wave
from array import array
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.bulk.offline import payloads
from phone_recorder.bulk.offline.pair import Mixed, Pair, mix_pair
from phone_recorder.bulk.offline.target import Wish
from phone_recorder.errors import AudioFileError, PhoneRecorderError, RecordFileError, UsageError
from phone_recorder.media import g711, pcm
from phone_recorder.media.codecs import decoder, encoder
from phone_recorder.wire.payload import CODECS, G722, PCMA, PCMU, Codec
from phone_recorder.wire.record_file import examine
from tests.adapters.file_limit import no_file_above
from tests.bulk.offline.files import as_recorded, audio, law_wav, pair_of, record, rtp_record
from tests.signals import level_at, sine, wav, write

SIDES = st.tuples(st.sampled_from(CODECS), st.binary(max_size=2000))
BIG = 3 * payloads.BLOCK
NO_WISH = Wish()


def mixed(place: Path, a: bytes, b: bytes, wish: Wish = NO_WISH) -> bytes:
    """The audio of the mix of two files."""
    pair = Pair(*pair_of(place, a, b))
    mix_pair(pair, wish, force=True)
    return audio(pair.out)


def padded(data: bytes, codec: Codec, frame: int = 160) -> bytes:
    return data + codec.silence(-len(data) % frame)


@pytest.mark.parametrize("numpy", [True, False], ids=["numpy", "plain"])
@settings(max_examples=60, deadline=None)
@given(a=SIDES, b=SIDES, out=st.sampled_from(CODECS))
def test_record_files_become_what_a_recorder_makes_of_their_streams(
    numpy: bool, a: tuple[Codec, bytes], b: tuple[Codec, bytes], out: Codec
) -> None:
    expected = as_recorded(a, b, out)
    with TemporaryDirectory() as place, nullcontext() if numpy else no_numpy():
        made = mixed(Path(place), record(a[1], a[0]), record(b[1], b[0]), Wish(codec=out))
    # In G.722 the silence that fills the last packet is coded as what follows the rest.
    assert made[: len(expected)] == expected
    assert len(made) == len(expected) + -len(expected) % 160
    assert out is G722 or made == padded(expected, out)


@contextmanager
def no_numpy() -> Iterator[None]:
    """As on a machine that lacks it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "numpy", None)
        patch.delitem(sys.modules, "phone_recorder.bulk.offline.gather", raising=False)
        payloads.pair_mixer.cache_clear()
        yield
    payloads.pair_mixer.cache_clear()


def test_numpy_is_what_is_used_where_it_is() -> None:
    kinds = [type(payloads.pair_mixer(PCMU, PCMU, PCMA)).__name__]
    with no_numpy():
        kinds.append(type(payloads.pair_mixer(PCMU, PCMU, PCMA)).__name__)
    assert kinds == ["Gather", "Plain"]


@pytest.mark.parametrize("numpy", [True, False], ids=["numpy", "plain"])
@pytest.mark.parametrize(("longer", "more"), [(0, 1), (1, 1), (0, 0), (1, payloads.BLOCK), (0, payloads.BLOCK + 7)])
@pytest.mark.parametrize(("a", "b"), [*product(g711.LAWS, repeat=2)], ids=str)
def test_files_of_several_blocks_end_where_the_longer_does(
    a: Codec, b: Codec, longer: int, more: int, numpy: bool, tmp_path: Path
) -> None:
    sizes = [payloads.BLOCK * 2 + (more if side == longer else 0) for side in (0, 1)]
    datas = [os.urandom(size) for size in sizes]
    with nullcontext() if numpy else no_numpy():
        made = mixed(tmp_path, record(datas[0], a), record(datas[1], b), Wish(codec=PCMU))
        short = mixed(tmp_path, record(datas[0], a), record(datas[1], b), Wish(codec=PCMU, shortest=True))
    assert made == padded(as_recorded((a, datas[0]), (b, datas[1]), PCMU), PCMU)
    assert short == padded(made[: min(sizes)], PCMU)


@settings(max_examples=40, deadline=None)
@given(a=st.binary(max_size=1000), b=st.binary(max_size=1000), laws=st.tuples(*[st.sampled_from(g711.LAWS)] * 3))
def test_every_kind_of_file_with_the_same_payloads_gives_the_same(
    a: bytes, b: bytes, laws: tuple[Codec, Codec, Codec]
) -> None:
    law_a, law_b, out = laws
    kinds = product([record(a, law_a), law_wav(a, law_a)], [record(b, law_b), law_wav(b, law_b)])
    with TemporaryDirectory() as place:
        made = {mixed(Path(place), *files, Wish("record", out, 20)) for files in kinds}
    assert made == {padded(as_recorded((law_a, a), (law_b, b), out), out)}


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_m1_packets_with_rtp_headers_and_of_other_lengths_are_their_payloads(codec: Codec, tmp_path: Path) -> None:
    a, b = os.urandom(2400), os.urandom(4800)
    made = mixed(tmp_path, rtp_record(a, codec), record(b, codec, 240))
    expected = as_recorded((codec, a), (codec, b), codec)
    assert made == expected
    assert made == mixed(tmp_path, record(a, codec), rtp_record(b, codec, 480))


@pytest.mark.parametrize(("frame", "written"), [(80, 80), (240, 240), (480, 480), (7, 160), (2**31 - 1, 160)])
def test_packets_are_as_those_of_the_first_file_if_a_phone_sends_such(frame: int, written: int, tmp_path: Path) -> None:
    pair = Pair(*pair_of(tmp_path, record(bytes(960), frame=frame), record(bytes(959))))
    mix_pair(pair, NO_WISH)
    assert struct.unpack_from("<64siiI", pair.out.read_bytes())[1:] == (written, written, 960)
    mix_pair(pair, Wish(ptime_ms=40), force=True)
    assert struct.unpack_from("<64siiI", pair.out.read_bytes())[1:] == (320, 320, 960)


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_a_mix_is_a_good_record_file(codec: Codec, tmp_path: Path) -> None:
    pair = Pair(*pair_of(tmp_path, record(os.urandom(1601), codec), record(os.urandom(99), codec)))
    assert mix_pair(pair, NO_WISH) == Mixed(pair.out, 1760 / 8000, codec.name, told(pair, 1601, 99))
    whole = pair.out.read_bytes()
    assert examine(whole[:2048], len(whole)).complete


def told(pair: Pair, *sizes: int) -> tuple[str, ...]:
    sides = zip((pair.a, pair.b), sizes, strict=True)
    return tuple(f"{side}: the last block has {size % 160} of 160 bytes" for side, size in sides)


@pytest.mark.parametrize("numpy", [True, False], ids=["numpy", "plain"])
@pytest.mark.parametrize(("a", "b"), [*product(g711.LAWS, repeat=2)], ids=str)
def test_samples_of_16_bits_are_the_sum(a: Codec, b: Codec, numpy: bool, tmp_path: Path) -> None:
    here, there = os.urandom(BIG), os.urandom(BIG - 999)
    with nullcontext() if numpy else no_numpy():
        made = mixed(tmp_path, law_wav(here, a), law_wav(there, b), Wish("wav", "pcm16"))
    other = g711.decode(b, there) + pcm.silence(999)
    assert array("h", made) == pcm.mix(g711.decode(a, here), other)


@pytest.mark.parametrize(("rate_a", "rate_b", "rate"), [(8000, 8000, 8000), (8000, 16000, 16000), (44100, 8000, 16000)])
def test_samples_of_any_rate_are_mixed(rate_a: int, rate_b: int, rate: int, tmp_path: Path) -> None:
    sides = [wav(sine(hz, 1, hz_rate, 0.25).tobytes(), hz_rate) for hz, hz_rate in ((500, rate_a), (1250, rate_b))]
    pair = Pair(*pair_of(tmp_path, sides[0], sides[1]))
    assert mix_pair(pair, NO_WISH) == Mixed(pair.out, 1.0, "pcm16", ())
    with wave.open(str(pair.out)) as reader:
        assert (reader.getframerate(), reader.getnchannels()) == (rate, 1)
        heard = array("h", reader.readframes(reader.getnframes()))
    assert level_at(500, heard, rate) == pytest.approx(0.25, abs=0.01)
    assert level_at(1250, heard, rate) == pytest.approx(0.25, abs=0.01)


def test_m2_wide_band_beside_samples_is_in_step(tmp_path: Path) -> None:
    data = encoder(G722, 16000).encode(sine(6000, 1, 16000, 0.25))
    made = mixed(tmp_path, record(data, G722), wav(sine(500, 1, 8000, 0.25).tobytes(), 8000))
    heard = decoder(G722, 16000).decode(made)
    assert len(heard) == 16000
    assert level_at(6000, heard, 16000) == pytest.approx(0.25, abs=0.03)
    assert level_at(500, heard, 16000) == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize("ptime_ms", [10, 20, 30, 40, 60])
def test_a_long_call_has_no_seams_in_packets_of_any_length(ptime_ms: int, tmp_path: Path) -> None:
    said = os.urandom(50_001), os.urandom(45_000)
    made = mixed(tmp_path, record(said[0], G722), record(said[1], PCMA), Wish(ptime_ms=ptime_ms))
    assert made[:50_001] == as_recorded((G722, said[0]), (PCMA, said[1]), G722)
    assert len(made) == 50_001 + -50_001 % (8 * ptime_ms)


@pytest.mark.parametrize("size", [400, payloads.BLOCK, payloads.BLOCK + 400])
def test_what_follows_the_audio_of_a_wav_file_is_not_heard(size: int, tmp_path: Path) -> None:
    said = os.urandom(size)
    tagged = law_wav(said, PCMU) + b"LIST" + struct.pack("<I", 1000) + bytes(1000)
    tagged = tagged[:4] + struct.pack("<I", len(tagged) - 8) + tagged[8:]
    assert mixed(tmp_path, tagged, law_wav(said, PCMU), Wish("record")) == padded(
        as_recorded((PCMU, said), (PCMU, said), PCMU), PCMU
    )


def test_an_odd_number_of_bytes_is_padded_in_a_wav_file(tmp_path: Path) -> None:
    pair = Pair(*pair_of(tmp_path, law_wav(bytes(161), PCMU), law_wav(bytes(3), PCMU)))
    mix_pair(pair, NO_WISH)
    written = pair.out.read_bytes()
    assert struct.unpack("<I", written[4:8]) == (len(written) - 8,)
    assert (struct.unpack("<I", written[54:58]), len(written)) == ((161,), 58 + 162)


SILENT = {"record": (record(b""), NO_WISH), "wav": (law_wav(b"", PCMU), Wish("record"))}


@pytest.mark.parametrize(("data", "wish"), SILENT.values(), ids=SILENT)
@pytest.mark.parametrize("other", [PCMA, G722], ids=str)
def test_a_side_of_nothing_is_silence(data: bytes, wish: Wish, other: Codec, tmp_path: Path) -> None:
    said = os.urandom(320)
    assert mixed(tmp_path, data, record(said, other), wish) == as_recorded((PCMU, b""), (other, said), PCMU)
    assert mixed(tmp_path, data, data, wish) == b""


DAMAGED = {
    "header never made true": (record(bytes(320), size=0), "dataSize is 0, but 320 bytes follow the header"),
    "dataSize past the end": (record(bytes(320), size=9999), "dataSize is 9999, but only 320 bytes follow the header"),
    "length lost": (record(bytes(320), frame=0), "rtpLen is 0"),
}


@pytest.mark.parametrize(("data", "problem"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_side_is_mixed_as_far_as_it_goes_and_told(data: bytes, problem: str, tmp_path: Path) -> None:
    pair = Pair(*pair_of(tmp_path, data, record(b"\xff" * 480)))
    made = mix_pair(pair, NO_WISH)
    assert f"{pair.a}: {problem}" in made.problems
    assert audio(pair.out) == bytes(320) + b"\xff" * 160


REFUSED: dict[str, tuple[bytes, type[PhoneRecorderError], str]] = {
    "empty": (b"", RecordFileError, "the file has 0 bytes"),
    "header cut": (record(b"")[:40], RecordFileError, "the file has 40 bytes"),
    "text": (b"Hello, world. " * 20, RecordFileError, "no WAV file and no record file"),
    "unknown codec": (b"opus".ljust(64, b"\0") + bytes(200), RecordFileError, "'opus' is none of"),
    "WAV cut": (wav(b"", 8000)[:20], AudioFileError, "fmt chunk has 0 bytes"),
    "WAV torn": (wav(bytes(800), 8000)[:-10], AudioFileError, "10 bytes of its audio are missing"),
    "WAV of a law torn": (law_wav(bytes(800), PCMU)[:-10], AudioFileError, "10 bytes of its audio are missing"),
    "MP3": (wav(bytes(8), 8000, 0x55), AudioFileError, "is MP3"),
}


@pytest.mark.parametrize(("data", "error", "why"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("side", [0, 1])
def test_what_cannot_be_read_is_named_and_nothing_is_written(
    data: bytes, error: type[PhoneRecorderError], why: str, side: int, tmp_path: Path
) -> None:
    sides = [record(bytes(320)), record(bytes(320))]
    sides[side] = data
    pair = Pair(*pair_of(tmp_path, sides[0], sides[1]))
    with pytest.raises(error, match=why) as raised:
        mix_pair(pair, NO_WISH)
    assert str(raised.value).startswith(f"cannot read {pair[side]}: ")
    assert not pair.out.exists()


WISHES = {
    "samples in a record file": (Wish("record", "pcm16"), "choose one with --codec"),
    "packets in a WAV file": (Wish("wav", ptime_ms=20), "--ptime goes with a record file"),
}


@pytest.mark.parametrize(("wish", "why"), WISHES.values(), ids=WISHES)
def test_a_wish_that_makes_no_sense_is_refused(wish: Wish, why: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=why):
        mixed(tmp_path, record(bytes(320)), record(bytes(320)), wish)


def test_a_record_file_of_samples_wants_a_codec(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="choose one with --codec"):
        mixed(tmp_path, wav(bytes(320), 8000), record(bytes(320)), Wish("record"))
    assert len(mixed(tmp_path, wav(bytes(320), 8000), record(bytes(320)), Wish("record", PCMA))) == 320


def test_an_input_is_never_the_output(tmp_path: Path) -> None:
    a, b, out = pair_of(tmp_path, record(bytes(320)), record(bytes(320)))
    out.symlink_to(b)
    for target in (a, b, out):
        with pytest.raises(UsageError, match="is a file to read from"):
            mix_pair(Pair(a, b, target), NO_WISH, force=True)
    assert a.read_bytes() == b.read_bytes() == record(bytes(320))


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    pair = Pair(*pair_of(tmp_path, record(bytes(BIG)), record(bytes(BIG))))
    with no_file_above(BIG - 1), pytest.raises(UsageError, match=f"cannot write {pair.out}: file too large"):
        mix_pair(pair, NO_WISH)
    assert sorted(tmp_path.iterdir()) == [pair.a, pair.b]


@pytest.mark.parametrize("wish", [NO_WISH, Wish("wav", "pcm16"), Wish("wav", PCMU)], ids=["record", "pcm16", "wav"])
def test_what_no_file_can_hold_is_refused_before_anything_is_written(wish: Wish, tmp_path: Path) -> None:
    pair = Pair(*pair_of(tmp_path, record(b"", size=0), record(bytes(320))))
    os.truncate(pair.a, 5 << 30)  # sparse: it takes no room
    with no_file_above(0), pytest.raises(PhoneRecorderError, match="can hold, which is 4 GiB"):
        mix_pair(pair, wish)
    assert not pair.out.exists()


def test_a_long_recording_is_never_held_whole(tmp_path: Path) -> None:
    pair = Pair(*pair_of(tmp_path, record(b""), record(b"")))
    for side in (pair.a, pair.b):
        os.truncate(side, 16_000_076)
    mix_pair(pair, NO_WISH)
    tracemalloc.start()
    mix_pair(pair, NO_WISH, force=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert pair.out.stat().st_size == 16_000_076
    assert peak < 2_000_000


def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(write(tmp_path / "a.wav", record(bytes(320))))
    assert mix_pair(Pair(tmp_path / "link", tmp_path / "a.wav", tmp_path / "out"), NO_WISH).duration_s == 0.04
