"""baresip 1.0 as the other phone: it speaks a WAV file, keeps what it hears, and takes orders by TCP.

with Baresip(tmp_path, "102", voice, kamailio=kamailio, transport="tls") as phone:
    phone.dial(kamailio.uri("101"))
    phone.until_event("CALL_ESTABLISHED")
    ...
phone.heard()
"""

from __future__ import annotations

import json
import socket
import time
from array import array
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.peers import need
from tests.system.sip.kamailio import USERS, Kamailio
from tests.system.sip.programs import HOST, Program, free_port
from tests.system.sip.voices import Found, find, read_wav, samples_of, write_wav

MODULES = Path("/usr/lib/baresip/modules")
Event = dict[str, Any]
_RATES = {"PCMU": 8000, "PCMA": 8000, "G722": 16000}
_SILENCE_S = 60
_CONFIG = """\
poll_method epoll
sip_listen {host}:{port}
{cacert}
call_local_timeout 30
call_max_calls 4
audio_source aufile,{voice}
audio_player aubridge,nobody
audio_alert aubridge,nobody
ausrc_srate {rate}
auplay_srate {rate}
ausrc_channels 1
auplay_channels 1
# No loopback by name: baresip takes 'lo' for an interface without address.
net_interface {host}
rtp_ports {rtp_ports}
snd_path {heard}
module_path {modules}
module g711.so
module g722.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen {host}:{control}
"""


