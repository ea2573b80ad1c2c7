"""Values that settings can have, made up for tests."""

from __future__ import annotations

from hypothesis import strategies as st

from phone_recorder.settings.kinds import BLANKED, Choice, Kind, Secret, Text, Toggle, Value
from phone_recorder.settings.measures import Number, Seconds, Size
from phone_recorder.settings.table import SETTINGS

PRINTABLE = st.text(max_size=30).map(lambda text: "".join(filter(str.isprintable, text)))
FORMED = {
    "phone.device": st.from_regex(r"\A[0-9a-f]{12}\Z"),
    "account.registrar": st.from_regex(r"\A(sips?:)?[a-z0-9]{1,9}(:5060)?(;transport=tls)?\Z"),
    "account.proxy": st.just("sip:proxy.example;lr"),
    "account.listen": st.sampled_from(["", "0.0.0.0:5060", "[::1]:5060", "192.0.2.1"]),
    "account.rtp_ports": st.sampled_from(["", "20000", "20000-29999", "1024-65535"]),
    "call.near": st.sampled_from(["tone:440", "tone:20:1", "silence", "none", 'a "b"\\c.wav', "a#b.wav", "中文.wav"]),
    "usb.folder": st.sampled_from(["", "calls", "calls/2026", "录音/a b"]),
    "server.host": st.sampled_from(["", "192.0.2.1", "::1", "server.example"]),
    "sip_info.header": st.from_regex(r"\AX-[A-Za-z0-9.!%*_+`'~-]{1,20}\Z"),
    "agent.group": st.sampled_from(["", "phone", "audio-video_2", "1000"]),
    "agent.rtp_host": st.sampled_from(["127.0.0.1", "0.0.0.0", "::1", "fe80::1%eth0"]),
    "agent.rtp_ports": st.sampled_from(["", "40000", "40000-40099"]),
    "agent.key_device": st.sampled_from(["", "gpio-keys", "Logitech USB Keyboard", "/dev/input/by-path/a-b:1-event"]),
    "agent.key": st.sampled_from(["KEY_RECORD", "KEY_F1", "BTN_0", "167"]),
    "agent.pause_key": st.sampled_from(["", "KEY_PAUSE", "KEY_F2", "119"]),
    "agent.lamp": st.sampled_from(["", "record", "input3::capslock", "tpacpi::power"]),
}
FORMED["call.far"] = FORMED["call.near"]


def possible(key: str) -> st.SearchStrategy[Value]:
    """What the setting of that key can be."""
    return FORMED[key] if key in FORMED else _of_kind(SETTINGS[key].kind)


def _of_kind(kind: Kind) -> st.SearchStrategy[Value]:
    match kind:
        case Toggle():
            return st.booleans()
        case Choice(options):
            return st.sampled_from([kind.parse(option.value) for option in options])
        case Number(least, most):
            return st.integers(least, most)
        case Seconds(least, most):
            return st.integers(round(least * 1000), round(most * 1000)).map(kind.from_stored)
        case Size(least):
            return st.just(0) | st.integers(least, 1 << 50) | st.integers(1, 1023).map(lambda number: number << 20)
        case Secret():
            return PRINTABLE.filter(lambda text: text != BLANKED)
        case Text(_, may_be_empty):
            return PRINTABLE.map(str.strip).filter(lambda text: may_be_empty or bool(text))
    raise TypeError(kind)
