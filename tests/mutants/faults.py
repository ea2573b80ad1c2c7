"""The faults: a text of one file of the package, and what stands there instead. Each is a slip that somebody makes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """In `file`, `right` is replaced by `wrong`. `seen_by`: names and tags of scenarios, an expression as -k has it."""

    name: str
    file: str
    right: str
    wrong: str
    seen_by: str

    def made(self, package: Path, copy: Path) -> None:
        """A copy of the package that has it; all other files are links."""
        for path in package.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                there = copy / path.relative_to(package)
                there.parent.mkdir(parents=True, exist_ok=True)
                there.symlink_to(path)
        there = copy / self.file
        text = there.read_text()
        assert text.count(self.right) == 1, f"{self.file} has not once what the fault is to take the place of"
        there.unlink()
        there.write_text(text.replace(self.right, self.wrong))


FAULTS = (
    Fault(
        "the last packet of a recording is lost",
        "recording/timeline.py",
        "self._until = self._pace.end(now) // self.frame",
        "self._until = self._pace.end(now) // self.frame - 1",
        "G10",
    ),
    Fault(
        "a recording goes on for a packet after its end",
        "recording/timeline.py",
        "self._until = self._pace.end(now) // self.frame",
        "self._until = self._pace.end(now) // self.frame + 1",
        "M10",
    ),
    Fault(
        "a part is one packet too large",
        "recording/rotation.py",
        "- HEADER_SIZE) // packet * packet\n        if room",
        "- HEADER_SIZE) // packet * packet + packet\n        if room",
        "S11",
    ),
    Fault(
        "a part is one packet too small",
        "recording/rotation.py",
        "- HEADER_SIZE) // packet * packet\n        if room",
        "- HEADER_SIZE) // packet * packet - packet\n        if room",
        "S11",
    ),
    Fault(
        "the header is not counted against the size limit",
        "recording/rotation.py",
        "(min(self._largest, free - self.reserve) - HEADER_SIZE) // packet",
        "min(self._largest, free - self.reserve) // packet",
        "S11",
    ),
    Fault(
        "the reserve is not kept free",
        "recording/rotation.py",
        "min(self._largest, free - self.reserve)",
        "min(self._largest, free)",
        "S2",
    ),
    Fault(
        "the packet at which a part ends is lost",
        "recording/drive_destination.py",
        "data = data[self._append_to(part, data[: self._room]) :]",
        "data = data[self._append_to(part, data[: self._room]) + (0 if self._room else self._header.rtp_len) :]",
        "S11",
    ),
    Fault(
        "the packet at which a part ends is in both parts",
        "recording/drive_destination.py",
        "data = data[self._append_to(part, data[: self._room]) :]",
        "data = data[self._append_to(part, data[: self._room]) - (0 if self._room else self._header.rtp_len) :]",
        "S10",
    ),
    Fault(
        "the header of a part is never made true at its end",
        "recording/drive_destination.py",
        "part.seal(bytes(self._true_header(part)), whole.bytes)",
        "part.seal(bytes(self._header), whole.bytes)",
        "C1",
    ),
    Fault(
        "the header is not made true while it is recorded",
        "recording/drive_destination.py",
        "self._part is None or now - self._saved_at < CHECKPOINT",
        "True or self._part is None or now - self._saved_at < CHECKPOINT",
        "S1",
    ),
    Fault(
        "the header says twice the packet's length",
        "recording/drive_destination.py",
        "return replace(self._header, data_size=",
        "return replace(self._header, increment=2 * self._header.increment, data_size=",
        "C1",
    ),
    Fault(
        "silence of a gap is left out",
        "recording/mixer.py",
        "for number, (a, b) in pairs]",
        "for number, (a, b) in pairs if a or b]",
        "M11",
    ),
    Fault(
        "a gap is filled with noise",
        "media/mixing.py",
        "return self.out.silence(size)",
        "return bytes(size)",
        "M12",
    ),
    Fault(
        "gaps are not told",
        "recording/session.py",
        "self.account.gaps.add(leg, self._kept_at(start), end - start)",
        "pass",
        "M11",
    ),
    Fault(
        "the legs of the call are swapped",
        "recording/mixer.py",
        "near += self.near.close(now)\n        far += self.far.close(now)",
        "near += self.far.close(now)\n        far += self.near.close(now)",
        "M11",
    ),
    Fault(
        "the near party is not in the mix",
        "recording/mixer.py",
        "return self._mixer.mix(near, far, self.frame, self._place(number))",
        "return self._mixer.mix(None, far, self.frame, self._place(number))",
        "C1",
    ),
    Fault(
        "the far party is a frame late in the mix",
        "recording/mixer.py",
        "list[Piece | None]] = ([], [])",
        "list[Piece | None]] = ([], [None])",
        "C1",
    ),
    Fault(
        "a pause keeps what is said",
        "recording/session.py",
        "self._edges.append((first, True))",
        "self._edges.append((first, False))",
        "C1",
    ),
    Fault(
        "a pause takes nothing, its silence is left out in silence too",
        "recording/session.py",
        'return None if self._pause == "skip" else self._codec.silence(size)',
        "return None",
        "C4",
    ),
    Fault(
        "a pause is silence in skip too",
        "recording/session.py",
        'return None if self._pause == "skip" else self._codec.silence(size)',
        "return self._codec.silence(size)",
        "C1",
    ),
    Fault(
        "a recording resumes a frame too late",
        "recording/session.py",
        "first = -((self.start - now) // self._timeline.frame)\n        self._edges",
        "first = -((self.start - now) // self._timeline.frame) + 1\n        self._edges",
        "C1",
    ),
    Fault(
        "the paused time is not counted",
        "recording/session.py",
        "self.account.paused += size",
        "pass",
        "C1",
    ),
    Fault(
        "a packet of another order stands where it came",
        "recording/timeline.py",
        "place = placement.at(packet.timestamp)",
        "place = arrival // self.frame * self.frame - getattr(self._pace, '_start', 0)",
        "C1",
    ),
    Fault(
        "a wrap of the timestamp is a leap",
        "wire/rtp.py",
        "return ((newer - older + 0x80000000) & TIMESTAMP_MASK) - 0x80000000",
        "return newer - older",
        "M6",
    ),
    Fault(
        "a wrap of the sequence number is a loss",
        "wire/rtp.py",
        "return ((newer - older + 0x8000) & SEQUENCE_MASK) - 0x8000",
        "return newer - older",
        "M6",
    ),
    Fault(
        "a leap of the timestamp is believed",
        "recording/timeline.py",
        "lost = not earliest - JUMP <= place <= latest + JUMP",
        "lost = False",
        "M6",
    ),
    Fault(
        "a stream that has stalled stays late",
        "recording/timeline.py",
        "if lost or (self._pace.follows and placement.stuck(arrival, late)):",
        "if lost:",
        "M8",
    ),
    Fault(
        "a clock that drifts is not followed",
        "recording/timeline.py",
        "return place + self._follow(arrival, place, placement, packet) if self._pace.follows else place",
        "return place",
        "M6",
    ),
    Fault(
        "another SSRC leaves a gap",
        "recording/timeline.py",
        "return self._end if abs(self._end - place) <= self.frame else place // self.frame * self.frame",
        "return place // self.frame * self.frame + 2 * self.frame",
        "C1",
    ),
    Fault(
        "telephone events are audio",
        "recording/timeline.py",
        "codec = BY_PAYLOAD_TYPE.get(packet.payload_type)",
        "codec = BY_PAYLOAD_TYPE.get(packet.payload_type, PCMU)",
        "M14",
    ),
    Fault(
        "packets of another length are dropped",
        "recording/timeline.py",
        "            return self._cut(index, offset, piece)",
        '            return "taken"',
        "S11",
    ),
    Fault(
        "a late packet is not waited for",
        "recording/timeline.py",
        "if index >= self._open:\n                    break",
        "if False:\n                    break",
        "M17",
    ),
    Fault(
        "the padding of a packet is recorded",
        "wire/rtp.py",
        "padding = _padding_size(data, offset) if flags & 0x20 else 0",
        "padding = 0",
        "M18",
    ),
    Fault(
        "duplicates are not known",
        "recording/timeline.py",
        'return "repeated", self._pace.stand(arrival)',
        "pass",
        "M17",
    ),
    Fault(
        "losses are not counted",
        "recording/sequence.py",
        "return self._lost_before + self._highest - self._first + 1 - self._since_first if self._seen else 0",
        "return 0",
        "M17",
    ),
    Fault(
        "a stick that was pulled out is told as a drive that cannot be written to",
        "adapters/drive_errors.py",
        "if _gone(present, 0 if number == errno.EFBIG else GRACE_S):",
        "if False:",
        "S3 or S5",
    ),
    Fault(
        "a file of that name is written over",
        "adapters/record_writer.py",
        "free = ours and not exists(folder, name)",
        "free = ours",
        "C2",
    ),
    Fault(
        "older recordings are never covered",
        "recording/drive_destination.py",
        "self._room_in = room_in if policy.cover else None",
        "self._room_in = None",
        "S2",
    ),
    Fault(
        "the newest recording is covered first",
        "recording/drive_destination.py",
        "paths = [path for path in self._drive.recordings() if path not in ours]",
        "paths = [path for path in self._drive.recordings() if path not in ours][::-1]",
        "S2",
    ),
    Fault(
        "a failed sync is not noticed",
        "recording/drive_destination.py",
        "errors.append(str(error))",
        "break",
        "S6",
    ),
    Fault(
        "the screen says recording before anything is written",
        "recording/indicator.py",
        '(Key.RECORDING, State.OPENING): ("idle", "blinking", "Starting the recording"),',
        '(Key.RECORDING, State.OPENING): ("recording", "on", "Recording"),',
        "C1",
    ),
    Fault(
        "a second start begins another recording",
        "recording/record_key.py",
        "**_RUNNING,\n        Event.START: (Key.RECORDING, Action.REFUSE_RECORDING),",
        "**_RUNNING,\n        Event.START: (Key.RECORDING, Action.START),",
        "C3",
    ),
    Fault(
        "the end of the call does not end the recording's key",
        "recording/record_key.py",
        "Event.CALL_ENDED: (Key.IDLE, Action.STOP),",
        "Event.CALL_ENDED: (Key.RECORDING, Action.STOP),",
        "C1",
    ),
    Fault(
        "names are not encoded in a control message",
        "wire/control.py",
        'return _MUST_ESCAPE.sub(lambda m: "".join(f"%{byte:02X}" for byte in m[0].encode()), value)',
        "return value",
        "C6",
    ),
    Fault(
        "an answer for another recording is taken",
        "recording/server_destination.py",
        "if message.id != self._request.id:",
        "if False:",
        "C9",
    ),
    Fault(
        "a refusal of the server is taken for success",
        "recording/server_destination.py",
        'if answer.result != "success":\n            raise ServerRefused(f"the record server refused',
        'if False:\n            raise ServerRefused(f"the record server refused',
        "C8",
    ),
    Fault(
        "a server that never answers is waited for too long",
        "recording/server_destination.py",
        "if self.state in (State.OPENING, State.CLOSING) and now >= self._deadline:",
        "if self.state in (State.OPENING, State.CLOSING) and now >= self._deadline + self._policy.timeout:",
        "C8",
    ),
    Fault(
        "what was held for the server is dropped",
        "recording/server_destination.py",
        "        self.state = State.OPEN\n        self._send(MOST_AT_ONCE)",
        "        self.state = State.OPEN\n        self._held = []",
        "C1",
    ),
    Fault(
        "the stop asks for another recording's end",
        "recording/server_destination.py",
        "            asked.id, asked.remote_number",
        "            asked.id[::-1], asked.remote_number",
        "G12",
    ),
    Fault(
        "the server stores RTP of any source",
        "server/recording.py",
        "for instant, data, source in datagrams if source == self._peer]",
        "for instant, data, source in datagrams]",
        "X4",
    ),
    Fault(
        "the record tone is half a second late",
        "media/record_tone.py",
        "within = place % PERIOD",
        "within = (place + PERIOD // 10) % PERIOD",
        "G14",
    ),
    Fault(
        "the SIP server's refusal is not shown",
        "recording/sip_info_destination.py",
        'self._fail(f"the SIP server refused to record: {answer}")',
        "self._started(now)",
        "G13",
    ),
)
