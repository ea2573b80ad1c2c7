"""Sockets in the file system: who may come, what is replaced and what is not, and what goes wrong."""

from __future__ import annotations

import errno
import os
import resource
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from phone_recorder.adapters.unix_socket import (
    LONGEST_PATH,
    GroupRefused,
    Peer,
    Socket,
    TooManyFiles,
    arrivals,
    demand_group,
    listen,
    peer,
    receive,
    send,
    stop_listening,
)
from phone_recorder.errors import UsageError
from tests.adapters.short_path import short_path

NOBODY = 65534


@pytest.fixture
def path() -> Iterator[Path]:
    with short_path() as directory:
        yield directory / "room" / "agent.sock"


@pytest.fixture
def listener(path: Path) -> Iterator[Socket]:
    listener = listen(path)
    yield listener
    stop_listening(listener)


def connect(path: Path) -> Socket:
    connecting = socket.socket(socket.AF_UNIX)
    connecting.settimeout(20)
    connecting.connect(str(path))
    return connecting


def as_nobody(do: Callable[[], object]) -> int:
    """The number of the error that another user meets who does this; 0 for none."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    number = 255
    try:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        do()
        number = 0
    except OSError as error:
        number = error.errno or 255
    finally:
        sys.stderr.flush()
        os._exit(number)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.mark.parametrize("mask", [0, 0o027, 0o777])
@pytest.mark.parametrize("wanted", [0o600, 0o660, 0o666])
def test_the_mode_is_what_was_asked_for_whatever_the_umask(path: Path, mask: int, wanted: int) -> None:
    with umask(mask):
        listener = listen(path, mode=wanted)
    assert (mode(path), mode(path.parent)) == (wanted, 0o755)
    stop_listening(listener)
    assert not path.exists()


def test_the_umask_is_given_back(path: Path) -> None:
    with umask(0o026):
        stop_listening(listen(path))
        with pytest.raises(UsageError):
            listen(path.parent)
        assert os.umask(0o026) == 0o026


def test_a_program_connects_and_is_known(path: Path, listener: Socket) -> None:
    with connect(path) as client:
        (come,) = arrivals(listener, 10)
        assert peer(come) == Peer(os.getpid(), os.getuid(), os.getgid())
        assert receive(come, 100) is None
        client.send(b"hello")
        assert receive(come, 100) == b"hello"
        assert send(come, b"you") == 3
        assert client.recv(100) == b"you"
    assert receive(come, 100) == b""
    assert send(come, b"x") is None
    come.close()


def test_what_nobody_reads_is_not_taken_for_ever(path: Path, listener: Socket) -> None:
    with connect(path):
        (come,) = arrivals(listener, 10)
        while (taken := send(come, bytes(100_000))) != 0:
            assert taken
        come.close()


def test_a_client_that_leaves_with_answers_unread_is_at_its_end(path: Path, listener: Socket) -> None:
    client = connect(path)
    (come,) = arrivals(listener, 10)
    send(come, b"unread")
    client.send(b"asked")
    client.close()
    assert (receive(come, 100), receive(come, 100)) == (b"asked", b"")
    come.close()


def test_no_more_are_taken_at_once_than_wished(path: Path, listener: Socket) -> None:
    clients = [connect(path) for _ in range(5)]
    come = [*arrivals(listener, 3), *arrivals(listener, 3)]
    assert len(come) == 5 and list(arrivals(listener, 3)) == []
    for end in (*clients, *come):
        end.close()


def test_without_a_file_left_whoever_waits_goes_on_waiting(path: Path, listener: Socket) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with connect(path) as client:
        lowest = os.dup(0)
        os.close(lowest)
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, limits[1]))
        try:
            with pytest.raises(TooManyFiles, match="too many open files"):
                list(arrivals(listener, 10))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        (come,) = arrivals(listener, 10)
        client.send(b"x")
        assert receive(come, 10) == b"x"
        come.close()


def test_a_socket_that_a_dead_process_has_left_is_replaced(path: Path) -> None:
    listen(path).close()
    assert path.is_socket()
    listener = listen(path)
    connect(path).close()
    stop_listening(listener)


def test_a_socket_that_somebody_answers_on_is_left_alone(path: Path, listener: Socket) -> None:
    with pytest.raises(UsageError, match=r"agent\.sock: another program does already: end that, or name another path$"):
        listen(path)
    connect(path).close()


def test_one_that_is_so_busy_that_it_lets_nobody_in_answers_too(path: Path, listener: Socket) -> None:
    listener.listen(0)
    with connect(path), pytest.raises(UsageError, match="another program does already"):
        listen(path)


def test_a_socket_of_another_kind_is_somebodys(path: Path) -> None:
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.bind(str(path))
        with pytest.raises(UsageError, match="another program does already"):
            listen(path)
    assert path.is_socket()


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir, lambda path: path.symlink_to("elsewhere")])
def test_what_is_no_socket_is_left_alone(path: Path, make: Callable[[Path], None]) -> None:
    path.parent.mkdir()
    make(path)
    with pytest.raises(UsageError, match=r"agent\.sock: it is no socket: remove it, or name another path$"):
        listen(path)
    assert path.is_symlink() or path.exists()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("x" * LONGEST_PATH, "has more than 107 bytes: use a shorter one"),
        ("file/agent.sock", "a part of its path is not a directory"),
    ],
)
def test_where_there_can_be_no_socket_it_says_why(path: Path, name: str, sentence: str) -> None:
    path.parent.mkdir()
    (path.parent / "file").touch()
    with pytest.raises(UsageError, match=f"^cannot listen at .*: .*{sentence}$"):
        listen(path.parent / name)


@pytest.mark.parametrize("group", ["no such group", str((1 << 32) - 1), "9" * 32])
def test_a_group_that_nobody_knows(path: Path, group: str) -> None:
    for refused in (lambda: listen(path, group), lambda: demand_group(group)):
        with pytest.raises(GroupRefused, match=rf"^there is no group '{group}' on this machine: name one"):
            refused()
    assert not path.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user, which root alone can")
def test_a_group_is_demanded_of_who_is_in_it_and_of_root() -> None:
    def refused() -> None:
        demand_group("")
        demand_group(str(NOBODY))
        with pytest.raises(GroupRefused, match=r"^this user is not in the group daemon: add it to that group, and"):
            demand_group("daemon")

    demand_group("daemon")
    assert as_nobody(refused) == 0


@pytest.mark.parametrize("group", [None, "", os.getegid(), str(os.getegid())])
def test_the_socket_is_of_the_group_that_was_named(path: Path, group: str | int | None) -> None:
    listener = listen(path, group)
    assert path.stat().st_gid == os.getegid()
    stop_listening(listener)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to any group")
def test_a_group_by_its_name_and_its_members(path: Path) -> None:
    listener = listen(path, "daemon")
    assert path.stat().st_gid == 1 and mode(path) == 0o660

    def as_member() -> None:
        connect(path).close()

    assert as_nobody(as_member) == errno.EACCES
    os.chown(path, -1, NOBODY)
    assert as_nobody(as_member) == 0
    stop_listening(listener)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may give a file to any group")
def test_a_group_that_we_are_not_in(path: Path) -> None:
    with pytest.raises(UsageError, match="to the group 0: run this as a member of it, or as root, or name another"):
        listen(path, 0)
    assert not path.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make directories for somebody else")
def test_a_directory_of_somebody_else_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o777)
    os.chown(path.parent, 4711, 4711)

    def refused() -> None:
        with pytest.raises(UsageError, match=r"belongs to another user: remove it, or name another directory$"):
            listen(path)

    assert as_nobody(refused) == 0
    stop_listening(listen(path))


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user, which root alone can")
def test_a_link_that_somebody_else_has_put_there_is_refused_wherever_it_leads(path: Path) -> None:
    real = path.parent.with_name("real")
    real.mkdir()
    os.chown(real, NOBODY, NOBODY)
    path.parent.symlink_to(real)
    os.chown(path.parent, 4711, 4711, follow_symlinks=False)

    def refused() -> None:
        with pytest.raises(UsageError, match=r"belongs to another user: remove it, or name another directory$"):
            listen(path)

    assert as_nobody(refused) == 0
