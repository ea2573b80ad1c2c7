"""The rows of the table for recording: what, to where, and by which server."""

# ruff: noqa: RUF001  # Chinese has punctuation of its own

from __future__ import annotations

from phone_recorder.settings.forms import folder, host_name
from phone_recorder.settings.kinds import Choice, Option, Text, Toggle
from phone_recorder.settings.measures import Number, Seconds, Size
from phone_recorder.settings.record import SipInfoSettings
from phone_recorder.settings.rows_phone import CODECS
from phone_recorder.settings.setting import Setting


def _header(text: str) -> str:
    return SipInfoSettings(header=text).header


def _header_value(text: str) -> str:
    # Whether both are the same is found when both are known.
    return SipInfoSettings(on=text, off=f"{text}-").on


_TIMEOUT = Seconds(0.5, 60)

RECORD = (
    Setting(
        "record.enabled",
        ("record", "enabled"),
        Toggle(),
        "Enable recording",
        "启用录音",
        "Whether the record key does anything.",
        "是否启用录音键。",
        ("enabled", "enable", "enable record", "switch"),
    ),
    Setting(
        "record.mode",
        ("record", "mode"),
        Choice(
            (
                Option("local", "Local", "本地"),
                Option("network", "Network", "网络", stored="server", also=("server",)),
                Option("sip_info", "SIP INFO", "SIP INFO"),
            )
        ),
        "Mode",
        "模式",
        "Where recordings go: to USB, to a record server, or the SIP server is asked to record.",
        "录音方式：本地（USB）、网络（录音服务器）或请求 SIP 服务器录音（SIP INFO）。",
        ("type", "mode"),
    ),
    Setting(
        "record.codec",
        ("record", "codec"),
        Choice(CODECS),
        "Codec",
        "编解码器",
        "Codec of recordings.",
        "录音的编解码器。",
        ("voice codec", "codec"),
    ),
    Setting(
        "record.ptime_ms",
        ("record", "ptime_ms"),
        Choice(tuple(Option(ms, f"{ms} ms", f"{ms} 毫秒") for ms in ("10", "20", "30", "40", "60")), numbers=True),
        "Packet time",
        "打包时长",
        "Milliseconds in a packet.",
        "每个数据包的毫秒数。",
        ("ptime",),
    ),
    Setting(
        "record.size_limit",
        ("record", "size_limit"),
        Size(least=1024),
        "File size limit",
        "文件大小限制",
        "Largest file of a recording on USB, which then goes on in another; 0 for no limit.",
        "U盘上单个录音文件的大小上限，达到后自动新建文件；0 表示不限制。",
        ("file size limit", "file size", "size limit", "max file size"),
    ),
    Setting(
        "record.reserve",
        ("record", "reserve"),
        Size(),
        "Keep free",
        "预留空间",
        "To be kept free on the USB drive.",
        "U盘上需预留的空间。",
    ),
    Setting(
        "record.cover",
        ("record", "cover"),
        Toggle(),
        "Cover older",
        "覆盖旧录音",
        "Delete the oldest recordings when there is no room for a new one.",
        "空间不足时删除最旧的录音。",
        ("cover older", "cover older recordings", "cover old", "cover", "overwrite"),
    ),
    Setting(
        "record.pause",
        ("record", "pause"),
        Choice((Option("skip", "Nothing", "跳过"), Option("silence", "Silence", "静音"))),
        "Pause leaves",
        "暂停处理",
        "What a pause leaves in the recording: skip for nothing, or silence.",
        "暂停期间：跳过（skip）或录为静音（silence）。",
        ("pause", "pause mode"),
    ),
    Setting(
        "record.auto",
        ("record", "auto"),
        Toggle(),
        "Auto record",
        "自动录音",
        "Start a recording with each call.",
        "每次通话自动开始录音。",
        ("auto", "auto record", "auto recording"),
    ),
    Setting(
        "record.tone",
        ("record", "tone"),
        Toggle(),
        "Record tone",
        "录音提示音",
        "Put a tone of 440 Hz into what is recorded, for 0.5 s every 5 s. What comes mixed to the agent has none.",
        "录音中每 5 秒加入 0.5 秒 440 Hz 提示音。送到代理时已混音的通话不加。",
        ("tone", "record tone", "enable tone", "tone enable"),
    ),
)

