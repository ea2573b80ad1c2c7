"""One recording on the server: which packets it takes, and what it makes of them."""

from __future__ import annotations

from random import Random

import pytest

from phone_recorder.recording.units import from_ms
from tests.server.rig import ID, PHONE, SECOND, STOP, Rig, header, rtp

SILENCE = {0: b"\xff", 8: b"\xd5", 9: b"\xfa"}


def begun(codec: str = "PCMU") -> Rig:
    rig = Rig()
    rig.say(f"cmd=RecordStartRequest&id={ID}&codec={codec}\n".encode())
    return rig


def stopped(rig: Rig) -> bytes:
    """The one file of the recording when it has been stopped."""
    rig.say(STOP)
    rig.finish()
    assert rig.ports[0].closed
    [file] = rig.files
    assert int.from_bytes(file[72:76], "little") == len(file) - 76
    return file


@pytest.mark.parametrize(("codec", "payload_type"), [("PCMU", 0), ("PCMA", 8), ("G722", 9), ("pcma/8000", 8)])
@pytest.mark.parametrize("ptime", [10, 20, 30, 40, 60])
def test_every_codec_and_packet_length(codec: str, payload_type: int, ptime: int) -> None:
    rig = begun(codec)
    payloads = [bytes([n + 1]) * from_ms(ptime) for n in range(25)]
    rig.send(payloads, payload_type=payload_type)
    name = codec.partition("/")[0].upper().encode()
    assert stopped(rig) == header(name, from_ms(ptime), 25 * from_ms(ptime)) + b"".join(payloads)


def test_nothing_sent_at_all_leaves_no_file() -> None:
    rig = begun()
    rig.advance(10 * SECOND)
    rig.say(STOP)
    rig.advance(160)
    assert (rig.files, rig.core.running, rig.recording.account.state) == ([], {}, "cancelled")
    assert rig.ports[0].closed


def test_nothing_sent_before_the_connection_was_lost_is_a_failure() -> None:
    rig = begun()
    rig.phone.closed()
    rig.advance(160)
    account = rig.recording.account
    assert (rig.files, account.state, account.reason) == ([], "failed", "the control connection was lost")


def test_what_was_sent_before_the_stop_and_waits_in_the_socket_is_kept() -> None:
    rig = begun()
    for number in range(50):
        rig.ports[0].arrive(0, rtp(number, bytes([number]) * 160))
    assert stopped(rig)[76:] == b"".join(bytes([number]) * 160 for number in range(50))


def test_what_is_sent_after_the_stop_is_not_kept() -> None:
    rig = begun()
    rig.send([b"\x11" * 160] * 10)
    rig.say(STOP)
    rig.advance(1)
    rig.send([b"\x22" * 160] * 10, first=10)
    rig.finish()
    assert rig.files[0][76:] == b"\x11" * 1600


def test_packets_out_of_order_and_twice_are_in_their_place_once() -> None:
    rig = begun()
    random = Random(5)
    # Each is up to 400 ms late; every seventh comes twice.
    arrivals = sorted((n * 160 + random.randrange(3200), n) for n in [*range(100), *range(0, 100, 7)])
    for now, number in arrivals:
        rig.ports[0].arrive(now, rtp(number, bytes([number]) * 160))
        rig.advance(now - rig.now)
    assert stopped(rig)[76:] == b"".join(bytes([number]) * 160 for number in range(100))


def test_a_lost_packet_is_silence_and_is_told() -> None:
    rig = begun("PCMA")
    rig.send([b"\x11" * 160] * 10, payload_type=8)
    rig.send([b"\x22" * 160] * 10, first=12, payload_type=8)
    assert stopped(rig)[76:] == b"\x11" * 1600 + b"\xd5" * 320 + b"\x22" * 1600
    account = rig.recording.account
    assert (account.streams["rtp"].lost, account.gaps.total) == (2, {"rtp": 320})


def test_a_pause_of_the_phone_leaves_no_hole() -> None:
    """In `skip` its RTP goes on with the next timestamp."""
    rig = begun()
    rig.send([b"\x11" * 160] * 10)
    rig.advance(20 * SECOND)
    rig.send([b"\x22" * 160] * 10, first=10)
    assert stopped(rig)[76:] == b"\x11" * 1600 + b"\x22" * 1600


FOREIGN = {
    "another source": rtp(5, b"evil" * 40, ssrc=8),
    "another codec": rtp(5, b"evil" * 40, payload_type=8),
    "another source's nothing": rtp(5, b"", ssrc=8),
}
BAD = {
    "nothing": b"",
    "a byte": b"\x80",
    "another protocol": b"GET / HTTP/1.1\r\n\r\n",
    "version 1": b"\x40" + rtp(5, b"evil" * 40)[1:],
    "more contributing sources than there is room for": b"\x8f" + rtp(5, b"")[1:],
    "padding longer than the payload": b"\xa0" + rtp(5, b"\xff" * 160)[1:],
    "zeros": bytes(2048),
}


