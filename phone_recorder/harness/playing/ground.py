"""What the phone of a scenario stands on: clock, stick, servers, and who writes down what happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phone_recorder.adapters.phone_drive import PhoneDrive
from phone_recorder.harness.playing.clock import ScenarioClock
from phone_recorder.harness.playing.kept import Kept
from phone_recorder.harness.playing.means import Means, Server
from phone_recorder.harness.playing.sip_script import SipScript
from phone_recorder.harness.playing.stick import ScenarioStick


@dataclass(frozen=True, slots=True)
class Ground:
    """`happened` is told what is worth a line of the timeline."""

    means: Means
    stick: ScenarioStick
    drive: PhoneDrive
    server: Server
    sip: SipScript
    kept: Kept
    happened: Callable[[str], None]

    @property
    def clock(self) -> ScenarioClock:
        """By which all of it goes."""
        return self.means.clock
