"""The settings of the on-device agent, with defaults that let nobody else in and need no device."""

from __future__ import annotations

from dataclasses import dataclass

from phone_recorder.settings.checks import demand, formed
from phone_recorder.settings.device_forms import group, input_device, ip_address, key_name, led_name
from phone_recorder.settings.forms import port_span

_FORMS = {
    "group": group,
    "rtp_host": ip_address,
    "rtp_ports": port_span,
    "key_device": input_device,
    "key": key_name,
    "pause_key": key_name,
    "lamp": led_name,
}
_NEEDED = ("rtp_host", "key")


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """Who may use the agent, where RTP comes in, and the devices that it drives.

    `group` may use the socket, "" is the agent's own. RTP is awaited at `rtp_host`, at ports among `rtp_ports`
    (`FIRST-LAST`, "" for any). `key_device` is the name or the path of the input device that has the record key, "" for
    none; `key` and `pause_key` are names or numbers of keys. `lamp` is a LED of /sys/class/leds, "" for none.
    Texts are kept as they are usually written. UsageError names the setting.
    """

    group: str = ""
    rtp_host: str = "127.0.0.1"
    rtp_ports: str = ""
    key_device: str = ""
    key: str = "KEY_RECORD"
    pause_key: str = ""
    lamp: str = ""

    def __post_init__(self) -> None:
        for name, form in _FORMS.items():
            text = getattr(self, name)
            demand(bool(text) or name not in _NEEDED, f"agent.{name}", "it cannot be empty")
            object.__setattr__(self, name, formed(f"agent.{name}", form, text) if text else "")
        twice = f"{self.key} is the record key already: choose another"
        demand(self.pause_key != self.key, "agent.pause_key", twice)
