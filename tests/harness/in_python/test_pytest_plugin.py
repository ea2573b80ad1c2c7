"""The plugin in runs of pytest of their own, as a user's project has them."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

PLUGIN = "phone_recorder.harness.in_python.pytest_plugin"
ROOT = Path(__file__).parents[3]
PASSES = """\
scenario: A call is recorded
tags: [drive]
matrix: {codec: [PCMU, PCMA]}
phone: {settings: {record.codec: "${codec}"}}
call: {length: 2 s}
steps:
  - {at: 0 s, press: record}
expect:
  - {at: 1 s, state: recording}
  - {files: {count: 1, codec: "${codec}", duration: 2 s}}
"""
FAILS = PASSES.replace("count: 1", "count: 2")
LIVE = PASSES + "live: only\n"


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    # Whether it is installed as an entry point is another matter.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return pytester


def run(project: pytest.Pytester, *words: str) -> pytest.RunResult:
    return project.runpytest_subprocess("-p", PLUGIN, "-p", "no:cacheprovider", *words)


def scenario(project: pytest.Pytester, name: str, text: str) -> None:
    (project.path / f"{name}.scenario.yaml").write_text(text)


def test_each_case_of_a_scenario_is_a_test(project: pytest.Pytester) -> None:
    scenario(project, "plain", PASSES)
    result = run(project, "-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*plain.scenario.yaml::plain[[]PCMU[]] PASSED*", "*::plain[[]PCMA[]] PASSED*"])


def test_a_case_that_fails_shows_its_lines_and_how_to_play_it_again_and_no_traceback(project: pytest.Pytester) -> None:
    scenario(project, "plain", FAILS)
    result = run(project, "--phone-seed", "7", "-k", "PCMU")
    result.assert_outcomes(failed=1, deselected=1)
    shown = result.stdout.str()
    assert "plain.scenario.yaml:10: at the end, files count 2: " in shown
    assert "to play it again: pytest --phone-seed 7 'plain.scenario.yaml::plain[PCMU]'\n" in shown
    assert "Traceback" not in shown and "one_case.py" not in shown


FAILING = "def test_it(call):\n    print('seed', call.scene.case().seed)\n    assert call(length=0.05).recordings\n"


@pytest.mark.parametrize(
    ("options", "root"), [(("--phone-seed", "7"), "."), (("--phone-live",), "..")], ids=["a root below", "a root above"]
)
def test_the_line_that_plays_a_failure_again_does_so_in_a_shell(
    project: pytest.Pytester, options: tuple[str, ...], root: str
) -> None:
    folder = project.mkdir("it's $HOME and more")
    (folder / root / "pytest.ini").write_text("[pytest]")
    (folder / "plain.scenario.yaml").write_text(FAILS.replace("call: {length: 2 s}", "call: {length: 50 ms}"))
    (folder / "test_it.py").write_text(FAILING)
    result = run(project, *options)
    result.assert_outcomes(failed=3)
    # Under CI pytest tells all of a failure once more at the end.
    lines = [*dict.fromkeys(line.partition("again: ")[2] for line in result.outlines if "play it again: " in line)]
    assert len(lines) == 3
    told = [shell(line) for line in lines]
    for line, again in zip(lines, told, strict=True):
        assert set(options) <= set(shlex.split(line))
        assert "1 failed" in again and f"to play it again: {line}\n" in again
    assert seeds(result) == {line for again in told for line in again.splitlines() if line.startswith("seed ")}


def shell(line: str) -> str:
    """What it tells as a line of a shell, by this pytest."""
    assert line.startswith("pytest ")
    ours = f"PYTHONPATH={ROOT} {sys.executable} -m pytest -p {PLUGIN} -p no:cacheprovider"
    return subprocess.run(ours + line.removeprefix("pytest"), shell=True, capture_output=True, text=True).stdout


def test_a_bad_file_is_an_error_of_collection_with_its_sentence(project: pytest.Pytester) -> None:
    scenario(project, "bad", PASSES.replace("press", "pres"))
    result = run(project)
    result.assert_outcomes(errors=1)
    shown = result.stdout.str()
    assert "bad.scenario.yaml:7: " in shown and "press" in shown
    assert "Traceback" not in shown and "reading.py" not in shown


@pytest.mark.parametrize(("words", "passed"), [("drive", 2), ("not drive", 0), ("PCMA", 1), ("plain", 2)])
def test_names_and_tags_are_words_for_k(project: pytest.Pytester, words: str, passed: int) -> None:
    scenario(project, "plain", PASSES)
    run(project, "-k", words).assert_outcomes(passed=passed, deselected=2 - passed)


MARKED = """
import pytest
@pytest.mark.phone_live
def test_live(call):
    call(length=0.1)
    assert call.scene.evidence
