"""Many ports in particular: what several of them may share."""

from __future__ import annotations

from contextlib import ExitStack, closing

from phone_recorder.adapters.batches.many_ports import ManyPorts
from phone_recorder.adapters.batches.messages import Messages
from tests.adapters.batches.receivers import payloads, received, sender


def test_receivers_that_are_read_in_turn_share_their_memory() -> None:
    messages = Messages(rows=8)
    with ExitStack() as stack:
        both = [stack.enter_context(closing(ManyPorts(messages=messages))) for _ in range(2)]
        sending = sender(stack)
        for number, receiver in enumerate(both):
            address = receiver.add(5, "127.0.0.1", 0)
            for count in range(20):
                sending.sendto(b"%d of %d" % (count, number), address)
        for number, receiver in enumerate(both):
            assert payloads(received(receiver, 20)) == {5: [b"%d of %d" % (count, number) for count in range(20)]}
