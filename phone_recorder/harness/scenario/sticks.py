"""The stick of a scenario as it is in the beginning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from phone_recorder.harness.scenario.case import StickPlan
from phone_recorder.harness.scenario.places import Node, Table
from phone_recorder.harness.scenario.shapes import Field, Fields, Of, OrElse, Schema, Toggle, Whole, or_variable
from phone_recorder.harness.scenario.words import FILE_SYSTEM, MILLISECONDS, SIZE, TIME
from phone_recorder.recording.drive_names import record_order
from phone_recorder.recording.from_settings import header_of
from phone_recorder.recording.units import from_seconds, to_seconds
from phone_recorder.settings.kinds import quoted
from phone_recorder.settings.record import RecordSettings
from phone_recorder.wire.record_file import HEADER_SIZE

RECORD_NAME = (
    "Record_[0-9]{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9](?:-(?:[2-9]|[1-9][0-9]{1,8}))?\.wav"
)
"""As recording.drive_names.record_order has it."""
ZERO: Schema = {"const": 0}


@dataclass(frozen=True, slots=True)
class FilesOnStick:
    """Names of record files, and how long each is; read as pairs of a name and seconds."""

    def read(self, node: Node) -> tuple[tuple[str, float], ...]:
        if not isinstance(node, Table):
            raise node.place.error("it is no mapping: write names and times, such as Record_20260101000000.wav: 30 s")
        return tuple((self._name(name, length), _seconds(length)) for name, length in node.entries.items())

    def schema(self) -> Schema:
        length = Of(TIME, ZERO).schema()
        named = {rf"^{RECORD_NAME}$": length, r"\$\{": length}
        return or_variable({"type": "object", "patternProperties": named, "additionalProperties": False})

    @staticmethod
    def _name(name: str, length: Node) -> str:
        if record_order(name) is None:
            raise length.place.error(
                f"no record file is called {quoted(name)}: write Record_20260101000000.wav or such"
            )
        return name


def _seconds(length: Node) -> float:
    return to_seconds(Of(TIME).read(length))


_BYTES = Of(SIZE, {"type": "integer", "minimum": 0})
_STICK = Fields(
    "stick",
    {
        "size": Field(_BYTES, "Its size in bytes, such as 16 MiB."),
        "left": Field(_BYTES, "Bytes that are free in the beginning."),
        "file system": Field(Of(FILE_SYSTEM), "How it is formatted: FAT32, exFAT, ext4, NTFS ..."),
        "largest file": Field(_BYTES, "No file on it can be larger, as with the 4 GiB of FAT32."),
        "most files": Field(Whole(0, 1_000_000), "No more files fit into its record folder, as into FAT16's root."),
        "plugged": Field(Toggle(), "Whether it is in when the scenario begins."),
        "locked": Field(Toggle(), "Whether it is write-protected."),
        "slow": Field(Of(MILLISECONDS, ZERO), "How long each write takes."),
        "files": Field(FilesOnStick(), "Record files that are on it already: names, and how long each is."),
    },
)


@dataclass(frozen=True, slots=True)
class StickShape:
    """A stick as it is in the beginning."""

    def read(self, node: Node) -> StickPlan:
        values = _STICK.read(node)
        if "slow" in values:
            values["delay_ms"] = values.pop("slow")
        plan = StickPlan(**values)
        if plan.left is not None and plan.left > plan.size:
            place = node.entries["left"].place if isinstance(node, Table) else node.place
            raise place.error(f"more bytes are left than its {plan.size:,}: make size larger, or left smaller")
        if plan.most_files is not None and len(plan.files) > plan.most_files:
            there = f"{len(plan.files)} of at most {plan.most_files} files are on it"
            raise node.place.error(f"{there}: make most files larger, or leave some files out")
        return plan

    def schema(self) -> Schema:
        return _STICK.schema()


STICK = OrElse("none", None, StickShape())


def too_large(plan: StickPlan, settings: RecordSettings) -> str | None:
    """What is larger than the stick takes, as a sentence; the files on it are recorded as these settings say."""
    return next(_too_large(plan, settings), None)


def _too_large(plan: StickPlan, settings: RecordSettings) -> Iterator[str]:
    sizes = [_size(seconds, settings) for _, seconds in plan.files]
    for (name, _), size in zip(plan.files, sizes, strict=True):
        if plan.largest_file is not None and size > plan.largest_file:
            most = f"no file on it can have more than {plan.largest_file:,}"
            yield f"{name} has {size:,} bytes, and {most}: make largest file larger, or the file shorter"
    if sum(sizes) > plan.size:
        yield f"its files have {sum(sizes):,} bytes, and it has {plan.size:,}: make size larger, or the files shorter"
    if plan.left is not None and plan.left > plan.size - sum(sizes):
        room = f"its files leave {plan.size - sum(sizes):,} of its {plan.size:,} bytes"
        yield f"{room}, and {plan.left:,} are to be left: make size larger, or left smaller"


def _size(seconds: float, settings: RecordSettings) -> int:
    """Bytes of a record file of that length, which is whole packets."""
    header = header_of(settings)
    return HEADER_SIZE + from_seconds(seconds) // header.increment * header.rtp_len
