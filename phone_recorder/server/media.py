"""The media ports of recordings: a socket of its own for each, read one by one or all together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from phone_recorder.adapters.udp import PortNumbers, UdpPort
from phone_recorder.errors import UsageError
from phone_recorder.server.media_port import Datagram, MediaPort

NO_NUMPY = "numpy (extra `bulk`) is not installed, which thousands of recordings need"


class Media(Protocol):
    """Opens ports and reads them. Nothing of it is safe for several threads at once."""

    @property
    def name(self) -> str:
        """How it reads, for whoever wants to know why a server is slow or fast."""

    def open(self, host: str) -> MediaPort:
        """A port on this address of ours; UsageError if none is left."""

    def look(self, now: int) -> None:
        """Read what is to be read now; call at each tick, before recordings advance to the same instant."""

    def close(self) -> None:
        """Give back what is still open."""


class OnePort:
    """A socket that its recording reads."""

    def __init__(self, port: UdpPort, numbers: PortNumbers) -> None:
        self.address = port.address
        self._port = port
        self._numbers = numbers

    def drain(self) -> Iterable[Datagram]:
        return self._port.drain()

    def close(self) -> None:
        self._port.close()
        self._numbers.give_back(self.address[1])


class OneByOne:
    """Each recording reads its own port. `why` says why they are not read together."""

    def __init__(self, ports: tuple[int, int], why: str = "") -> None:
        self.name = f"one socket at a time{why and f': {why}'}"
        self._numbers = PortNumbers(*ports)

    def open(self, host: str) -> OnePort:
        return OnePort(self._numbers.open(lambda number: UdpPort(host, number)), self._numbers)

    def look(self, now: int) -> None:
        """Recordings look themselves."""

    def close(self) -> None:
        """Recordings have closed theirs."""


def best_media(ports: tuple[int, int]) -> Media:
    """Ports of that range, (0, 0) for any that are free, read in batches where that can be had (extra `bulk`)."""
    try:
        # It needs numpy, which a small server does without.
        from phone_recorder.server.batch_media import BatchMedia

        return BatchMedia(ports)
    except ImportError:
        return OneByOne(ports, NO_NUMPY)
    except UsageError as error:
        return OneByOne(ports, str(error))
