from __future__ import annotations

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.provisioning import MAX_SIZE, read
from phone_recorder.settings.table import SETTINGS, with_texts

NAME = "phone.cfg"

XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<sysConf>
  <Version>2.0000000000</Version>
  <sip>
    <line index="1"><RecordStart>X-Rec:start</RecordStart><RecordStop>X-Rec:stop</RecordStop></line>
    <line index="2"><RecordStart>X-Rec:on</RecordStart></line>
  </sip>
  <voice><Codec>none of ours</Codec></voice>
  <record>
    <Enabled>1</Enabled>
    <RecordType>network</RecordType>
    <VoiceCodec>G.722</VoiceCodec>
    <FileSizeLimit>16</FileSizeLimit>
    <ServerAddr>192.0.2.7</ServerAddr>
    <ServerPort> 10001 </ServerPort>
    <CoverOlder>1</CoverOlder>
    <AutoRecord>0</AutoRecord>
    <RecordTone>on</RecordTone>
  </record>
</sysConf>
"""

TEXT = b"""<<VOIP CONFIG FILE>>Version:2.0000000000

<SIP CONFIG MODULE>
SIP1 Record Start       :X-Rec:start
SIP1 Record Stop        :X-Rec:stop
SIP2 Record Start       :Record:on

<RECORD CONFIG MODULE>
Enabled            :1
Voice Codec        :G722
Record Type        :network
File Size Limit    :16
Server Addr        :192.0.2.7
Server Port        :10001
Cover Older        :1
Auto Record        :0
Record Tone        :1

