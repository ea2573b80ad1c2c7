from __future__ import annotations

from collections.abc import Callable

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.settings.device_forms import group, input_device, ip_address, key_name, led_name


@pytest.mark.parametrize(
    ("form", "text", "kept"),
    [
        (group, "phone", "phone"),
        (group, "1000", "1000"),
        (ip_address, "127.0.0.1", "127.0.0.1"),
        (ip_address, "0.0.0.0", "0.0.0.0"),
        (ip_address, "192.168.100.255", "192.168.100.255"),
        (ip_address, "::1", "::1"),
        (ip_address, "[2001:db8::1]", "2001:db8::1"),
        (ip_address, "fe80::1%eth0", "fe80::1%eth0"),
        (input_device, "gpio-keys", "gpio-keys"),
        (input_device, "/dev/input/by-path/a-event", "/dev/input/by-path/a-event"),
        (key_name, "KEY_RECORD", "KEY_RECORD"),
        (key_name, "key_record", "KEY_RECORD"),
        (key_name, "BTN_0", "BTN_0"),
        (key_name, "1", "1"),
        (key_name, "766", "766"),
        (led_name, "input3::capslock", "input3::capslock"),
    ],
)
def test_what_can_be(form: Callable[[str], str], text: str, kept: str) -> None:
    assert form(text) == kept


@pytest.mark.parametrize(
    ("form", "texts", "sentence"),
    [
        (group, ("a b", "-x", "a:b", "x" * 33), "is no group: write its name or its number, such as audio"),
        (
            ip_address,
            ("localhost", "256.0.0.1", "1.2.3", "1.2.3.4:5", ":1", "[127.0.0.1", "fe80::1%", "0127.0.0.1"),
            "is no IP address: write one such as 127.0.0.1",
        ),
        (
            input_device,
            ("/", "/etc/passwd", "/dev/../etc/passwd", "/dev/sda", "/dev/input/../sda", "/dev/input2/event0"),
            "is no input device: write its name, or its path such as /dev/input/event0",
        ),
        (
            key_name,
            ("record", "KEY_", "KEY-A", "0", "767", "-1", "٣", "1e2"),
            "is no key: write its name or its number, such as KEY_RECORD or 167",
        ),
        (led_name, (".", "..", "a/b"), "is no LED: write its name alone, as `ls /sys/class/leds` shows it"),
    ],
)
def test_what_cannot_be_is_told(form: Callable[[str], str], texts: tuple[str, ...], sentence: str) -> None:
    for text in texts:
        with pytest.raises(UsageError) as caught:
            form(text)
        assert str(caught.value) == f"{text!r} {sentence}"
