"""The rows of the table for the on-device agent: who may use it, where RTP comes in, its key and its lamp."""

# ruff: noqa: RUF001  # Chinese has punctuation of its own

from __future__ import annotations

from phone_recorder.settings.device_forms import group, input_device, ip_address, key_name, led_name
from phone_recorder.settings.forms import port_span
from phone_recorder.settings.kinds import Text
from phone_recorder.settings.setting import Setting

ROWS = (
    Setting(
        "agent.group",
        ("agent", "group"),
        Text(32, form=group, hint="a group"),
        "Group",
        "用户组",
        "Group whose members may drive the agent, from its next start on; without one, the agent's own.",
        "可以控制代理程序的用户组，代理程序下次启动后生效；留空则为代理程序自己的组。",
    ),
    Setting(
        "agent.rtp_host",
        ("agent", "rtp_host"),
        Text(64, may_be_empty=False, form=ip_address, hint="an IP address"),
        "RTP address",
        "RTP 地址",
        "Address that RTP of calls is taken at; on any but a loopback address, others in the network can send it.",
        "接收通话 RTP 的地址；若非环回地址，网络中的其他设备也能发送。",
    ),
    Setting(
        "agent.rtp_ports",
        ("agent", "rtp_ports"),
        Text(11, form=port_span, hint="FIRST-LAST"),
        "RTP ports",
        "RTP 端口",
        "UDP ports that RTP of calls is taken at, such as 40000-40099; without them, any.",
        "接收通话 RTP 的 UDP 端口范围，例如 40000-40099；留空则任意。",
    ),
    Setting(
        "agent.key_device",
        ("agent", "key_device"),
        Text(form=input_device, hint="a name, or a path below /dev/input"),
        "Key device",
        "按键设备",
        "Input device that has the record key, by the name in /proc/bus/input/devices or by path; without one, no key.",
        "录音键所在的输入设备：/proc/bus/input/devices 中的名称或设备路径；留空则不使用按键。",
    ),
    Setting(
        "agent.key",
        ("agent", "key"),
        Text(44, may_be_empty=False, form=key_name, hint="a key's name or number"),
        "Record key",
        "录音键",
        "Key that starts and stops recordings, as linux/input-event-codes.h names it, such as KEY_RECORD or 167.",
        "开始和停止录音的按键，名称见 linux/input-event-codes.h，例如 KEY_RECORD 或 167。",
    ),
    Setting(
        "agent.pause_key",
        ("agent", "pause_key"),
        Text(44, form=key_name, hint="a key's name or number"),
        "Pause key",
        "暂停键",
        "Key of the same device that pauses a recording and resumes it; without one, none.",
        "同一设备上暂停和继续录音的按键；留空则不使用。",
    ),
    Setting(
        "agent.lamp",
        ("agent", "lamp"),
        Text(64, form=led_name, hint="a LED's name"),
        "Record lamp",
        "录音灯",
        "LED below /sys/class/leds that shows whether a recording runs; without one, none.",
        "显示录音状态的 LED，位于 /sys/class/leds；留空则不使用。",
    ),
)
