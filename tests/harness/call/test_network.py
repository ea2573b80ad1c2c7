from __future__ import annotations

import itertools
from random import Random

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.call.network import Impairment, LossyNetwork, parse_impairment
from phone_recorder.phone.party import Datagram

COUNT = 4000
SENT = [(number * 160, number.to_bytes(2, "big")) for number in range(COUNT)]


def through(impairment: Impairment, seed: int = 1, step: int = 160) -> list[Datagram]:
    """What arrives of the datagrams when the network is looked at every `step` units."""
    network = LossyNetwork(impairment, Random(seed), 160)
    out: list[Datagram] = []
    waiting = list(SENT)
    for now in range(0, COUNT * 160 + 100_000, step):
        while waiting and waiting[0][0] < now:
            network.send(*waiting.pop(0))
        out += network.arrived(now)
    return out


def numbers(arrived: list[Datagram]) -> list[int]:
    return [int.from_bytes(data, "big") for _, data in arrived]


@pytest.mark.parametrize(
    ("text", "impairment"),
    [
        ("", Impairment()),
        ("loss=1%", Impairment(loss=0.01)),
        ("loss=0.01", Impairment(loss=0.01)),
        (" loss=100% , jitter=30ms,", Impairment(loss=1.0, jitter=240)),
        ("jitter=30", Impairment(jitter=240)),
        ("loss=1%,reorder=2%,duplicate=3%,jitter=0.5ms", Impairment(0.01, 0.02, 0.03, 4)),
        ("loss=0,reorder=0%", Impairment()),
    ],
)
def test_faults_are_read(text: str, impairment: Impairment) -> None:
    assert parse_impairment(text) == impairment


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("rain=1%", "there is no impairment 'rain': choose from loss, reorder, duplicate and jitter"),
        ("=1%", "there is no impairment ''"),
        ("loss", "loss= is not a share: write it as 1% or 0.01"),
        ("loss=one", "loss=one is not a share"),
        ("reorder=1.1", "reorder=1.1 is not a share"),
        ("duplicate=-0.1", "duplicate=-0.1 is not a share"),
        ("loss=nan%", "loss=nan% is not a share"),
        ("loss=inf", "loss=inf is not a share"),
        ("jitter=-1", "jitter=-1 is not a time"),
        ("jitter=nan", "jitter=nan is not a time"),
        ("jitter=10001ms", "jitter=10001ms is not a time"),
        ("jitter=1s", "jitter=1s is not a time"),
    ],
)
def test_faults_that_make_no_sense(text: str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_impairment(text)
    assert str(caught.value).startswith(why)


def test_a_good_network_changes_nothing() -> None:
    assert through(Impairment()) == SENT


def test_loss_loses_its_share() -> None:
    arrived = through(Impairment(loss=0.1))
    assert 0.08 < 1 - len(arrived) / COUNT < 0.12
    assert set(arrived) < set(SENT)
    assert through(Impairment(loss=1.0)) == []


def test_duplicates_come_twice_and_later() -> None:
    arrived = through(Impairment(duplicate=0.1))
    assert 0.08 < len(arrived) / COUNT - 1 < 0.12
    assert {data for _, data in arrived} == {data for _, data in SENT}
    seen: dict[bytes, int] = {}
    assert all(at - seen.setdefault(data, at) in (0, 40) for at, data in arrived)


def test_reordering_lets_others_overtake() -> None:
    arrived = through(Impairment(reorder=0.1))
    assert sorted(numbers(arrived)) == list(range(COUNT))
    moved = [number for (at, _), number in zip(arrived, numbers(arrived), strict=True) if at != number * 160]
    assert 0.08 < len(moved) / COUNT < 0.12
    assert numbers(arrived) != list(range(COUNT))


def test_jitter_delays_by_no_more_than_it_says() -> None:
    arrived = through(Impairment(jitter=240))
    delays = [at - number * 160 for (at, _), number in zip(arrived, numbers(arrived), strict=True)]
    assert 0 <= min(delays) < 5 and 235 < max(delays) <= 240
    assert [at for at, _ in arrived] == sorted(at for at, _ in arrived)


def test_the_same_seed_is_the_same_network() -> None:
    everything = Impairment(0.05, 0.05, 0.05, 400)
    assert through(everything, 1) == through(everything, 1) != through(everything, 2)


@pytest.mark.parametrize("step", [1600, 8000, 40])
def test_how_often_one_looks_makes_no_difference(step: int) -> None:
    everything = Impairment(0.05, 0.05, 0.05, 400)
    assert through(everything, step=step) == through(everything)


def test_one_fault_does_not_shift_the_others() -> None:
    lost = set(numbers(SENT)) - set(numbers(through(Impairment(loss=0.1))))
    assert set(numbers(SENT)) - set(numbers(through(Impairment(loss=0.1, jitter=240, duplicate=0.5)))) == lost


@pytest.mark.parametrize("frame", [80, 160, 240, 320, 480])
def test_reordering_overtakes_at_every_packet_length(frame: int) -> None:
    network = LossyNetwork(Impairment(reorder=0.5), Random(1), frame)
    for number in range(100):
        network.send(number * frame, bytes([number]))
    order = [data[0] for _, data in network.arrived(1 << 40)]
    assert sorted(order) == list(range(100))
    assert sum(later < earlier for earlier, later in itertools.pairwise(order)) >= 20


@pytest.mark.parametrize("loss", [0.05, 0.3, 0.5])
@pytest.mark.parametrize("burst", [1, 3, 10])
def test_losses_in_a_row_have_the_same_share(loss: float, burst: int) -> None:
    network = LossyNetwork(Impairment(), Random(1), 160)
    network.change(Impairment(loss=loss), burst)
    for number in range(60_000):
        network.send(number, b"")
    here = {at for at, _ in network.arrived(60_000)}
    assert abs(1 - len(here) / 60_000 - loss) < 0.02
    runs = "".join(" " if at in here else "x" for at in range(60_000)).split()
    assert all(len(run) % burst == 0 for run in runs[:-1])


def test_a_change_ends_a_burst() -> None:
    network = LossyNetwork(Impairment(loss=1.0), Random(1), 160)
    network.change(Impairment(loss=1.0), burst=100)
    network.send(0, b"lost")
    network.change(Impairment(jitter=1))
    network.send(160, b"here")
    assert [data for _, data in network.arrived(1000)] == [b"here"]


def test_what_is_sent_in_a_stall_arrives_at_its_end_in_order() -> None:
    network = LossyNetwork(Impairment(), Random(1), 160)
    network.change(Impairment(jitter=100), stalled_until=800)
    for number in range(5):
        network.send(number * 160, bytes([number]))
    assert network.arrived(800) == []
    assert network.arrived(801) == [(800, bytes([number])) for number in range(5)]
