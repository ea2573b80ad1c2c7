"""What has become of the packets of phones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from phone_recorder.bulk.fleet.snapshot import Snapshot
from phone_recorder.bulk.spread import Spread

if TYPE_CHECKING:
    from phone_recorder.bulk.media import Sent


class Totals(NamedTuple):
    """Of a call or a run: `said` by the phones, `sent`, `dropped` on purpose, `unsent` that the kernel did not take."""

    said: int = 0
    sent: int = 0
    dropped: int = 0
    unsent: int = 0
    octets: int = 0

    @classmethod
    def of(cls, sent: Sent) -> Totals:
        """Those that the media engine counts."""
        return cls(sent.said, sent.sent, sent.dropped, sent.unsent, sent.octets)

    @classmethod
    def together(cls, each: Iterable[Totals]) -> Totals:
        """All of these."""
        return cls(*map(sum, zip(*each, strict=True)))

    def noted_in(self, snapshot: Snapshot, lateness: Spread) -> Snapshot:
        """The snapshot with these packets, and how late they were."""
        return replace(
            snapshot,
            packets_said=self.said,
            packets_sent=self.sent,
            packets_dropped=self.dropped,
            packets_unsent=self.unsent,
            octets_sent=self.octets,
            lateness=lateness,
        )
