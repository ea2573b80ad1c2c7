"""What the pytest fixtures are: the phone, what is plugged into it, whom it speaks with, all of one scene."""

from __future__ import annotations

from collections.abc import Mapping

from phone_recorder.control_api import Screen
from phone_recorder.harness.building import Scene, Voice, seconds
from phone_recorder.harness.evidence import Evidence, FileSeen, Moment, Passed
from phone_recorder.harness.heard import Recording


class At:
    """An instant of the call: what happens then, one after the other, and what is so after that."""

    def __init__(self, scene: Scene, at: float) -> None:
        self._scene = scene
        self._at = at

    def do(self, key: str, value: object) -> At:
        """Any step, as it stands in a scenario's file: `do("rtp", "new ssrc")`."""
        self._scene.step(self._at, key, value)
        return self

    def press(self, key: str) -> At:
        """A key: record, start, stop, pause, resume, or one of the phone such as dss1, ok or 5."""
        return self.do("press", key)

    def type(self, text: str) -> At:
        """Letters into the field that is open."""
        return self.do("type", text)

    def hold(self) -> At:
        return self.do("call", "hold")

    def resume(self) -> At:
        return self.do("call", "resume")

    def hang_up(self) -> At:
        return self.do("call", "hang up")

    def rtp(self, fault: str) -> At:
        """What a party's RTP does from then on, such as `new ssrc` or `near ptime 40 ms`."""
        return self.do("rtp", fault)

    def network(self, faults: str) -> At:
        """What the far party's network does from then on, such as `loss 10 %`, or `clear`."""
        return self.do("network", faults)

    def clock_jumps(self, by: float) -> At:
        """The system's time leaps by so many seconds."""
        return self.do("clock", f"jump {seconds(by)}")

    def stands_still(self, length: float) -> At:
        """The phone's program does nothing for so many seconds."""
        return self.do("phone", f"stand still {seconds(length)}")

    @property
    def moment(self) -> Moment:
        """All that is so then."""
        return self._scene.moment(self._at)

    @property
    def screen(self) -> Screen:
        """What is shown then."""
        return self.moment.screen


