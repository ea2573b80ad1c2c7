"""What is so in a case at a moment, and the evidence that is left of all of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from phone_recorder.harness.evidence import Evidence, Moment, Recorded
from phone_recorder.harness.playing.call import PlayedCall
from phone_recorder.harness.playing.placeless import placeless
from phone_recorder.harness.playing.seen import files_in
from phone_recorder.harness.playing.sent import Sent
from phone_recorder.harness.playing.trail import Track
from phone_recorder.harness.playing.world import World
from phone_recorder.recording.account import Account
from phone_recorder.recording.indicator import Indicator
from phone_recorder.recording.mixer import FAR, NEAR


def moment_of(world: World) -> Moment:
    """What is so now."""
    call = world.phone.call
    recorder = call.recorded.recorder if call and call.recorded else None
    account = recorder.status.account if recorder else None
    stick, server = files_in(world.ground.stick.folder), files_in(world.ground.server.storage)
    moment = Moment(
        instant=world.clock.now(),
        screen=world.phone.screen,
        key=recorder.key.value if recorder else "idle",
        call=call.told.state if call else "idle",
        recorded=account.recorded if account else 0,
        files=server if world.phone.keeper.settings.record.mode == "server" else stick,
        accounts=tuple(_document(world, track.account) for _, track in _tracks(world)),
        messages=len(world.messages),
        on_stick=stick,
        on_server=server,
    )
    return placeless(moment, world.place)


def evidence_of(world: World, moments: dict[int, Moment]) -> Evidence:
    """All that is known when everything is over."""
    case, end = world.case, moment_of(world)
    return Evidence(
        moments=moments,
        end=end,
        recordings=tuple(_recorded(world, call, track) for call, track in _tracks(world)),
        said=_said(world.phone.calls),
        messages=placeless(tuple(world.messages), world.place),
        screens=placeless(tuple(_screens(world.phone.calls)), world.place),
        carried=tuple(world.ground.kept.carried),
        happened=tuple(world.happened),
        lasted=end.instant,
        codecs={NEAR: case.near.codec, FAR: case.far.codec},
    )


def _tracks(world: World) -> Iterator[tuple[PlayedCall, Track]]:
    """Every recording so far, with its call, in the order in which they began."""
    for call in world.phone.calls:
        for track in call.trail.tracks if call.trail else ():
            yield call, track


def _document(world: World, account: Account) -> dict[str, Any]:
    """The phone's account, and what the server that has the recording tells of it."""
    document = account.document()
    if stored := world.ground.server.account_of(account.id):
        there = stored.document()
        document["parts"] = there["parts"]
        document["streams"] += there["streams"]
        document["foreign"] += there["foreign"]
    return document


def _recorded(world: World, call: PlayedCall, track: Track) -> Recorded:
    return Recorded(
        account=placeless(_document(world, track.account), world.place),
        start=track.start,
        files=tuple(_paths(world, track)),
        pauses=tuple(track.pauses),
        skips=call.stage.request.settings.pause == "skip",
    )


def _paths(world: World, track: Track) -> Iterator[Path]:
    """Where the parts are now."""
    stored = world.ground.server.account_of(track.account.id)
    if stored:
        yield from (world.ground.server.storage / part.path for part in stored.parts)
    else:
        yield from (world.ground.stick.place_of(part.path, track.stick) for part in track.account.parts)


def _said(calls: list[PlayedCall]) -> dict[str, Sent]:
    """Of a single call what its parties have: no copy, for it may be long."""
    spoken = [call.parties.said for call in calls if call.parties]
    if len(spoken) == 1:
        return spoken[0]
    return {leg: Sent(datagram for said in spoken for datagram in said[leg]) for leg in (NEAR, FAR)}


def _screens(calls: list[PlayedCall]) -> Iterator[tuple[int, Indicator]]:
    for call in calls:
        if call.recorded:
            yield from ((call.recorded.start + instant, shown) for instant, shown in call.recorded.indicators)
