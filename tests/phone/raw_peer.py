"""A SIP peer that is a socket and a script: it answers as it is told to, and knows no rules."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Thread

HOST = "127.0.0.1"
PATIENCE_S = 20.0
_COPIED = ("via:", "from:", "call-id:", "cseq:")


class RawPeer:
    """On UDP. Its tag is `peer`; `audio` is the RTP port that it says it has, `contact` where it wants to be asked."""

    def __init__(self, wire: socket.socket) -> None:
        self.wire = wire
        self.audio = 9
        self.address = f"{HOST}:{wire.getsockname()[1]}"
        self.uri = f"sip:peer@{self.address}"
        self.contact = self.uri
        self.source: tuple[str, int] = ("", 0)
        wire.settimeout(PATIENCE_S)

    def take(self, method: str) -> str:
        """The next request of this method, "" for any; what comes before is passed over."""
        while True:
            data, self.source = self.wire.recvfrom(65536)
            word = data.split(b" ")[0].decode()
            if word == method or (not method and word.isalpha()):
                return data.decode()

    def answer(self, request: str, status: str, *headers: str, described: bool = False) -> None:
        lines = [line for line in request.split("\r\n") if line.lower().startswith(_COPIED)]
        to = next(line for line in request.split("\r\n") if line.lower().startswith("to:"))
        tag = "" if ";tag=" in to else ";tag=peer"
        lines += [f"{to}{tag}", f"Contact: <{self.contact}>", *headers]
        self._send([f"SIP/2.0 {status}", *lines], self._sdp() if described else "")

    def call(self, phone: tuple[str, int], user: str, branch: str = "call") -> None:
        """An INVITE, as that user; another call needs another branch."""
        self.source = phone
        self._send(
            [
                f"INVITE sip:100@{HOST}:{phone[1]} SIP/2.0",
                f"Via: SIP/2.0/UDP {self.address};branch=z9hG4bK{branch}",
                "Max-Forwards: 70",
                f"From: <sip:{user}@{self.address}>;tag=peer",
                f"To: <sip:100@{HOST}:{phone[1]}>",
                f"Call-ID: {user}",
                "CSeq: 1 INVITE",
                f"Contact: <{self.contact}>",
            ],
            self._sdp(),
        )

    def hear(self) -> str:
        """The first line of the next final answer."""
        while True:
            line = self.wire.recv(65536).decode().partition("\r\n")[0]
            if line.startswith("SIP/2.0 ") and not line.startswith("SIP/2.0 1"):
                return line

    def ask(self, method: str, invite: str) -> None:
        """A request of the peer's within the call that this INVITE of ours has made."""
        at = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in invite.split("\r\n")}
        target = at["contact"].partition("<")[2].partition(">")[0]
        self._send(
            [
                f"{method} {target} SIP/2.0",
                f"Via: SIP/2.0/UDP {self.address};branch=z9hG4bK{method}",
                "Max-Forwards: 70",
                f"From: {at['to']};tag=peer",
                f"To: {at['from']}",
                f"Call-ID: {at['call-id']}",
                f"CSeq: 7 {method}",
            ],
            "",
        )

    def _send(self, lines: list[str], body: str) -> None:
        kind = ["Content-Type: application/sdp"] if body else []
        head = "\r\n".join([*lines, *kind, f"Content-Length: {len(body)}", "", ""])
        self.wire.sendto((head + body).encode(), self.source)

    def _sdp(self) -> str:
        head = f"v=0\r\no=- 1 1 IN IP4 {HOST}\r\ns=-\r\nc=IN IP4 {HOST}\r\nt=0 0\r\n"
        return f"{head}m=audio {self.audio} RTP/AVP 0\r\n"


@contextmanager
def raw_peer(script: Callable[[RawPeer], object] = id) -> Iterator[RawPeer]:
    """The peer, doing as the script says on a thread of its own; the script must have come to its end."""
    failures: list[BaseException] = []

    def act() -> None:
        try:
            script(peer)
        except BaseException as error:
            failures.append(error)

    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as wire:
        wire.bind((HOST, 0))
        peer = RawPeer(wire)
        acting = Thread(target=act, daemon=True)
        acting.start()
        yield peer
        acting.join(PATIENCE_S)
        assert not acting.is_alive() and failures == [], failures