@pytest.mark.phone_live(False)
def test_virtual(call):
    call(length=0.1)
    assert call.scene.evidence
"""


def test_what_is_for_real_time_is_skipped_with_the_reason(project: pytest.Pytester) -> None:
    scenario(project, "plain", LIVE)
    project.makepyfile(MARKED)
    result = run(project, "-rs", "--strict-markers")
    result.assert_outcomes(skipped=3, passed=1)
    told = [line.partition(": it is")[2] for line in result.outlines if line.startswith("SKIPPED")]
    assert told and set(told) == {" for real time: add --phone-live"}


def test_in_real_time_what_is_for_the_virtual_clock_is_skipped_with_the_reason(project: pytest.Pytester) -> None:
    scenario(project, "plain", PASSES.replace("2 s", "100 ms") + "live: false\n")
    project.makepyfile(MARKED)
    result = run(project, "-rs", "--phone-live", "-k", "PCMU or live or virtual")
    result.assert_outcomes(skipped=2, passed=1, deselected=1)
    told = [line.partition(": it is")[2] for line in result.outlines if line.startswith("SKIPPED")]
    assert told and set(told) == {" for the virtual clock: leave out --phone-live"}


def test_a_test_in_python_is_played_by_the_clock_of_the_run(project: pytest.Pytester) -> None:
    path = project.makepyfile("""
import time
def test_it(call):
    call(length=0.5).at(0).press("record")
    began = time.monotonic()
    assert call.recording.duration > 0
    assert time.monotonic() - began > 0.5
""")
    run(project, path.name).assert_outcomes(failed=1)
    run(project, path.name, "--phone-live").assert_outcomes(passed=1)


def test_other_yaml_is_left_alone(project: pytest.Pytester) -> None:
    (project.path / "other.yaml").write_text("no scenario")
    run(project).assert_outcomes()


PYTHON = {
    "a_call_is_recorded_and_heard": """
def test_it(call):
    call(near="tone:440", far="tone:660", length=4)
    call.at(1).press("record")
    assert call.at(2).screen.icon == "recording"
    assert call.recording.duration == 3
    assert call.recording.audio.contains("tone:660", between=(0, 2))
    assert call.recording.audio.contains("near", "far")
""",
    "a_stick_is_pulled": """
def test_it(call, usb_stick, phone):
    usb_stick(size="16 MiB")
    call(length=5).at(0).press("record")
    usb_stick.pull(at=3)
    assert phone.screen(at=2).icon == "recording"
    assert call.recording.state == "cut short"
    assert len(usb_stick.files(at=2)) == 1
""",
    "a_server_refuses": """
def test_it(call, record_server, phone):
    record_server.refuse("busy")
    call(length=3).at(0).press("record")
    assert "busy" in phone.screen().prompt
    assert any("RecordStartRequest" in message.text for message in record_server.messages)
""",
    "our_server_records": """
def test_it(call, record_server):
    call(length=3, far="tone:700").at(0).press("record")
    [recording] = record_server.recordings
    assert recording.audio.contains("tone:700")
