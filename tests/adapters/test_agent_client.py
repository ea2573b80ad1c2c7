"""The client against an agent that knows nothing but literal lines."""

from __future__ import annotations

import grp
import os
import signal
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from phone_recorder.adapters.agent_client import (
    MOST_BYTES,
    SYSTEM_SOCKET,
    AgentClient,
    connect_first,
    default_socket,
    default_sockets,
)
from phone_recorder.errors import AgentRefused, AgentUnreachable
from tests.cli.fake_agent import CLOSE, HANG, FakeAgent

STATUS = b'{"jsonrpc": "2.0", "id": 1, "method": "status.get", "params": {}}\n'
WATCH = b'{"jsonrpc": "2.0", "id": 1, "method": "events.watch", "params": {"events": ["record", "call"]}}\n'
LOCAL = b'{"jsonrpc":"2.0","id":1,"result":{"mode":"local"}}\n'
DONE = b'{"jsonrpc":"2.0","id":1,"result":{}}\n'


def event(number: int) -> bytes:
    return b'{"jsonrpc":"2.0","method":"event","params":{"event":"record","data":{"timer":"00:0%d"}}}\n' % number


def said(path: Path, answers: Mapping[bytes, bytes], greeting: bytes = b"") -> dict[str, object]:
    """What the client makes of an agent's answer to `status.get`."""
    with FakeAgent(path, answers, greeting), AgentClient(path) as client:
        return client.ask("status.get", {})


def told_as_nobody(path: Path) -> str:
    """What the client says of a socket to a process whose user is nobody, who is in no group."""
    read, write = os.pipe()
    if not (child := os.fork()):
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            AgentClient(path)
        except BaseException as error:
            os.write(write, str(error).encode())
        os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    said = os.read(read, 4096)
    os.close(read)
    return said.decode()


def test_a_question_is_a_line_and_its_answer_the_result(tmp_path: Path) -> None:
    with FakeAgent(tmp_path / "a", {STATUS: LOCAL}) as agent, AgentClient(tmp_path / "a") as client:
        assert client.ask("status.get", {}) == {"mode": "local"}
    assert agent.asked == [STATUS]


def test_each_question_has_its_number(tmp_path: Path) -> None:
    second = b'{"jsonrpc": "2.0", "id": 2, "method": "record.press", "params": {"event": "start"}}\n'
    answers = {STATUS: DONE, second: b'{"jsonrpc":"2.0","id":2,"result":{"icon":"idle"}}\n'}
    with FakeAgent(tmp_path / "a", answers), AgentClient(tmp_path / "a") as client:
        assert client.ask("status.get", {}) == {}
        assert client.ask("record.press", {"event": "start"}) == {"icon": "idle"}


def test_a_refusal_is_the_agents_own_sentence(tmp_path: Path) -> None:
    answer = b'{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"there is no call 7"}}\n'
    with pytest.raises(AgentRefused, match=r"^there is no call 7$"):
        said(tmp_path / "a", {STATUS: answer})


def test_whoever_is_shown_the_door_is_told_why(tmp_path: Path) -> None:
    greeting = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"32 are connected already"}}\n'
    with pytest.raises(AgentRefused, match=r"^32 are connected already$"):
        said(tmp_path / "a", {}, greeting)


def test_events_come_in_their_order_before_the_answer_and_after(tmp_path: Path) -> None:
    answers = {WATCH: event(1) + DONE + event(2) + event(3)}
    with FakeAgent(tmp_path / "a", answers) as agent, AgentClient(tmp_path / "a") as client:
        told = client.events(["record", "call"])
        assert [next(told) for _ in range(3)] == [
            {"event": "record", "data": {"timer": f"00:0{number}"}} for number in (1, 2, 3)
        ]
    assert agent.asked == [WATCH]


