"""The phrase book's part on recordings and where they go: see chinese.py for how a phrase is written."""

# ruff: noqa: RUF001  # Chinese has punctuation of its own

from __future__ import annotations

PROMPTS = {
    "Starting the recording": "正在开始录音",
    "Starting the recording, paused": "正在开始录音，已暂停",
    "Recording": "正在录音",
    "Recording paused": "录音已暂停",
    "Recording failed": "录音失败",
    "Recording saved": "录音已保存",
    "Recording cancelled": "录音已取消",
    "Cancelling the recording": "正在取消录音",
    "Saving the recording": "正在保存录音",
    "Asking the SIP server to record": "正在请求 SIP 服务器录音",
    "Asking the SIP server to stop recording": "正在请求 SIP 服务器停止录音",
    "The SIP server is recording": "SIP 服务器正在录音",
    "The SIP server has stopped recording": "SIP 服务器已停止录音",
    "Nothing is being recorded": "当前没有录音",
    "A recording is already running": "录音正在进行中",
    "The SIP server cannot pause a recording": "SIP 服务器不支持暂停录音",
    "Recording is switched off: switch it on in Applications > Record manager": (
        "录音未启用：请在 应用 > 录音管理 中启用"
    ),
    ": {t}": "：{}",
    ": {d} file(s)": "：{} 个文件",
    ", the drive has reported errors": "，U盘曾报告错误",
    ", the drive reports errors": "，U盘报告错误",
    ", the drive is slow": "，U盘写入较慢",
    ", the drive is almost full": "，U盘空间即将用完",
    ", what came before is kept": "，之前的录音已保留",
    ", what came before was sent": "，之前的录音已发送",
    ", paused": "，已暂停",
    ", attempt {d} of {d}": "，第 {} 次重试（共 {} 次）",
    "; trying again in {} s ({d} of {d})": "；{} 秒后重试（第 {} 次，共 {} 次）",
    "; given up after {d} more attempt(s)": "；重试 {} 次后放弃",
    "; the one before failed: {t}": "；上一段录音失败：{}",
    "{d} s": "{} 秒",
    "{d} min": "{} 分钟",
    "{d} h": "{} 小时",
    "{d} h {d} min": "{} 小时 {} 分钟",
}
"""The record indicator, piece by piece."""

NOT_SUPPORTED = {
    "{} cannot record {t}": "{} 不支持{}",
    "to USB": "本地录音 (USB)",
    "to a record server": "服务器录音",
    "on its SIP server": " SIP INFO 录音",
}

FORMAT = "format it with FAT32 or exFAT"
_UNUSABLE = {
    "there is no partition in its partition table: make one and {}": "没有分区：请创建分区，{}",
    "there is no file system on it: {}": "未格式化：{}",
    "it is encrypted: {}": "已加密：{}",
    "it is a part of an LVM volume: {}": "属于 LVM 卷：{}",
    "it is a part of a RAID: {}": "属于 RAID 阵列：{}",
    "it is a part of a ZFS pool: {}": "属于 ZFS 存储池：{}",
    "it is swap space: {}": "为交换分区：{}",
    "it is the image of a CD, which cannot be written to: {}": "为光盘映像，无法写入：{}",
    "it is an image that cannot be written to: {}": "为只读映像：{}",
    "its file system is Apple's APFS: {}": "文件系统为苹果 APFS：{}",
}
"""What formatting helps against."""

