"""The clock of a sender: it drifts, and it stands still while its sender stalls."""

from __future__ import annotations

from phone_recorder.phone.party import Datagram, Party

MILLION = 1_000_000


class SenderClock:
    """Gives each packet of a party the instant at which a sender with this clock sends it. Timestamps stay as they are.

    Until it is changed, its time is true.
    """

    def __init__(self) -> None:
        self._since = 0  # the true instant at which it shows `_shown`; it stands until then
        self._shown = 0
        self._rate = MILLION  # what it counts in a million true units

    def packets(self, party: Party, until: int) -> list[Datagram]:
        """What the party sends before this true instant, by this clock."""
        since, shown, rate = self._since, self._shown, self._rate
        sent = party.packets(self._shows(until))
        return [(since + (instant - shown) * MILLION // rate, data) for instant, data in sent]

    def drift(self, now: int, ppm: int) -> None:
        """Run so many parts per million too fast from now on; 0 is true again."""
        self._anchor(now)
        self._rate = MILLION + ppm

    def stall(self, now: int, length: int) -> None:
        """Stand still for so many units; one that stands already stands until the later end of the two."""
        self._anchor(now)
        self._since = max(self._since, now + length)

    def _anchor(self, now: int) -> None:
        shown = self._shows(now)
        self._since, self._shown = self._since + (shown - self._shown) * MILLION // self._rate, shown

    def _shows(self, instant: int) -> int:
        """The least that it shows at this true instant or after: what is due before that is sent before."""
        gone = max(instant - self._since, 0)
        return self._shown - -gone * self._rate // MILLION
