"""The words of the command line and of Locust's page, as a plan. Neither Locust nor gevent is needed for it."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from phone_recorder.bulk.fleet.durations import Durations
from phone_recorder.bulk.fleet.plan import Bad
from phone_recorder.bulk.locust.options import SLOTS, add_options, plan_of, server_of, voice_word
from phone_recorder.bulk.media_impairments import Impairments
from phone_recorder.errors import UsageError

HOST = "127.0.0.1:10000"


def options_of(*typed: str) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return vars(parser.parse_args(typed))


def test_without_options_phones_do_as_those_of_a_fleet_do() -> None:
    options = options_of()
    plan = plan_of(options, HOST)
    assert (plan.server, plan.phones, plan.talk, plan.rest) == (
        ("127.0.0.1", 10000),
        SLOTS,
        Durations.always(60 * 8000),
        Durations.always(8000),
    )
    assert (plan.codec, plan.ptime_ms, plan.seed, plan.bad_share, plan.bad) == ("PCMU", 20, 0, 0.0, tuple(Bad))
    assert plan.sources == ()
    assert plan.impairments == Impairments()
    assert (plan.policy.terminator, plan.policy.foreign_media, plan.policy.timeout) == (b"", False, 5 * 8000)
    assert voice_word(options) == "pattern"


def test_each_option_is_in_the_plan() -> None:
    typed = (
        "--talk 3s-9s --rest ~2s --codec PCMA --ptime 40 --voice tone:440 --loss 2% --duplicate 3% --reorder 4% "
        "--jitter 20ms --bad 5% --bad-ways mute,reset --seed 7 --server-timeout 2s --terminator CRLF "
        "--allow-foreign-media yes --source 127.0.0.2-127.0.0.4"
    )
    options = options_of(*typed.split())
    plan = plan_of(options, HOST)
    assert (plan.talk, plan.rest) == (Durations(24000, 72000), Durations.about(16000))
    assert (plan.codec, plan.ptime_ms, plan.seed) == ("PCMA", 40, 7)
    assert plan.impairments == Impairments(loss=0.02, duplicate=0.03, reorder=0.04, jitter=160)
    assert plan.sources == ("127.0.0.2", "127.0.0.3", "127.0.0.4")
    assert (plan.bad_share, plan.bad) == (0.05, (Bad.MUTE, Bad.RESET))
    assert (plan.policy.terminator, plan.policy.foreign_media, plan.policy.timeout) == (b"\r\n", True, 16000)
    assert voice_word(options) == "tone:440"


def test_all_of_them_are_text_which_locust_can_send_and_show() -> None:
    assert {type(value) for value in options_of("--loss", "2%").values()} == {str}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("--talk soon", "'soon' is not a time up to 7 days"),
        ("--loss 2", "'2' is not a share from 0% to 100%"),
        ("--jitter 11s", "jitter is at most 10s"),
        ("--bad-ways politely", "'politely' is no way to stop badly"),
        ("--seed x", "a seed is a whole number below 4294967296, not 'x'"),
        ("--seed 4294967296", "a seed is a whole number below"),
        ("--server-timeout 100ms", "a server has from 0.5s to 60s to answer"),
        ("--source here", "'here' is not an IP address"),
        ("--ptime 25", "invalid choice"),
        ("--codec opus", "invalid choice"),
    ],
)
def test_what_makes_no_sense_is_said_at_the_command_line(
    typed: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        options_of(*typed.split())
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("talk", "soon", "--talk: 'soon' is not a time"),
        ("ptime", "25", "--ptime is one of 10, 20, 30, 40, 60, not '25'"),
        ("terminator", "\x1b", "--terminator is one of none, LF, CRLF, not '\ufffd'"),
        ("voice", "", "--voice: the voice is empty"),
    ],
)
def test_and_for_the_page_when_a_test_begins(name: str, text: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        plan_of({**options_of(), name: text}, HOST)
    assert str(error.value).startswith(said)


def test_the_help_shows_the_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options_of("--help")
    shown = capsys.readouterr().out
    assert "--talk TIME" in shown
    assert "Share of the packets that are lost. Usually 0." in " ".join(shown.split())


@pytest.mark.parametrize(
    ("host", "server"),
    [
        ("127.0.0.1:5000", ("127.0.0.1", 5000)),
        (" 127.0.0.1 ", ("127.0.0.1", 10000)),
        ("[::1]:5000", ("::1", 5000)),
    ],
)
def test_the_host_is_a_record_server(host: str, server: tuple[str, int]) -> None:
    assert server_of(host) == server


@pytest.mark.parametrize(
    ("host", "said"),
    [
        (None, "and none is named: write -H HOST:PORT"),
        ("", "and none is named"),
        ("http://127.0.0.1:10000", "'http://127.0.0.1:10000' is not one"),
        ("127.0.0.1:0", "is not one"),
        ("127.0.0.1:99999", "is not one"),
        ("nowhere.invalid:5", "there is no host 'nowhere.invalid': check -H"),
    ],
)
def test_what_is_none_is_said(host: str | None, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        server_of(host)
