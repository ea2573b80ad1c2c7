"""Makes calls of what the phone's program says of them and of the settings: ports, streams, where recordings go."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import replace
from functools import partial
from random import Random

import msgspec

from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.phone_drive import PhoneDrive
from phone_recorder.agent.call import AgentCall
from phone_recorder.agent.local_ports import LocalPorts, Ports
from phone_recorder.agent.rtp_input import Port, RtpInput
from phone_recorder.agent.streams import LegsInput, MixedInput, Streams
from phone_recorder.control_api import BeginCall, ObservedCall
from phone_recorder.errors import DestinationError, NotSupported, UsageError
from phone_recorder.media.codecs import NO_G722, has, require
from phone_recorder.recording.account import Account
from phone_recorder.recording.call_facts import CallFacts
from phone_recorder.recording.destination import Destination, NoDestination
from phone_recorder.recording.from_settings import codec_of, retry_of, server_of, stream_of
from phone_recorder.recording.mixer import FAR, NEAR
from phone_recorder.recording.server_destination import ServerDestination, ServerLink
from phone_recorder.recording.session import MIXED
from phone_recorder.recording.units import from_ms
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.record import Mode, RecordSettings, ServerSettings
from phone_recorder.wire.payload import BY_NAME, PCMU
from phone_recorder.wire.rtp import RtpSender

TICK: dict[Mode, int] = {"local": from_ms(200), "server": from_ms(20), "sip_info": from_ms(200)}
"""How often the ports are looked at while a call is recorded: a file can wait, a server that is listened to cannot."""
NAMES = {"mixed": (MIXED,), "legs": (NEAR, FAR)}
"""The streams of a call, by how it is sent."""
NO_SIP = "the agent is in no SIP call: let the phone's own program ask the SIP server, or set record.mode"


class CallMaker:
    """`drive` tells the drive for recordings by some settings, `link` the way to a record server."""

    def __init__(
        self,
        drive: Callable[[RecordSettings], PhoneDrive],
        link: Callable[[ServerSettings], ServerLink],
        clock: Clock,
        random: Random,
        ports: Ports | None = None,
    ) -> None:
        self._drive = drive
        self._link = link
        self._clock = clock
        self._random = random
        self._ports = ports or LocalPorts()

    def begin(self, request: BeginCall, name: str, settings: PhoneSettings) -> AgentCall:
        """A call that begins now; UsageError if no port is free for it, or its codec cannot be had."""
        if request.codec:
            require(BY_NAME[request.codec])
        told = ObservedCall(
            state="held" if request.held else "connected",
            direction=request.direction,
            number=request.remote_number,
            name=request.remote_name,
            codec=request.codec,
            id=name,
            rtp=request.rtp,
            host=settings.agent.rtp_host,
            local_number=request.local_number or settings.local_number,
            local_name=request.local_name or settings.local_name,
        )
        return self.make(told, self._clock.now(), settings)

    def make(self, told: ObservedCall, began: int, settings: PhoneSettings, elsewhere: bool = False) -> AgentCall:
        """A call that is so, at the ports that it has; UsageError if one is taken, and it may not be `elsewhere`."""
        inputs, record = self._inputs(told, settings.agent.rtp_ports, elsewhere), settings.record
        ports = {stream: one.number for stream, one in inputs.items()}
        call = AgentCall(
            msgspec.structs.replace(told, ports=ports),
            began,
            from_ms(record.ptime_ms),
            TICK[record.mode],
            self._streams(
                inputs, _encodable(record), lambda leg, instant, length: call.recorder.note_gap(leg, instant, length)
            ),
            lambda now: self.new_recording(now, call, settings),
            retry_of(record),
            record.enabled,
        )
        return call

    def _inputs(self, told: ObservedCall, span: str, elsewhere: bool) -> dict[str, RtpInput]:
        """All of them, or none and a UsageError."""
        opened: dict[str, Port] = {}
        streams = NAMES[told.rtp]

        def open_port(stream: str, number: int | None) -> None:
            opened[stream] = port = self._ports.open(told.host, number, span)
            unless.callback(port.close)

        with ExitStack() as unless:
            # Its own first: what one stream is still sent to must not become the port of the other.
            for stream in filter(told.ports.__contains__, streams):
                with suppress(UsageError) if elsewhere else nullcontext():
                    open_port(stream, told.ports[stream])
            for stream in [one for one in streams if one not in opened]:
                open_port(stream, None)
            unless.pop_all()
        return {stream: RtpInput(opened[stream]) for stream in streams}

    def new_recording(self, now: int, call: AgentCall, settings: PhoneSettings) -> tuple[Destination, Account]:
        """Where a recording of the call that starts now goes, and its account."""
        record = settings.record
        begun_at = self._clock.system_time(now)
        account = Account.begun(self._random.getrandbits, record.mode, record.codec, begun_at)
        return self.destination(account.id, call, settings), account

    def destination(
        self, recording_id: str, call: AgentCall, settings: PhoneSettings, earlier: Collection[str] = ()
    ) -> Destination:
        """Where a recording of that id goes; `earlier` are paths of its files of before a crash."""
        mode = settings.record.mode
        ways: dict[Mode, Callable[[], Destination]] = {
            "local": lambda: self._drive(settings.record).destination(earlier),
            "server": partial(self._to_server, recording_id, call, settings),
            "sip_info": lambda: NoDestination("sip_info", NotSupported(NO_SIP)),
        }
        try:
            if not has(codec_of(settings.record)):
                raise NotSupported(NO_G722)
            return ways[mode]()
        except DestinationError as error:
            return NoDestination(mode, error)

    def _to_server(self, recording_id: str, call: AgentCall, settings: PhoneSettings) -> Destination:
        record, told = settings.record, call.told(call.began)
        facts = CallFacts(settings.device, told.number, told.name, told.local_number, told.local_name, told.direction)
        asked = facts.start_request(recording_id, record.codec)
        return ServerDestination(self._link(record.server), asked, self._sender(record), server_of(record))

    def _streams(
        self, inputs: dict[str, RtpInput], record: RecordSettings, on_gap: Callable[[str, int, int], None]
    ) -> Streams:
        plan = stream_of(record)
        if MIXED in inputs:
            return MixedInput(plan, inputs[MIXED])
        return LegsInput(plan, inputs[NEAR], inputs[FAR], self._sender(record), on_gap)

    def _sender(self, record: RecordSettings) -> RtpSender:
        return RtpSender.drawn(codec_of(record).payload_type, self._random.getrandbits)


def _encodable(record: RecordSettings) -> RecordSettings:
    """Settings that frames can be made by. Those of a codec that is not to be had go nowhere, as `destination` says."""
    return record if has(codec_of(record)) else replace(record, codec=PCMU.name)