DRIVES = {
    **{phrase.format(FORMAT): chinese.format("请格式化为 FAT32 或 exFAT") for phrase, chinese in _UNUSABLE.items()},
    "no USB drive is plugged in": "未插入U盘",
    "no USB drive is plugged in: plug in one formatted with FAT32 or exFAT": (
        "未插入U盘：请插入 FAT32 或 exFAT 格式的U盘"
    ),
    "no USB drive is plugged in: plug in {}": "未插入U盘：请插入 {}",
    "there is no USB drive called {}: plugged in: {}": "没有名为 {} 的U盘，已插入：{}",
    "the USB drive {} is ready{t}": "U盘 {} 已就绪{}",
    ", {d} recording(s) repaired{t}": "，已修复 {} 个录音{}",
    ", {d} file(s) cannot be repaired": "，{} 个文件无法修复",
    "the USB drive {} cannot be used: {t}": "U盘 {} 无法使用：{}",
    "none of the USB drives can be used: {t}": "所有U盘均无法使用：{}",
    "{n} (/dev/{n}): {t}": "{} (/dev/{})：{}",
    "the USB drive {} cannot be mounted: {t}": "U盘 {} 无法挂载：{}",
    "no directory can be made below {}: {t}": "无法在 {} 下创建目录：{}",
    "the program {} is missing": "缺少程序 {}",
    "it does not answer for {d} s": "{} 秒无响应",
    "the USB drive {} was mounted, and is not there": "U盘 {} 已挂载，但找不到",
    "the USB drives cannot be looked at: {t}": "无法查看U盘：{}",
    "USB drives cannot be found without the library libudev: for example, apt install libudev1": (
        "缺少 libudev 库，无法检测U盘：请安装，例如 apt install libudev1"
    ),
    "USB drives cannot be watched: {t}": "无法监测U盘插拔：{}",
    "there is no card in the reader: put one in": "读卡器中没有存储卡：请插入",
    "it is a partition for starting computers: use another partition": "为启动分区：请使用其他分区",
    "it is write-protected: release its lock, or mount it for writing": "已写保护：请解除写保护",
    "it is not mounted, and without udev only root can tell what is on it: mount it": (
        "未挂载，且没有 udev 时只有 root 能查看其内容：请挂载"
    ),
    "it is not mounted: mount it": "未挂载：请挂载",
    "its file system is none that phones mount: format it with FAT32 or exFAT, or mount it": (
        "话机不支持其文件系统：请格式化为 FAT32 或 exFAT，或先挂载"
    ),
    "this user may not write to it: mount it for this user, or run as root": (
        "没有写入权限：请为当前用户挂载，或以 root 运行"
    ),
    "it does not answer: pull it out and plug it in again": "无响应：请拔出后重新插入",
}
"""Which drives there are, and what is wrong with them."""

WRITING = {
    "the drive was removed": "U盘已被拔出",
    "only the newest {d} are listed, not the {d} before them": "仅列出最新的 {} 条录音，另有 {} 条更早的未列出",
    "the drive is full: {} bytes are free{t}": "U盘空间已满：剩余 {} 字节{}",
    ", of which {} are kept in reserve": "，其中 {} 字节为预留空间",
    "the drive is full: {t}": "U盘空间已满：{}",
    "no more files fit into this folder": "此文件夹已无法容纳更多文件",
    "the drive is write-protected: {t}": "U盘已写保护：{}",
    "cannot write to {}: {t}": "无法写入 {}：{}",
    "cannot read {}: {t}": "无法读取 {}：{}",
    "the end may be lost: {t}": "录音末尾可能丢失：{}",
    "the drive keeps nothing any more: {t}": "U盘已无法保存数据：{}",
    "the drive has taken nothing for {d} s: use a faster one": "U盘已 {} 秒未能写入：请换用更快的U盘",
    "too many recordings are being saved at once: wait until some of them are": (
        "同时保存的录音过多：请等待其中一些保存完毕"
    ),
    "the drive at {} is not the one that was there before": "{} 处的U盘已被更换",
    "this user may not write to {}: name another folder, or run as root": (
        "无权写入 {}：请指定其他文件夹，或以 root 运行"
    ),
    "the folder {} of the drive is not a directory there: name another": "U盘上的 {} 不是文件夹：请指定其他文件夹",
    "no name for a new recording is free on the drive": "U盘上没有可用的录音文件名",
    "{} was cut by another program while it was recorded": "录音过程中 {} 被其他程序截断",
    "{} was deleted or renamed by another program while it was recorded": "录音过程中 {} 被其他程序删除或重命名",
}
"""What can happen to a file on one."""