def test_an_agent_that_ends_while_it_is_watched_is_told(tmp_path: Path) -> None:
    with FakeAgent(tmp_path / "a", {WATCH: DONE + event(1) + CLOSE}), AgentClient(tmp_path / "a") as client:
        told = client.events(["record", "call"])
        next(told)
        with pytest.raises(AgentUnreachable, match=r"a has closed the connection: it was stopped, or has crashed$"):
            next(told)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (CLOSE, "has closed the connection: it was stopped, or has crashed"),
        (b'{"jsonrpc":"2.0"' + CLOSE, "has closed the connection"),
        (b"HTTP/1.1 400 Bad Request\r\n", "is no agent of this kind: it says HTTP/1.1 400 Bad Request"),
        (b"[1]\n", r"is no agent of this kind: it says \[1\]"),
        (b"[" * 50_000 + b"\n", "is no agent of this kind: it says "),
        (b"\xff\x1b[2J\n", "is no agent of this kind: it says \ufffd\ufffd"),
        (b'{"id":2,"result":{}}\n', "is no agent of this kind: it says "),
        (b'{"id":1,"result":[]}\n', "is no agent of this kind: it says "),
        (b'{"id":1,"error":"no"}\n', "is no agent of this kind: it says "),
        (b"{}\n", "is no agent of this kind: it says {}"),
    ],
)
def test_a_broken_answer_is_one_sentence(tmp_path: Path, answer: bytes, sentence: str) -> None:
    with pytest.raises(AgentUnreachable, match=sentence) as caught:
        said(tmp_path / "a", {STATUS: answer})
    assert str(caught.value).isprintable() and len(str(caught.value)) < 500


def test_an_answer_may_come_in_pieces(tmp_path: Path) -> None:
    long = b'{"jsonrpc":"2.0","id":1,"result":{"mode":"' + b"x" * 1_000_000 + b'"}}\n'
    assert said(tmp_path / "a", {STATUS: long}) == {"mode": "x" * 1_000_000}


def test_a_line_without_an_end_is_not_kept_for_ever(tmp_path: Path) -> None:
    with pytest.raises(AgentUnreachable, match="a line of more than 16 MiB"):
        said(tmp_path / "a", {STATUS: b"x" * (MOST_BYTES + (1 << 20))})


def test_an_agent_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    hung = pytest.raises(AgentUnreachable, match=r"does not answer within 0\.05 s: see its log, or start it anew$")
    with FakeAgent(tmp_path / "a", {STATUS: HANG}), AgentClient(tmp_path / "a", 0.05) as client, hung:
        client.ask("status.get", {})


