from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.adapters.journal import Log
from phone_recorder.adapters.lamp import HALF_PERIOD_MS, Led
from phone_recorder.agent.signs import Signs
from phone_recorder.errors import UsageError
from phone_recorder.settings.agent import AgentSettings
from tests.agent.daemon_rig import SkewedReactor

NO_KEYS = "there is no input device gpio-keys"


@dataclass
class Keys:
    """An input device that was taken."""

    device: str
    keys: Mapping[str, str]
    pressed: Callable[[str], None]
    closed: bool = False

    def close(self) -> None:
        self.closed = True


class Rig:
    """A LED `record` in a directory, and input devices of which it is known what was taken."""

    def __init__(self, home: Path) -> None:
        self.led = home / "record"
        self.led.mkdir()
        self.put(brightness="3", max_brightness="9", trigger="none [mmc0] timer", delay_on="500", delay_off="500")
        self.reactor = SkewedReactor()
        self.said = StringIO()
        self.pressed: list[str] = []
        self.taken: list[Keys] = []
        self.there = True
        take_led = partial(Led, root=home)
        self.signs = Signs(self.reactor, self.pressed.append, Log(self.said), take_led, self._take_keys)  # type: ignore[arg-type]

    def put(self, **files: str) -> None:
        for name, text in files.items():
            (self.led / name).write_text(text)

    @property
    def lit(self) -> tuple[str, str]:
        trigger, brightness = ((self.led / name).read_text() for name in ("trigger", "brightness"))
        return trigger, brightness

    def passes(self, seconds: float) -> None:
        self.reactor.skew_s += seconds
        self.reactor.soon(self.reactor.stop)
        self.reactor.run()

    def _take_keys(self, reactor: Any, device: str, keys: Mapping[str, str], pressed: Any, tell: Any) -> Keys:
        if not self.there:
            raise UsageError(NO_KEYS)
        self.taken.append(Keys(device, keys, pressed))
        return self.taken[-1]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    rig.signs.close()
    rig.reactor.close()


WITH_LAMP = AgentSettings(lamp="record")
WITH_BOTH = AgentSettings(lamp="record", key_device="gpio-keys", key="167", pause_key="KEY_PAUSE")


def test_without_devices_nothing_is_taken_and_a_lamp_is_shown_to_nobody(rig: Rig) -> None:
    rig.signs.use(AgentSettings())
    rig.signs.show("on")
    assert rig.taken == [] and rig.lit[1] == "3"


def test_what_the_lamp_shows_is_shown_and_in_the_end_it_is_as_it_was(rig: Rig) -> None:
    rig.signs.use(WITH_LAMP)
    rig.signs.show("on")
    assert rig.lit == ("none", "9")
    rig.signs.show("blinking")
    assert rig.lit == ("timer", "9")
    rig.signs.close()
    assert rig.lit == ("mmc0", "3")


def test_a_lamp_that_is_named_later_shows_what_is_so(rig: Rig) -> None:
    rig.signs.use(AgentSettings())
    rig.signs.show("on")
    rig.signs.use(WITH_LAMP)
    assert rig.lit == ("none", "9")


def test_where_the_kernel_cannot_blink_the_lamp_is_toggled_by_our_own_timer_and_only_then(rig: Rig) -> None:
    rig.put(trigger="none [mmc0]")
    rig.signs.use(WITH_LAMP)
    rig.signs.show("blinking")
    seen = []
    for _ in range(4):
        seen.append(rig.lit[1])
        rig.passes(HALF_PERIOD_MS / 1000)
    assert seen == ["9", "0", "9", "0"]
    rig.signs.show("on")
    for _ in range(3):
        rig.passes(HALF_PERIOD_MS / 1000)
        assert rig.lit[1] == "9"


def test_keys_are_taken_by_their_names_and_say_what_they_do(rig: Rig) -> None:
    rig.signs.use(WITH_BOTH)
    [taken] = rig.taken
    assert (taken.device, dict(taken.keys)) == ("gpio-keys", {WITH_BOTH.key: "record", "KEY_PAUSE": "pause"})
    taken.pressed("pause")
    assert rig.pressed == ["pause"]


def test_a_device_is_let_go_when_another_is_named_and_kept_when_nothing_changes(rig: Rig) -> None:
    rig.signs.use(WITH_BOTH)
    rig.signs.use(AgentSettings(lamp="record", key_device="gpio-keys", key="167", pause_key="KEY_PAUSE"))
    assert len(rig.taken) == 1 and not rig.taken[0].closed
    rig.signs.use(AgentSettings(key_device="other"))
    assert [one.closed for one in rig.taken] == [True, False]
    assert rig.lit == ("mmc0", "3")


def test_a_lamp_that_is_missing_does_not_take_the_key_away(rig: Rig) -> None:
    rig.signs.use(AgentSettings(lamp="green", key_device="gpio-keys"))
    assert rig.signs.problem.startswith("there is no LED green")
    assert len(rig.taken) == 1


def test_a_key_that_is_missing_does_not_take_the_lamp_away(rig: Rig) -> None:
    rig.there = False
    rig.signs.use(WITH_BOTH)
    assert rig.signs.problem == NO_KEYS
    rig.signs.show("on")
    assert rig.lit == ("none", "9")


def test_a_lamp_that_could_not_be_had_is_tried_again_and_the_key_is_kept(rig: Rig) -> None:
    settings = AgentSettings(lamp="late", key_device="gpio-keys")
    rig.signs.use(settings)
    rig.signs.show("on")
    rig.signs.use(settings)
    assert rig.said.getvalue().count("there is no LED late") == 1
    rig.led = rig.led.rename(rig.led.with_name("late"))
    rig.signs.use(settings)
    assert rig.lit == ("none", "9") and rig.signs.problem == ""
    assert len(rig.taken) == 1 and not rig.taken[0].closed


def test_a_key_that_could_not_be_had_is_tried_again(rig: Rig) -> None:
    rig.there = False
    rig.signs.use(WITH_BOTH)
    rig.there = True
    rig.signs.use(WITH_BOTH)
    assert len(rig.taken) == 1 and rig.signs.problem == ""


def test_a_lamp_that_fails_is_said_and_nothing_ends(rig: Rig) -> None:
    rig.signs.use(WITH_LAMP)
    (rig.led / "brightness").unlink()
    rig.signs.show("on")
    assert "warning: " in rig.said.getvalue() and "the LED record cannot be switched" in rig.said.getvalue()
