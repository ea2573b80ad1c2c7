"""Whatever the program can say on the screen is said in Chinese too: found in the source, and had from real objects."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from phone_recorder.adapters.drive_errors import drive_errors
from phone_recorder.adapters.drive_port import PortState
from phone_recorder.adapters.drives import FoundDrive, choose
from phone_recorder.adapters.record_repair import Repair, Result
from phone_recorder.errors import DestinationError, DriveError, NoDrive, SipError, UsageError
from phone_recorder.phone.face.chinese import PHRASES, SAY, in_chinese
from phone_recorder.recording.account import Account, Fault, Health, Part
from phone_recorder.recording.destination import State
from phone_recorder.recording.drive_view import DriveView, span
from phone_recorder.recording.indicator import LOW_SPACE, show
from phone_recorder.recording.record_key import Key
from phone_recorder.recording.recorder import REFUSALS, RetryPolicy, Status
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.sip.call.call_end import MEANINGS, CallEnd
from phone_recorder.sip.registration import setback
from tests.phone.face.sentences import names_of, sentences

STAYING = """
SIP RTP USB U IP INFO FAT32 exFAT udev libudev libudev1 apt install root cmd RIFF WAV phone recorder import TLS UDP TCP
CA MD5 SHA Digest MAC HZ Hz tone on off true false K M G calls sip LVM RAID ZFS APFS HOST local mDNS libnss mdns
"""
SAME = set(STAYING.split())
"""Words that stay as they are in Chinese."""
ROOMS = ("recording", "adapters", "phone", "harness", "desk")
NOT_ON_A_PHONE = ("adapters/web_client.py", "adapters/web_connection.py", "adapters/group_sync.py")
"""What the command line has with a record server's page, and what the record server itself writes."""
ASKED = (
    *("desk", "settings/kinds.py", "settings/measures.py", "settings/forms.py", "settings/record.py"),
    *("adapters/drive_recordings.py", "sip/call/target.py"),
)


def left_in_english(chinese: str) -> list[str]:
    """Words of it that are none of those that stay."""
    return [word for word in re.findall(r"[A-Za-z][A-Za-z0-9]*", chinese) if word not in SAME]


def assert_is_chinese(sentence: str) -> None:
    chinese = in_chinese(sentence)
    assert re.search("[\u4e00-\u9fff]", chinese), sentence
    assert left_in_english(chinese) == [], chinese
    assert sorted(re.findall("7[0-9]", sentence)) == sorted(re.findall("7[0-9]", chinese)), chinese


WHY = sentences(ROOMS, names_of(DestinationError), NOT_ON_A_PHONE)


def test_the_reasons_are_found_in_the_source() -> None:
    assert len(WHY) > 40
    for sentence in (
        "the drive was removed",
        "the SIP server does not answer",
        "the record server answers in part only",
        "71 was deleted or renamed by another program while it was recorded",
        "the USB drive 71 (72) cannot be mounted: 73",
        "no record server is set: enter its address in Applications > Record manager",
    ):
        assert sentence in WHY


@pytest.mark.parametrize("sentence", WHY)
def test_each_reason_why_nothing_is_recorded_has_a_translation(sentence: str) -> None:
    assert_is_chinese(sentence)


@pytest.mark.parametrize("sentence", [*sentences(ASKED, names_of(UsageError)), *sentences(["desk"], {"_say"})])
def test_each_answer_to_what_cannot_be_has_a_translation(sentence: str) -> None:
    assert_is_chinese(sentence)


def test_a_setting_that_cannot_be_is_named() -> None:
    assert in_chinese("record.mode: 'usb' is none of local, network") == "record.mode：'usb' 不属于 local, network"  # noqa: RUF001


REGISTERING = [text for text in vars(setback).values() if isinstance(text, str) and "{server}" in text]


@pytest.mark.parametrize("template", [*setback.TEXTS.values(), *REGISTERING])
def test_each_setback_of_a_registration_has_a_translation(template: str) -> None:
    assert_is_chinese(template.format(server="71", user="72", answer="73"))


@pytest.mark.parametrize("status", MEANINGS)
def test_each_call_that_fails_has_a_translation(status: int) -> None:
    assert_is_chinese(str(CallEnd(status, "71", "peer").error("72")).replace(f"{status} ", ""))


@pytest.mark.parametrize("sentence", sentences(["sip/transport", "sip/transaction", "desk"], names_of(SipError)))
def test_each_line_that_does_not_reach_its_server_has_a_translation(sentence: str) -> None:
    assert_is_chinese(sentence)


NUMBERS = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENAMETOOLONG),
    *(errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ENOMEDIUM, errno.ESHUTDOWN, errno.ESTALE, errno.ENOTCONN),
)


@pytest.mark.parametrize("number", NUMBERS)
def test_each_error_of_a_drive_has_a_translation(number: int) -> None:
    with pytest.raises(DriveError) as caught, drive_errors(Path("/71")):
        raise OSError(number, os.strerror(number))
    assert_is_chinese(str(caught.value))


@pytest.mark.parametrize(
    "number",
    [errno.ECONNREFUSED, errno.ECONNRESET, errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EPIPE],
)
def test_each_way_in_which_a_server_is_not_reached_has_a_translation(number: int) -> None:
    assert_is_chinese(f"the record server cannot be reached: {os.strerror(number).lower()}")


