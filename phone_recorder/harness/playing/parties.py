"""Both parties of a scenario's call, and the network between the far one and the phone."""

from __future__ import annotations

from random import Random

from phone_recorder.errors import UsageError
from phone_recorder.harness.playing.faulty_party import FaultyParty
from phone_recorder.harness.playing.sent import Sent
from phone_recorder.harness.playing.unsteady_network import UnsteadyNetwork
from phone_recorder.harness.playing.voices import open_pcm
from phone_recorder.harness.scenario.actions import Network, RtpFault
from phone_recorder.harness.scenario.case import Case, PartyPlan
from phone_recorder.harness.scenario.expected import AudioIs
from phone_recorder.media.codecs import require
from phone_recorder.phone.parties import Line, make_party
from phone_recorder.phone.party import Party
from phone_recorder.recording.mixer import FAR, NEAR
from phone_recorder.recording.units import from_ms
from phone_recorder.wire.payload import find_codec

NEVER = 1 << 62
"""The end of a voice whose sender's clock may run too fast for any end of ours."""


class Parties:
    """`near` and `far` are what reaches the phone. `said` is what each has sent so far, before any network, by leg.

    Instants are of the clock that the call runs by. What is done at an instant counts for packets that are sent then or
    later, however often and however far ahead `near` and `far` are asked.
    """

    near: Party
    far: Party

    def __init__(self, near: FaultyParty, far: FaultyParty, network: UnsteadyNetwork) -> None:
        self.near = near
        self.far = self._network = network
        self._legs = {NEAR: near, FAR: far}

    @property
    def said(self) -> dict[str, Sent]:
        return {leg: party.said for leg, party in self._legs.items()}

    def act(self, now: int, action: RtpFault | Network) -> None:
        """A step of the scenario, not before the last one; UsageError if it makes no sense."""
        if isinstance(action, Network):
            self._network.change(now, action)
        else:
            self._legs[action.leg].act(now, action)

    def hold(self, held: bool, now: int = 0) -> None:
        """Both say nothing while the call is held, and their time goes on; what is under way still arrives.

        Without `now` it counts from the instant up to which they have been asked.
        """
        for party in self._legs.values():
            party.hold(now, held)


def make_parties(case: Case, seed: int, start: int, end: int, heard: bool = True) -> Parties:
    """Those of a call from `start` to `end`; UsageError or AudioFileError says what is wrong with a voice.

    The same seed is the same packets and the same network. What they said is not kept unless it is `heard` afterwards.
    """
    plans = ((NEAR, case.near), (FAR, case.far))
    near, far = (_make(plan, Random(f"{seed} {leg}"), start, end, heard) for leg, plan in plans)
    network = UnsteadyNetwork(far, seed, from_ms(case.far.ptime_ms))
    network.change(start, case.network)
    return Parties(near, far, network)


def is_heard(case: Case, keep: bool) -> bool:
    """Whether anybody asks what was said: who keeps all, who expects a sound, and a program that may ask for anything.

    What a program looks at stands on no line of a file.
    """
    asked = case.expected
    return keep or not asked or any(isinstance(one.what, AudioIs) or not one.line for one in asked)


def _make(plan: PartyPlan, random: Random, start: int, end: int, heard: bool) -> FaultyParty:
    codec = find_codec(plan.codec)
    if codec is None:
        raise UsageError(f"there is no codec {plan.codec!r}: choose from PCMU, PCMA and G722")
    require(codec)
    line = Line(codec, from_ms(plan.ptime_ms), start, NEVER)
    return FaultyParty(make_party(plan.voice, plan.repeat, line, random, open_pcm), end, random, plan.dtx, heard)
