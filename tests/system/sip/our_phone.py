"""Our own phone in a process of its own, as a user starts it: `phone-recorder call --to ...` or `--wait`."""

from __future__ import annotations

import json
import sys
from array import array
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from tests.cli.call import Document
from tests.system.sip.kamailio import USERS, Kamailio
from tests.system.sip.programs import HOST, Program, free_port
from tests.system.sip.voices import Found, find, samples_of

ROOT = Path(__file__).parents[3]
PATIENCE_S = 40.0


class OurPhone:
    """One call of ours. `to`: whom it calls; without that it waits for a call. It registers with `kamailio`, or nobody.

    `words` are further options. What it records is under `usb` or `storage`, what the far party said in `far`.
    """

    def __init__(
        self,
        directory: Path,
        near: Path | str,
        *words: str | float,
        to: str = "",
        number: str = "100",
        password: str = "",
        kamailio: Kamailio | None = None,
        transport: str = "udp",
        mode: str = "local",
        name: str = "ours",
    ) -> None:
        self.number, self.port = number, free_port()
        self.directory = directory / name
        self.usb, self.storage = self.directory / "usb", self.directory / "server"
        self.usb.mkdir(parents=True)
        self.storage.mkdir()
        self.far, self.trace, self.capture = (self.directory / file for file in ("far.wav", "trace.txt", "call.pcap"))
        self._document = self.directory / "document.json"
        places = {"local": ("--usb", self.usb), "server": ("--storage", self.storage), "sip-info": ()}
        command = [
            *(sys.executable, "-m", "phone_recorder", "call", "--json", "--near", near, "--mode", mode),
            *("--local-number", number, "--sip-listen", f"{HOST}:{self.port}", "--save-far", self.far),
            *("--trace", self.trace, "--pcap", self.capture, *places[mode], *(("--to", to) if to else ("--wait",))),
            *(self._registered(kamailio, transport, password) if kamailio else ()),
            *words,
        ]
        environment = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        self.command = [str(word) for word in command]
        self.program = Program(
            name, command, self.directory, environment, ["document.json", "trace.txt"], output=self._document
        )
        self._waits, self._kamailio = not to, kamailio

    def __enter__(self) -> Self:
        self.program.__enter__()
        try:
            if self._waits:
                self.program.until(self._waiting, "it waits for a call")
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.program.__exit__(kind, error, trace)

    def uri(self) -> str:
        """Where it can be called without a registrar."""
        return f"sip:{self.number}@{HOST}:{self.port}"

    def document(self, code: int = 0) -> Document:
        """What it says of its call, which must end with this code."""
        found = self.program.wait(PATIENCE_S)
        assert found == code, f"it ended with {found}"
        document: Document = json.loads(self._document.read_text())
        return document

    def refusal(self, code: int) -> str:
        """What it says when there was no call to tell of."""
        found = self.program.wait(PATIENCE_S)
        assert (found, self._document.read_text()) == (code, "")
        return self.program.text()

    def until_recorded(self, seconds: float) -> None:
        """Until so much is on the stick; G.711 alone."""
        self.program.until(
            lambda: sum(path.stat().st_size for path in self.usb.glob("Record_*")) >= 8000 * seconds,
            f"{seconds} s recorded",
        )

    def heard(self, said: Path) -> Found:
        """A voice in what the far party was heard to say."""
        return find(samples_of(said), samples_of(self.far))

    def secrets(self) -> list[str]:
        """Where the password is to be read, among all that it has written or was started with."""
        kept = {path.name: path.read_bytes() for path in self.directory.rglob("*") if path.is_file()}
        kept |= {"command": " ".join(self.command).encode()}
        kept.pop("password", None)
        return [name for name, data in kept.items() for secret in USERS.values() if secret.encode() in data]

    def traced(self) -> str:
        """The SIP messages so far."""
        return self.trace.read_text() if self.trace.exists() else ""

    def _waiting(self) -> bool:
        if self._kamailio:
            return bool(self._kamailio.registered(self.number))
        sockets = psutil.Process(self.program.process.pid).net_connections("udp")
        return any(socket.laddr.port == self.port for socket in sockets)

    def _registered(self, kamailio: Kamailio, transport: str, password: str) -> tuple[object, ...]:
        file = self.directory / "password"
        file.write_text((password or USERS[self.number]) + "\n")
        return (
            "--registrar",
            kamailio.uri(transport=transport),
            "--password-file",
            file,
            "--cacert",
            kamailio.cacert,
        )


def recorded(recording: Document) -> array[int]:
    """The audio of all of a recording's files, at 8 kHz."""
    whole = array("h")
    for part in recording["parts"]:
        whole += samples_of(Path(part["path"]))
    return whole


def found_in(recording: Document, said: Path) -> Found:
    """A voice in a recording."""
    return find(samples_of(said), recorded(recording))


def prompts(document: Document) -> list[str]:
    """What stood on the screen, one after the other."""
    return [screen["prompt"] for screen in document["screen"]]
