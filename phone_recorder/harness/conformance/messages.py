"""The control messages of a phone, in bytes, and what an answer says (guide: control commands)."""

from __future__ import annotations

from urllib.parse import quote, unquote


def request(name: str, **fields: str) -> bytes:
    """A control message as the guide has it: no terminator, values percent-encoded."""
    pairs = [("cmd", name), *fields.items()]
    return "&".join(f"{key}={quote(value, safe='+:/@ ').replace(' ', '%20')}" for key, value in pairs).encode()


def start_request(recording_id: str, codec: str = "PCMU", **fields: str) -> bytes:
    """RecordStartRequest with all fields in the guide's order."""
    usual = {
        "id": recording_id,
        "device": "0015651234ab",
        "remote_number": "1002",
        "remote_name": "Far",
        "local_number": "1001",
        "local_name": "Near",
        "dir": "out",
        "codec": codec,
    }
    return request("RecordStartRequest", **{**usual, **fields})


def stop_request(recording_id: str) -> bytes:
    """RecordStopRequest with all fields in the guide's order."""
    fields = {"remote_number": "1002", "remote_name": "Far", "local_number": "1001", "local_name": "Near"}
    return request("RecordStopRequest", id=recording_id, **fields, reason="record key")


def fields_of(message: bytes) -> dict[str, str]:
    """The first of each field counts."""
    fields: dict[str, str] = {}
    for pair in message.decode("utf-8", "replace").split("&"):
        key, _, value = pair.partition("=")
        fields.setdefault(unquote(key), unquote(value))
    return fields
