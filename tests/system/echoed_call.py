"""Both ends of a call's sound device at once, run as a process with a sound server: `echoed_call.py RATE`.

Plays numbered frames of 20 ms, one for each tick, and hears them again by way of the server. Prints as JSON what the
microphone gave, as runs of equal samples; then, at once, that it is ready to lose its device, and that it has.
"""

from __future__ import annotations

import json
import sys
import time
from array import array
from itertools import groupby

from phone_recorder.adapters.microphone import Microphone, open_microphone
from phone_recorder.adapters.speaker import Player, open_player

TICK_S = 0.02
HEARD_TICKS = 200
PATIENCE_TICKS = 1000


def tick(number: int, player: Player, microphone: Microphone) -> array[int]:
    """One packet each way."""
    player.play(array("h", [number]) * (player.rate // 50))
    return next(microphone) + next(microphone)


def main(rate: int) -> None:
    with open_player(rate) as player, open_microphone(rate) as microphone:
        heard = array("h")
        begun, number = time.monotonic(), 0
        while number < PATIENCE_TICKS and not player.lost:
            number += 1
            heard += tick(number, player, microphone)
            if number == HEARD_TICKS:
                print(json.dumps([(value, len(list(run))) for value, run in groupby(heard)]), flush=True)
            time.sleep(max(0.0, begun + number * TICK_S - time.monotonic()))
        print(json.dumps([player.lost, microphone.lost]), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
