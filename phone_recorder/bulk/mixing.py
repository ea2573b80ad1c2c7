"""The mix of many frames at once: one look-up a sample, by the same tables as a lone call's (media/mixing.py)."""

from __future__ import annotations

from functools import cache

import numpy as np

from phone_recorder.bulk.columns import NO_LAW, Bytes, Flags
from phone_recorder.media import g711
from phone_recorder.media.mixing import mix_table
from phone_recorder.wire.payload import BY_PAYLOAD_TYPE, Codec

_BLOCK = 1 << 15
"""Samples mixed at a time: so many indices of eight bytes stay in the cache."""
_IS_PLAIN = np.zeros(NO_LAW + 1, np.bool_)
_IS_PLAIN[[*(law.payload_type for law in g711.LAWS), NO_LAW]] = True


def mix(near: Bytes, far: Bytes, near_law: Bytes, far_law: Bytes, out: Codec) -> Bytes:
    """The mix of frames [n, frame], each leg's in the law that its payload type names, or not there at all."""
    kinds = (near_law.astype(np.int64) << 8) + far_law
    if not len(kinds):
        return near
    # Nearly all are of one kind: those that are not are done over again.
    usual = int(np.bincount(kinds).argmax())
    mixed = _mix(near, far, usual >> 8, usual & 0xFF, out)
    if (kinds != usual).any():
        for kind in set(kinds[kinds != usual].tolist()):
            some = np.flatnonzero(kinds == kind)
            mixed[some] = _mix(near[some], far[some], kind >> 8, kind & 0xFF, out)
    return mixed


def in_g711(near_law: Bytes, far_law: Bytes) -> Flags:
    """Which frames have nothing but G.711 in them."""
    plain: Flags = _IS_PLAIN[near_law] & _IS_PLAIN[far_law]
    return plain


def make_tables(out: Codec) -> None:
    """Those of calls that are in this law alone: to make them takes longer than many a tick may."""
    if out in g711.LAWS:
        _both(out, out, out)
        _one(out, out)


def _mix(near: Bytes, far: Bytes, near_law: int, far_law: int, out: Codec) -> Bytes:
    if near_law == NO_LAW == far_law:
        return np.full_like(near, out.silence_byte)
    # A-law has no code for 0: its silence is 8, which a sum would add to the other stream.
    if near_law == NO_LAW:
        return _one(BY_PAYLOAD_TYPE[far_law], out).take(far)
    if far_law == NO_LAW:
        return _one(BY_PAYLOAD_TYPE[near_law], out).take(near)
    table = _both(BY_PAYLOAD_TYPE[near_law], BY_PAYLOAD_TYPE[far_law], out)
    return _look_up(table, near.reshape(-1), far.reshape(-1)).reshape(near.shape)


def _look_up(table: Bytes, a: Bytes, b: Bytes) -> Bytes:
    """`table[a << 8 | b]`. numpy takes its own index type as it is, and any other only after a copy."""
    indices = np.zeros(min(len(a), _BLOCK), np.dtype("<i8"))
    halves, mixed = indices.view(np.uint8).reshape(-1, 8), np.empty(len(a), np.uint8)
    for start in range(0, len(a), _BLOCK):
        size = min(_BLOCK, len(a) - start)
        halves[:size, 0], halves[:size, 1] = b[start : start + size], a[start : start + size]
        # Every index is one of the table's: to wrap costs no check of each.
        table.take(indices[:size], out=mixed[start : start + size], mode="wrap")
    return mixed


@cache
def _both(a: Codec, b: Codec, out: Codec) -> Bytes:
    return np.frombuffer(mix_table(a, b, out), np.uint8)


@cache
def _one(law: Codec, out: Codec) -> Bytes:
    return np.frombuffer(g711.transcode_table(law, out), np.uint8)
