"""A record server that keeps nothing: `python -m tests.bench.fleet_sink ports|one`, until stdin ends.

It answers at once, with a port for each session or one for all. What comes there is dropped by the kernel, so that
what is looked at is the fleet. Its first line is the port of its control connection.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count

from phone_recorder.adapters.batches.packet_filter import TAKE_NOTHING, attach
from phone_recorder.adapters.batches.receiver_ports import Ports

HOST = "127.0.0.1"


class Sink:
    """Sessions, and the ports that they are told."""

    def __init__(self, one: bool) -> None:
        self._ports = Ports(lambda unbound: attach(unbound, TAKE_NOTHING))
        self._sessions = count(1)
        self._one = self._ports.add(0, HOST, 0)[1] if one else 0

    async def session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer each request of a line."""
        number = next(self._sessions)
        try:
            while line := await reader.readline():
                writer.write(self._answer(number, line.decode().rstrip()))
        except ConnectionError:
            pass
        finally:
            self._ports.remove(number)
            writer.close()

    def _answer(self, session: int, line: str) -> bytes:
        fields = dict(pair.partition("=")[::2] for pair in line.split("&"))
        if fields["cmd"] == "RecordStartRequest":
            port = self._one or self._ports.add(session, HOST, 0)[1]
            told = f"cmd=RecordStartResponse&id={fields['id']}&result=success&reason=&server={HOST}&port={port}\n"
        else:
            told = f"cmd=RecordStopResponse&id={fields['id']}&result=success\n"
        return told.encode()


async def main() -> None:
    sink = Sink(sys.argv[1] == "one")
    server = await asyncio.start_server(sink.session, HOST, 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
