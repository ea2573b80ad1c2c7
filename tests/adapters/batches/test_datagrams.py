"""Datagrams of a batch one by one."""

from __future__ import annotations

from phone_recorder.adapters.batches.batch import Batch
from phone_recorder.adapters.batches.datagrams import datagrams
from tests.server.batch_rig import batch


def test_each_with_its_own_length_and_host_whatever_is_left_over_from_others() -> None:
    waiting = [
        (3, 100, b"first", "192.0.2.1"),
        (3, 101, b"", "192.0.2.2"),
        (1, 99, bytes(range(200)), "2001:db8::1"),
        (1, 98, b"v4 in v6", "::ffff:192.0.2.1"),
    ]
    assert list(datagrams(batch(waiting))) == waiting


def test_of_none() -> None:
    one = batch([(3, 100, b"first", "192.0.2.1")])
    assert list(datagrams(Batch._make(column[:0] for column in one))) == []
