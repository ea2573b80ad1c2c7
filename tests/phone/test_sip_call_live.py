"""A call over SIP in real time, over loopback: two phones speak, one moves to another port, the other records."""

from __future__ import annotations

import time
import wave
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import cycle
from pathlib import Path

import pytest

from phone_recorder.adapters.clock import LiveClock
from phone_recorder.adapters.udp import UdpMixLink
from phone_recorder.adapters.wav_writer import WavWriter
from phone_recorder.media.g711 import decode
from phone_recorder.phone.call import CallPlan, PhoneCall
from phone_recorder.phone.far_kept import FarKept
from phone_recorder.phone.keys import parse_keys
from phone_recorder.phone.party import Party
from phone_recorder.phone.sip_parties import SipFar, SipNear
from phone_recorder.phone.voice_reader import VoiceReader
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import Destination
from phone_recorder.recording.drive_destination import DriveDestination
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.sip.audio.rtp_port import RtpPort
from phone_recorder.sip.audio.session_description import Negotiation
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from phone_recorder.wire.rtp import RtpSender
from tests.phone.rig import system_time
from tests.recording.memory_drive import Memory
from tests.signals import level_at, sine

pytestmark = pytest.mark.live

LOCAL = "127.0.0.1"
SECOND = 8000
DURATION = 2 * SECOND
MOVES_AT = SECOND


class Phone:
    """One end: a port, what it says, and what was agreed."""

    def __init__(self, hz: int, ssrc: int, start: int) -> None:
        self.port = RtpPort(LOCAL)
        self._ssrc, self._voice = ssrc, VoiceReader(cycle([sine(hz, 1, 8000, 0.25)]), 8000)
        self.talk(start)

    def talk(self, start: int) -> None:
        self.audio = Negotiation(LOCAL, self.port.address[1], (PCMU,), 20, 1)
        self.near = SipNear(self._voice, self.port, RtpSender(0, self._ssrc, 1, 2), start)

    def close(self) -> None:
        self.port.close()

    def move(self, now: int) -> None:
        """Another port, another SSRC, other counters."""
        self.port.close()
        self.port = RtpPort(LOCAL)
        self._ssrc += 1
        self.talk(now)


def agree(caller: Phone, callee: Phone) -> None:
    answer, plan = callee.audio.answer(caller.audio.offer())
    for phone, agreed in ((callee, plan), (caller, caller.audio.answered(answer))):
        phone.port.follow(agreed, LOCAL)
        phone.near.follow(agreed)


def ticks(end: int) -> Iterator[int]:
    clock = LiveClock()
    while (now := clock.now()) < end:
        yield now
        time.sleep(0.01)
    yield end


def heard(pcm: array[int], hz: int, first: int, end: int) -> bool:
    return abs(level_at(hz, pcm[first:end], 8000) - 0.25) < 0.02


def test_m13_a_call_between_two_phones_one_of_which_moves_in_the_middle_of_it(tmp_path: Path) -> None:
    start, drive = LiveClock().now(), Memory()
    ours, theirs = Phone(700, 70, start), Phone(400, 40, start)
    kept = FarKept(WavWriter(tmp_path / "far.wav", 8000), 8000, start)
    account = Account("0", "local", "PCMU")

    def destination(_: int) -> tuple[Destination, Account]:
        return DriveDestination(drive, RecordHeader(PCMU, 160, 160), SpacePolicy(0, 0), system_time), account

    plan = CallPlan(DURATION, 160, SECOND, PCMU, "skip", tuple(parse_keys("0 record", DURATION / SECOND)))
    with ExitStack() as stack:
        link = stack.enter_context(closing(UdpMixLink()))
        for phone in (ours, theirs):
            stack.callback(phone.close)
        parties: dict[str, Party] = {"near": ours.near, "far": SipFar(ours.port, (kept,))}
        call = PhoneCall(plan, start, parties, link, RtpSender(0, 3, 65533, 0xFFFFFFFF), destination)
        agree(theirs, ours)
        moved = False
        for now in ticks(start + DURATION):
            if now >= start + MOVES_AT and not moved:
                moved = True
                theirs.move(now)
                agree(theirs, ours)
            theirs.near.packets(now)
            theirs.port.drain()
            call.advance(now)
        kept.close(call.end)
        for now in ticks(start + DURATION + 2 * SECOND):
            call.advance(now)
            if call.over:
                break
    assert (account.state, account.recorded, ours.port.foreign) == ("recorded", DURATION, 0)
    [file] = drive.files.values()
    pcm = decode(PCMU, bytes(file[76:]))
    assert len(pcm) == DURATION
    with wave.open(str(tmp_path / "far.wav"), "rb") as wav:
        far = array("h", wav.readframes(wav.getnframes()))
    assert len(far) == DURATION
    for first in (SECOND // 10, MOVES_AT + SECOND // 10):
        end = first + SECOND // 2
        assert heard(pcm, 700, first, end)
        assert heard(pcm, 400, first, end)
        assert heard(far, 400, first, end)
        assert not heard(far, 700, first, end)
