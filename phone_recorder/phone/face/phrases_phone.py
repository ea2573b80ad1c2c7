"""The phrase book's part on calls, the line, playback and settings: see chinese.py for how a phrase is written."""

# ruff: noqa: RUF001  # Chinese has punctuation of its own

from __future__ import annotations

WANTED = {
    "saved: it counts from the next call on": "已保存：从下一次通话起生效",
    "saved: it counts when the phone is switched on again": "已保存：话机重新启动后生效",
    "{} is a link, and no recording": "{} 是链接，不是录音",
    "the SIP server is another one: enter its password": "SIP 服务器已更改：请重新输入密码",
    "the phone is setting up its line: try again in a moment": "正在设置线路：请稍后再试",
    "the call is not set up yet: wait a moment": "通话尚未建立：请稍候",
    "it is being exported already": "正在导出",
    "it is a symbolic link": "是符号链接",
    "the call is over: {t}": "通话已结束：{}",
    "exported to {}": "已导出到 {}",
    "a call is going on: end it first": "正在通话：请先结束通话",
    "there is no call that rings": "没有来电",
    "there is no call to end": "没有可结束的通话",
    "there is no call to hold": "没有可保持的通话",
    "there is no call to record: call somebody first": "没有可录音的通话：请先拨打电话",
    "whom to call is not said: dial a number": "未输入号码：请拨号",
    "the drive does not answer: pull it out and plug it in again": "U盘无响应：请拔出后重新插入",
    "another recording is being exported: wait until that is done": "正在导出另一个录音：请等待导出完成",
    "the file {} was changed by somebody else: switch the phone off and on to use that": (
        "文件 {} 已被他人修改：请重新启动话机以使用新内容"
    ),
    "this phone uses the USB drives that are really plugged in: plug them in and out by hand": (
        "本机使用真实的U盘：请手动插拔"
    ),
}
"""The answers to what the user wanted."""

PLAYBACK = {
    "nothing is being played: choose a recording first": "没有正在播放的录音：请先选择录音",
    "there is no recording {} on the drive: it was deleted, or never was": "U盘上没有录音 {}：已被删除，或从未存在",
    "{} is being recorded, or is no record file: it was not deleted": "{} 正在录音，或不是录音文件：未删除",
    "it is being recorded": "正在录音",
    "cannot play {}: {t}": "无法播放 {}：{}",
    "damaged, what is there is played: {t}": "文件已损坏，仅播放现有内容：{}",
    "it is a RIFF WAV, not a record file: `phone-recorder import` makes it one": (
        "是 RIFF WAV，不是录音文件：可用 phone-recorder import 转换"
    ),
    "the file has {d} bytes, fewer than its header of {d}": "文件只有 {} 字节，不足文件头的 {} 字节",
    "the codec's name is not ended by a NUL": "编解码器名称没有结束符",
    "the codec {} is none of {}": "编解码器 {} 不属于 {}",
    "rtpLen is {}": "rtpLen 为 {}",
    "increment is {}": "increment 为 {}",
    "rtpLen {} and increment {} do not belong together": "rtpLen {} 与 increment {} 不相符",
    "dataSize is {d}, but only {d} bytes follow the header": "dataSize 为 {}，但文件头后只有 {} 字节",
    "dataSize is {d}, but {d} bytes follow the header": "dataSize 为 {}，但文件头后有 {} 字节",
    "the last block has {d} of {d} bytes": "最后一块只有 {} 字节（应为 {} 字节）",
}

CALLS = {
    "the call failed: {t}": "呼叫失败：{}",
    "{} wants a user name and a password, and does not take ours ({})": "{} 需要用户名和密码，且不接受本机的 ({})",
    "{} is not for us to call ({})": "不允许呼叫 {} ({})",
    "{} is not known to the SIP server ({})": "SIP 服务器上没有 {} ({})",
    "{} is reached through a proxy that does not take our user name and password ({})": (
        "呼叫 {} 的代理服务器不接受本机的用户名和密码 ({})"
    ),
    "{} does not answer ({})": "{} 无人应答 ({})",
    "{} is not there any more ({})": "{} 已不存在 ({})",
    "{} cannot be reached just now ({})": "{} 暂时无法接通 ({})",
    "{} is not a whole number ({})": "{} 号码不完整 ({})",
    "{} is busy ({})": "{} 忙 ({})",
    "{} was not called any longer ({})": "已取消呼叫 {} ({})",
    "{} and this phone have no codec in common ({})": "{} 与本机没有共同的编解码器 ({})",
    "{} does not want to answer ({})": "{} 拒接 ({})",
    "{} does not exist ({})": "{} 不存在 ({})",
    "{} is neither a number nor a SIP address": "{} 既不是号码也不是 SIP 地址",
    "without a SIP server {} is to be called as {}": "没有 SIP 服务器时请用 {1} 呼叫 {0}",
    "an address with headers, behind a question mark, cannot be called": "无法呼叫带有问号和头域的地址",
    "the other phone hung up": "对方已挂机",
    "no reason given": "未说明原因",
    "Busy Here": "对方忙",
    "Busy Everywhere": "对方忙",
    "Decline": "对方拒接",
    "Not Found": "号码不存在",
    "Request Timeout": "无人应答",
    "Temporarily Unavailable": "暂时无法接通",
    "Request Terminated": "已取消",
    "Not Acceptable Here": "编解码器不匹配",
    "Forbidden": "禁止呼叫",
}

