"""Two phones of ours in a real call on loopback: what each records of it, and every way in which it can end."""

from __future__ import annotations

import socket
import stat
import struct
import wave
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.cli.call import Document, icons
from tests.cli.phones import HOST, RATE, Calling, OurPhone, Waiting, recorded, samples_of, share

pytestmark = pytest.mark.live

NEAR, FAR = 700, 400
"""What the caller and the callee say, in Hz, all the time."""
SPEAKS, ANSWERS = ("--near", f"tone:{NEAR}"), ("--near", f"tone:{FAR}")
SHORT = ("--duration", 1.5)


def prompts(document: Document) -> list[str]:
    return [screen["prompt"] for screen in document["screen"]]


def assert_both_are_heard(phone: OurPhone, document: Document) -> None:
    """All through its recording, but for the frame or two in which the other phone had not begun."""
    pcm = recorded(phone, document)
    assert share(NEAR, pcm) > 0.9 < share(FAR, pcm)
    assert share(1000, pcm) == 0


def free_port() -> int:
    """Nobody listens there, and an even one."""
    while True:
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as trying:
            trying.bind((HOST, 0))
            port: int = trying.getsockname()[1]
            if port % 2 == 0:
                return port


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


def test_the_far_party_hangs_up_and_the_recording_is_whole(tmp_path: Path) -> None:
    with (
        Waiting(tmp_path / "callee", *ANSWERS, *SHORT) as callee,
        Calling(tmp_path / "caller", callee.uri, *SPEAKS, json=False) as caller,
    ):
        callee.document()
        assert caller.end() == 0
    assert "BX5S the other phone hung up\n" in caller.out
    assert "recording 1: recorded (call ended), 1." in caller.out
    assert caller.err == ""


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("who", ["caller", "callee"])
def test_ctrl_c_hangs_up_and_the_recording_is_whole(tmp_path: Path, who: str, times: int) -> None:
    with (
        Waiting(tmp_path / "callee", *ANSWERS) as callee,
        Calling(tmp_path / "caller", callee.uri, *SPEAKS) as caller,
    ):
        caller.until_recorded(0.6)
        callee.until_recorded(0.6)
        {"caller": caller, "callee": callee}[who].interrupt(times)
        ours, theirs = caller.document(), callee.document()
    for phone, document in ((caller, ours), (callee, theirs)):
        assert document["recordings"][0]["reason"] == "call ended"
        assert_both_are_heard(phone, document)
    enders = ("us", "peer") if who == "caller" else ("peer", "us")
    assert (ours["sip"]["ended_by"], theirs["sip"]["ended_by"]) == enders


def test_ctrl_c_of_the_caller_while_it_rings_and_then_the_phone_takes_another_call(tmp_path: Path) -> None:
    """The one port for RTP that it has is free again."""
    port = ("--rtp-ports", free_port())
    with Waiting(tmp_path / "callee", *ANSWERS, *port, "--answer-after", 4) as callee:
        with Calling(tmp_path / "first", callee.uri, "--save-far", tmp_path / "far.wav") as first:
            first.until("ringing")
            first.interrupt()
            assert first.refusal() == "interrupted before there was a call to record"
        callee.until("the call is over: the caller gave up")
        with Calling(tmp_path / "second", callee.uri, *SPEAKS, *SHORT) as second:
            second.document()
        document = callee.document()
    assert_both_are_heard(callee, document)
    assert list(first.usb.iterdir()) == []
    assert not (tmp_path / "far.wav").exists(), "there was nothing to keep"


def test_ctrl_c_of_the_callee_while_it_rings(tmp_path: Path) -> None:
    with (
        Waiting(tmp_path / "callee", "--answer-after", 100) as callee,
        Calling(tmp_path / "caller", callee.uri) as caller,
    ):
        callee.until("called by Near Party <sip:1001@127.0.0.1>")
        callee.interrupt(2)
        assert callee.refusal() == "interrupted before there was a call to record"
        assert caller.refusal() == f"{callee.uri} is busy (486 Busy Here)"
    assert list(callee.usb.iterdir()) == list(caller.usb.iterdir()) == []


def test_ctrl_c_while_nobody_calls(tmp_path: Path) -> None:
    files = ("--save-far", tmp_path / "far.wav", "--trace", tmp_path / "trace", "--pcap", tmp_path / "pcap")
    with Waiting(tmp_path / "callee", *files) as callee:
        callee.interrupt()
        assert callee.refusal() == "interrupted before there was a call to record"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["callee"], "nothing is left behind"


def test_ctrl_c_while_nobody_answers_at_all(tmp_path: Path) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as deaf:
        deaf.bind((HOST, 0))
        with Calling(tmp_path / "caller", f"sip:100@{HOST}:{deaf.getsockname()[1]}") as caller:
            assert deaf.recv(65536).startswith(b"INVITE ")
            caller.interrupt()
            assert caller.refusal() == "interrupted before there was a call to record"


def test_ctrl_c_while_it_registers(tmp_path: Path) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as deaf:
        deaf.bind((HOST, 0))
        registrar = f"sip:{HOST}:{deaf.getsockname()[1]}"
        with OurPhone(tmp_path / "phone", "--wait", "--registrar", registrar) as phone:
            assert deaf.recv(65536).startswith(b"REGISTER ")
            phone.interrupt()
            assert phone.refusal() == "interrupted before there was a call to record"


