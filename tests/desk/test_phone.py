"""The emulated phone, live: what it is asked for is done, and what it shows is true."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from phone_recorder import control_api as api
from phone_recorder.adapters.record_reader import open_record
from phone_recorder.desk.answers import ANSWERS
from phone_recorder.errors import UsageError
from tests.desk.rig import Switched, switched_on

pytestmark = pytest.mark.live

Scene = Callable[[Switched], Awaitable[None]]


def play(scene: Scene, directory: Path, settings: dict[str, str] | None = None, **plan: object) -> Switched:
    """Switch a phone on, and have the scene played with it."""

    async def run() -> Switched:
        async with switched_on(directory, settings, **plan) as phone:
            await scene(phone)
            return phone

    return asyncio.run(run())


def test_every_method_of_the_api_has_an_answer() -> None:
    assert set(ANSWERS) == set(api.BY_REQUEST)


def test_a_call_is_recorded_to_the_stick(tmp_path: Path) -> None:
    async def scene(phone: Switched) -> None:
        assert (await phone.ask(api.StartCall("1002"))).state == "connected"
        await phone.ask(api.PressRecord())
        await phone.until(lambda last: last["screen"].timer == "00:01")
        await phone.ask(api.PressRecord())
        await phone.until_prompt("Recording saved: 1 file")
        await phone.ask(api.EndCall())
        await phone.until(lambda last: last["recordings"].recordings)

    phone = play(scene, tmp_path)
    [path] = phone.stick.glob("Record_*.wav")
    with open_record(path) as record:
        assert record.header.duration_s > 1.0 and record.examination.problems == ()
    assert phone.last["recordings"].recordings[0].name == path.name


def test_what_the_screen_shows_comes_after_what_is_written(tmp_path: Path) -> None:
    async def scene(phone: Switched) -> None:
        await phone.ask(api.StartCall("1002"))
        await phone.ask(api.PressRecord())
        assert phone.last["screen"].icon == "idle"
        await phone.until_icon("recording")
        assert list(phone.stick.glob("Record_*.wav"))

    play(scene, tmp_path)


def test_a_stick_that_is_pulled_ends_the_recording_and_not_the_call(tmp_path: Path) -> None:
    async def scene(phone: Switched) -> None:
        await phone.ask(api.StartCall("1002"))
        await phone.ask(api.PressRecord())
        await phone.until_icon("recording")
        await phone.ask(api.PullStick())
        await phone.until_icon("failed")
        assert "the drive was removed" in phone.last["screen"].prompt
        assert (await phone.ask(api.GetCall())).state == "connected"
        await phone.ask(api.InsertStick())
        await phone.ask(api.PressRecord())
        await phone.until_icon("recording")

    play(scene, tmp_path)


@pytest.mark.parametrize(
    ("fault", "prompt"),
    [
        (api.FillStick(0), "full"),
        (api.LockStick(), "write-protected"),
        (api.PullStick(), "no USB drive is plugged in"),
    ],
)
def test_a_stick_that_cannot_be_recorded_to_is_told(tmp_path: Path, fault: api.Request, prompt: str) -> None:
    async def scene(phone: Switched) -> None:
        await phone.ask(fault)
        await phone.ask(api.StartCall("1002"))
        await phone.ask(api.PressRecord())
        await phone.until_icon("failed")
        assert prompt in phone.last["screen"].prompt

    play(scene, tmp_path)


@pytest.mark.parametrize(
    ("settings", "prompt"),
    [
        ({"phone.model": "BX3S"}, "BX3S cannot record to USB"),
        ({"record.mode": "network"}, "no record server is set"),
        ({"record.mode": "network", "server.host": "127.0.0.1", "server.port": "1"}, "refused"),
        ({"record.mode": "sip_info"}, "this call goes by no SIP server"),
    ],
)
def test_why_nothing_is_recorded_is_told(tmp_path: Path, settings: dict[str, str], prompt: str) -> None:
    async def scene(phone: Switched) -> None:
        await phone.ask(api.StartCall("1002"))
        await phone.ask(api.PressRecord())
        await phone.until_prompt(prompt)

    play(scene, tmp_path, settings)


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (api.PressRecord(), "no call to record"),
        (api.PressRecord(call="1"), "one call at a time"),
        (api.GetRecording("1"), "one call at a time"),
        (api.EndCall(), "no call to end"),
        (api.AnswerCall(), "no call that rings"),
        (api.HoldCall(), "no call to hold"),
        (api.ControlPlayback("pause"), "nothing is being played"),
        (api.StartPlayback("../phone.toml"), "there is no recording"),
        (api.DeleteRecording("nothing"), "there is no recording"),
        (api.SetSettings({"record.mode": "tape"}), "record.mode"),
        (api.PressKey("power"), "power"),
        (api.InsertStick(), "plugged in already"),
        (api.StartCall("1002", far="tone:1"), "no tone"),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path: Path, request_: api.Request, sentence: str) -> None:
    async def scene(phone: Switched) -> None:
        with pytest.raises(UsageError, match=sentence):
            await phone.ask(request_)

    play(scene, tmp_path)


def test_a_call_that_comes_rings_until_it_is_answered(tmp_path: Path) -> None:
    async def scene(phone: Switched) -> None:
        assert (await phone.ask(api.StartCall("1003", "Bob", "in"))).state == "ringing"
        with pytest.raises(UsageError, match="a call is going on"):
            await phone.ask(api.StartCall("1004"))
        assert (await phone.ask(api.AnswerCall())).state == "connected"
        await phone.ask(api.EndCall())
        await phone.until(lambda last: last["call"].state == "ended")
        await phone.ask(api.StartCall("1003", "Bob", "in"))
        await phone.ask(api.EndCall())
        await phone.until(lambda last: len(phone.phone.facts.log.calls) == 2)
        missed, taken = (await phone.ask(api.ListLog())).calls
        assert (missed.answered, taken.answered, taken.name) == (False, True, "Bob")

    play(scene, tmp_path)


def test_a_recording_is_played_paused_and_sought(tmp_path: Path) -> None:
    async def scene(phone: Switched) -> None:
        await phone.ask(api.StartCall("1002", duration_s=1.5))
        await phone.ask(api.PressRecord())
        await phone.until(lambda last: last["call"].state == "ended")
        await phone.until(lambda last: last["recordings"].recordings and not last["recordings"].recordings[0].problem)
        name = phone.last["recordings"].recordings[0].name
        playing = await phone.ask(api.StartPlayback(name, 0.5, 2.0))
        assert playing.name == name and playing.speed == 2.0
        paused = await phone.ask(api.ControlPlayback("pause", 1.0))
        await phone.until(lambda last: last["playback"].paused and last["playback"].position_s >= 1.0)
        assert paused.name == name
        await phone.ask(api.ControlPlayback("resume"))
        await phone.until(lambda last: last["playback"].ended)

    play(scene, tmp_path)


def test_settings_are_kept_in_the_file(tmp_path: Path) -> None:
    async def scene(phone: Switched) -> None:
        await phone.ask(api.SetSettings({"record.mode": "network", "server.host": "192.0.2.7"}))
        assert phone.config.read_text().count("=") == 2
        listed = {one.key: one.value for one in (await phone.ask(api.ListSettings())).settings}
        assert (listed["record.mode"], listed["server.host"]) == ("network", "192.0.2.7")

    play(scene, tmp_path)


def test_settings_that_cannot_be_kept_hold_all_the_same(tmp_path: Path) -> None:
    async def scene(phone: Switched) -> None:
        listed = await phone.ask(api.SetSettings({"phone.language": "zh"}))
        assert "phone.toml" in listed.problem
        assert phone.last["screen"].language == "zh"

    play(scene, tmp_path, settings_file=tmp_path / "gone" / "phone.toml")


def test_the_phone_records_by_itself_when_it_is_set_to(tmp_path: Path) -> None:
    async def scene(phone: Switched) -> None:
        await phone.ask(api.StartCall("1002"))
        await phone.until_icon("recording")

    play(scene, tmp_path, {"record.auto": "on"})


def test_a_phone_that_is_switched_off_leaves_whole_files(tmp_path: Path) -> None:
    async def scene(phone: Switched) -> None:
        await phone.ask(api.StartCall("1002"))
        await phone.ask(api.PressRecord())
        await phone.until(lambda last: last["screen"].timer == "00:01")

    phone = play(scene, tmp_path)
    [path] = phone.stick.glob("Record_*.wav")
    with open_record(path) as record:
        assert record.examination.problems == () and record.header.duration_s > 1.0


def test_levels_are_measured_while_somebody_watches(tmp_path: Path) -> None:
    async def scene(phone: Switched) -> None:
        seen: list[api.Levels] = []
        heard = asyncio.Event()

        def hear(event: api.Event) -> None:
            seen.append(event.data)
            if event.data.mix_db is not None:
                heard.set()

        stop = phone.phone.watch(hear, ("levels",))
        await phone.ask(api.StartCall("1002", near="tone:440", far="silence"))
        await asyncio.wait_for(heard.wait(), 20)
        stop()
        assert seen[-1].far_db is None and seen[-1].near_db is not None

    play(scene, tmp_path)


def test_recording_that_is_switched_on_in_a_call_counts_at_once(tmp_path: Path) -> None:
    async def scene(phone: Switched) -> None:
        await phone.ask(api.StartCall("1002"))
        await phone.ask(api.PressRecord())
        assert "switched off" in phone.last["screen"].prompt
        await phone.ask(api.SetSettings({"record.enabled": "on"}))
        await phone.ask(api.PressRecord())
        await phone.until_icon("recording")

    play(scene, tmp_path, {"record.enabled": "off"})


def test_a_call_in_which_nobody_can_speak_is_over(tmp_path: Path) -> None:
    voice = tmp_path / "voice.wav"
    voice.write_bytes((Path(__file__).parents[2] / "fixtures" / "speech" / "near_en.wav").read_bytes())

    async def scene(phone: Switched) -> None:
        await phone.ask(api.StartCall("1002", direction="in", far=str(voice)))
        voice.unlink()
        with pytest.raises(UsageError, match=r"voice\.wav"):
            await phone.ask(api.AnswerCall())
        assert (await phone.ask(api.GetCall())).state == "ended"
        await phone.ask(api.StartCall("1003"))

    play(scene, tmp_path)


def test_an_error_of_ours_still_leaves_whole_files(tmp_path: Path) -> None:
    def fail(event: api.Event) -> None:
        raise OSError("the terminal has gone")

    async def scene(phone: Switched) -> None:
        await phone.ask(api.StartCall("1002"))
        await phone.ask(api.PressRecord())
        await phone.until(lambda last: last["screen"].timer == "00:01")
        phone.phone.watch(fail, ("screen",))
        with pytest.raises(OSError, match="the terminal has gone"):
            await phone.phone.until(asyncio.Event())

    phone = play(scene, tmp_path)
    [path] = phone.stick.glob("Record_*.wav")
    with open_record(path) as record:
        assert record.examination.problems == () and record.header.duration_s > 1.0


def test_a_password_is_not_shown_to_another_server_than_its_own(tmp_path: Path) -> None:
    async def scene(phone: Switched) -> None:
        await phone.ask(api.SetSettings({"account.registrar": "sip:127.0.0.1:1", "account.password": "secret"}))
        assert phone.phone.settings.account.password == "secret"
        await phone.ask(api.SetSettings({"account.registrar": "sip:127.0.0.1:2"}))
        assert phone.phone.settings.account.password == ""
        assert "enter its password" in phone.last["screen"].prompt
        assert "secret" not in phone.config.read_text()

    play(scene, tmp_path)


def test_a_call_is_logged_with_what_was_recorded_of_it(tmp_path: Path) -> None:
    async def scene(phone: Switched) -> None:
        await phone.ask(api.SlowStick(100))
        await phone.ask(api.StartCall("1002"))
        await phone.ask(api.PressRecord())
        await phone.until_icon("recording")
        await phone.ask(api.EndCall())
        await phone.until_prompt("Recording saved")
        async with asyncio.timeout(20):
            while not (await phone.ask(api.ListLog())).calls[0].recorded:
                await asyncio.sleep(0.01)

    play(scene, tmp_path)