class Part:
    """What is of a scene."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def __repr__(self) -> str:
        # A failed assertion names each thing that it went by.
        return f"<{type(self).__name__}>"

    def at(self, instant: float) -> At:
        """An instant in seconds from the start of the call."""
        return At(self.scene, instant)

    def _step_or_set(self, key: str, value: object, at: float | None) -> None:
        """From an instant on, or from the beginning."""
        self.scene.set(key, value) if at is None else self.scene.step(at, key, value)


class Phone(Part):
    """The phone: `phone(model="BX6", language="zh")`."""

    def __call__(self, settings: Mapping[str, object] | None = None, **plan: object) -> Phone:
        """How it is from the beginning: `model`, `number`, `name`, `language`, and settings by key."""
        self.scene.set("phone", plan)
        return self.settings(settings or {})

    def settings(self, settings: Mapping[str, object], at: float | None = None) -> Phone:
        """Change settings by their keys, such as `record.pause`; without `at` before the call."""
        self.scene.set_settings(settings) if at is None else self.scene.step(at, "settings", dict(settings))
        return self

    def press(self, key: str, at: float) -> Phone:
        """A key at an instant."""
        self.at(at).press(key)
        return self

    def screen(self, at: float | None = None) -> Screen:
        """What it shows at an instant, or at the end."""
        return self.scene.moment(at).screen

    def key(self, at: float | None = None) -> str:
        """Where the record key stands then: idle, recording, paused."""
        return self.scene.moment(at).key


class Call(Part):
    """The call: `call(near="tone:440", far="speech.wav", length=10)`."""

    def __call__(
        self, near: Voice | None = None, far: Voice | None = None, length: float | None = None, **plan: object
    ) -> Call:
        """Who speaks, and for how many seconds; `number`, `name`, `direction`, `codec` as a scenario has them."""
        for leg, voice in {"near": near, "far": far}.items():
            if voice is not None:
                self.scene.set_voice(leg, voice)
        if plan or length is not None:
            self.scene.set("call", {**plan, **({"length": seconds(length)} if length is not None else {})})
        return self

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """All that came of it."""
        evidence = self.scene.evidence
        return tuple(Recording(recorded, evidence, self.scene.leg_of) for recorded in evidence.recordings)

    @property
    def recording(self) -> Recording:
        """The one that came of it; AssertionError if there is none, or another."""
        recordings = self.recordings
        if len(recordings) != 1:
            raise AssertionError(f"there are {len(recordings)} recordings: {recordings}" if recordings else NOTHING)
        return recordings[0]

    @property
    def evidence(self) -> Evidence:
        """All that came of it."""
        return self.scene.evidence


NOTHING = "nothing was recorded"


class UsbStick(Part):
    """The stick in the phone's port: `usb_stick(size="16 MiB", left="2 MiB")`."""

    def __call__(self, **plan: object) -> UsbStick:
        """How it is from the beginning: `size`, `left`, `plugged`, `locked`, `slow`, `files`, `file_system`."""
        self.scene.set("stick", {name.replace("_", " "): value for name, value in plan.items()})
        return self

    def do(self, what: str, at: float) -> UsbStick:
        """What is done with it, as it stands in a scenario's file."""
        self.scene.step(at, "stick", what)
        return self

    def plug(self, at: float) -> UsbStick:
        return self.do("plug", at)

    def pull(self, at: float) -> UsbStick:
        return self.do("pull", at)

    def swap(self, at: float) -> UsbStick:
        """Another stick, which is empty."""
        return self.do("swap", at)

    def fill(self, at: float, leaving: str = "") -> UsbStick:
        """All of it, or but for so much, such as `2 MiB`."""
        return self.do(f"fill leaving {leaving}" if leaving else "fill", at)

    def lock(self, at: float) -> UsbStick:
        return self.do("lock", at)

    def unlock(self, at: float) -> UsbStick:
        return self.do("unlock", at)

    def slow(self, delay: float, at: float) -> UsbStick:
        """Each write takes so many seconds."""
        return self.do(f"slow {seconds(delay)}" if delay else "fast", at)

    def bad_sector(self, at: float, once: bool = False) -> UsbStick:
        return self.do("bad sector once" if once else "bad sector", at)

    def good(self, at: float) -> UsbStick:
        return self.do("good", at)

    def files(self, at: float | None = None) -> tuple[FileSeen, ...]:
        """The record files on it at an instant, or at the end."""
        return self.scene.moment(at).files


class _Peer(Part):
    key: str
    protocol: str

    def acts(self, how: str, at: float | None = None) -> None:
        """As it stands in a scenario's file; without `at` from the beginning."""
        self._step_or_set(self.key, how, at)

    @property
    def messages(self) -> tuple[Passed, ...]:
        """What has passed between the phone and it."""
        return tuple(passed for passed in self.scene.evidence.messages if passed.protocol == self.protocol)


class RecordServer(_Peer):
    """The record server, ours unless it is told to be no good."""

    key, protocol = "server", "control"

    def ours(self, at: float | None = None) -> None:
        self.acts("ours", at)

    def refuse(self, reason: str, at: float | None = None) -> None:
        """Each start is answered failed."""
        self.acts(f"refuse {reason}", at)

    def hang(self, at: float | None = None) -> None:
        """It takes what comes, and answers nothing."""
        self.acts("hang", at)

    def reset(self, at: float | None = None) -> None:
        self.acts("reset", at)

    def close(self, at: float | None = None) -> None:
        self.acts("close", at)

    def unreachable(self, at: float | None = None) -> None:
        self.acts("unreachable", at)

    def answer(self, text: str, at: float | None = None) -> None:
        """Whatever it is asked; {id} stands for the request's."""
        self.acts(f"answer {text}", at)

    def restart(self, at: float) -> None:
        self.acts("restart", at)

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """What it has."""
        return Call(self.scene).recordings


class SipServer(_Peer):
    """The SIP server that is asked to record."""

    key, protocol = "sip server", "sip"

    def answer(self, status: int, reason: str = "", after: float = 0.0, at: float | None = None) -> None:
        """With this status, after so many seconds."""
        self.acts(" ".join(["answers", str(status), reason, f"after {seconds(after)}" if after else ""]).strip(), at)

    def hang(self, at: float | None = None) -> None:
        self.acts("hang", at)
