"""What the phone of a scenario stands on: clock, stick, servers, and who writes down what happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phone_recorder.adapters.phone_drive import PhoneDrive
from phone_recorder.harness.playing.clock import ScenarioClock
from phone_recorder.harness.playing.kept import Kept
from phone_recorder.harness.playing.server import ScenarioServer
from phone_recorder.harness.playing.sip_script import SipScript
from phone_recorder.harness.playing.stick import ScenarioStick


@dataclass(frozen=True, slots=True)
class Ground:
    """`happened` is told what is worth a line of the timeline."""

    clock: ScenarioClock
    stick: ScenarioStick
    drive: PhoneDrive
    server: ScenarioServer
    sip: SipScript
    kept: Kept
    happened: Callable[[str], None]
