from __future__ import annotations

from functools import partial
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.harness.call.network import Impairment, LossyNetwork
from phone_recorder.harness.playing.unsteady_network import STEADY, UnsteadyNetwork
from phone_recorder.harness.scenario.actions import Network
from phone_recorder.phone.party import Datagram, Distant
from tests.harness.playing.speaking import heard, instants, speaker

END = 160 * 200
ALL_OF_IT = Impairment(0.1, 0.1, 0.1, 400)
At = tuple[int, Network]


def arrived(changes: list[At], looks: list[int] | None = None, seed: int = 1) -> list[Datagram]:
    """What comes of 200 packets, and whatever is under way at their end."""
    network = UnsteadyNetwork(speaker(end=END), seed, 160)
    return heard(
        network, END + 9000, [(at, partial(network.change, at, change)) for at, change in changes], looks or []
    )


def sent(end: int = END) -> list[Datagram]:
    return speaker(end=end).packets(end)


def test_without_a_network_all_comes_at_once() -> None:
    assert arrived([]) == arrived([(800, STEADY)]) == sent()


def test_a_network_that_never_changes_is_a_lossy_network() -> None:
    lossy = Distant(speaker(end=END), LossyNetwork(ALL_OF_IT, Random(1), 160))
    assert arrived([(0, Network(ALL_OF_IT))]) == lossy.packets(END + 9000)


def test_a_change_counts_for_what_is_sent_from_its_instant_on() -> None:
    found = arrived([(1600, Network(Impairment(loss=1.0))), (4801, Network())])
    assert instants(found) == [*range(0, 1600, 160), *range(4960, END, 160)]


def test_what_is_under_way_arrives_as_it_would_have() -> None:
    late = arrived([(0, Network(Impairment(jitter=4000)))])
    found = arrived([(0, Network(Impairment(jitter=4000))), (1600, Network(Impairment(loss=1.0)))])
    early = {data for _, data in sent(1600)}
    assert found == [datagram for datagram in late if datagram[1] in early] != []


def test_what_is_sent_in_a_stall_arrives_at_its_end_in_order() -> None:
    found = arrived([(1600, Network(stall=800))])
    assert [data for _, data in found] == [data for _, data in sent()]
    assert instants(found)[9:17] == [1440, 2400, 2400, 2400, 2400, 2400, 2400, 2560]


def test_a_stall_of_a_bad_network_is_in_order_too() -> None:
    found = arrived([(0, Network(Impairment(0.0, 0.5, 0.0, 400), stall=END))])
    assert found == [(END, data) for _, data in sent()]


def test_another_change_does_not_end_a_stall() -> None:
    assert arrived([(1600, Network(stall=800)), (1760, Network())]) == arrived([(1600, Network(stall=800))])


def test_the_same_seed_is_the_same_network() -> None:
    change = [(1600, Network(ALL_OF_IT, 3))]
    assert arrived(change) == arrived(change) != arrived(change, seed=2)


def test_a_clear_time_does_not_shift_what_comes_after_it() -> None:
    early, late = (arrived([(at, Network(Impairment(loss=0.5)))]) for at in (0, 1600))
    lost_early, lost_late = (sorted(set(sent()) - set(found)) for found in (early, late))
    assert [at - 1600 for at, _ in lost_late] == [at for at, _ in lost_early if at < END - 1600]


_changes = st.lists(
    st.tuples(
        st.integers(0, END),
        st.sampled_from([STEADY, Network(ALL_OF_IT), Network(ALL_OF_IT, 4), Network(ALL_OF_IT, stall=1000)]),
    ),
    max_size=5,
)


@settings(deadline=None)
@given(_changes, st.lists(st.integers(0, END + 9000)))
def test_how_often_one_looks_makes_no_difference(changes: list[At], looks: list[int]) -> None:
    changes.sort(key=lambda each: each[0])
    assert arrived(changes, looks) == arrived(changes)


@pytest.mark.parametrize("burst", [1, 2, 5])
def test_losses_come_in_bursts(burst: int) -> None:
    gone = set(instants(sent())) - set(instants(arrived([(0, Network(Impairment(loss=0.2), burst))])))
    runs = "".join("x" if at in gone else " " for at in instants(sent())).split()
    assert runs and all(len(run) % burst == 0 for run in runs[:-1])
    assert 0.1 < len(gone) / 200 < 0.35
