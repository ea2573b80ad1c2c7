"""What the pytest fixtures are: the phone, what is plugged into it, whom it speaks with, all of one scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from phone_recorder.control_api import Screen
from phone_recorder.harness.evidence import Evidence, FileSeen, Passed
from phone_recorder.harness.in_python.building import UNSAID, Voice, joined, seconds
from phone_recorder.harness.in_python.heard import Heard, Recording
from phone_recorder.harness.in_python.parts import Part, recordings_of
from phone_recorder.harness.in_python.question import question

NOTHING = "nothing was recorded"

__tracebackhide__ = True
"""pytest shows the test, and not what raises here."""


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

    @question
    def screen(self, at: float | None = None) -> Screen:
        """What it shows at an instant, or at the end."""
        return self.scene.moment(at).screen

    @question
    def shows(self, /, *texts: str, at: float | None = None, **what: object) -> Heard:
        """Whether these texts stand anywhere on its screen, and `what` a scenario's file has there.

        `shows("Pause", icon="recording", lamp="on", timer="2 s ± 200 ms", at=3)`, and `shows_not=["failed"]`.
        """
        said = {name.replace("_", " "): value for name, value in what.items()}
        if texts:
            said["shows"] = joined(said.get("shows", UNSAID), list(texts), "shows")
        return self.scene.is_so("screen", said, at)

    @question
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
        return recordings_of(self.scene)

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

    @question
    def files(self, at: float | None = None) -> tuple[FileSeen, ...]:
        """The record files on it at an instant, or at the end."""
        return self.scene.moment(at).on_stick

    @question
    def has(self, /, at: float | None = None, **what: object) -> Heard:
        """Whether its record files are so, as a scenario has it: `has(count=1, duration="10 s", whole=True, at=12)`."""
        return self.scene.is_so("files", what, at, of=lambda moment: replace(moment, files=moment.on_stick))


class _Peer(Part):
    """A server. Messages are `sent` or `received` by the phone."""

    key: str
    protocol: str

    def acts(self, how: str, at: float | None = None) -> None:
        """As it stands in a scenario's file; without `at` from the beginning."""
        self._step_or_set(self.key, how, at)

    @property
    def messages(self) -> tuple[Passed, ...]:
        """What has passed between the phone and it."""
        return tuple(passed for passed in self.scene.evidence.messages if passed.protocol == self.protocol)

    @question
    def saw(self, *lines: str, at: float | None = None) -> Heard:
        """Whether these messages passed, in this order, others between; `at` an instant: until then.

        `saw("sent RecordStartRequest dir=out", "received RecordStartResponse result=failed")`, as a scenario has them.
        """
        return self.scene.is_so(self.protocol, list(lines), at)

    @question
    def saw_all(self, *lines: str, at: float | None = None) -> Heard:
        """Whether these are all the messages that passed, in this order."""
        return self.scene.is_so(self.protocol, {"all": list(lines)}, at)

    @question
    def counts(self, numbers: Mapping[str, object], at: float | None = None) -> Heard:
        """How many messages fit a line: `counts({"sent RecordStartRequest": 1, "received 200": "at most 2"})`."""
        return self.scene.is_so(self.protocol, {"counts": dict(numbers)}, at)

    def values(self, numbers: Mapping[str, object], at: float | None = None) -> Heard:
        """How many different values a field or header has: `values({"id": 1})`."""
        return self.scene.is_so(self.protocol, {"values": dict(numbers)}, at)


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

    def vanish(self, at: float | None = None) -> None:
        """Whatever is sent either way is lost."""
        self.acts("vanish", at)

    def answer(self, text: str, at: float | None = None) -> None:
        """Whatever it is asked; {id} stands for the request's."""
        self.acts(f"answer {text}", at)

    def restart(self, at: float) -> None:
        self.acts("restart", at)

    @question
    def files(self, at: float | None = None) -> tuple[FileSeen, ...]:
        """The record files that it has at an instant, or at the end."""
        return self.scene.moment(at).on_server

    @question
    def has(self, /, at: float | None = None, **what: object) -> Heard:
        """Whether its record files are so, as a scenario has it: `has(count=1, codec="PCMU", whole=True)`."""
        return self.scene.is_so("files", what, at, of=lambda moment: replace(moment, files=moment.on_server))

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """What it has."""
        return recordings_of(self.scene)


class SipServer(_Peer):
    """The SIP server that is asked to record."""

    key, protocol = "sip server", "sip"

    def answer(self, status: int, reason: str = "", after: float = 0.0, at: float | None = None) -> None:
        """With this status, after so many seconds."""
        self.acts(" ".join(["answers", str(status), reason, f"after {seconds(after)}" if after else ""]).strip(), at)

    def hang(self, at: float | None = None) -> None:
        self.acts("hang", at)
