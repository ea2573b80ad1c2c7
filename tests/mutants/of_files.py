"""Faults in files on a drive: parts, headers, room, sticks. Each is a slip that somebody makes."""

from __future__ import annotations

from tests.mutants.fault import Fault

FAULTS = (
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
        "if now - self._saved_at >= CHECKPOINT:",
        "if False:",
        "S1",
    ),
    Fault(
        "the header says twice the packet's length",
        "recording/drive_destination.py",
        "return RecordHeader(header.codec, header.rtp_len, header.increment, ",
        "return RecordHeader(header.codec, header.rtp_len, 2 * header.increment, ",
        "C1",
    ),
    Fault(
        "a stick that was pulled out is told as a drive that cannot be written to",
        "adapters/drive_errors.py",
        "if _gone(self._present, 0 if number == errno.EFBIG else GRACE_S):",
        "if False:",
        "S3 or S5",
    ),
    Fault(
        "a file of that name is written over",
        "adapters/record_writer.py",
        "os.stat(name, dir_fd=folder, follow_symlinks=False)",
        "raise FileNotFoundError",
        "C2",
    ),
    Fault(
        "older recordings are never covered",
        "recording/drive_destination.py",
        "covers = room_in if policy.cover else None",
        "covers = None",
        "S2",
    ),
    Fault(
        "the newest recording is covered first",
        "recording/drive_cover.py",
        "return [path for path in self._drive.recordings() if path not in ours]",
        "return [path for path in self._drive.recordings() if path not in ours][::-1]",
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
        "silence is put into a stream of G.722 as it is",
        "recording/session.py",
        "self._seam = Seam() if codec is G722 else None",
        "self._seam = None",
        "M15",
    ),
)
