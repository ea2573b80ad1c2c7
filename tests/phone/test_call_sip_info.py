"""A whole call that its SIP server is asked to record: what was asked, what is on the screen, and in the accounts."""

from __future__ import annotations

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.phone.keys import CallKey
from tests.phone.rig import SECOND, START, Rig
from tests.phone.sip_server import SILENT, SipServer

MIX = 480
"""The mixer's horizon, as settings have it for whoever listens live."""
ASKING = "Asking the SIP server to record"
RUNNING = "The SIP server is recording"
STOPPING = "Asking the SIP server to stop recording"
STOPPED = "The SIP server has stopped recording"
FORBIDDEN = (403, "Forbidden")


def rig(keys: str, server: SipServer, duration_s: float = 12) -> Rig:
    return Rig(keys, duration_s=duration_s, horizon=MIX, sip=server)


def prompts(made: Rig) -> list[str]:
    return [prompt for _, _, _, prompt in made.indicators]


def accounts(made: Rig) -> list[tuple[str, str]]:
    return [(account.state, account.reason) for account in made.accounts]


def test_pressed_asked_recorded_pressed_asked_stopped() -> None:
    server = SipServer()
    made = rig("1 record, 3 record", server).run(160)
    assert [(icon, lamp, prompt) for _, icon, lamp, prompt in made.indicators] == [
        ("idle", "off", ""),
        ("idle", "blinking", ASKING),
        ("recording", "on", RUNNING),
        ("idle", "off", STOPPING),
        ("idle", "off", STOPPED),
    ]
    assert server.values == ["on", "off"]
    assert accounts(made) == [("recorded", "record key")]
    [account] = made.accounts
    assert (account.mode, account.parts, account.gaps.count) == ("sip_info", (), 0)
    assert abs(account.recorded - (2 * SECOND - server.delay)) <= 320


def test_c10_nothing_is_shown_as_recorded_before_the_server_has_said_so() -> None:
    made = rig("0 record", SipServer(delay=4 * SECOND)).run(160)
    [at] = [at for at, _, _, prompt in made.indicators if prompt == RUNNING]
    assert at >= 4000
    assert made.accounts[0].recorded <= 8 * SECOND


@pytest.mark.parametrize(
    "answer",
    [
        FORBIDDEN,
        (481, "Call/Transaction Does Not Exist"),
        (488, "Not Acceptable Here"),
        (401, "Unauthorized"),
        (500, "Server Internal Error"),
        (503, "Service Unavailable"),
    ],
)
def test_a_refusal_is_shown_with_the_servers_words_and_the_call_goes_on(answer: tuple[int, str]) -> None:
    server = SipServer(answer)
    made = rig("1 record", server).run(160)
    why = f"the SIP server refused to record: {answer[0]} {answer[1]}"
    at, icon, lamp, prompt = made.indicators[-1]
    assert (icon, lamp, prompt) == ("failed", "off", f"Recording failed: {why}")
    assert 1000 <= at <= 1100
    assert (accounts(made), server.values) == ([("failed", why)], ["on"])
    assert "recording" not in {icon for _, icon, _, _ in made.indicators}
    assert made.now >= made.call.end


def test_a_silent_server_is_shown_within_5_s_and_the_next_press_asks_again() -> None:
    server = SipServer(SILENT)
    made = rig("1 record, 7 record, 9 record", server).run(160)
    assert [(at, prompt) for at, _, _, prompt in made.indicators][2] == (
        6000,
        "Recording failed: the SIP server does not answer",
    )
    assert [state for state, _ in accounts(made)] == ["failed", "recorded"]
    assert server.values == ["on", "on", "off"]


def test_an_answer_after_the_time_out_tells_the_server_off() -> None:
    server = SipServer(delay=6 * SECOND)
    made = rig("0 record", server).run(160)
    assert server.values == ["on", "off"]
    assert server.asked[1][0] - START >= 6 * SECOND
    assert prompts(made)[-1] == "Recording failed: the SIP server does not answer"
    assert [state for state, _ in accounts(made)] == ["failed"]


def test_c1_a_double_press_is_on_and_off_and_nothing_was_recorded() -> None:
    server = SipServer(delay=SECOND)
    made = rig("1 record, 1.1 record", server).run(160)
    assert prompts(made) == ["", ASKING, "Cancelling the recording", STOPPING, "Recording cancelled"]
    assert server.values == ["on", "off"]
    assert server.asked[1][0] >= server.asked[0][0] + SECOND
    assert accounts(made) == [("cancelled", "record key")]
    assert made.accounts[0].recorded == 0


