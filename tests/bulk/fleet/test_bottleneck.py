"""Whether a fleet itself limits its run, and whether it has room at all."""

from __future__ import annotations

import pytest

from phone_recorder.bulk.fleet.bottleneck import (
    NO_FILES,
    NO_PORTS,
    OTHER_FILES,
    Watch,
    check_room,
    lacking,
    local_ports,
)
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.errors import UsageError
from tests.bulk.fleet.rig import SECOND, SERVER


class Rig:
    """A watch in virtual time: a hundred ticks a second."""

    def __init__(self) -> None:
        self.cpu_s = 0.0
        self.unsent = 0
        self.failures: dict[str, int] = {}
        self.now = 0
        self.watch = Watch(0, lambda: self.cpu_s)

    def second(self, busy: float = 0.3, late: int = 0, unsent: int = 0) -> str:
        for tick in range(100):
            self.now += SECOND // 100
            self.cpu_s += busy / 100
            self.watch.tick(tick < late)
            self.unsent += unsent if tick == 50 else 0
            self.watch.look(self.now, lambda: self.unsent, self.failures)
        return self.watch.why


def test_a_process_with_room_is_no_bottleneck() -> None:
    rig = Rig()
    assert [rig.second(busy=0.9, late=5) for _ in range(10)] == [""] * 10
    assert rig.watch.worst == ""
    assert rig.watch.second.cpu_share == pytest.approx(0.9)


def test_a_core_that_is_used_up_is_one_when_it_lasts() -> None:
    rig = Rig()
    assert [bool(rig.second(busy=busy)) for busy in (1, 1, 0.5, 1, 1, 1, 1, 0.5)] == [*[False] * 5, True, True, False]
    assert rig.watch.worst == "it uses all of a core (100%) (for 4 s of the run)"


def test_ticks_that_are_late_are_one_when_it_lasts() -> None:
    rig = Rig()
    assert [rig.second(late=late) for late in (100, 0, 30, 30, 30)][-1] == (
        "30% of its ticks come later than a packet lasts"
    )


def test_packets_that_the_kernel_did_not_take_are_one_at_once() -> None:
    rig = Rig()
    assert rig.second(unsent=7) == "the kernel did not take 7 of its packets"
    assert rig.second() == ""
    assert rig.watch.worst == "the kernel did not take 7 of its packets (for 1 s of the run)"


@pytest.mark.parametrize("what", [NO_FILES, NO_PORTS])
def test_what_the_process_cannot_have_is_one_at_once(what: str) -> None:
    rig = Rig()
    rig.failures = {lacking(what): 3, "cannot connect: connection refused": 90}
    assert rig.second(busy=1) == what
    assert rig.second(busy=1) == ""


def test_what_lasted_longest_is_the_worst() -> None:
    rig = Rig()
    rig.second(unsent=1)
    for _ in range(5):
        rig.second(busy=1)
    assert rig.watch.worst.startswith("it uses all of a core")


def test_more_phones_than_files_are_said_with_how_many_are_possible() -> None:
    plan = FleetPlan(SERVER, phones=1000)
    check_room(plan, 1000 + OTHER_FILES)
    with pytest.raises(UsageError, match=rf"ask for {256 - OTHER_FILES} phones at most, or .*ulimit -n"):
        check_room(plan, 256)
    with pytest.raises(UsageError, match=f": raise the limit to at least {1000 + OTHER_FILES} with"):
        check_room(plan, 10)


def test_more_phones_than_ports_are_said() -> None:
    check_room(FleetPlan(SERVER, phones=local_ports()), 1_000_000)
    with pytest.raises(UsageError, match=rf"than the {local_ports()} local ports: name more source addresses"):
        check_room(FleetPlan(SERVER, phones=local_ports() + 1), 1_000_000)
    check_room(FleetPlan(SERVER, phones=local_ports() + 1, sources=("127.0.0.1", "127.0.0.2")), 1_000_000)
