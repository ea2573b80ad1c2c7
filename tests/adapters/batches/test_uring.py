from __future__ import annotations

from contextlib import ExitStack
from threading import Thread

import pytest

from phone_recorder.adapters.batches.batch import Receiver
from phone_recorder.adapters.batches.best import WAYS
from phone_recorder.adapters.batches.uring import BUFFERS
from phone_recorder.errors import UsageError
from tests.adapters.batches.receivers import look, made, payloads, received, sender


@pytest.fixture
def ring(stack: ExitStack) -> Receiver:
    ring = made(WAYS["io_uring"].shared)
    stack.callback(ring.close)
    return ring


def test_more_than_there_are_buffers(ring: Receiver, stack: ExitStack) -> None:
    """The request ends for want of buffers, and is made anew: nothing is lost, nothing out of order."""
    sending, addresses = sender(stack), [ring.add(flow) for flow in range(5)]
    count = 2 * BUFFERS
    for number in range(count):
        sending.sendto(number.to_bytes(4, "big"), addresses[number % 5])
    found = payloads(received(ring, count - ring.dropped))
    assert ring.dropped == 0 or sum(map(len, found.values())) == count - ring.dropped
    for flow, datagrams in found.items():
        numbers = [int.from_bytes(data, "big") for data in datagrams]
        assert numbers == list(range(flow, 5 * len(numbers), 5))


def test_requests_without_end_are_made_anew_for_more_flows_than_are_there_at_first(
    ring: Receiver, stack: ExitStack
) -> None:
    sending = sender(stack)
    for round_ in range(3):
        addresses = [ring.add(flow) for flow in range(200)]
        for flow, address in enumerate(addresses):
            sending.sendto(bytes([round_, flow]), address)
        found = payloads(received(ring, 200))
        assert found == {flow: [bytes([round_, flow])] for flow in range(200)}
        for flow in range(200):
            ring.remove(flow)


def test_another_thread_is_told_that_it_may_not(ring: Receiver) -> None:
    ring.add(1)
    errors: list[UsageError] = []

    def read() -> None:
        try:
            look(ring)
        except UsageError as error:
            errors.append(error)

    thread = Thread(target=read)
    thread.start()
    thread.join()
    assert [str(error) for error in errors] == ["this io_uring cannot be used: only the thread that made it may"]