def test_c1_a_stop_while_a_start_is_pending_that_is_then_refused() -> None:
    server = SipServer(FORBIDDEN, delay=SECOND)
    made = rig("1 record, 1.5 stop", server).run(160)
    assert (server.values, accounts(made)) == (["on"], [("cancelled", "stopped")])


def test_c2_start_stop_start_reach_the_server_in_order_and_are_two_recordings() -> None:
    server = SipServer(delay=SECOND)
    made = rig("0 record, 2 record, 2 record, 6 record", server).run(160)
    assert server.values == ["on", "off", "on", "off"]
    gaps = [later - earlier for (earlier, _), (later, _) in zip(server.asked, server.asked[1:], strict=False)]
    assert min(gaps) >= server.delay
    assert [state for state, _ in accounts(made)] == ["recorded", "recorded"]


def test_c2_three_presses_at_once_leave_the_server_recording() -> None:
    server = SipServer(delay=400)
    made = rig("0 record, 0.01 record, 0.02 record", server, 3).run(160, until_s=2.9)
    assert server.values == ["on", "off", "on"]
    assert prompts(made)[-1] == RUNNING


def test_the_end_of_the_call_ends_the_recording_and_nothing_more_is_sent() -> None:
    server = SipServer()
    made = rig("1 record", server).run(160, until_s=3)
    made.hang_up()
    made.run(160)
    assert (server.values, accounts(made)) == (["on"], [("recorded", "call ended")])
    assert prompts(made)[-1] == STOPPED
    assert made.accounts[0].recorded <= 2 * SECOND


def test_a_call_that_ends_while_the_start_is_pending() -> None:
    server = SipServer(delay=2 * SECOND)
    made = rig("1 record", server).run(160, until_s=2)
    made.hang_up()
    made.run(160)
    assert (server.values, accounts(made)) == (["on"], [("cancelled", "call ended")])
    assert prompts(made)[-1] == "Recording cancelled"


def test_a_call_that_ends_while_the_stop_is_pending() -> None:
    server = SipServer(delay=SECOND)
    made = rig("1 record, 3 record", server).run(160, until_s=3.5)
    made.hang_up()
    made.run(160)
    assert (server.values, accounts(made)) == (["on", "off"], [("recorded", "record key")])


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (FORBIDDEN, "the SIP server may still be recording, it refused to stop: 403 Forbidden"),
        (SILENT, "the SIP server may still be recording, it does not answer"),
    ],
)
def test_c10_stopped_is_what_the_server_has_said_and_not_what_it_was_asked(answer: tuple[int, str], why: str) -> None:
    made = rig("1 record, 3 record", SipServer((200, "OK"), answer)).run(160)
    assert STOPPED not in prompts(made)
    assert made.indicators[-1][1:] == ("failed", "off", f"Recording failed: {why}")
    assert accounts(made) == [("cut short", why)]


def test_a_pause_is_refused_and_the_recording_goes_on() -> None:
    server = SipServer()
    made = rig("1 record, 2 pause, 3 resume, 4 record", server).run(160)
    assert prompts(made) == ["", ASKING, RUNNING, "The SIP server cannot pause a recording", RUNNING, STOPPING, STOPPED]
    assert {lamp for _, _, lamp, prompt in made.indicators if "pause" in prompt} == {"on"}
    assert (server.values, made.accounts[0].paused) == (["on", "off"], 0)


@pytest.mark.parametrize("keys", ["1 record, 2 hold, 3 unhold, 4 record", "1 hold, 1 record, 3 unhold, 4 record"])
def test_a_hold_meanwhile_is_the_calls_and_the_recording_goes_on(keys: str) -> None:
    server = SipServer()
    made = rig(keys, server).run(160)
    assert (server.values, accounts(made)) == (["on", "off"], [("recorded", "record key")])
    assert made.accounts[0].recorded >= 2.9 * SECOND
    assert [key for key, _ in made.call_keys] == [CallKey.HOLD, CallKey.UNHOLD]


@pytest.mark.parametrize("step", [80, 160, 1600])
def test_keys_of_the_call_are_given_at_their_own_instants_between_those_of_the_recording(step: int) -> None:
    made = rig("0.111 hold, 0.5 record, 0.777 unhold", SipServer(), 1).run(step)
    assert made.call_keys == [(CallKey.HOLD, START + 888), (CallKey.UNHOLD, START + 6216)]
    assert len(made.accounts) == 1


def test_a_call_that_cannot_be_held_has_no_such_keys() -> None:
    with pytest.raises(UsageError, match="leave 'hold' out of the key script"):
        Rig("0 record, 0.5 hold")