USB = (
    Setting(
        "usb.drive",
        ("record", "drive"),
        Text(1000, hint="a name"),
        "USB drive",
        "U盘",
        "Label, serial, UUID or device of the drive to use; without one, the first.",
        "使用的 U盘的卷标、序列号、UUID 或设备名；留空则使用第一个。",
    ),
    Setting(
        "usb.folder",
        ("record", "folder"),
        Text(form=folder, hint="a folder"),
        "Folder",
        "文件夹",
        "Folder on the drive; without one, the drive's root.",
        "U盘上的文件夹；留空则为根目录。",
    ),
    Setting(
        "usb.repair",
        ("record", "repair"),
        Toggle(),
        "Repair files",
        "修复文件",
        "Mend files that were cut short when a drive is plugged in.",
        "插入 U盘时修复被中断的录音文件。",
    ),
)

SERVER = (
    Setting(
        "server.host",
        ("record", "server", "host"),
        Text(255, form=host_name, hint="a name or an IP address"),
        "Server address",
        "服务器地址",
        "Address of the record server; without one nothing can be recorded there.",
        "录音服务器地址；留空则无法进行网络录音。",
        ("server addr", "server address", "server ip", "server host", "server"),
    ),
    Setting(
        "server.port",
        ("record", "server", "port"),
        Number(1, 65535),
        "Server port",
        "服务器端口",
        "TCP port of the record server.",
        "录音服务器的 TCP 端口。",
        ("server port", "port"),
    ),
    Setting(
        "server.timeout_s",
        ("record", "server", "timeout_ms"),
        _TIMEOUT,
        "Server timeout",
        "服务器超时",
        "How long the record server may take to be reached and to answer.",
        "连接录音服务器及等待应答的最长时间。",
    ),
    Setting(
        "server.dead_after_s",
        ("record", "server", "dead_after_ms"),
        Seconds(2, 600),
        "Notice loss after",
        "断线检测",
        "How soon it is noticed that the record server has gone without a word.",
        "录音服务器无响应多久后视为断线。",
    ),
    Setting(
        "server.terminator",
        ("record", "server", "terminator"),
        Choice((Option("none", "None", "无"), Option("LF", "LF", "LF"), Option("CRLF", "CRLF", "CRLF"))),
        "Terminator",
        "结束符",
        "What ends the phone's control messages.",
        "控制消息的结束符。",
    ),
    Setting(
        "server.foreign_media",
        ("record", "server", "foreign_media"),
        Toggle(),
        "RTP elsewhere",
        "允许其他主机",
        "Send RTP to another host if the record server names one.",
        "录音服务器指定其他主机时也发送 RTP。",
    ),
    Setting(
        "server.retries",
        ("record", "server", "retries"),
        Number(0, 1000),
        "Retries",
        "重试次数",
        "Start another recording when the record server was lost, so many times in a row.",
        "与录音服务器断开后重新开始录音的连续次数。",
    ),
    Setting(
        "server.retry_after_s",
        ("record", "server", "retry_after_ms"),
        Seconds(0.1, 3600),
        "Retry after",
        "重试间隔",
        "How long to wait before each time.",
        "每次重试前的等待时间。",
    ),
)

SIP_INFO = (
    Setting(
        "sip_info.header",
        ("record", "sip_info", "header"),
        Text(64, may_be_empty=False, form=_header, hint="a header's name"),
        "INFO header",
        "INFO 头域",
        "Header of the INFO request.",
        "INFO 请求中的头域名。",
    ),
    Setting(
        "sip_info.on",
        ("record", "sip_info", "on"),
        Text(64, may_be_empty=False, form=_header_value),
        "Value to start",
        "开始值",
        "Its value to start a recording.",
        "开始录音时的头域值。",
    ),
    Setting(
        "sip_info.off",
        ("record", "sip_info", "off"),
        Text(64, may_be_empty=False, form=_header_value),
        "Value to stop",
        "停止值",
        "Its value to stop it.",
        "停止录音时的头域值。",
    ),
    Setting(
        "sip_info.timeout_s",
        ("record", "sip_info", "timeout_ms"),
        _TIMEOUT,
        "INFO timeout",
        "INFO 超时",
        "How long the SIP server may take to answer.",
        "SIP 服务器应答的最长时间。",
    ),
)

ROWS = (*RECORD, *USB, *SERVER, *SIP_INFO)
