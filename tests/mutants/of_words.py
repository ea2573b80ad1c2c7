"""Faults in what is said: the key, the screen, the servers that are asked. Each is a slip that somebody makes."""

from __future__ import annotations

from tests.mutants.fault import Fault

FAULTS = (
    Fault(
        "the screen says recording before anything is written",
        "recording/indicator.py",
        '(Key.RECORDING, State.OPENING): ("idle", "blinking", "Starting the recording"),',
        '(Key.RECORDING, State.OPENING): ("recording", "on", "Recording"),',
        "C1",
    ),
    Fault(
        "the screen says that a recording has failed while it goes on",
        "recording/indicator.py",
        '("recording", "on", "Recording"),',
        '("recording", "on", "Recording failed"),',
        "=C8-server-restarts-and-is-tried-again",
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
        "the stop of a recording has another id than its start",
        "recording/server_destination.py",
        "            asked.id, asked.remote_number",
        "            asked.id.upper(), asked.remote_number",
        "=C5-one-id-for-all-messages-of-a-recording",
    ),
    Fault(
        "all recordings have one id",
        "recording/call_facts.py",
        "            recording_id,\n",
        '            "1f" * 16,\n',
        "=C5-one-id-for-all-messages-of-a-recording",
    ),
    Fault(
        "the server stores RTP of any source",
        "server/recording.py",
        "for instant, data, source in datagrams if source == self._peer]",
        "for instant, data, source in datagrams]",
        "X4",
    ),
    Fault(
        "the SIP server's refusal is not shown",
        "recording/sip_info_destination.py",
        'self._fail(f"the SIP server refused to record: {answer}")',
        "self._started(now)",
        "G13",
    ),
)