def test_ctrl_c_while_it_connects(tmp_path: Path) -> None:
    """To a server whose backlog is full, a connection takes for ever."""
    with closing(socket.socket()) as full, ExitStack() as stack:
        full.bind((HOST, 0))
        full.listen(0)
        for _ in range(8):
            knocking = stack.enter_context(closing(socket.socket()))
            knocking.setblocking(False)
            knocking.connect_ex(full.getsockname())
        with Calling(tmp_path / "caller", f"sip:100@{HOST}:{full.getsockname()[1]};transport=tcp") as caller:
            caller.until_connecting(full.getsockname()[1])
            caller.interrupt()
            assert caller.refusal() == "interrupted before there was a call to record"


def test_a_phone_in_a_call_is_busy(tmp_path: Path) -> None:
    with (
        Waiting(tmp_path / "callee", *ANSWERS) as callee,
        Calling(tmp_path / "caller", callee.uri, *SPEAKS) as caller,
    ):
        caller.until_recorded(0.3)
        with Calling(tmp_path / "third", callee.uri) as third:
            assert third.refusal() == f"{callee.uri} is busy (486 Busy Here)"
        callee.until("busy: a call from 1001 was turned away")
        caller.interrupt()
        assert_both_are_heard(caller, caller.document())
        assert_both_are_heard(callee, callee.document())


def test_a_phone_that_rings_is_busy(tmp_path: Path) -> None:
    with (
        Waiting(tmp_path / "callee", "--answer-after", 100) as callee,
        Calling(tmp_path / "caller", callee.uri) as caller,
    ):
        caller.until("ringing")
        with Calling(tmp_path / "third", callee.uri) as third:
            assert third.refusal().endswith(" is busy (486 Busy Here)")
        caller.interrupt()
        caller.refusal()
        callee.until("the call is over: the caller gave up")


def test_a_phone_that_calls_is_busy(tmp_path: Path) -> None:
    port = free_port()
    with (
        Waiting(tmp_path / "callee", *ANSWERS) as callee,
        OurPhone(tmp_path / "caller", "--to", callee.uri, "--sip-listen", f"{HOST}:{port}", *SPEAKS) as caller,
    ):
        caller.until_recorded(0.2)
        with Calling(tmp_path / "third", f"sip:100@{HOST}:{port}") as third:
            assert third.refusal().endswith(" is busy (486 Busy Here)")
        caller.interrupt()
        caller.document()
        callee.document()


def test_nobody_is_there(tmp_path: Path) -> None:
    port = free_port()
    for transport in ("udp", "tcp"):
        uri = f"sip:100@{HOST}:{port};transport={transport}"
        with Calling(tmp_path / transport, uri, "--save-far", tmp_path / "far.wav") as caller:
            why = caller.refusal()
            assert f"nothing listens at {HOST}:{port} over {transport.upper()}" in why
            assert caller.err.count("\n") <= 2, "what it does, and why it ended"
    assert not (tmp_path / "far.wav").exists()


def test_a_name_that_is_nobodys(tmp_path: Path) -> None:
    with Calling(tmp_path / "caller", "sip:100@no-such-host.invalid") as caller:
        assert caller.refusal() == ("there is no host 'no-such-host.invalid': check the name, or use an IP address")


def test_a_certificate_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    with Calling(tmp_path / "caller", f"sips:100@{HOST}:1", "--cacert", tmp_path / "ca.pem") as caller:
        assert "ca.pem" in caller.refusal()


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("404 Not Found", "is not known to the SIP server (404 Not Found)"),
        ("408 Request Timeout", "does not answer (408 Request Timeout)"),
        ("480 Temporarily Unavailable", "cannot be reached just now (480 Temporarily Unavailable)"),
        ("603 Decline", "does not want to answer (603 Decline)"),
    ],
)
def test_a_server_that_says_no(tmp_path: Path, status: str, why: str) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as server:
        server.bind((HOST, 0))
        uri = f"sip:100@{HOST}:{server.getsockname()[1]}"
        with Calling(tmp_path / "caller", uri) as caller:
            invite, source = server.recvfrom(65536)
            kept = [line for line in invite.decode().split("\r\n") if line.startswith(("Via", "From", "To", "C"))]
            lines = [f"SIP/2.0 {status}", *(line for line in kept if not line.startswith("Content")), "", ""]
            server.sendto("\r\n".join(lines).encode(), source)
            assert caller.refusal() == f"{uri} {why}"
            assert server.recv(65536).startswith(b"ACK ")


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with Waiting(tmp_path / "callee") as callee:
        place = callee.uri.partition("@")[2]
        with OurPhone(tmp_path / "other", "--wait", "--sip-listen", place, "--trace", tmp_path / "trace") as other:
            assert other.refusal() == f"cannot use port {place.split(':')[1]} of {HOST} for SIP: address already in use"
    assert not (tmp_path / "trace").exists()


def test_without_a_port_for_its_audio_a_call_is_turned_away(tmp_path: Path) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as taken, ExitStack() as stack:
        port = free_port()
        taken.bind((HOST, port))
        callee = stack.enter_context(Waiting(tmp_path / "callee", "--rtp-ports", port))
        with Calling(tmp_path / "caller", callee.uri) as caller:
            assert caller.refusal().endswith(" is busy (486 Busy Here)")
        callee.until(f"no even UDP port from {port} to {port} is free")
        with Calling(tmp_path / "again", callee.uri, "--rtp-ports", port) as caller:
            assert caller.refusal() == f"no even UDP port from {port} to {port} is free"


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
