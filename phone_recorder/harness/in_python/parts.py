"""What the pytest fixtures are made of: parts of one scene, and its instants."""

from __future__ import annotations

from functools import partial

from phone_recorder.control_api import Screen
from phone_recorder.harness.evidence import Moment
from phone_recorder.harness.in_python.building import Scene, seconds
from phone_recorder.harness.in_python.heard import Audio, Recording

__tracebackhide__ = True
"""pytest shows the test, and not what raises here."""


class At:
    """An instant of the call: what happens then, one after the other, and what is so after that."""

    def __init__(self, scene: Scene, at: float) -> None:
        self._scene = scene
        self._at = at

    def do(self, key: str, value: object) -> At:
        """Any step, as it stands in a scenario's file: `do("rtp", "new ssrc")`."""
        self._scene.step(self._at, key, value)
        return self

    def press(self, key: str) -> At:
        """A key: record, start, stop, pause, resume, or one of the phone such as dss1, ok or 5."""
        return self.do("press", key)

    def type(self, text: str) -> At:
        """Letters into the field that is open."""
        return self.do("type", text)

    def hold(self) -> At:
        return self.do("call", "hold")

    def resume(self) -> At:
        return self.do("call", "resume")

    def hang_up(self) -> At:
        return self.do("call", "hang up")

    def begin(self, how: str = "") -> At:
        """Another call: `begin("1003")`, or `begin("in 1003 Somebody Else")`, which rings until it is taken."""
        return self.do("call", f"begin {how}".strip())

    def rtp(self, fault: str) -> At:
        """What a party's RTP does from then on, such as `new ssrc` or `near ptime 40 ms`."""
        return self.do("rtp", fault)

    def network(self, faults: str) -> At:
        """What the far party's network does from then on, such as `loss 10 %`, or `clear`."""
        return self.do("network", faults)

    def clock_jumps(self, by: float) -> At:
        """The system's time leaps by so many seconds."""
        return self.do("clock", f"jump {seconds(by)}")

    def stands_still(self, length: float) -> At:
        """The phone's program does nothing for so many seconds."""
        return self.do("phone", f"stand still {seconds(length)}")

    @property
    def moment(self) -> Moment:
        """All that is so then."""
        return self._scene.moment(self._at)

    @property
    def screen(self) -> Screen:
        """What is shown then."""
        return self.moment.screen


class Part:
    """What is of a scene."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def __repr__(self) -> str:
        # A failed assertion names each thing that it went by.
        return f"<{type(self).__name__}>"

    def at(self, instant: float) -> At:
        """An instant in seconds from the start of the call."""
        return At(self.scene, instant)

    def _step_or_set(self, key: str, value: object, at: float | None) -> None:
        """From an instant on, or from the beginning."""
        self.scene.set(key, value) if at is None else self.scene.step(at, key, value)


def recordings_of(scene: Scene) -> tuple[Recording, ...]:
    """All of a scene, in the order in which they began."""
    evidence = scene.evidence
    return tuple(
        Recording(
            recorded,
            Audio(recorded, evidence, scene.leg_of, beside=scene.beside),
            partial(scene.is_so, "account", recording=number),
        )
        for number, recorded in enumerate(evidence.recordings, 1)
    )