LINE = {
    "the phone has not reached its SIP server yet: try again in a while": "尚未连接到 SIP 服务器：请稍后再试",
    "{} refuses {}: wrong user name or password": "{} 拒绝 {} 注册：用户名或密码错误",
    "{} does not let {} register ({}): check the user name and the password": (
        "{} 不允许 {} 注册 ({})：请检查用户名和密码"
    ),
    "{} knows no user {} ({}): check the user name and the server's address": (
        "{} 上没有用户 {} ({})：请检查用户名和服务器地址"
    ),
    "{} is no registrar ({}): give the address of one, or do not register": (
        "{} 不是注册服务器 ({})：请填写注册服务器地址"
    ),
    "no answer at {} ({}): try again later": "{} 无应答 ({})：请稍后再试",
    "no answer at {}: check its address, port and transport": "{} 无应答：请检查地址、端口和传输协议",
    "{} asks for a longer registration than this phone makes ({})": "{} 要求更长的注册周期 ({})",
    "{} takes no registrations now ({}): try again later": "{} 暂不接受注册 ({})：请稍后再试",
    "{} wants a password for {}, and none is set": "{} 要求 {} 的密码，但未设置",
    "{} wants {} to log in in a way that this phone cannot ({}): have it take Digest with MD5 or SHA-256": (
        "{} 要求 {} 使用本机不支持的认证方式 ({})：请启用 MD5 或 SHA-256 的 Digest 认证"
    ),
    "{} sends {} elsewhere ({}), which is not followed: register there": "{} 将 {} 转到其他服务器 ({})：请在那里注册",
    "{} does not register {}: {}": "{} 拒绝 {} 注册：{}",
    "{} said yes to {}, but keeps no address of this phone: calls cannot come in": (
        "{} 接受了 {} 的注册，但没有保存本机地址：无法接听来电"
    ),
    "cannot register: {t}": "无法注册：{}",
    "nothing listens at {}: check the address and the port, and the transport": (
        "{} 没有服务：请检查地址、端口和传输协议"
    ),
    "{} does not answer: check the address and the port, and that no firewall is in between": (
        "{} 无应答：请检查地址、端口和防火墙"
    ),
    "{} does not answer {}": "{} 对 {} 无应答",
    "{} has cut the connection": "{} 断开了连接",
    "{} has closed the connection": "{} 关闭了连接",
    "the connection to {} was cut: {t}": "与 {} 的连接已断开：{}",
    "what it is sent is not read": "对方不接收数据",
    "no whole message came in time": "未及时收到完整的消息",
    "there are too many of them": "连接过多",
    "{} cannot be reached: this phone speaks TLS alone": "无法连接 {}：本机只使用 TLS",
    "{} was not reached before this phone ended": "关机前未能连接 {}",
    "{} is no name that a certificate can bear: {}": "{} 不能作为证书名称：{}",
    "there is no host {}: for names in .local this machine needs mDNS (libnss-mdns); or use an IP address": (
        "找不到主机 {}：.local 名称需要 mDNS (libnss-mdns)，或使用 IP 地址"
    ),
    "{} cannot be reached ({t}): check the address, and the network": "无法连接 {} ({})：请检查地址和网络",
    "{} cannot be reached from {}: use an address of the same kind": "无法从 {1} 连接 {0}：请使用同类地址",
    "{} does not speak TLS with us: check the port, and whether TLS is meant": (
        "{} 未使用 TLS：请检查端口，并确认是否使用 TLS"
    ),
    "{} names no host and port that can be: check the address": "{} 中没有有效的主机和端口：请检查地址",
    "{} wants a transport that this phone has not: use UDP, TCP or TLS": (
        "{} 要求本机不支持的传输协议：请使用 UDP、TCP 或 TLS"
    ),
    "nobody says what the address of {} is: check the network, or use an IP address": (
        "无法解析 {} 的地址：请检查网络，或使用 IP 地址"
    ),
    "there is no host {}: check the name, or use an IP address": "找不到主机 {}：请检查名称，或使用 IP 地址",
    "the certificate of {} has expired: the server needs a new one": "{} 的证书已过期：服务器需要新证书",
    "the certificate of {} is not for {}: use the name that it was made for": (
        "{} 的证书不适用于 {}：请使用证书中的名称"
    ),
    "the certificate of {} is not trusted ({}): give the one to trust with --cacert": (
        "{} 的证书不受信任 ({})：请设置 CA 证书"
    ),
}
"""Registration and transport, as the phone's `problem` has them."""

