"""Whatever a server says and when: nothing is raised, what is shown was acknowledged, and it comes to an end."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.recording.destination import State
from phone_recorder.recording.server_destination import Closed, LinkEvent, Opened, ServerPolicy
from tests.recording.scripted_server import ACCEPTED, HOST, SECOND, STOPPED, Rig

WORDS: list[LinkEvent | bytes] = [
    ACCEPTED,
    STOPPED,
    b"\n",
    b"\r\n",
    b"cmd=RecordStartResponse&id=00ff&result=failed&reason=full",
    b"cmd=RecordStartResponse&id=dead&result=success&port=1",
    b"&port=0",
    Closed("reset"),
]
SPOKEN = st.one_of(
    st.sampled_from(WORDS),
    st.binary(max_size=20),
    st.integers(1, len(ACCEPTED) - 1).map(lambda cut: ACCEPTED[:cut]),
    st.integers(1, len(ACCEPTED) - 1).map(lambda cut: ACCEPTED[cut:]),
)
STEPS = st.lists(
    st.tuples(
        st.integers(0, SECOND), st.lists(SPOKEN, max_size=3), st.booleans(), st.sampled_from([False] * 9 + [True])
    ),
    max_size=12,
)
"""Time that passes, what comes then, whether there is audio, and whether the user stops."""


@settings(max_examples=400, deadline=None, derandomize=True)
@given(STEPS, st.booleans())
def test_any_server(steps: list[tuple[int, list[LinkEvent | bytes], bool, bool]], foreign: bool) -> None:
    rig = Rig(ServerPolicy(foreign_media=foreign))
    rig.hear(0, Opened(HOST))
    now = 0
    for passed, said, audio, stops in steps:
        now += passed
        rig.made.write(now, [bytes(160)] * audio)
        state = rig.hear(now, *said)
        assert (rig.link.destination is not None) or state is not State.OPEN
        if stops:
            rig.made.close(now, "record key")
    rig.made.close(now, "record key")
    last = rig.hear(now + 5 * SECOND)
    assert last.final and rig.link.closed
    assert (rig.made.error is not None) == (last is State.FAILED)
    assert last is not State.CLOSED or rig.link.destination
    assert last is not State.CANCELLED or (rig.link.media, rig.made.written) == ([], 0)
    assert rig.made.written == 160 * len(rig.link.media)
