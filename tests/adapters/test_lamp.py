from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from phone_recorder.adapters.lamp import Led
from phone_recorder.errors import LampError, UsageError
from phone_recorder.recording.indicator import Lamp

FOUND = "none heartbeat [default-on] timer"


@pytest.fixture
def leds(tmp_path: Path) -> Path:
    """/sys/class/leds with one LED, whose files keep what was written last."""
    folder = tmp_path / "leds"
    (folder / "record").mkdir(parents=True)
    put(folder, brightness="7", max_brightness="100", trigger=FOUND, delay_on="500", delay_off="500")
    return folder


def put(leds: Path, **files: str) -> None:
    for name, text in files.items():
        (leds / "record" / name).write_text(f"{text}\n")


def lit(leds: Path) -> tuple[str, str]:
    """What drives it, and how bright it is."""
    trigger, brightness = ((leds / "record" / name).read_text().strip() for name in ("trigger", "brightness"))
    return trigger, brightness


@pytest.mark.parametrize(
    ("lamp", "shown"), [("off", ("none", "0")), ("on", ("none", "100")), ("blinking", ("timer", "100"))]
)
def test_a_lamp_is_shown_by_the_trigger_and_the_brightness(leds: Path, lamp: Lamp, shown: tuple[str, str]) -> None:
    Led("record", leds).show(lamp)
    assert lit(leds) == shown


def test_a_led_is_left_alone_until_something_is_shown(leds: Path) -> None:
    Led("record", leds).close()
    assert lit(leds) == (FOUND, "7")


def test_it_goes_from_each_lamp_to_each(leds: Path) -> None:
    led = Led("record", leds)
    for lamp, shown in (
        ("blinking", ("timer", "100")),
        ("on", ("none", "100")),
        ("off", ("none", "0")),
        ("blinking", ("timer", "100")),
        ("off", ("none", "0")),
        ("on", ("none", "100")),
    ):
        led.show(lamp)  # type: ignore[arg-type]
        assert lit(leds) == shown


def test_what_is_shown_already_is_not_written_again(leds: Path) -> None:
    led = Led("record", leds)
    led.show("on")
    put(leds, brightness="3")
    led.show("on")
    assert lit(leds) == ("none", "3")


def test_at_the_end_it_is_as_it_was_found(leds: Path) -> None:
    led = Led("record", leds)
    led.show("blinking")
    led.close()
    assert lit(leds) == ("default-on", "7")
    led.close()


def test_a_led_that_nothing_drove_gets_its_brightness_back(leds: Path) -> None:
    put(leds, trigger="[none] timer")
    led = Led("record", leds)
    led.show("blinking")
    led.close()
    assert lit(leds) == ("none", "7")


def test_it_blinks_every_half_second_whatever_the_kernel_began_with(leds: Path) -> None:
    put(leds, delay_on="30", delay_off="970")
    led = Led("record", leds)
    led.show("blinking")
    assert led.blinks
    assert [(leds / "record" / name).read_text() for name in ("delay_on", "delay_off")] == ["500", "500"]


@pytest.mark.parametrize("trigger", ["[none] heartbeat", None])
def test_where_the_kernel_has_no_timer_the_caller_has_it_blink(leds: Path, trigger: str | None) -> None:
    (leds / "record/trigger").unlink()
    if trigger:
        put(leds, trigger=trigger)
    led = Led("record", leds)
    assert not led.blinks
    led.show("blinking")
    seen = []
    for _ in range(3):
        seen.append((leds / "record/brightness").read_text())
        led.toggle()
        led.show("blinking")
    assert seen == ["100", "0", "100"]
    assert (leds / "record/trigger").exists() == bool(trigger)


def test_where_the_timer_brings_no_times_the_caller_has_it_blink(leds: Path) -> None:
    (leds / "record/delay_on").unlink()
    led = Led("record", leds)
    led.show("blinking")
    assert not led.blinks
    assert lit(leds) == ("none", "100")
    assert not (leds / "record/delay_on").exists()


def test_a_led_that_does_not_tell_its_highest_brightness_has_255(leds: Path) -> None:
    (leds / "record/max_brightness").unlink()
    Led("record", leds).show("on")
    assert lit(leds) == ("none", "255")


def test_a_led_that_is_unplugged_is_told_once_and_works_again_when_it_is_back(leds: Path, tmp_path: Path) -> None:
    led = Led("record", leds)
    led.show("on")
    shutil.move(leds / "record", tmp_path / "away")
    with pytest.raises(LampError, match="the LED record cannot be switched: No such file"):
        led.show("off")
    led.show("off")
    led.toggle()
    shutil.move(tmp_path / "away", leds / "record")
    led.show("on")
    assert lit(leds) == ("none", "100")
    shutil.rmtree(leds / "record")
    with pytest.raises(LampError):
        led.toggle()
    led.close()


@pytest.mark.parametrize("name", ["", "rec", "..", "record/../record", "/record"])
def test_a_led_that_is_not_there_is_named_with_those_that_are(leds: Path, name: str) -> None:
    (leds / "power").mkdir()
    with pytest.raises(UsageError, match=r"^there is no LED .* under .*: give one of power, record$"):
        Led(name, leds)


def test_a_device_without_leds_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="this device has none under"):
        Led("record", tmp_path / "leds")


def test_a_led_that_may_not_be_switched_says_what_gives_the_right(leds: Path) -> None:
    # A brightness that is a folder cannot be opened for writing, even by root.
    (leds / "record/brightness").unlink()
    (leds / "record/brightness").mkdir()
    with pytest.raises(UsageError, match=r"may not be switched by this user: let a udev rule give .*/brightness"):
        Led("record", leds)
