"""Sessions of browsers: random ids, and an end."""

from __future__ import annotations

from phone_recorder.web.sessions import IDLE_S, LONGEST_S, Sessions


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_session_is_found_by_its_id_alone() -> None:
    sessions = Sessions(Clock())
    session_id = sessions.begin("anna", "a")
    session = sessions.find(session_id)
    assert session is not None
    assert session.user == "anna"
    for other in ("", session_id[:-1], session_id + "x", "\ud800", session.csrf):
        assert sessions.find(other) is None


def test_ids_and_csrf_tokens_are_random_and_hold_256_bits() -> None:
    sessions = Sessions(Clock())
    ids = {sessions.begin("anna", "a") for _ in range(100)}
    tokens = {session.csrf for one in ids if (session := sessions.find(one))}
    assert len(ids) == len(tokens) == 100
    assert {len(secret) for secret in ids | tokens} == {43}  # 32 bytes in base64


def test_a_session_that_is_idle_ends_and_one_in_use_goes_on_to_its_longest() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    idle, used = sessions.begin("anna", "a"), sessions.begin("anna", "a")
    while clock.now < LONGEST_S - IDLE_S:
        clock.now += IDLE_S - 1
        assert sessions.find(used) is not None
    assert sessions.find(idle) is None
    clock.now = LONGEST_S
    assert sessions.find(used) is None
    assert len(sessions) == 0


def test_a_session_that_was_logged_out_is_gone() -> None:
    sessions = Sessions(Clock())
    session_id = sessions.begin("anna", "a")
    sessions.end(session_id)
    assert sessions.find(session_id) is None


def test_there_are_never_more_than_the_most() -> None:
    clock = Clock()
    sessions = Sessions(clock, most=3)
    ids = []
    for clock.now in (1.0, 2.0, 3.0, 4.0):
        ids.append(sessions.begin("anna", "a"))
    assert len(sessions) == 3
    assert sessions.find(ids[0]) is None
    assert sessions.find(ids[3]) is not None
