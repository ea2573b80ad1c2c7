"""What `ctl` asks and what it prints: the lines that an agent is sent and sends are literal here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from phone_recorder.cli.ctl import command
from phone_recorder.cli.main import cli
from tests.cli.ctl import ctl, ctl_lines

CALL = (
    '"state":"connected","direction":"out","number":"1002","name":"Bob","seconds":12.5,"sip":false,"codec":"PCMU",'
    '"reason":"","id":"1","rtp":"mixed","host":"127.0.0.1","ports":{"mixed":40000},"local_number":"1001",'
    '"local_name":"","current":true'
)
LEGS = (
    '"state":"connected","direction":"in","number":"1002","id":"2","rtp":"legs","host":"::1",'
    '"ports":{"near":40002,"far":40004},"seconds":0.0'
)
RECORD = (
    '"key":"recording","icon":"recording","timer":"00:12","prompt":"Recording","lamp":"on","recordings":[],"call":"1"'
)
DRIVES = (
    '"drives":[{"name":"BACKUP","device":"/dev/sda1","size":8000000000,"free":3200000000,"problem":"","used":true,'
    '"remaining_s":399000.0},{"name":"/dev/sdb1","device":"/dev/sdb1","problem":"it is write-protected","used":false}],'
    '"problem":""'
)
RECORDINGS = (
    '"recordings":[{"name":"Record_2.wav","size":88000,"duration_s":11.0,"codec":"PCMU","problem":"","running":true},'
    '{"name":"Record_10.wav","size":960076,"duration_s":3723.0,"codec":"G722","problem":"it is cut short"}]'
)
SETTINGS = (
    '"settings":[{"key":"record.mode","kind":"choice","value":"network","is_set":true},'
    '{"key":"server.host","kind":"text","value":"","is_set":false},'
    '{"key":"account.password","kind":"secret","value":"","is_set":true}],"problem":""'
)
STATUS = (
    f'"version":"0.1.0","mode":"server","device":"001122334455","calls":[{{{CALL}}}],"record":{{{RECORD}}},'
    f'"drives":{{{DRIVES}}},"problem":"the LED x is gone"'
)

ROWS: list[tuple[str, str, str, str, list[str]]] = [
    (
        "status",
        "status.get",
        "{}",
        STATUS,
        [
            "version  0.1.0",
            "mode     network",
            "device   001122334455",
            "call     1 to 1002 Bob, connected, 0:12, current, mixed RTP to 127.0.0.1:40000",
            "record   recording 00:12, lamp on: Recording",
            "drive    BACKUP (/dev/sda1), 3.2 GB free, 110 h left",
            "drive    /dev/sdb1: it is write-protected",
            "problem  the LED x is gone",
        ],
    ),
    (
        "status",
        "status.get",
        "{}",
        f'"version":"0.1.0","mode":"local","device":"001122334455","record":{{{RECORD}}},"drives":{{{DRIVES}}}',
        [
            "version  0.1.0",
            "mode     local",
            "device   001122334455",
            "record   recording 00:12, lamp on: Recording",
            "drive    BACKUP (/dev/sda1), 3.2 GB free, 110 h left, recordings go here",
            "drive    /dev/sdb1: it is write-protected",
        ],
    ),
    (
        "call start --remote-number 1002 --remote-name Bob --rtp mixed",
        "call.start",
        '{"remote_number": "1002", "remote_name": "Bob", "rtp": "mixed"}',
        CALL,
        ["call 1 to 1002 Bob: send its mixed RTP to 127.0.0.1:40000"],
    ),
    (
        "call start --local-number 1 --local-name A --direction in --rtp legs --codec pcma --held",
        "call.start",
        '{"local_number": "1", "local_name": "A", "direction": "in", "rtp": "legs", "codec": "PCMA", "held": true}',
        LEGS,
        ["call 2 from 1002: send its near RTP to [::1]:40002 and its far RTP to [::1]:40004"],
    ),
    (
        "call change --call 1 --hold --codec G722",
        "call.change",
        '{"call": "1", "held": true, "codec": "G722"}',
        '"id":"1","state":"held","seconds":61.0,"number":"1002"',
        ["call 1 to 1002, held, 1:01"],
    ),
    (
        "call change --resume --remote-name Carol --remote-number 1003",
        "call.change",
        '{"held": false, "remote_name": "Carol", "remote_number": "1003"}',
        LEGS,
        ["call 2 from 1002, connected, 0:00, near RTP to [::1]:40002 and far RTP to [::1]:40004"],
    ),
    (
        "call end --reason busy",
        "call.end",
        '{"reason": "busy"}',
        '"id":"1","state":"ended","seconds":12.9,"reason":"busy","host":"127.0.0.1","ports":{"mixed":40000}',
        ["call 1, ended, 0:12, busy"],
    ),
    ("call list", "call.list", "{}", '"calls":[]', ["there is no call"]),
    (
        "call list",
        "call.list",
        "{}",
        f'"calls":[{{{CALL}}},{{{LEGS}}}]',
        [
            "call 1 to 1002 Bob, connected, 0:12, current, mixed RTP to 127.0.0.1:40000",
            "call 2 from 1002, connected, 0:00, near RTP to [::1]:40002 and far RTP to [::1]:40004",
        ],
    ),
    ("drives", "drives.list", "{}", '"drives":[],"problem":""', ["no USB drive is plugged in"]),
    ("drives", "drives.list", "{}", '"drives":[],"problem":"no USB drive"', ["no USB drive"]),
    (
        "recordings",
        "recordings.list",
        "{}",
        RECORDINGS,
        [
            "Record_2.wav       0:11  88.0 kB  PCMU  is being written",
            "Record_10.wav   1:02:03  960.1 kB  G722  it is cut short",
        ],
    ),
    ("recordings list", "recordings.list", "{}", '"recordings":[],"problem":""', ["there are no recordings"]),
    (
        "recordings delete Record_2.wav",
        "recordings.delete",
        '{"name": "Record_2.wav"}',
        '"recordings":[],"problem":""',
        ["Record_2.wav: deleted"],
    ),
    (
        "recordings export Record_2.wav",
        "recordings.export",
        '{"name": "Record_2.wav"}',
        '"path":"/media/x/Record_2.riff.wav"',
        ["Record_2.wav: exported to /media/x/Record_2.riff.wav"],
    ),
    (
        "settings",
        "settings.list",
        "{}",
        SETTINGS,
        ["record.mode = network", "server.host =", "account.password = ********"],
    ),
    ("settings server.host", "settings.list", "{}", SETTINGS, ["server.host ="]),
    (
        "settings record.mode=network server.host= record.mode",
        "settings.set",
        '{"values": {"record.mode": "network", "server.host": ""}}',
        SETTINGS,
        ["record.mode = network", "server.host =", "record.mode = network"],
    ),
    ("ask record.get", "record.get", "{}", '"icon":"idle"', ["{", '  "icon": "idle"', "}"]),
    (
        """ask call.change {"call":"1"}""",
        "call.change",
        '{"call": "1"}',
        '"id":"1"',
        ["{", '  "id": "1"', "}"],
    ),
]


@pytest.mark.parametrize(("words", "method", "params", "result", "lines"), ROWS)
def test_a_command_is_a_request_and_its_result_is_lines(
    tmp_path: Path, words: str, method: str, params: str, result: str, lines: list[str]
) -> None:
    told = ctl(tmp_path, words.split(), f'"result":{{{result}}}', method, params)
    assert (told.code, told.stderr, told.stdout.splitlines()) == (0, "", lines)
    assert told.asked == [f'{{"jsonrpc": "2.0", "id": 1, "method": "{method}", "params": {params}}}\n']


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("words", ["status", "recordings list", "ask status.get", "call list", "drives"])
def test_with_json_the_result_is_one_line(tmp_path: Path, words: str, before: bool) -> None:
    method = {"status": "status.get", "ask status.get": "status.get", "drives": "drives.list"}.get(
        words, words.replace(" ", ".")
    )
    given = ["--json", *words.split()] if before else [*words.split(), "--json"]
    told = ctl(tmp_path, given, '"result":{"a":[1,{"b":"\\u001b[2J"}]}', method, "{}")
    assert (told.code, told.stdout) == (0, '{"a": [1, {"b": "\\u001b[2J"}]}\n')


@pytest.mark.parametrize("words", ["call list", "status", "call start", "recordings", "drives", "settings"])
def test_names_of_callers_and_of_strangers_files_steer_no_terminal(tmp_path: Path, words: str) -> None:
    nasty = '"\\u001b]0;x\\u0007\\r\\n\\u202e"'
    one = f'{{"id":{nasty},"number":{nasty},"name":{nasty},"reason":{nasty},"key":{nasty},"value":{nasty}}}'
    lists = "".join(f'"{name}":[{one}],' for name in ("calls", "recordings", "settings"))
    answer = f'"result":{{{lists}"drives":{{"drives":[{one}]}},"prompt":{nasty},"ports":{{{nasty}:1}},"name":{nasty}}}'
    method = {"status": "status.get", "call start": "call.start", "call list": "call.list"}.get(words, f"{words}.list")
    told = ctl(tmp_path, words.split(), answer.replace('"drives":{"drives":', '"drives":{"drives":'), method, "{}")
    assert told.code == 0 and told.stdout
    assert all(line.isprintable() for line in told.stdout.split("\n"))


@pytest.mark.parametrize("words", ["status", "call list", "call start", "drives", "recordings"])
@pytest.mark.parametrize(
    "wrong", ["5", '"x"', "[5]", "null", "true", "1e400", "1" * 400, "-1", '{"a":1}', '[{"number":[],"seconds":"x"}]']
)
def test_an_answer_of_other_things_is_shown_as_far_as_it_goes(tmp_path: Path, words: str, wrong: str) -> None:
    names = ("calls", "record", "drives", "recordings", "ports", "seconds", "timer", "problem", "version")
    answer = '"result":{' + ",".join(f'"{name}":{wrong}' for name in names) + "}"
    method = {"status": "status.get", "call list": "call.list", "call start": "call.start"}.get(words, f"{words}.list")
    assert (told := ctl(tmp_path, words.split(), answer, method, "{}")).code == 0, told


def test_a_refusal_is_one_sentence_and_2(tmp_path: Path) -> None:
    answer = '"error":{"code":-32000,"message":"there is no call \\u001b[2J7"}'
    told = ctl(tmp_path, ["call", "end"], answer, "call.end", "{}")
    assert (told.code, told.stdout) == (2, "")
    assert told.stderr == "phone-recorder: there is no call \ufffd[2J7\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["call", "change"], "nothing has changed: give --hold, --resume, --codec, --remote-number or --remote-name"),
        (["call", "change", "--call", "1"], "nothing has changed: give --hold, "),
        (["ask", "x", "{"], "the parameters are no JSON: "),
        (["ask", "x", "[]"], "the parameters are no JSON object: write one such as "),
        (["press", "pound"], "Invalid value for "),
        (["watch", "screen"], "Invalid value for "),
        (["call", "start", "--rtp", "stereo"], "Invalid value for '--rtp'"),
        (["nothing"], "No such command 'nothing'"),
        ([], "Missing command"),
    ],
)
def test_what_makes_no_sense_is_not_asked(tmp_path: Path, words: list[str], sentence: str) -> None:
    told = ctl_lines(tmp_path, words, {})
    assert (told.code, told.stdout, told.asked) == (2, "", [])
    [line] = told.stderr.splitlines()
    assert line.startswith(f"phone-recorder: {sentence}")


def test_a_socket_without_a_name_is_none() -> None:
    result = CliRunner().invoke(cli, ["ctl", "--socket", "", "status"])
    assert result.exit_code == 2 and "it is empty: name a file or directory" in result.stderr


def test_without_an_agent_it_is_one_sentence_and_2(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["ctl", "--socket", str(tmp_path / "s"), "status"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"phone-recorder: no agent answers at {tmp_path}/s: start one with `phone-recorder agent`\n"


def test_without_a_socket_this_users_agent_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    monkeypatch.delenv("PHONE_RECORDER_SOCKET", raising=False)
    result = CliRunner().invoke(cli, ["ctl", "status"])
    assert result.stderr == (
        f"phone-recorder: no agent answers at {tmp_path}/agent.sock: start one with `phone-recorder agent`, "
        "or name its socket with --socket\n"
    )


@pytest.mark.parametrize(("words", "name"), [([], "a"), (["--socket", "b"], "b")])
def test_the_socket_can_be_named_by_the_environment(
    words: list[str], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PHONE_RECORDER_SOCKET", "a")
    result = CliRunner().invoke(cli, ["ctl", *words, "status"])
    assert result.stderr == f"phone-recorder: no agent answers at {name}: start one with `phone-recorder agent`\n"


def test_who_may_use_the_socket_is_the_clients_to_say() -> None:
    """Whether it can be read, which click asks first, says nothing of that."""
    [option] = [one for one in command.params if one.name == "socket"]
    assert isinstance(option.type, click.Path) and not option.type.readable
    assert option.type.exists is False


def test_nothing_slow_is_loaded() -> None:
    script = (
        "import sys\n"
        "from phone_recorder.cli.main import cli\n"
        "try: cli(['ctl', '--socket', '/none', 'status'])\n"
        "except SystemExit: print(*sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    slow = {"asyncio", "msgspec", "ssl", "http", "logging", "psutil", "pyudev", "starlette", "subprocess"}
    assert not slow & set(done.stdout.split())
    assert "phone_recorder.adapters.agent_client" in done.stdout.split()