<UI MAINTAIN CONFIG MODULE>
Enabled            :0
Timeout To Screensaver :7200
"""

SECTIONS = {
    "record.enabled": "on",
    "record.mode": "network",
    "record.codec": "G722",
    "record.size_limit": "16M",
    "record.cover": "on",
    "record.auto": "off",
    "record.tone": "on",
    "server.host": "192.0.2.7",
    "server.port": "10001",
}
HEADERS = {"sip_info.header": "X-Rec", "sip_info.on": "start", "sip_info.off": "stop"}


@pytest.mark.parametrize("data", [XML, TEXT, TEXT.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + XML])
def test_both_forms_say_the_same(data: bytes) -> None:
    texts, notes = read(data, NAME)
    assert (texts, notes) == (SECTIONS | HEADERS, [])
    assert with_texts(PhoneSettings(), texts).record.server.port == 10001


@pytest.mark.parametrize(
    "line",
    [
        "<record><RecordEnable>0</RecordEnable></record>",
        "<RECORD><record_enabled>off</record_enabled></RECORD>",
        '<record Enabled="false"/>',
        '<a><Record><b><enable unit="">0</enable></b></Record></a>',
        "<RecordConfig><Enabled>0</Enabled></RecordConfig>",
        "record.Enabled = 0",
        "record.enable: no",
        "# mine\nRecord.Enable_Record=0",
        "[record]\nenabled=0",
        "<record>\nEnabled :0",
    ],
)
def test_a_name_may_be_written_in_many_ways(line: str) -> None:
    texts, _ = read(line.encode(), NAME)
    assert texts == {"record.enabled": "off"}


@pytest.mark.parametrize(
    ("line", "key", "text"),
    [
        ("Type :local", "record.mode", "local"),
        ("Type :SIP INFO", "record.mode", "sip_info"),
        ("Type :SipInfo", "record.mode", "sip_info"),
        ("Voice Codec :PCMA", "record.codec", "PCMA"),
        ("Voice Codec :G711U", "record.codec", "PCMU"),
        ("File Size Limit :0", "record.size_limit", "0"),
        ("File Size Limit :64 MB", "record.size_limit", "64M"),
        ("Server Addr :0.0.0.0", "server.host", ""),
        ("Server Address :2001:db8::1", "server.host", "2001:db8::1"),
    ],
)
def test_values_are_those_of_our_settings(line: str, key: str, text: str) -> None:
    assert read(f"<record>\n{line}\n".encode(), NAME) == ({key: text}, [])


@pytest.mark.parametrize(("number", "mode"), [("0", "local"), ("1", "network"), ("2", "sip_info")])
def test_a_type_by_number_is_a_guess_and_told(number: str, mode: str) -> None:
    texts, notes = read(f"record.Type = {number}".encode(), NAME)
    assert (texts, notes) == ({"record.mode": mode}, [f"Type {number} is taken for {mode}"])


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("Foo :1", "Foo is not known"),
        ("Voice Codec :G729", "Voice Codec is not taken: 'G729' is none of PCMU, PCMA, G722"),
        ("Record Type :3", "Record Type is not taken: '3' is none of local, network, sip_info"),
        ("Server Port :", "Server Port is not taken: '' is no whole number from 1 to 65535"),
        ("File Size Limit :8388608", "File Size Limit is not taken: '8388608' is no number of megabytes up to 4095"),
        ("Record Start :on", "Record Start is not taken: 'on' is no header with a value"),
        (
            "Record Start :Via:on",
            "Record Start is not taken: the SIP header Via has a meaning of its own already: choose another",
        ),
        ("Record Start :A-B:", "Record Start is not taken: it cannot be empty"),
    ],
)
def test_what_is_not_understood_is_noted_and_left_out(line: str, note: str) -> None:
    texts, notes = read(f"<record>\n{line}\nRecord Tone :1\n".encode(), NAME)
    assert texts.pop("record.tone") == "on"
    assert notes == [note]
    assert not texts.keys() & {"record.codec", "record.mode", "server.port", "record.size_limit", "sip_info.on"}


def test_a_stop_by_another_header_is_noted() -> None:
    texts, notes = read(b"record.RecordStart = Record:on\nrecord.RecordStop = Other:off", NAME)
    assert texts == {"sip_info.header": "Record", "sip_info.on": "on"}
    assert notes == ["RecordStop is not taken: 'Other' is another header than Record"]


def test_an_empty_header_says_nothing() -> None:
    assert read(b"record.Enabled = 1\nSIP1 Record Start :", NAME) == ({"record.enabled": "on"}, [])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "gbk", "gb2312", "iso-8859-1"])
def test_a_file_is_read_as_it_is_encoded(encoding: str) -> None:
    name = "caf\u00e9" if encoding == "iso-8859-1" else "\u5f55\u97f3"
    text = f'<?xml version="1.0" encoding="{encoding}"?><{name}><record><Tone>1</Tone></record></{name}>'
    assert read(text.encode(encoding), NAME) == ({"record.tone": "on"}, [])


ENTITIES = b'<!DOCTYPE a [<!ENTITY b "1">]><a><record><Tone>&b;</Tone></record></a>'
NOTHING = "phone.cfg says nothing of recording: there is no <record> section with anything in it"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", NOTHING),
        (b"Enabled :1\n", NOTHING),
        (b"<a><b>1</b></a>", NOTHING),
        (b"<record/>", NOTHING),
        (b" " * (MAX_SIZE + 1), "phone.cfg is larger than 1 MiB: it is no provisioning file"),
        (b"\x89PNG", "phone.cfg is not encoded as utf-8: save it as UTF-8"),
        (
            b'<?xml version="1.0" encoding="hex"?><a/>',
            "phone.cfg is encoded as hex, which cannot be read: save it as UTF-8",
        ),
        (ENTITIES, "phone.cfg has a DOCTYPE, which no provisioning file needs: remove it"),
        (b"<a><record></a>", "phone.cfg, line 1: it is no XML: mismatched tag"),
    ],
)
def test_a_file_that_cannot_be_used(data: bytes, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(data, NAME)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    "data",
    [
        b"a" + b" " * (MAX_SIZE - 3) + b"b",
        b"<" * MAX_SIZE,
        b"<a " + b"a=" * (MAX_SIZE // 2 - 2),
        b"<record>\n" + b":" * (MAX_SIZE - 9),
        b"<!" + b"-" * (MAX_SIZE - 2),
    ],
)
def test_a_large_file_of_nonsense_is_soon_refused(data: bytes) -> None:
    try:
        read(data, NAME)
    except UsageError as error:
        assert str(error).startswith("phone.cfg")


def test_every_name_that_is_listed_is_read() -> None:
    for key, setting in SETTINGS.items():
        for name in setting.provision:
            _, notes = read(f"record.{name} = ?".encode(), NAME)
            assert [note for note in notes if "is not known" in note] == [], key
