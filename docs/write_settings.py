"""Writes docs/settings.md from the table of settings; a test holds the file to it.

Run: python docs/write_settings.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.setting import Setting
from phone_recorder.settings.table import SECTIONS, SETTINGS
from phone_recorder.settings.toml_file import literal_of

TARGET = Path(__file__).with_name("settings.md")
HEAD = """# Settings

Everything that can be set of a phone, in one TOML file; written by `docs/write_settings.py`. What a file does not say
has its default. `phone-recorder config` shows, checks and changes it; the phone's menus and the settings page of its
web page change the same file. What is in `[agent]` is for the [on-device agent](agent.md) alone.

```toml
[record]
mode = "network"

[server]
host = "192.0.2.7"
```

Sizes are bytes, or strings with K, M or G, which are binary: `"8M"`. `server.host` may be 0.0.0.0 for none, as phones
of this family are provisioned. What is wrong in a file is told with its line:
`phone.toml, line 2, record.mode: 'usb' is none of local, network, sip_info`.

## Provisioning files

`phone-recorder config import FILE` takes over what a provisioning file says of recording. It may be XML with a
`<record>` element, or text with a part `<RECORD CONFIG MODULE>`, or lines `record.NAME = VALUE`. Names are compared
without case, blanks, marks and a leading `record`; a size limit without a unit is megabytes; the types 0, 1 and 2 are
taken for local, network and SIP INFO. What is not understood is told, and left out. These names are known:

"""


def page() -> str:
    """The page, a section for each of the file's."""
    return HEAD + _table(("setting", "names"), _provisioned()) + "".join(map(_section, SECTIONS))


def _provisioned() -> Iterator[tuple[str, ...]]:
    for setting in SETTINGS.values():
        if setting.provision:
            yield f"`{setting.key}`", ", ".join(setting.provision)
    yield "`sip_info.header`, `sip_info.on`", "record start, SIP1 record start: `Record:on`"
    yield "`sip_info.off`", "record stop, SIP1 record stop: `Record:off`"


def _section(section: str) -> str:
    rows = [_row(setting) for setting in SETTINGS.values() if setting.section == section]
    return f"\n## [{section}]\n\n{_table(('key', 'values', 'default', 'meaning'), rows)}"


def _row(setting: Setting) -> tuple[str, ...]:
    default = literal_of(PhoneSettings(), setting.key)
    return f"`{setting.name}`", setting.kind.possible, f"`{default}`", setting.help_en


def _table(titles: tuple[str, ...], rows: Iterator[tuple[str, ...]] | list[tuple[str, ...]]) -> str:
    lines = [titles, tuple("---" for _ in titles), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    TARGET.write_text(page(), "utf-8")
