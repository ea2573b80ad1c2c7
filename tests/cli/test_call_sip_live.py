"""Two phones of ours in a real call on loopback: what each records of it."""

from __future__ import annotations

import stat
import struct
import wave
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.call import icons
from tests.cli.phones import (
    ANSWERS,
    FAR,
    HOST,
    NEAR,
    RATE,
    SHORT,
    SPEAKS,
    Calling,
    OurPhone,
    Waiting,
    assert_both_are_heard,
    free_port,
    prompts,
    recorded,
    samples_of,
    share,
)

pytestmark = pytest.mark.live


@pytest.mark.parametrize("codec", ["PCMU", "G722"])
def test_both_voices_are_in_both_recordings(tmp_path: Path, codec: str) -> None:
    kept = tmp_path / "far.wav"
    with (
        Waiting(tmp_path / "callee", *ANSWERS) as callee,
        Calling(tmp_path / "caller", callee.uri, *SPEAKS, *SHORT, "--codec", codec, "--save-far", kept) as caller,
    ):
        ours, theirs = caller.document(), callee.document()
    for phone, document in ((caller, ours), (callee, theirs)):
        assert document["recordings"][0]["state"] == "recorded"
        assert_both_are_heard(phone, document)
    assert ours["duration_s"] == 1.5
    assert abs(theirs["duration_s"] - 1.5) < 0.3
    assert share(FAR, samples_of(kept)) > 0.9
    assert share(NEAR, samples_of(kept)) == 0, "nobody hears himself"
    assert (ours["sip"]["direction"], ours["sip"]["codec"], ours["sip"]["ended_by"]) == ("out", codec, "us")
    assert ours["sip"]["remote_uri"] == callee.uri
    assert (theirs["sip"]["direction"], theirs["sip"]["codec"], theirs["sip"]["ended_by"]) == ("in", codec, "peer")
    assert (theirs["sip"]["remote_number"], theirs["sip"]["remote_name"]) == ("1001", "Near Party")
    assert (ours["sip"]["status"], ours["sip"]["foreign_packets"]) == (200, 0)