class Baresip:
    """Speaks `voice`, once, from when the call is answered; it is silent then, for a minute.

    What it hears is kept until it is put on hold by the other side: baresip 1.0 does not go on with that afterwards.

    It registers with `kamailio`, or with nobody. `answers`: auto, early or manual. `codec`: what it offers and takes;
    of several, joined by commas, the first one's rate is that of its files.
    """

    def __init__(
        self,
        directory: Path,
        number: str,
        voice: Path,
        *,
        kamailio: Kamailio | None = None,
        transport: str = "udp",
        codec: str = "PCMU",
        answers: str = "auto",
    ) -> None:
        self.number, self._codecs = number, codec.split(",")
        self.rate = _RATES[self._codecs[0]]
        self.port, self._control_port, rtp = free_port(), free_port(), free_port()
        self.directory = directory / f"baresip-{number}"
        self._heard = self.directory / "heard"
        self._heard.mkdir(parents=True)
        self._kamailio = kamailio
        config = _CONFIG.format(
            host=HOST,
            port=self.port,
            cacert=f"sip_cafile {kamailio.cacert}" if kamailio else "",
            voice=self._spoken(voice),
            rate=self.rate,
            rtp_ports=f"{rtp}-{rtp + 20}",
            heard=self._heard,
            modules=MODULES,
            control=self._control_port,
        )
        (self.directory / "config").write_text(config)
        (self.directory / "accounts").write_text(self._account(transport, answers))
        (self.directory / "contacts").write_text("")
        command = [need("baresip"), "-v", "-s", "-f", self.directory]
        self.program = Program(f"baresip-{number}", command, self.directory)
        self.events: list[Event] = []
        self._answers: dict[str, Event] = {}
        self._tokens = map(str, count(1))
        self._unread = b""
        self._control: socket.socket | None = None

    def __enter__(self) -> Self:
        self.program.__enter__()
        try:
            self.program.until(self._connects, "its control port")
            if self._kamailio:
                self._kamailio.until_registered(self.number)
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError, AssertionError):
            if self.program.runs:
                self.do("quit")
                self.program.wait(3)
        if self._control:
            self._control.close()
        self.program.__exit__(kind, error, trace)

    def uri(self, transport: str = "udp") -> str:
        """Where it can be called without a registrar."""
        parameter = "" if transport == "udp" else f";transport={transport}"
        return f"sip:{self.number}@{HOST}:{self.port + (transport == 'tls')}{parameter}"

    def dial(self, uri: str) -> None:
        self.do("dial", uri)

    def accept(self) -> None:
        self.do("accept")

    def hang_up(self) -> None:
        self.do("hangup")

    def hold(self) -> None:
        """By a re-INVITE with a=sendonly."""
        self.do("hold")

    def resume(self) -> None:
        self.do("resume")

    def do(self, command: str, parameters: str = "") -> Event:
        """A command of its menu, done: its answer."""
        token = next(self._tokens)
        told = json.dumps({"command": command, "params": parameters, "token": token}).encode()
        if self._control is None:
            raise RuntimeError(f"{self.program.name} was not started")
        self._control.sendall(b"%d:%s," % (len(told), told))
        if command == "quit":
            return {}

        def answered() -> bool:
            self._read()
            return token in self._answers

        self.program.until(answered, f"an answer to {command!r}")
        return self._answers.pop(token)

    def until_event(self, kind: str, times: int = 1) -> Event:
        """Wait until an event of this kind has come so many times; the last of them."""

        def seen() -> list[Event]:
            self._read()
            return [event for event in self.events if event["type"] == kind]

        self.program.until(lambda: len(seen()) >= times, f"the event {kind}")
        return seen()[times - 1]

    def until_heard(self, seconds: float) -> None:
        """Until its decoder has given so much, of this call or an earlier one."""
        enough = 2 * round(seconds * self.rate)
        self.program.until(
            lambda: sum(path.stat().st_size for path in self._heard.glob("*-dec.wav")) >= enough, f"{seconds} s heard"
        )

    def heard(self) -> array[int]:
        """What its decoder gave in the calls so far, at its codec's rate; whole when it has ended."""
        whole = array("h")
        for path in sorted(self._heard.glob("*-dec.wav"), key=lambda path: path.stat().st_mtime_ns):
            whole += read_wav(path, self.rate)
        return whole

    def _spoken(self, voice: Path) -> Path:
        """The voice at the codec's rate, and silence after it: baresip hangs up at the end of a file."""
        path = self.directory / "voice.wav"
        write_wav(path, samples_of(voice, self.rate) + array("h", bytes(2 * _SILENCE_S * self.rate)), self.rate)
        return path

    def found(self, said: Path) -> Found:
        """A voice in what it has heard."""
        path = self.directory / "compared.wav"
        write_wav(path, self.heard(), self.rate)
        return find(samples_of(said), samples_of(path))

    def _account(self, transport: str, answers: str) -> str:
        kamailio = self._kamailio
        if kamailio is None:
            account = f"<sip:{self.number}@{HOST}:{self.port};transport={transport}>;regint=0"
        else:
            server = f"{HOST}:{kamailio.port_of(transport)};transport={transport}"
            account = f"<sip:{self.number}@{server}>;auth_pass={USERS[self.number]};regint=60"
        codecs = ",".join(f"{codec}/{_RATES[codec]}/1" for codec in self._codecs)
        return f"{account};answermode={answers};audio_codecs={codecs}\n"

    def _connects(self) -> bool:
        try:
            self._control = socket.create_connection((HOST, self._control_port), timeout=5)
        except OSError:
            return False
        return True

    def _read(self) -> None:
        """Take what has come on the control connection: netstrings of JSON, events and answers."""
        if self._control is None:
            raise RuntimeError(f"{self.program.name} was not started")
        self._control.settimeout(0.001)
        with suppress(TimeoutError):
            self._unread += self._control.recv(1 << 16)
        self._control.settimeout(5)
        while b":" in self._unread:
            size, rest = self._unread.split(b":", 1)
            if len(rest) <= int(size):
                return
            self._take(json.loads(rest[: int(size)]))
            self._unread = rest[int(size) + 1 :]

    def _take(self, told: Event) -> None:
        if told.get("event"):
            self.events.append(told | {"at": time.monotonic()})
        else:
            self._answers[told["token"]] = told
