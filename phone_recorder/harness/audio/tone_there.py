"""Whether a tone is heard in a span of a recording, all of the time."""

from __future__ import annotations

from phone_recorder.harness.audio.samples import touching
from phone_recorder.harness.audio.scene import Scene, at_least
from phone_recorder.harness.audio.tones import FADED_DB, QUIET_DB, Sounding, sounding, spectrum
from phone_recorder.harness.audio.words import between, decibels
from phone_recorder.harness.evidence import Instead, Where
from phone_recorder.harness.scenario.bound import Bound

SHARE = Bound(low=0.9, text="> 0.9", open=True)


def tone_there(scene: Scene) -> Instead | None:
    """Why the tone is not heard: it has too little of the power, or there is a piece without it."""
    found, hertz = spectrum(scene.span), scene.what.hertz
    if not found.power.any():
        return Instead(f"silence {scene.when}", scene.where())
    if not at_least(scene.what.bound or SHARE, share := found.share(hertz)):
        most = f"the most is at {found.strongest:g} Hz"
        return Instead(f"{share:.2f} of the power is at {hertz:g} Hz {scene.when}, {most}", scene.where())
    return _first_without(scene)


def _first_without(scene: Scene) -> Instead | None:
    """The first piece without the tone; of those in which something is lost, if there is no other."""
    pieces = list(sounding(scene.span, scene.what.hertz, scene.start))
    loudest = max(piece.db for piece in pieces)
    faults = [(piece, fault) for piece in pieces if (fault := _fault(scene, piece, loudest))]
    for piece, fault in faults:
        if len(faults) == len(pieces) or not any(touching(scene.excused, *piece.span)):
            return fault
    return None


def _fault(scene: Scene, piece: Sounding, loudest: float) -> Instead | None:
    """What is wrong with the tone in a piece."""
    hertz, when, where = f"{scene.what.hertz:g} Hz", between(*piece.span), Where(*piece.span)
    if not at_least(scene.what.bound or SHARE, piece.share):
        return Instead(f"{piece.share:.2f} of the power is at {hertz} {when}", where)
    if piece.db < QUIET_DB:
        return Instead(f"{hertz} has {decibels(piece.db)} {when}", where)
    if piece.db < loudest - FADED_DB:
        return Instead(f"{hertz} has {decibels(piece.db)} {when}, and {decibels(loudest)} where it is loudest", where)
    return None
