"""The rows of the table for the phone itself, its keys, its line at a SIP server, and its calls."""

# ruff: noqa: RUF001  # Chinese has punctuation of its own

from __future__ import annotations

from phone_recorder.models import MODELS
from phone_recorder.settings.forms import listen_address, mac_address, port_span, sip_address, voice
from phone_recorder.settings.kinds import Choice, Option, Secret, Text, Toggle
from phone_recorder.settings.measures import Number
from phone_recorder.settings.setting import Setting

CODECS = (
    Option("PCMU", "PCMU (G.711u)", "PCMU (G.711u)", also=("G711U", "ulaw")),
    Option("PCMA", "PCMA (G.711a)", "PCMA (G.711a)", also=("G711A", "alaw")),
    Option("G722", "G.722", "G.722"),
)
_DSS = Choice(
    (
        Option("none", "None", "无"),
        Option("record", "Record", "录音"),
        Option("pause", "Pause", "暂停"),
        Option("hold", "Hold", "保持"),
        Option("redial", "Redial", "重拨"),
    )
)
_VOICE = Text(may_be_empty=False, form=voice, hint="tone:HZ, silence, none, or a file")
_SIP = Text(form=sip_address, hint="a SIP address")

PHONE = (
    Setting(
        "phone.model",
        ("model",),
        Choice(tuple(Option(name, name, name) for name in MODELS)),
        "Model",
        "型号",
        "Phone model, which says what can be recorded to.",
        "电话型号，决定支持哪些录音方式。",
    ),
    Setting(
        "phone.language",
        ("language",),
        Choice((Option("en", "English", "English"), Option("zh", "中文", "中文"))),
        "Language",
        "语言",
        "Language of the phone's screen.",
        "电话屏幕的语言。",
    ),
    Setting(
        "phone.device",
        ("device",),
        Text(may_be_empty=False, form=mac_address, hint="12 hex digits"),
        "MAC address",
        "MAC 地址",
        "MAC address, which tells record servers one phone from another.",
        "MAC 地址，录音服务器据此区分电话。",
    ),
    Setting(
        "phone.number",
        ("local_number",),
        Text(64, may_be_empty=False, hint="a number"),
        "Number",
        "号码",
        "Number of this phone.",
        "本机号码。",
    ),
    Setting(
        "phone.name",
        ("local_name",),
        Text(64),
        "Name",
        "名称",
        "Name of this phone's user.",
        "本机显示名称。",
    ),
)

KEYS = tuple(
    Setting(
        f"keys.dss{number}",
        ("dss", number - 1),
        _DSS,
        f"DSS key {number}",
        f"DSS 键 {number}",
        f"What DSS key {number} does.",
        f"DSS 键 {number} 的功能。",
    )
    for number in range(1, 5)
)

ACCOUNT = (
    Setting(
        "account.registrar",
        ("account", "registrar"),
        _SIP,
        "SIP server",
        "SIP 服务器",
        "Where the phone registers, such as sip:192.0.2.1;transport=tls; without one, calls are made up.",
        "注册服务器，例如 sip:192.0.2.1;transport=tls；留空则模拟通话。",
    ),
    Setting(
        "account.user",
        ("account", "user"),
        Text(64, hint="a name"),
        "User",
        "用户名",
        "Name at the SIP server; without one, the phone's number.",
        "SIP 服务器上的用户名；留空则使用本机号码。",
    ),
    Setting(
        "account.password",
        ("account", "password"),
        Secret(),
        "Password",
        "密码",
        "Password at the SIP server.",
        "SIP 服务器上的密码。",
    ),
    Setting(
        "account.proxy",
        ("account", "proxy"),
        _SIP,
        "Outbound proxy",
        "出局代理",
        "Send all requests by way of this proxy.",
        "所有请求经由此代理发送。",
    ),
    Setting(
        "account.expires_s",
        ("account", "expires_s"),
        Number(10, 86400, "seconds", "秒"),
        "Register for",
        "注册有效期",
        "Seconds to register for.",
        "注册有效期（秒）。",
    ),
    Setting(
        "account.listen",
        ("account", "listen"),
        Text(form=listen_address, hint="HOST or HOST:PORT"),
        "Local address",
        "本地地址",
        "Address that the phone takes SIP messages at; without one, any.",
        "接收 SIP 消息的本地地址；留空则任意。",
    ),
    Setting(
        "account.rtp_ports",
        ("account", "rtp_ports"),
        Text(11, form=port_span, hint="FIRST-LAST"),
        "RTP ports",
        "RTP 端口",
        "UDP ports for RTP, such as 20000-29999; without them, any.",
        "RTP 使用的 UDP 端口范围，例如 20000-29999；留空则任意。",
    ),
    Setting(
        "account.cacert",
        ("account", "cacert"),
        Text(1000, hint="a file"),
        "CA certificates",
        "CA 证书",
        "Trust the certificates in this PEM file, and not the system's.",
        "信任此 PEM 文件中的证书，而非系统证书。",
    ),
    Setting(
        "account.tls_insecure",
        ("account", "tls_insecure"),
        Toggle(),
        "Any certificate",
        "不验证证书",
        "Take any certificate: whoever is in between can listen.",
        "接受任何证书：中间人可以窃听。",
    ),
)

CALL = (
    Setting(
        "call.near",
        ("call", "near"),
        _VOICE,
        "Near party says",
        "本端声音",
        "Voice of this phone's user.",
        "本机用户的声音。",
    ),
    Setting(
        "call.far",
        ("call", "far"),
        _VOICE,
        "Far party says",
        "对端声音",
        "Voice of the other party, in calls that are made up.",
        "模拟通话中对端的声音。",
    ),
    Setting(
        "call.repeat",
        ("call", "repeat"),
        Toggle(),
        "Repeat voices",
        "循环播放",
        "Begin voices from files again when they are over.",
        "声音文件播完后从头播放。",
    ),
    Setting(
        "call.codec",
        ("call", "codec"),
        Choice((Option("", "As recorded", "与录音相同"), *CODECS)),
        "Call codec",
        "通话编解码器",
        "Codec of calls; empty for the recording's.",
        "通话的编解码器；留空则与录音相同。",
    ),
    Setting(
        "call.sound",
        ("call", "sound"),
        Choice((Option("browser", "Browser", "浏览器"), Option("device", "Sound device", "声卡"))),
        "Sound",
        "声音输出",
        "Where playback is heard; device: microphone and loudspeaker of this computer, for SIP calls too.",
        "录音回放的声音输出；device 表示本机的麦克风和扬声器，SIP 通话也使用。",
    ),
)

ROWS = (*PHONE, *KEYS, *ACCOUNT, *CALL)
