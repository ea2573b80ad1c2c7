"""The pytest plugin: scenarios as tests, and fixtures to write one in Python.

It is loaded in each run of pytest, of other people's projects too: it imports nothing before there is something to do.
"""

from __future__ import annotations

import os
import shlex
import zlib
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from phone_recorder.harness.in_python.building import Scene
    from phone_recorder.harness.in_python.fixtures import Call, Phone, RecordServer, SipServer, UsbStick
    from phone_recorder.harness.runner.result import Result
    from phone_recorder.harness.scenario.case import Case

SUFFIX = ".scenario.yaml"
LIVE = "--phone-live"
UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("phone-recorder", "scenarios of phone-recorder")
    group.addoption("--phone-seed", type=int, metavar="N", help="the seed of an earlier run, to have the same again")
    group.addoption(
        "--phone-live", action="store_true", help="play scenarios, and tests in Python, in real time, over real sockets"
    )


def pytest_configure(config: pytest.Config) -> None:
    # Now, and not for each test: processes of pytest-xdist get the same options.
    if config.option.phone_seed is None:
        config.option.phone_seed = int.from_bytes(os.urandom(4), "big")
    config.addinivalue_line(
        "markers", "phone_live: the test is for --phone-live alone; phone_live(False): it is not for it"
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    return ScenarioFile.from_parent(parent, path=file_path) if file_path.name.endswith(SUFFIX) else None


class ScenarioFile(pytest.File):
    """A scenario's file, whose tests are its cases."""

    def collect(self) -> Iterable[pytest.Item]:
        from phone_recorder.errors import PhoneRecorderError
        from phone_recorder.harness.runner.collecting import read_file

        try:
            cases = read_file(self.path)
        except PhoneRecorderError as error:
            raise self.CollectError(str(error)) from None
        for case in cases:
            yield ScenarioItem.from_parent(self, name=case.name, case=case)


class NotPassed(Exception):
    """A case has not passed; `result` says why."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.case.name)
        self.result = result


class ScenarioItem(pytest.Item):
    """One case of a scenario. Its tags are words for `-k`."""

    def __init__(self, *, case: Case, **more: Any) -> None:
        super().__init__(**more)
        self.case = case
        self.extra_keyword_matches.update(case.tags)

    def runtest(self) -> None:
        from phone_recorder.harness.runner.one_case import Trial, real_engine, try_case
        from phone_recorder.harness.runner.seeds import seed_of

        seed = seed_of(self.case, self.config.option.phone_seed)
        with TemporaryDirectory(prefix="phone-recorder-") as place:
            trial = Trial(self.case, seed, Path(place) / "case")
            result = try_case(trial, real_engine(self.config.option.phone_live))
        if result.outcome == "skipped":
            pytest.skip(result.why.replace("--live", LIVE))
        if result.outcome != "passed":
            raise NotPassed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        from phone_recorder.errors import PhoneRecorderError
        from phone_recorder.harness.report.texts import reasons

        if isinstance(excinfo.value, PhoneRecorderError):
            return str(excinfo.value)
        if not isinstance(excinfo.value, NotPassed):
            return super().repr_failure(excinfo, style)
        return "\n".join([*reasons(excinfo.value.result), f"to play it again: {again(self)}"])

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.name}: {self.case.title}"


def again(item: pytest.Item) -> str:
    """The command that plays a test as it was played, in one line of a shell, from where pytest was run."""
    option = item.config.option
    live = [LIVE] if option.phone_live else []
    path = os.path.relpath(item.path, item.config.invocation_params.dir)
    line = shlex.join(["pytest", "--phone-seed", str(option.phone_seed), *live, path + within(item)])
    return "".join(c if c.isprintable() else UNKNOWN for c in line)


def within(item: pytest.Item) -> str:
    """What its node id has behind its file's path, which differs with the directory that pytest takes for the root."""
    files = [str(node.nodeid) for node in item.listchain() if isinstance(node, pytest.File)]
    return str(item.nodeid).removeprefix(files[-1])


@pytest.fixture
def phone_scene(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    """The scenario that a test writes by `phone`, `call`, `usb_stick`, `record_server` and `sip_server`."""
    from phone_recorder.harness.in_python.building import Scene
    from phone_recorder.harness.in_python.plain_errors import plainly
    from phone_recorder.harness.runner.one_case import real_engine

    option = request.config.option
    _skip_elsewhere(request.node, option.phone_live)
    place = tmp_path / "phone"
    place.mkdir()
    # Shown with a test that fails.
    print(f"to play it again: {again(request.node)}")
    name = f"{option.phone_seed} {request.path.name}{within(request.node)}"
    engine = plainly(lambda: real_engine(option.phone_live))
    return Scene(request.node.name, place, request.path.parent, zlib.crc32(name.encode(errors="replace")), engine)


def _skip_elsewhere(test: pytest.Item, live: bool) -> None:
    """One that is marked for the other clock, as a scenario says `live: only` or `live: false`."""
    marked = test.get_closest_marker("phone_live")
    if marked and (only := all([*marked.args, *marked.kwargs.values()])) != live:
        pytest.skip(f"it is for real time: add {LIVE}" if only else f"it is for the virtual clock: leave out {LIVE}")


@pytest.fixture
def phone(phone_scene: Scene) -> Phone:
    """The phone: its model, its settings, what it shows."""
    from phone_recorder.harness.in_python.fixtures import Phone

    return Phone(phone_scene)


@pytest.fixture
def call(phone_scene: Scene) -> Call:
    """The call: who speaks in it, what happens at which instant, and its recording."""
    from phone_recorder.harness.in_python.fixtures import Call

    return Call(phone_scene)


@pytest.fixture
def usb_stick(phone_scene: Scene) -> UsbStick:
    """The stick that the phone records to."""
    from phone_recorder.harness.in_python.fixtures import UsbStick

    phone_scene.set("stick", {})
    return UsbStick(phone_scene)


@pytest.fixture
def record_server(phone_scene: Scene) -> RecordServer:
    """The record server, to which the phone records if a test has this."""
    from phone_recorder.harness.in_python.fixtures import RecordServer

    phone_scene.records_to("server", "record_server")
    return RecordServer(phone_scene)


@pytest.fixture
def sip_server(phone_scene: Scene) -> SipServer:
    """The SIP server, which is asked to record if a test has this."""
    from phone_recorder.harness.in_python.fixtures import SipServer

    phone_scene.records_to("sip_info", "sip_server")
    return SipServer(phone_scene)
