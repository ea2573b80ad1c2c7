"""What texts about the devices of a phone must look like: keys, lamps, groups, addresses. As in forms, they are rough.

Whether a device, a group or an address is there, only whoever uses it can tell. UsageError has no key in it.
"""

from __future__ import annotations

import re

from phone_recorder.errors import UsageError

HIGHEST_KEY = 0x2FE
"""The highest number that a key can have: below KEY_MAX in linux/input-event-codes.h, which is none."""

_GROUP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}")
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_IPV4 = re.compile(rf"(?:{_OCTET}\.){{3}}{_OCTET}")
_IPV6 = re.compile(r"(?=.*:.*:)[0-9A-Fa-f:.]{2,45}(?:%[^\s/%]{1,15})?")
_KEY = re.compile(r"(?:KEY|BTN)_[A-Z0-9_]{1,40}")


def group(text: str) -> str:
    """A group's name, or its number."""
    if not _GROUP.fullmatch(text):
        raise UsageError(f"{text!r} is no group: write its name or its number, such as audio")
    return text


def ip_address(text: str) -> str:
    """An IP address of this phone, no name; IPv6 without brackets."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if not (_IPV4.fullmatch(bare) or _IPV6.fullmatch(bare)):
        raise UsageError(f"{text!r} is no IP address: write one such as 127.0.0.1")
    return bare


def input_device(text: str) -> str:
    """An input device's name, or its path below /dev/input."""
    if text.startswith("/") and (not text.startswith("/dev/input/") or ".." in text.split("/")):
        raise UsageError(f"{text!r} is no input device: write its name, or its path such as /dev/input/event0")
    return text


def key_name(text: str) -> str:
    """A key's name of linux/input-event-codes.h, in capitals, or its number."""
    name = text.upper()
    is_number = name.isascii() and name.isdecimal() and len(name) <= 4 and 0 < int(name) <= HIGHEST_KEY
    if not (is_number or _KEY.fullmatch(name)):
        raise UsageError(f"{text!r} is no key: write its name or its number, such as KEY_RECORD or 167")
    return name


def led_name(text: str) -> str:
    """The name of a LED, which is a directory of /sys/class/leds."""
    if "/" in text or text in (".", ".."):
        raise UsageError(f"{text!r} is no LED: write its name alone, as `ls /sys/class/leds` shows it")
    return text
