"""linphonec as a second opinion: another SIP stack, which speaks a WAV file and keeps what it hears in another one.

with Linphone(tmp_path, "103", voice, kamailio=kamailio, transport="tcp") as phone:
    phone.dial(kamailio.uri("101"))
    phone.until_connected()
    ...
phone.heard()
"""

from __future__ import annotations

from array import array
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.peers import need
from tests.system.sip.kamailio import USERS, Kamailio
from tests.system.sip.programs import HOST, Program, free_port
from tests.system.sip.voices import Found, find, read_wav, samples_of, write_wav

_SILENCE_S = 60
_RATES = {"PCMU": 8000, "PCMA": 8000, "G722": 8000}
"""Of the RTP clock, by which linphone knows them."""
_CODECS = ("opus/48000/2", "speex/16000/1", "speex/8000/1", "PCMU/8000/1", "PCMA/8000/1", "G722/8000/1")
_CONFIG = """\
[sip]
sip_port={port}
sip_tcp_port={port}
sip_tls_port=-2
bind_address={host}
contact=sip:{number}@{host}
guess_hostname=1
register_only_when_network_is_up=0
inc_timeout=30
root_ca={cacert}
verify_server_certs=1
use_ipv6=0

[rtp]
audio_rtp_port={rtp}
bind_address={host}
audio_jitt_comp=60
audio_adaptive_jitt_comp_enabled=0

[sound]
echocancellation=0
agc=0

[video]
enabled=0

"""
_REGISTERED = """\
[proxy_0]
reg_proxy=<{server}>
reg_identity=sip:{number}@{host}
reg_expires=60
reg_sendregister=1
publish=0

[auth_info_0]
username={number}
passwd={password}
realm={host}

[misc]
config_version=5

"""


class Linphone:
    """Speaks `voice` from when the call is answered, then is silent. It registers with `kamailio`, or with nobody."""

    def __init__(
        self,
        directory: Path,
        number: str,
        voice: Path,
        *,
        kamailio: Kamailio | None = None,
        transport: str = "udp",
        codec: str = "PCMU",
        answers: bool = True,
    ) -> None:
        self.number, self.port = number, free_port()
        self.directory = directory / f"linphone-{number}"
        # Its data bases have no place to be otherwise, and it ends.
        (self.directory / ".local/share/linphone").mkdir(parents=True)
        self._kamailio = kamailio
        self._voice, self._heard = self.directory / "voice.wav", self.directory / "heard.wav"
        self.rate = 16000 if codec == "G722" else 8000
        write_wav(self._voice, samples_of(voice, self.rate) + array("h", bytes(2 * _SILENCE_S * self.rate)), self.rate)
        config = self.directory / "linphonerc"
        config.write_text(self._config(transport, codec))
        command = [need("linphonec"), "-c", config, "-S", "-d", "5", "-l", self.directory / "linphone-debug.log"]
        # Without a sound server to ask it starts none of its own.
        environment = {"PULSE_SERVER": f"unix:{self.directory}/none", "PULSE_RUNTIME_PATH": str(self.directory)}
        self.program = Program(
            f"linphone-{number}", [*command, *(["-a"] if answers else [])], self.directory, environment, ["*-debug.log"]
        )

    def __enter__(self) -> Self:
        self.program.__enter__()
        try:
            self.program.until_said("^linphonec> ")
            for line in ("soundcard use files", f"play {self._voice}", f"record {self._heard}"):
                self.program.say(line)
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
                self.program.say("quit")
                self.program.wait(5)
        self.program.__exit__(kind, error, trace)

    def uri(self) -> str:
        """Where it can be called without a registrar."""
        return f"sip:{self.number}@{HOST}:{self.port}"

    def dial(self, uri: str) -> None:
        self.program.say(f"call {uri}")

    def accept(self) -> None:
        self.program.say("answer")

    def hang_up(self) -> None:
        self.program.say("terminate")

    def hold(self) -> None:
        self.program.say("pause")

    def resume(self) -> None:
        self.program.say("resume")

    def until_connected(self) -> None:
        self.program.until_said("LinphoneCallStreamsRunning|Media streams established")

    def until_ended(self) -> None:
        self.program.until_said("LinphoneCallReleased|Call .*ended")

    def heard(self) -> array[int]:
        """What it has heard so far, at its codec's rate; whole when it has ended."""
        # Its header says 44 bytes more than there are: not for readers as strict as ours.
        return read_wav(self._heard, self.rate)

    def found(self, said: Path) -> Found:
        """A voice in what it has heard."""
        path = self.directory / "compared.wav"
        write_wav(path, self.heard(), self.rate)
        return find(samples_of(said), samples_of(path))

    def _config(self, transport: str, codec: str) -> str:
        kamailio = self._kamailio
        config = _CONFIG.format(
            host=HOST,
            port=self.port,
            number=self.number,
            rtp=free_port(),
            cacert=kamailio.cacert if kamailio else "",
        )
        if kamailio:
            server = kamailio.uri(transport=transport)
            config += _REGISTERED.format(host=HOST, server=server, number=self.number, password=USERS[self.number])
        wanted = f"{codec}/8000/1"
        for place, name in enumerate(_CODECS):
            mime, rate, channels = name.split("/")
            config += f"[audio_codec_{place}]\nmime={mime}\nrate={rate}\nchannels={channels}\n"
            config += f"enabled={int(name == wanted)}\n\n"
        return config