""",
    "a_sip_server_is_asked": """
def test_it(call, sip_server, phone):
    sip_server.answer(200)
    call(length=3).at(0).press("record")
    assert [message.text.split()[0] for message in sip_server.messages][:2] == ["INFO", "200"]
""",
    "the_phone_is_another": """
def test_it(call, phone):
    phone({"record.pause": "silence"}, model="BX6")
    call(length=3).at(0).press("record").press("pause")
    call.at(1).press("resume")
    assert phone.key(at=0.5) == "paused"
    assert call.recording.duration == 3
""",
}


@pytest.mark.parametrize("name", PYTHON)
def test_a_test_in_python(project: pytest.Pytester, name: str) -> None:
    project.makepyfile(PYTHON[name])
    run(project).assert_outcomes(passed=1)


def test_what_is_heard_instead_is_shown_by_a_failed_assertion(project: pytest.Pytester) -> None:
    project.makepyfile("""
def test_it(call):
    call(near="tone:440", far="none", length=3).at(0).press("record")
    assert call.recording.audio.is_silent()
""")
    result = run(project, "--phone-seed", "7")
    result.assert_outcomes(failed=1)
    assert "E       assert " in result.stdout.str() and " dB" in result.stdout.str()
    assert "played: " in result.stdout.str() and "pytest --phone-seed 7" in result.stdout.str()


WRONG = {
    "phone(settings={'record.moed': 'local'}).screen()": "UsageError: phone.settings.record.moed: there is no setting",
    "call(far='nope.wav').recordings": "UsageError: far.voice: cannot read ",
    "call(length=1).at(0.5).press('recrd').moment": "UsageError: steps.1.press: 'recrd' is none of what it can be",
    "call(near='tone:440').at(-1)\\\n        .press('ok')": "UsageError: -1 s is no instant of the call",
    "bool(phone.screen)": "UsageError: screen was not asked: write screen(...)",
    "call(length=1).recording": "AssertionError: nothing was recorded",
    "phone.shows(prompt='/(/')": "UsageError: screen.prompt: ",
}


@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_is_one_sentence_at_the_tests_own_line(project: pytest.Pytester, line: str) -> None:
    project.makepyfile(f"def test_it(call, phone):\n    {line}\n")
    result = run(project)
    result.assert_outcomes(failed=1)
    shown = result.stdout.str()
    assert WRONG[line] in shown
    assert "phone_recorder/" not in shown and "exception" not in shown


def test_a_call_without_a_recording_fails_in_words(project: pytest.Pytester) -> None:
    project.makepyfile("def test_it(call):\n    call(length=1).recording\n")
    result = run(project)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*AssertionError: nothing was recorded*"])


def test_the_same_seed_is_the_same_test_in_any_process(project: pytest.Pytester) -> None:
    project.makepyfile("""
import pytest
@pytest.mark.parametrize("again", range(4))
def test_it(phone_scene, again):
    print("seed", phone_scene.case().seed)
    assert False
""")
    alone = seeds(run(project, "--phone-seed", "7"))
    assert seeds(run(project, "--phone-seed", "7", "-p", "xdist", "-n", "2")) == alone
    drawn = seeds(run(project, "-p", "xdist", "-n", "2"))
    assert len(alone) == len(drawn) == 4 and not drawn & alone


def seeds(result: pytest.RunResult) -> set[str]:
    return {line for line in result.stdout.lines if line.startswith("seed ")}


def test_a_run_of_pytest_that_has_no_scenario_imports_next_to_nothing() -> None:
    program = f"import sys, pytest\nbefore = set(sys.modules)\nimport {PLUGIN}\nprint(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    ours = {"phone_recorder", "phone_recorder.harness", "phone_recorder.harness.in_python", PLUGIN}
    assert set(done.stdout.split()) <= ours | {"os", "shlex", "zlib"}