SYSTEM = {
    "there is no such file": "文件不存在",
    "it is a directory, not a file": "是目录而不是文件",
    "a part of its path is not a directory": "路径中的某一部分不是目录",
    "you have no permission": "没有权限",
    "it is not permitted": "操作不允许",
    "there is no space left": "没有剩余空间",
    "the file system is read-only": "文件系统只读",
    "it exists already": "文件已存在",
    "the device reports an I/O error": "设备读写错误",
    "its name is too long": "文件名过长",
    "disk quota exceeded": "超出磁盘配额",
    "file too large": "文件过大",
    "no such device": "设备不存在",
    "no such device or address": "设备不存在",
    "no medium found": "没有存储介质",
    "cannot send after transport endpoint shutdown": "设备已关闭",
    "stale file handle": "文件句柄已失效",
    "transport endpoint is not connected": "设备未连接",
    "connection refused": "连接被拒绝",
    "connection reset by peer": "连接被对方重置",
    "connection timed out": "连接超时",
    "software caused connection abort": "连接已中止",
    "broken pipe": "连接已断开",
    "network is unreachable": "网络不可达",
    "network is down": "网络已断开",
    "no route to host": "没有到主机的路由",
    "host is down": "主机未运行",
    "cannot assign requested address": "无法使用该地址",
    "too many open files": "打开的文件过多",
}
"""Why the operating system refused."""

SERVER = {
    "no record server is set: enter its address in Applications > Record manager": (
        "未设置录音服务器：请在 应用 > 录音管理 中输入服务器地址"
    ),
    "there is no host {}: check the record server's address": "找不到主机 {}：请检查录音服务器地址",
    "the record server cannot be reached: {t}": "无法连接录音服务器：{}",
    "it does not answer": "无应答",
    "the record server does not answer": "录音服务器无应答",
    "the record server answers in part only": "录音服务器的应答不完整",
    "the record server refused: {}": "录音服务器拒绝录音：{}",
    "the record server refused: no reason given": "录音服务器拒绝录音：未说明原因",
    "the connection to the record server was lost: {t}": "与录音服务器的连接已断开：{}",
    "the server has closed it": "服务器已关闭连接",
    "the record server could not end the recording as it should": "录音服务器未能正常结束录音",
    "the record server answered for another recording, {}": "录音服务器应答的是另一段录音 {}",
    "the record server sent {} out of turn": "录音服务器发送了意外的消息 {}",
    "the record server's answer cannot be read: {t}": "无法识别录音服务器的应答：{}",
    "the message {} is none of {}": "消息 {} 不属于 {}",
    "{} lacks its {}": "{} 缺少 {}",
    "a message begins with {} instead of cmd=": "消息以 {} 开头，而不是 cmd=",
    "a message of {d} bytes is longer than {d}": "消息长 {} 字节，超过 {} 字节",
    "more than {d} bytes came without the end of a message": "收到超过 {} 字节，消息仍未结束",
    "the record server wants RTP sent to {}, which is not itself ({})": (
        "录音服务器要求将 RTP 发往 {}，而不是其自身 ({})"
    ),
    "the record server wants RTP sent to {}, which is no IP address": "录音服务器要求将 RTP 发往 {}，但这不是 IP 地址",
    "the record server named {} as its RTP port, which is none": "录音服务器给出的 RTP 端口 {} 无效",
    "no RTP can be sent to {}, where the record server wants it": "无法按录音服务器的要求将 RTP 发往 {}",
}

SIP_INFO = {
    "the SIP server does not answer": "SIP 服务器无应答",
    "the SIP server refused to record: {}": "SIP 服务器拒绝录音：{}",
    "the SIP server cannot be asked: {}": "无法请求 SIP 服务器：{}",
    "the SIP server may still be recording, it refused to stop: {}": "SIP 服务器可能仍在录音，它拒绝停止：{}",
    "the SIP server may still be recording, it does not answer": "SIP 服务器可能仍在录音，它无应答",
    "the call was over before the SIP server answered": "SIP 服务器应答前通话已结束",
    "this call goes by no SIP server that could record it": "本次通话未经过可录音的 SIP 服务器",
}

RECORDING = {**PROMPTS, **NOT_SUPPORTED, **DRIVES, **WRITING, **SYSTEM, **SERVER, **SIP_INFO}
