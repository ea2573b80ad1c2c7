"""The pause key where a recording is somebody else's, who knows on and off alone."""

from __future__ import annotations

import pytest

from phone_recorder.recording.record_key import Action, Event, Key
from tests.recording.sink import Sink
from tests.recording.streams import SECOND
from tests.recording.test_recorder import Rig, frames


@pytest.mark.parametrize("pending", [False, True])
def test_where_the_destination_knows_no_pause_it_is_refused_and_the_recording_goes_on(pending: bool) -> None:
    sink = Sink(pending=pending)
    sink.mode = "sip_info"
    rig = Rig(sink)
    rig.press(Event.PRESS, 0)
    rig.press(Event.PAUSE, SECOND)
    assert (rig.recorder.key, rig.recorder.status.refused) == (Key.RECORDING, Action.REFUSE_PAUSE)
    rig.press(Event.RESUME, 2 * SECOND)
    assert rig.recorder.status.refused is None
    rig.press(Event.PRESS, 3 * SECOND)
    rig.until(5 * SECOND)
    assert (rig.kept(0), rig.recorder.accounts[0].paused) == (frames(0, 150), 0)
    rig.press(Event.PAUSE, 5 * SECOND)
    assert rig.recorder.status.refused is Action.REFUSE_NOT_RECORDING
