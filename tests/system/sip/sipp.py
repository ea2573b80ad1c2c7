"""sipp with scenarios of ours: joined from the parts in scenarios/, each one thing that a peer does.

    scenario = (Part("answer"), Part("info_challenge", STATUS=401), Part("info", RECORD="on"), Part("end"))
    with Sipp(tmp_path, scenario) as server:
        ...  # call server.uri("recorder")
        server.finish()

In a part, what stands between at signs is filled in. CSEQ counts up from part to part; DIRECTION, PAYLOAD
and the like have the values of an ordinary PCMU call unless they are given.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from hashlib import md5
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from phone_recorder.media.codecs import encoder
from phone_recorder.media.g711 import LAWS
from phone_recorder.wire.payload import BY_NAME
from tests.peers import need
from tests.system.sip.programs import HOST, Program, free_port, need_root
from tests.system.sip.voices import RATE, samples_of

SCENARIOS = Path(__file__).parent / "scenarios"
USER = "sipp"
PASSWORD = "Secret-of-sipp"
_ORDINARY = {"DIRECTION": "sendrecv", "PAYLOAD": "0", "CODEC": "PCMU/8000", "STATUS": "200 OK", "EXTRA": ""}
_TRANSPORTS = {"udp": "u1", "tcp": "t1"}
_FRAME_S = 0.02
_CHALLENGES = {
    "401 Unauthorized": ("WWW-Authenticate", "Authorization"),
    "407 Proxy Authentication Required": ("Proxy-Authenticate", "Proxy-Authorization"),
}


_PARAMETER = re.compile(r'(\w+)=(?:"([^"]*)"|([^",\s]+))')


class Part:
    """A part of a scenario: a file of scenarios/, and the values that it is to have."""

    def __init__(self, name: str, **values: str | int) -> None:
        self.name = name
        self.text = (SCENARIOS / f"{name}.xml").read_text()
        self.values = {key: str(value) for key, value in values.items()}

    def filled(self, number: int) -> str:
        values = {**_ORDINARY, "CSEQ": str(10 * number), "NEXT_CSEQ": str(10 * number + 1), **self.values}
        return re.sub(r"@(\w+)@", lambda name: values[name[1]], self.text)


def challenge(status: str, **values: str | int) -> Part:
    """An INFO that is refused by a 401 or 407, and comes again with credentials."""
    asked, given = _CHALLENGES[status]
    return Part("info_challenge", STATUS=status, ASKED=asked, GIVEN=given, **values)


class Sipp:
    """One call of sipp's: it is called, or with a `target` (HOST:PORT) calls itself.

    `scenario`: parts, or the name of one of sipp's own. `voices`: WAV files by the name under which a part plays them,
    each with its codec and SSRC (see `Spoken`).
    """

    def __init__(
        self,
        directory: Path,
        scenario: Sequence[Part] | str,
        *,
        target: str = "",
        user: str = "100",
        transport: str = "udp",
        voices: Mapping[str, Spoken] | None = None,
        name: str = "sipp",
        words: Sequence[str] = (),
    ) -> None:
        self.port, self.media_port = free_port(), free_port()
        self.directory = directory / name
        self.directory.mkdir()
        if voices:
            need_root("sipp plays captures by a raw socket")
        for file, spoken in (voices or {}).items():
            (self.directory / f"{file}.pcap").write_bytes(spoken.pcap())
        self._kind = psutil.CONN_LISTEN if transport == "tcp" and not target else psutil.CONN_NONE
        self._waits = not target
        command = [
            *(need("sipp"), "-i", HOST, "-p", str(self.port), "-mi", HOST, "-mp", str(self.media_port), "-ci", HOST),
            *("-bind_local", "-t", _TRANSPORTS[transport], "-m", "1", "-nostdin", "-s", user, "-au", user),
            *("-timeout", "40s", "-timeout_error", "-recv_timeout", "20s", "-deadcall_wait", "0"),
            *("-trace_msg", "-message_file", "messages.log", "-trace_err", "-error_file", "errors.log"),
            *("-trace_logs", "-log_file", "logs.log", *self._chosen(scenario), *words, *([target] if target else [])),
        ]
        self.program = Program(name, command, self.directory, {"TERM": "dumb"}, ["errors.log", "messages.log"])

    def __enter__(self) -> Self:
        self.program.__enter__()
        if self._waits:
            self.program.until(self._listens, "its port")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.program.__exit__(kind, error, trace)

    def uri(self, user: str = USER) -> str:
        return f"sip:{user}@{HOST}:{self.port}"

    def finish(self, deadline_s: float = 30.0) -> None:
        """Until its call is over; all of it must have been as the scenario has it."""
        code = self.program.wait(deadline_s)
        assert code == 0, f"{self.program.name} ended with {code}: its call was not as the scenario has it"

    def messages(self) -> str:
        """All the messages that came and went so far."""
        path = self.directory / "messages.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def received(self, method: str) -> list[str]:
        """The requests of this method that came, retransmissions too."""
        pieces = re.split(r"^-{10,}.*$", self.messages(), flags=re.MULTILINE)
        bodies = [piece.split("\n\n", 1) for piece in pieces if "message received" in piece]
        return [text for [_, text] in (body for body in bodies if len(body) == 2) if text.startswith(f"{method} ")]

    def credentials_are_right(self, method: str, which: int = -1) -> bool:
        """Whether that request of this method, of those that came, had the right digest (RFC 7616, MD5, qop auth)."""
        found = re.findall(r"^(?:Proxy-)?Authorization: Digest (.*)$", self.received(method)[which], re.MULTILINE)
        if len(found) != 1:
            return False
        said = {name: quoted or plain for name, quoted, plain in _PARAMETER.findall(found[0])}
        own, what = _md5(USER, said["realm"], PASSWORD), _md5(method, said["uri"])
        right = _md5(own, said["nonce"], said["nc"], said["cnonce"], said["qop"], what)
        return (said["username"], said["realm"], said["response"]) == (USER, "recorder", right)

    def _chosen(self, scenario: Sequence[Part] | str) -> list[str]:
        if isinstance(scenario, str):
            return ["-sn", scenario]
        parts = "".join(part.filled(number) for number, part in enumerate(scenario, 1))
        path = self.directory / "scenario.xml"
        path.write_text(f'<?xml version="1.0" encoding="UTF-8" ?>\n<scenario name="ours">\n{parts}</scenario>\n')
        return ["-sf", str(path)]

    def _listens(self) -> bool:
        sockets = psutil.Process(self.program.process.pid).net_connections()
        return any(socket.laddr.port == self.port and socket.status == self._kind for socket in sockets)


class Spoken:
    """A voice as sipp plays it: packets in a capture file."""

    def __init__(self, voice: Path, codec: str = "PCMU", ssrc: int = 0x51515151, sequence: int = 1000) -> None:
        self.samples = samples_of(voice, RATE if BY_NAME[codec] in LAWS else 2 * RATE)
        self._codec, self._ssrc, self._sequence = BY_NAME[codec], ssrc, sequence

    @property
    def duration_ms(self) -> int:
        return 1000 * len(self.samples) // self._rate

    def pcap(self) -> bytes:
        """A classic pcap file of Ethernet frames, 20 ms a packet."""
        head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
        return head + b"".join(
            struct.pack("<IIII", *divmod(round(number * _FRAME_S * 1e6), 1_000_000), len(frame), len(frame)) + frame
            for number, frame in enumerate(map(_framed, self._packets()))
        )

    @property
    def _rate(self) -> int:
        return RATE if self._codec in LAWS else 2 * RATE

    def _packets(self) -> list[bytes]:
        code = encoder(self._codec, self._rate)
        frame = round(self._rate * _FRAME_S)
        return [
            struct.pack(
                "!BBHII",
                0x80,
                self._codec.payload_type,
                (self._sequence + number) & 0xFFFF,
                (160 * (self._sequence + number)) & 0xFFFFFFFF,
                self._ssrc,
            )
            + code.encode(self.samples[at : at + frame])
            for number, at in enumerate(range(0, len(self.samples) - frame + 1, frame))
        ]


def _md5(*words: str) -> str:
    return md5(":".join(words).encode()).hexdigest()


def _framed(packet: bytes) -> bytes:
    """In UDP, IPv4 and Ethernet. sipp puts in its own addresses, ports and checksums."""
    udp = struct.pack("!HHHH", 6000, 6000, 8 + len(packet), 0) + packet
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1")
    return bytes(12) + b"\x08\0" + ip + udp