@pytest.mark.parametrize("what", [*FOREIGN, *BAD])
def test_everything_else_is_counted_and_dropped(what: str) -> None:
    rig = begun()
    rig.send([b"\x11" * 160] * 5)
    rig.ports[0].arrive(rig.now, (FOREIGN | BAD)[what])
    rig.ports[0].arrive(rig.now, rtp(5, b"evil" * 40), "192.0.2.66")
    rig.send([b"\x11" * 160] * 5, first=5)
    assert stopped(rig)[76:] == b"\x11" * 1600
    counts = rig.recording.account.streams["rtp"]
    assert (rig.recording.account.foreign, counts.bad) == ((2, 0) if what in FOREIGN else (1, 1))
    assert (counts.lost, counts.other) == (0, 0)


def test_m14_telephone_events_are_no_audio_and_no_loss() -> None:
    rig = begun()
    rig.send([b"\x11" * 160] * 5)
    for number in range(5, 8):
        rig.ports[0].arrive(rig.now, rtp(number, b"\x01\x0a\x00\xa0", payload_type=101, timestamp=800))
    for number in range(8, 13):
        rig.ports[0].arrive(rig.now, rtp(number, b"\x11" * 160, timestamp=(number - 3) * 160))
        rig.advance(160)
    assert stopped(rig)[76:] == b"\x11" * 1600
    counts = rig.recording.account.streams["rtp"]
    assert (counts.received, counts.other, counts.lost, rig.recording.account.foreign) == (13, 3, 0, 0)


def test_what_comes_first_from_elsewhere_does_not_take_the_place() -> None:
    rig = begun()
    rig.ports[0].arrive(0, rtp(0, b"evil" * 40, ssrc=66), "192.0.2.66")
    rig.ports[0].arrive(0, rtp(0, b"evil" * 40, 8, ssrc=66), PHONE)
    rig.send([b"\x11" * 160] * 5)
    assert stopped(rig)[76:] == b"\x11" * 800


@pytest.mark.parametrize("size", [1, 159, 161, 1000, 2036])
def test_a_packet_length_that_no_phone_sends_is_cut_into_usual_ones(size: int) -> None:
    rig = begun()
    audio = bytes(n % 251 for n in range(size * 8))
    rig.send([audio[start : start + size] for start in range(0, len(audio), size)])
    file = stopped(rig)
    assert file[:76] == header(b"PCMU", 160, len(file) - 76)
    whole = len(audio) // 160 * 160
    assert file[76 : 76 + whole] == audio[:whole]
    assert len(file) - 76 - whole in (0, 160)


def test_the_account_tells_of_the_file() -> None:
    rig = begun()
    rig.send([b"\x11" * 160] * 50)
    stopped(rig)
    [part] = rig.recording.account.parts
    assert (part.path, part.bytes, part.packets, part.duration_s) == ("Record_20240131120000.wav", 8076, 50, 1.0)
    assert rig.recording.account.streams["rtp"].received == 50


def test_a_sender_that_goes_on_after_the_stop_does_not_keep_the_recording_alive() -> None:
    """A packet of the last second is missing, and its place would be waited for as long as others come."""
    rig = begun()
    rig.send([b"\x11" * 160] * 100)
    rig.send([b"\x22" * 160] * 10, first=101)
    rig.say(STOP)
    for number in range(10):
        rig.ports[0].arrive(rig.now, rtp(111 + number, b"x", timestamp=111 * 160 + number))
        rig.advance(1600)
    assert not rig.core.running
    [file] = rig.files
    assert file[76:] == b"\x11" * 16000 + b"\xff" * 160 + b"\x22" * 1600


def test_m10_a_sender_that_is_faster_than_time_makes_no_longer_recording() -> None:
    """Five minutes in a second. What a phone may have held for a slow server is taken at once."""
    rig = begun()
    for number in range(15_000):
        rig.ports[0].arrive(number * SECOND // 15_000, rtp(number, b"\x11" * 160))
        if number % 300 == 299:
            rig.advance(160)
    file = stopped(rig)
    assert 10 * SECOND <= len(file) - 76 <= 12 * SECOND
    assert rig.recording.account.foreign > 14_000


def test_m16_a_sender_whose_clock_is_fast_loses_nothing() -> None:
    """Five minutes at 5,000 ppm: 1.5 s more than our clock has."""
    rig = begun()
    for number in range(5 * 60 * 5):
        now = number * 1600 * 1000 // 1005
        for packet in range(10):
            rig.ports[0].arrive(now, rtp(number * 10 + packet, b"\x11" * 160))
        rig.advance(now - rig.now)
    assert rig.recording.account.foreign == 0
    assert rig.recording.account.recorded > 300 * SECOND - 2 * SECOND
