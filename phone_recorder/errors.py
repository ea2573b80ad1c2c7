"""Every error this program raises on purpose. The class says whose fault it is; the text says what to do.

The command line prints the text as one sentence and exits with 2; nothing else catches the whole tree.
"""

from __future__ import annotations


class PhoneRecorderError(Exception):
    """Root of the tree."""


class UsageError(PhoneRecorderError):
    """The user asked for something that makes no sense: a wrong option, key script, size or path."""


class WireError(PhoneRecorderError):
    """Bytes from a file or a peer are not what their format says."""


class RtpError(WireError):
    """A datagram is not an RTP packet (RFC 3550 section 5.1)."""


class ControlError(WireError):
    """Bytes on the control connection are not a message, or a message lacks what it must have."""


class RecordFileError(WireError):
    """A record file's header cannot be used."""


class SipMessageError(WireError):
    """Bytes are not a SIP message, or it lacks what it must have (RFC 3261)."""


class SdpError(WireError):
    """A session description cannot be read, or there is nothing in it that this phone can do (RFC 3264)."""


class AudioFileError(WireError):
    """A WAV or a capture given as a voice cannot be read."""


class DestinationError(PhoneRecorderError):
    """A recording cannot go, or cannot go on, to where it was meant to go."""


class NotSupported(DestinationError):
    """This phone model cannot record there."""


class DriveError(DestinationError):
    """The drive cannot take (more of) a recording."""


class DriveFull(DriveError):
    """No room for another packet, the reserve kept free."""


class FolderFull(DriveFull):
    """The folder takes no more files, whatever room there is; deleting one of its files may let in another."""


class DriveReadOnly(DriveError):
    """The drive is write-protected, or not ours to write."""


class DriveGone(DriveError):
    """The drive is not there any more, or never was."""


class NoDrive(DriveError):
    """There is no drive to record to: none is plugged in, or none that can be used."""


class FileTooLarge(DriveError):
    """The file system takes no more in this file; it may in another."""


class FileLost(DriveError):
    """Others have deleted, renamed or cut the file that is being written; the drive takes another one."""


class SyncFailed(DriveError):
    """The drive is there, but what was written last may not be on it (EDGE-CASES S6)."""


class ServerError(DestinationError):
    """The record server cannot take (more of) a recording."""


class ServerUnreachable(ServerError):
    """Nothing answers at the server's address."""


class ServerRefused(ServerError):
    """The server answered `failed`, or something that is no answer."""


class ServerLost(ServerError):
    """The control connection ended while a recording was running."""


class NotConforming(PhoneRecorderError):
    """What is tested does not do as it should; the text is what it did instead."""


class SipServerError(DestinationError):
    """The SIP server does not record: it refused, does not answer, or the call was over before it could be asked."""


class SipError(PhoneRecorderError):
    """Something between this phone and its SIP server, or the other phone."""


class SipUnreachable(SipError):
    """Nothing can be sent there, or it was sent and broke."""


class SipTimeout(SipError):
    """No final answer came in time (RFC 3261 timers B and F)."""


class CallFailed(SipError):
    """A call did not come about: `status` is the final answer's, 0 without one."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


class RegistrationFailed(SipError):
    """The registrar did not take this phone."""


class SpeakerError(PhoneRecorderError):
    """No sound device can play this."""


class AgentUnreachable(PhoneRecorderError):
    """No agent answers at a socket, this user may not use it, or what answers there is not what an agent says."""


class AgentRefused(PhoneRecorderError):
    """The agent was asked for something that it cannot do; the text is its own sentence."""


class LampError(PhoneRecorderError):
    """A LED cannot be switched any more, most often because it was unplugged."""