@pytest.mark.parametrize("length", [0.1, 0.73, 1.5])
def test_what_the_far_party_said_is_kept_as_long_as_the_call(tmp_path: Path, length: float) -> None:
    kept = tmp_path / "far.wav"
    with (
        Waiting(tmp_path / "callee", *ANSWERS) as callee,
        Calling(tmp_path / "caller", callee.uri, "--duration", length, "--save-far", kept) as caller,
    ):
        assert caller.document()["duration_s"] == length
        callee.document()
    with wave.open(str(kept), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        assert file.getnframes() == round(length * RATE)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_on_an_embedded_record_server(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    with (
        Waiting(tmp_path / "callee", *ANSWERS) as callee,
        Calling(
            tmp_path / "caller", callee.uri, *SPEAKS, *SHORT, "--mode", "server", "--storage", tmp_path / "store"
        ) as caller,
    ):
        document = caller.document()
        callee.document()
    assert document["recordings"][0]["state"] == "recorded"
    assert_both_are_heard(caller, document)
    assert list(caller.usb.iterdir()) == []


def test_on_a_record_server_at_an_address(tmp_path: Path) -> None:
    """Of a name of the other phone's that would fill a message it is told a part."""
    name = "N\N{LATIN SMALL LETTER E WITH ACUTE}" * 2000
    (tmp_path / "store").mkdir()
    with ExitStack() as stack:
        server = stack.enter_context(Server(tmp_path / "server", tmp_path / "store"))
        place = ("--mode", "server", "--server", server.address)
        callee = stack.enter_context(Waiting(tmp_path / "callee", *ANSWERS, *place))
        words = (*SPEAKS, *SHORT, "--local-name", name)
        caller = stack.enter_context(Calling(tmp_path / "caller", callee.uri, *words))
        caller.document()
        document = callee.document()
        server.interrupt()
        assert server.end() == 0
    assert document["recordings"][0]["state"] == "recorded"
    assert document["sip"]["remote_name"] == name
    [file] = (tmp_path / "store").rglob("*.wav")
    pcm = samples_of(file)
    assert share(NEAR, pcm) > 0.9 < share(FAR, pcm)


class Server(OurPhone):
    """A record server of ours, on any port."""

    def __init__(self, directory: Path, store: Path) -> None:
        super().__init__(directory)
        at = self.command.index("call")
        self.command = [*self.command[:at], "server", "--host", HOST, "--port", "0", "--storage", str(store)]

    @property
    def address(self) -> str:
        return self.until(rf"{HOST}:\d+")[0]


def test_on_the_sip_server_which_is_asked_by_info_and_with_the_call_for_nothing(tmp_path: Path) -> None:
    trace = tmp_path / "trace.txt"
    keys = ("--keys", "0.2 record, 0.8 record, 1 record", "--mode", "sip-info", "--info-header", "X-Tape")
    with (
        Waiting(tmp_path / "callee", *ANSWERS) as callee,
        Calling(tmp_path / "caller", callee.uri, *SPEAKS, *SHORT, *keys, "--trace", trace) as caller,
    ):
        document = caller.document()
        callee.document()
    assert [recording["state"] for recording in document["recordings"]] == ["recorded", "recorded"]
    assert "The SIP server is recording" in prompts(document)
    assert prompts(document)[-1] == "The SIP server has stopped recording"
    assert list(caller.usb.iterdir()) == []
    text = trace.read_text()
    asked = [line.partition("X-Tape: ")[2] for line in text.splitlines() if "X-Tape: " in line]
    assert asked == ["on", "off", "on"], "the call ends the last one"
    assert text.rindex("X-Tape") < text.rindex("BYE sip:")


def test_a_call_on_hold_is_recorded_as_silence(tmp_path: Path) -> None:
    keys = ("--keys", "0 record, 0.8 hold, 1.8 unhold", "--duration", 2.6)
    with (
        Waiting(tmp_path / "callee", *ANSWERS, json=False) as callee,
        Calling(tmp_path / "caller", callee.uri, *SPEAKS, *keys) as caller,
    ):
        document = caller.document()
        assert callee.end() == 0
    pcm = recorded(caller, document)
    assert abs(len(pcm) / RATE - 2.6) < 0.05
    before, held, after = (pcm[round(a * RATE) : round(b * RATE)] for a, b in ((0.1, 0.7), (1.1, 1.7), (2.1, 2.6)))
    assert share(NEAR, before) > 0.9 < share(FAR, before)
    assert share(NEAR, held, 0.01) == 0 == share(FAR, held, 0.01)
    assert share(NEAR, after) > 0.9 < share(FAR, after)
    assert callee.out.index("held by the other phone") < callee.out.index("held no more")


def test_trace_and_capture_are_for_their_owner_and_nothing_is_written_over(tmp_path: Path) -> None:
    trace, capture, kept = tmp_path / "sip.txt", tmp_path / "call.pcap", tmp_path / "far.wav"
    files = {"--save-far": kept, "--trace": trace, "--pcap": capture}
    words = [word for pair in files.items() for word in pair]
    with (
        Waiting(tmp_path / "callee", *ANSWERS) as callee,
        Calling(tmp_path / "caller", callee.uri, *SPEAKS, *SHORT, *words) as caller,
    ):
        caller.document()
        callee.document()
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o600}
    methods = [line.removeprefix("  | ").split()[0] for line in trace.read_text().splitlines() if " sip:" in line]
    assert [method for method in methods if method in ("INVITE", "ACK", "BYE")] == ["INVITE", "ACK", "BYE"]
    packets = capture.read_bytes()
    assert struct.unpack_from("<I", packets)[0] in (0xA1B2C3D4, 0xA1B23C4D)
    assert b"INVITE sip:100@" in packets and packets.count(b"\x80\x00") > 100
    before = {path: path.read_bytes() for path in files.values()}
    for option, path in files.items():
        with Calling(tmp_path / option, callee.uri, option, path) as again:
            assert again.refusal() == f"{path} exists already: choose another name, or remove it"
    assert {path: path.read_bytes() for path in files.values()} == before


def test_what_people_see_of_a_call(tmp_path: Path) -> None:
    with (
        Waiting(tmp_path / "callee", *ANSWERS, json=False) as callee,
        Calling(tmp_path / "caller", callee.uri, *SPEAKS, *SHORT, json=False) as caller,
    ):
        assert (caller.end(), callee.end()) == (0, 0)
    ours, theirs = caller.out.splitlines(), callee.out.splitlines()
    assert ours[:2] == [f"BX5S calling {callee.uri}", "BX5S ringing"]
    assert theirs[1] == "BX5S called by Near Party <sip:1001@127.0.0.1>"
    for lines in (ours, theirs):
        shown = [line for line in lines if line.startswith("BX5S") and "[" in line]
        assert any("[recording]" in line for line in shown)
        assert "Recording saved: 1 file" in shown[-1]
        assert sum(line.startswith("recording 1: recorded (call ended), ") for line in lines) == 1
    assert (caller.err, callee.err) == ("", "")


def test_with_json_the_news_are_on_stderr(tmp_path: Path) -> None:
    with (
        Waiting(tmp_path / "callee") as callee,
        Calling(tmp_path / "caller", callee.uri, "--duration", 0.3, "--keys", "") as caller,
    ):
        document = caller.document(code=1)
        callee.document()
    assert (document["recordings"], icons(document)) == ([], ["idle"])
    assert caller.err == f"phone-recorder: calling {callee.uri}\nphone-recorder: ringing\n"


def test_two_calls_one_after_the_other_on_one_rtp_port(tmp_path: Path) -> None:
    ports = [("--rtp-ports", free_port()), ("--rtp-ports", free_port())]
    for number in range(2):
        with (
            Waiting(tmp_path / f"callee{number}", *ANSWERS, *ports[0]) as callee,
            Calling(tmp_path / f"caller{number}", callee.uri, *SPEAKS, *SHORT, *ports[1]) as caller,
        ):
            assert_both_are_heard(caller, caller.document())
            callee.document()


def test_over_tcp(tmp_path: Path) -> None:
    with (
        Waiting(tmp_path / "callee", *ANSWERS) as callee,
        Calling(tmp_path / "caller", f"{callee.uri};transport=tcp", *SPEAKS, *SHORT) as caller,
    ):
        assert_both_are_heard(caller, caller.document())
        assert_both_are_heard(callee, callee.document())


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_over_ipv6(tmp_path: Path, transport: str) -> None:
    """The caller does not say where it listens: at an address of the kind that it calls."""
    with (
        Waiting(tmp_path / "callee", "--sip-listen", "[::1]:0", *ANSWERS) as callee,
        OurPhone(tmp_path / "caller", "--to", f"{callee.uri};transport={transport}", *SPEAKS, *SHORT) as caller,
    ):
        assert_both_are_heard(caller, caller.document())
        assert_both_are_heard(callee, callee.document())
