from __future__ import annotations

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.settings.provisioning_xml import MOST_DEEP, read_xml


def test_leaves_and_attributes_come_with_their_paths_in_order() -> None:
    text = '<a x="1"><b> 2 </b><c y="3"/><d z="4">5</d><e>6<f/>7</e></a>'
    assert read_xml(text, "f") == [
        (("a", "x"), "1"),
        (("a", "b"), "2"),
        (("a", "c", "y"), "3"),
        (("a", "d", "z"), "4"),
        (("a", "d"), "5"),
        (("a", "e", "f"), ""),
    ]


def test_text_is_put_together_from_its_pieces() -> None:
    assert read_xml("<a>1&amp;<!-- no -->2<![CDATA[<3>]]>&#52;</a>", "f") == [(("a",), "1&2<3>4")]


def test_what_it_says_of_its_encoding_holds_no_more() -> None:
    assert read_xml('<?xml version="1.0" encoding="gbk"?><a>\u5f55</a>', "f") == [(("a",), "\u5f55")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "f, line 1: it is no XML: no element found"),
        ("<a>\n<b>\n</a>", "f, line 3: it is no XML: mismatched tag"),
        ("<a>&b;</a>", "f, line 1: it is no XML: undefined entity"),
        (
            '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
            "f has a DOCTYPE, which no provisioning file needs: remove it",
        ),
        ("<a>" * (MOST_DEEP + 1), "f is nested too deeply for a provisioning file"),
    ],
)
def test_what_cannot_be_read(text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_xml(text, "f")
    assert str(caught.value) == sentence
