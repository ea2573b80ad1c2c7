"""What is set: what may be changed while the agent runs, and what counts only when it is started again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from phone_recorder.adapters.lane import Lane
from phone_recorder.adapters.settings_keeper import Keeper
from phone_recorder.adapters.unix_socket import demand_group
from phone_recorder.agent.plan import AgentPlan
from phone_recorder.control_api import SettingList
from phone_recorder.control_api.told import setting_list
from phone_recorder.errors import UsageError
from phone_recorder.media.codecs import NO_G722, has, require
from phone_recorder.recording.from_settings import codec_of
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import find_setting, value_of

SECTIONS = ("phone.device", "phone.number", "phone.name", "record", "server", "usb", "agent")
"""Of the settings, those that mean something here."""
AT_START = ("agent.group", "usb.drive", "usb.folder", "usb.repair")
"""Of these, those that the socket and the drive are made with."""
LATER = "{} counts when the agent is started again"
FILING = "the settings' file does not answer"
CHANGED = "the file {} was changed by somebody else: reload the agent to use that"


class Choosing:
    """`group_problem` is why the group that was set may not use the socket."""

    def __init__(self, plan: AgentPlan) -> None:
        self._file = plan.file
        self._started_with = plan.settings
        self._keeper = Keeper(plan.settings, plan.file, CHANGED)
        self.group_problem = ""
        self.filing = Lane(lambda: UsageError(FILING), None, 32)
        """For who saves settings."""

    @property
    def now(self) -> PhoneSettings:
        """What is set."""
        return self._keeper.settings

    def take(self, texts: Mapping[str, str]) -> Callable[[], None] | None:
        """Have these from now on; what is returned saves them. UsageError, and none of them, if one cannot be."""
        for key in texts:
            if not {find_setting(key).section, key} & set(SECTIONS):
                raise UsageError(f"{key} means nothing to the agent: it is a setting of the emulated phone")
        checked = self._keeper.checked(texts)
        # What was wrong before stands in no other setting's way.
        if "record.codec" in texts:
            require(codec_of(checked.record))
        if "agent.group" in texts:
            demand_group(checked.agent.group)
        return self._keeper.take(texts)

    def replace(self, settings: PhoneSettings) -> None:
        """The settings' file was read again; UsageError if what it says cannot be."""
        require(codec_of(settings.record))
        self._keeper = Keeper(settings, self._file, CHANGED)

    @property
    def problem(self) -> str:
        """Why not all that is set holds, or is kept."""
        codec = "" if has(codec_of(self.now.record)) else NO_G722
        later = ", ".join(key for key in AT_START if value_of(self.now, key) != value_of(self._started_with, key))
        problems = codec, self._group_problem, LATER.format(later) if later else "", self._keeper.problem
        return "; ".join(filter(None, problems))

    def listed(self, problem: str) -> SettingList:
        """Those that mean something here."""
        return setting_list(self.now, problem, SECTIONS, self._keeper.kept)

    @property
    def _group_problem(self) -> str:
        """Of a group that is still the one that is wanted."""
        return self.group_problem if self.now.agent.group == self._started_with.agent.group else ""