GOOD = FoundDrive("/dev/71", "", 0, 1, 1, "", "72", "", "", "vfat", 1 << 20, Path("/73"), False, 1 << 20)
BAD = [
    replace(GOOD, size=0),
    replace(GOOD, file_system="", partition_table="gpt"),
    *(replace(GOOD, file_system=name) for name in ("", "crypto_LUKS", "LVM2_member", "linux_raid_member", "swap")),
    *(replace(GOOD, file_system=name) for name in ("zfs_member", "iso9660", "squashfs", "apfs", "BitLocker")),
    replace(GOOD, mount=None, partition_type="0xef"),
    replace(GOOD, read_only=True),
    replace(GOOD, mount=None, known=False),
    replace(GOOD, mount=None),
    replace(GOOD, permitted=False),
    replace(GOOD, free=None),
]


def why_not(*drives: FoundDrive) -> str:
    with pytest.raises(NoDrive) as caught:
        choose(drives)
    return str(caught.value)


@pytest.mark.parametrize("drive", BAD)
def test_each_thing_wrong_with_a_drive_has_a_translation(drive: FoundDrive) -> None:
    assert left_in_english(in_chinese(why_not(drive)).replace("/dev/71", "")) == []


def test_several_drives_have_a_translation_each() -> None:
    other = replace(BAD[0], label="B; C", device="/dev/74")
    chinese = in_chinese(why_not(*BAD[:4], replace(other, label="B")))
    assert left_in_english(chinese.replace("/dev/7", "").replace("B", "")) == []


@pytest.mark.parametrize(
    "results", [(), (Result.MENDED,), (Result.FAILED,), (Result.MENDED, Result.MENDED, Result.FAILED)]
)
def test_what_has_become_of_a_drive_has_a_translation(results: tuple[Result, ...]) -> None:
    repairs = tuple(Repair(Path("/x"), result) for result in results)
    assert_is_chinese(PortState(found=GOOD, repairs=repairs).news)


def test_a_full_drive_tells_how_full_it_is() -> None:
    with pytest.raises(DriveError) as caught:
        SpacePolicy(0, 2048).room(1024, 160)
    assert in_chinese(str(caught.value)) == "U盘空间已满：剩余 1,024 字节，其中 2,048 字节为预留空间"  # noqa: RUF001


@pytest.mark.parametrize(("place", "chinese"), [("to USB", "本地录音"), ("on its SIP server", "SIP INFO 录音")])
def test_what_a_model_cannot_do_is_told_in_the_guides_words(place: str, chinese: str) -> None:
    assert chinese in in_chinese(f"BX3S cannot record {place}")


@pytest.mark.parametrize(
    ("seconds", "chinese"), [(45, "45 秒"), (29 * 60, "29 分钟"), (11_100, "3 小时 05 分钟"), (400_000, "111 小时")]
)
def test_a_length_of_time(seconds: int, chinese: str) -> None:
    assert in_chinese(span(seconds * 8000)) == chinese


FAULT = Fault(0, "why")
HEALTHS = [Health(), Health(remaining=LOW_SPACE - 1), Health(behind=1), Health(faults=(FAULT,))]
ACCOUNTS = [
    Account("00", mode, "PCMU", reason="the drive was removed", recorded=recorded, parts=parts, health=health)
    for mode, recorded, parts, health in product(
        ("local", "server", "sip_info"), (0, 8000), ((), (Part("a", 1, 1, 1.0),), (Part("a", 1, 1, 1.0),) * 3), HEALTHS
    )
]


@pytest.mark.parametrize(("key", "state"), list(product(Key, State)))
def test_every_prompt_of_the_indicator_has_a_translation(key: Key, state: State) -> None:
    for account, attempt, earlier in product(ACCOUNTS, (0, 1, 3), ("", "the SIP server does not answer")):
        status = Status(key, state, account, None, attempt, RetryPolicy(3, 4000), earlier)
        shown = show(status, say=in_chinese)
        assert left_in_english(shown.prompt) == [], shown.prompt
        assert not {",", ";", ":"} & set(shown.prompt), shown.prompt


@pytest.mark.parametrize("action", REFUSALS)
def test_every_refusal_has_a_translation(action: object) -> None:
    status = Status(Key.IDLE, refused=action)  # type: ignore[arg-type]
    assert left_in_english(show(status, say=in_chinese).prompt) == []


def test_the_room_on_a_drive_has_a_translation() -> None:
    assert show(Status(Key.IDLE), DriveView(True, 8000 * 60), say=in_chinese).left == "1 分钟"


@pytest.mark.parametrize(
    ("sentence", "chinese"),
    [
        ("the record server refused: the drive was removed", "录音服务器拒绝录音：the drive was removed"),  # noqa: RUF001
        ("the SIP server refused to record: 403 Not; Now", "SIP 服务器拒绝录音：403 Not; Now"),  # noqa: RUF001
        ("what nobody has ever said", "what nobody has ever said"),
        ("", ""),
    ],
)
def test_a_servers_own_words_and_what_is_not_known_stay_as_they_came(sentence: str, chinese: str) -> None:
    assert in_chinese(sentence) == chinese


@pytest.mark.parametrize("text", ["{}", "{0}", "{t}", "a{b", "%s", "\\1", "x" * 5000, "：；" * 100])  # noqa: RUF001
def test_no_text_of_others_does_any_harm(text: str) -> None:
    assert in_chinese(f"the record server refused: {text}").endswith(text)
    assert in_chinese(text) == text


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_translation_has_as_many_places_as_its_phrase(phrase: str) -> None:
    places = len(re.findall(r"\{[dnt]?\}", phrase))
    assert len(re.findall(r"\{[0-9]?\}", PHRASES[phrase])) == places


def test_english_is_said_as_it_is() -> None:
    assert SAY["en"]("the drive was removed") == "the drive was removed"