def test_an_agent_that_takes_nobody_in_is_given_up(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as first:
        listener.bind(str(tmp_path / "a"))
        listener.listen(0)
        first.connect(str(tmp_path / "a"))
        with pytest.raises(AgentUnreachable, match=r"does not answer within 0\.05 s"):
            AgentClient(tmp_path / "a", 0.05)


def test_where_there_is_no_socket_no_agent_answers(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path / "none" / "below"):
        with pytest.raises(AgentUnreachable) as caught:
            AgentClient(path)
        assert str(caught.value) == f"no agent answers at {path}: start one with `phone-recorder agent`"


def test_at_a_socket_that_was_left_behind_no_agent_answers(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(tmp_path / "a"))
    with pytest.raises(AgentUnreachable, match=r"^no agent answers at .*/a: start one with `phone-recorder agent`$"):
        AgentClient(tmp_path / "a")


def test_a_file_is_no_socket(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    for path in (tmp_path, tmp_path / "a"):
        with pytest.raises(
            AgentUnreachable, match=r"is no socket: name the agent's, such as /run/phone-recorder/agent"
        ):
            AgentClient(path)


def test_a_path_that_is_too_long_is_told(tmp_path: Path) -> None:
    with pytest.raises(AgentUnreachable, match="is too long for a socket: name one with a shorter path"):
        AgentClient(tmp_path / ("x" * 200))


def test_the_first_that_answers_is_taken(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(tmp_path / "gone"))
    paths = (tmp_path / "none", tmp_path / "gone", tmp_path / "a")
    with FakeAgent(tmp_path / "a", {STATUS: DONE}), connect_first(paths) as client:
        assert client.ask("status.get", {}) == {}


def test_where_none_answers_the_first_is_named(tmp_path: Path) -> None:
    with pytest.raises(AgentUnreachable, match=r"^no agent answers at .*/one: "):
        connect_first((tmp_path / "one", tmp_path / "two"))


def test_another_fault_than_that_nobody_is_there_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with FakeAgent(tmp_path / "a", {}), pytest.raises(AgentUnreachable, match="file is no socket"):
        connect_first((tmp_path / "file", tmp_path / "a"))


def test_this_users_agent_comes_before_the_systems(tmp_path: Path) -> None:
    environ = {"XDG_RUNTIME_DIR": "/run/user/1000"}
    own = Path("/run/user/1000/phone-recorder/agent.sock")
    assert default_socket(environ, 1000) == own
    assert default_sockets(environ, 1000) == (own, SYSTEM_SOCKET)
    assert default_sockets({}, 0) == (SYSTEM_SOCKET,)


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user, which root alone can")
@pytest.mark.parametrize(
    ("mode", "sentence"),
    [
        (0o660, "you are not in its group audio: have yourself added to it, and log in again"),
        (0o600, "it is for its owner alone"),
    ],
)
def test_whoever_may_not_use_the_socket_is_told_what_to_do(mode: int, sentence: str) -> None:
    with tempfile.TemporaryDirectory() as directory, socket.socket(socket.AF_UNIX) as listener:
        Path(directory).chmod(0o755)
        path = Path(directory) / "a"
        listener.bind(str(path))
        listener.listen()
        os.chown(path, 0, grp.getgrnam("audio").gr_gid)
        path.chmod(mode)
        assert told_as_nobody(path) == f"this user may not use {path}: {sentence}"


def looked_for_in(temporary: Path, owner: int) -> tuple[Path, ...]:
    """Where an agent of user 1000 is looked for, if this user has made the directory that is called as hers."""
    temporary.mkdir()
    os.chown(temporary, owner, owner)
    return default_sockets({"RUNTIME_DIRECTORY": str(temporary)}, 1000)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make directories for somebody else")
def test_a_directory_that_a_stranger_has_made_is_no_place_of_an_agent(tmp_path: Path) -> None:
    own = tmp_path / "own"
    assert looked_for_in(own, 1000) == (own / "agent.sock", SYSTEM_SOCKET)
    assert looked_for_in(tmp_path / "strangers", 4711) == (SYSTEM_SOCKET,)
    link = tmp_path / "link"
    link.symlink_to(own)
    os.chown(link, 4711, 4711, follow_symlinks=False)
    assert default_sockets({"RUNTIME_DIRECTORY": str(link)}, 1000) == (SYSTEM_SOCKET,)


@contextmanager
def strangers_socket(path: Path) -> Iterator[None]:
    """A socket at which a process of another user listens."""
    read, write = os.pipe()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        path.chmod(0o666)
        if not (child := os.fork()):
            os.setuid(4711)
            listener.listen()  # SO_PEERCRED is of whoever does this
            os.write(write, b"\n")
            signal.pause()
            os._exit(0)
        os.read(read, 1)
        try:
            yield
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(read)
            os.close(write)


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user, which root alone can")
def test_a_stranger_who_answers_is_passed_by(tmp_path: Path) -> None:
    with strangers_socket(tmp_path / "stranger"), FakeAgent(tmp_path / "a", {STATUS: DONE}):
        with connect_first((tmp_path / "stranger", tmp_path / "a")) as client:
            assert client.ask("status.get", {}) == {}
        with pytest.raises(AgentUnreachable, match=r"^no agent answers at .*/stranger: "):
            connect_first((tmp_path / "stranger",))