_SECTIONS = ("phone", "keys", "account", "call", "record", "usb", "server", "sip_info")
SETTINGS = {
    **{f"{section}.{{}}: {{t}}": f"{section}.{{}}：{{}}" for section in _SECTIONS},
    "{} is neither on nor off": "{} 既不是 on 也不是 off",
    "{} is neither true nor false, which go without quotes": "{} 既不是 true 也不是 false（不加引号）",
    "{} is none of {}": "{} 不属于 {}",
    "{} has blanks around it": "{} 前后有空格",
    "it cannot be empty": "不能为空",
    "these stars only stand for it: write the text itself": "星号仅表示已设置：请输入内容本身",
    "it is no text of one line with at most {d} characters": "应为不超过 {} 个字符的一行文字",
    "{} is no text, which goes in quotes": "{} 不是文字（需加引号）",
    "{} is too long: at most {d} characters": "{} 过长：最多 {} 个字符",
    "{} has a character in it that cannot be shown": "{} 含有无法显示的字符",
    "{} is no whole number from {d} to {d}": "{} 不是 {} 到 {} 之间的整数",
    "{} is no time from {d} to {d} seconds": "{} 不是 {} 到 {} 秒之间的时间",
    "{} is no size: write bytes, or a number with K, M or G, such as 8M": (
        "{} 不是有效的大小：请输入字节数，或带 K、M、G 的数字，如 8M"
    ),
    "{} is only {d} bytes: write {} or more, such as 8M": "{} 只有 {} 字节：请输入不小于 {} 的大小，如 8M",
    "{} is no MAC address: write 12 hex digits, such as 001122334455": (
        "{} 不是 MAC 地址：请输入 12 位十六进制数，如 001122334455"
    ),
    "{} is no SIP address: write one such as sip:192.0.2.1": "{} 不是 SIP 地址：请输入如 sip:192.0.2.1 的地址",
    "account.registrar {} is no SIP address: write one such as sip:192.0.2.1": (
        "注册服务器 {} 不是 SIP 地址：请输入如 sip:192.0.2.1 的地址"
    ),
    "{} is no address: write a name or an IP address alone, such as 192.0.2.1": (
        "{} 不是地址：请只输入名称或 IP 地址，如 192.0.2.1"
    ),
    "{} is no address to listen at: write one such as 0.0.0.0:5060 or [::]:5060": (
        "{} 不是监听地址：请输入如 0.0.0.0:5060 或 [::]:5060 的地址"
    ),
    "{} is no range from {d} to {d}: write one such as 20000-29999": "{} 不是 {} 到 {} 内的端口范围：如 20000-29999",
    "{} has no even port, which RTP goes to: write a range such as 20000-29999": (
        "{} 中没有 RTP 所需的偶数端口：请输入如 20000-29999 的范围"
    ),
    "{} is no tone: write tone:HZ with 20 to 3400 Hz, such as tone:440": (
        "{} 不是单音：请输入 tone:HZ（20 到 3400 Hz），如 tone:440"
    ),
    "{} can be no folder on a USB drive: write names alone, such as calls/2026": (
        "{} 不能作为U盘上的文件夹：请只输入名称，如 calls/2026"
    ),
    "{} can be no SIP header's name: use letters, digits and -": "{} 不能作为 SIP 头域名：请使用字母、数字和 -",
    "the SIP header {} has a meaning of its own already: choose another": "SIP 头域 {} 另有含义：请另选一个",
    "{} can be no SIP header's value: use a word, in one line": "{} 不能作为 SIP 头域值：请输入一行文字",
    "a server cannot tell on from off if both are {}: choose two texts": (
        "开始值和停止值都是 {}，服务器无法区分：请使用不同的值"
    ),
    "a registration cannot last {} s": "注册有效期不能为 {} 秒",
    "there is no model {}: choose one of {}": "没有型号 {}：请选择 {} 之一",
    "cannot write {}: {t}": "无法写入 {}：{}",
}

PHONE = {**WANTED, **PLAYBACK, **CALLS, **LINE, **SETTINGS}
