"""The pages: what they show, and that nothing of a caller's becomes markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from phone_recorder.web.server.look import LOOK
from phone_recorder.web.templates import FILES
from phone_recorder.web.words import LANGUAGES
from tests.web.site_rig import FIRST, HOSTILE, Rig, a_live, an_entry

SECOND = f"{FIRST}-2"
TEMPLATES = sorted([*FILES.glob("*.html"), *LOOK.templates.glob("*.html")])


class Page(HTMLParser):
    """Elements, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def skeleton(self) -> list[tuple[str, tuple[str, ...]]]:
        """Elements and their attributes' names: what must not change whatever a caller is called."""
        return [(tag, tuple(attributes)) for tag, attributes in self.elements]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    rig = Rig(tmp_path)
    rig.recordings.add(an_entry())
    return rig


def page(rig: Rig, path: str, **headers: str) -> Page:
    answer = rig.client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def test_the_list_shows_what_is_known(rig: Rig) -> None:
    text = page(rig, "/").text
    for shown in ("2026-03-14 15:09:26", "0:01", "Anna", "1001", "Bob", "2002", "001fc1203040", "8.1 KB", "80.0 MB"):
        assert shown in text, shown


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "field", ["id", "device", "local_number", "local_name", "remote_number", "remote_name", "codec", "reason"]
)
def test_no_field_of_a_caller_becomes_markup(rig: Rig, field: str, text: str) -> None:
    paths = ["/", f"/recordings/{FIRST}"]
    rig.recordings.add(an_entry(reason="x", codec="x"))
    before = [page(rig, path).skeleton for path in paths] + [asked_to_delete(rig).skeleton]
    rig.recordings.add(an_entry(**{"reason": "x", "codec": "x", field: text}))
    rig.live.append(a_live(**({field: text} if field != "reason" else {})))
    rig.live.clear()
    after = [page(rig, path) for path in paths] + [asked_to_delete(rig)]
    assert [one.skeleton for one in after] == before
    for one in after:
        assert not re.search("[\x00-\x08\x1b\u202e]", one.text)


def asked_to_delete(rig: Rig) -> Page:
    return Page(rig.client.post("/delete", data={"name": FIRST}).text)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["text", "device", "from"])
def test_nothing_that_is_searched_for_becomes_markup(rig: Rig, field: str, text: str) -> None:
    plain = Page(rig.client.get("/", params={"text": "nobody"}).text)
    answer = rig.client.get("/", params={field: text})
    elements = Page(answer.text).elements
    assert not any("onerror" in attributes or "onload" in attributes for _, attributes in elements)
    assert [tag for tag, _ in elements].count("script") <= [tag for tag, _ in plain.elements].count("script")
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("text", HOSTILE)
def test_no_path_becomes_markup(rig: Rig, text: str) -> None:
    answer = rig.client.get(f"/recordings/{text.encode().hex()}<script>alert(1)</script>")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_scripts_or_styles_within_or_things_from_elsewhere(template: Path) -> None:
    source = template.read_text("utf-8")
    assert not re.search(r"\son[a-z]+=|\sstyle=|<style|javascript:|\|\s*safe|https?://", source)
    for script in re.findall(r"<script[^>]*>[^<]*", source):
        assert re.fullmatch(r'<script type="module" src="/static/(?:server/)?[a-z]+\.js">', script)


@pytest.mark.parametrize("path", ["/", f"/recordings/{FIRST}", "/nowhere"])
@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_page_is_in_both_languages(rig: Rig, path: str, language: str) -> None:
    rig.client.cookies.set("language", language, domain="127.0.0.1")
    html = rig.client.get(path).text
    assert ("录音服务器" in html) == (language == "zh")
    assert ("Record server" in html) == (language == "en")


def test_both_languages_say_everything_and_nothing_is_said_nowhere() -> None:
    code = [*FILES.parent.glob("*.py"), *LOOK.templates.parent.glob("*.py")]
    sources = " ".join(path.read_text("utf-8") for path in [*TEMPLATES, *code])
    for key, words in LOOK.words.items():
        assert words.en.strip(), key
        assert words.zh.strip(), key
        assert words.en.count("{}") == words.zh.count("{}"), key
        made = key.startswith(("state_", "dir_", "problem_"))  # of a value
        assert made or re.search(rf"t\.{key}\b|\"{key}\"", sources.replace(f'"{key}": Words', "")), key


def test_the_page_links_to_the_other_language_and_back_to_itself(rig: Rig) -> None:
    html = rig.client.get("/?text=B&page=1").text
    link = re.search(r'href="(/language/zh[^"]*)"', html)
    assert link
    answer = rig.client.get(link[1].replace("&amp;", "&"))
    assert answer.headers["location"] == "/?text=B&page=1"


def test_a_column_sorts_and_a_second_click_turns_it_round(rig: Rig) -> None:
    links = [attributes["href"] or "" for tag, attributes in page(rig, "/?text=B").elements if tag == "a"]
    assert "/?text=B&sort=size&descending=true&page=1" in links
    assert "/?text=B&sort=started_at&descending=false&page=1" in links
    rig.client.get("/?text=B&sort=size&descending=true&page=1")
    assert (rig.recordings.asked[-1].sort, rig.recordings.asked[-1].text) == ("size", "B")


def test_pages_follow_each_other(rig: Rig) -> None:
    for number in range(2, 122):
        rig.recordings.add(an_entry(f"{FIRST}-{number}"))
    text = page(rig, "/?page=2&text=B").text
    assert "2 / 3" in text
    hrefs = [attributes.get("href") for tag, attributes in page(rig, "/?page=2&text=B").elements if tag == "a"]
    assert {"/?page=1&text=B", "/?page=3&text=B"} <= set(hrefs)


def test_times_are_local(rig: Rig) -> None:
    rig.client.get("/?from=2026-03-14T15:09&to=")
    assert (rig.recordings.asked[-1].since, rig.recordings.asked[-1].until) == (1773500940.0, None)
    assert rig.client.get("/?from=yesterday").status_code == 422
    assert rig.client.get("/?to=0001-01-01T00:00").status_code in (200, 422)


def test_what_cannot_be_searched_for_is_a_page_with_a_sentence(rig: Rig) -> None:
    answer = rig.client.get("/?direction=up")
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("path", "english", "chinese"),
    [
        ("/recordings/Record_20200101000000", "It is not here, or not any more.", "内容不存在或已删除。"),
        ("/?direction=up", "That cannot be searched for.", "搜索条件无效。"),
        ("/delete", "That cannot be done here.", "此处不支持该操作。"),
    ],
)
def test_a_problem_is_told_in_the_readers_language(rig: Rig, path: str, english: str, chinese: str) -> None:
    for language, words in (("en", english), ("zh", chinese)):
        text = rig.client.get(path, headers={"Accept-Language": language}).text
        assert f"<h1>{words}</h1>" in text
        assert '<p class="hint" lang="en">' in text


def test_a_recording_that_was_cut_short_says_why(rig: Rig) -> None:
    rig.recordings.add(an_entry(state="cut short", reason="the server was killed"))
    for path in ("/", f"/recordings/{FIRST}"):
        text = page(rig, path).text
        assert "Cut short" in text
        assert "the server was killed" in text


def test_a_recordings_page_plays_and_downloads(rig: Rig) -> None:
    elements = page(rig, f"/recordings/{FIRST}").elements
    [audio] = [attributes for tag, attributes in elements if tag == "audio"]
    assert audio["src"] == f"/api/v1/recordings/{FIRST}/audio.wav"
    hrefs = [attributes.get("href") for tag, attributes in elements if tag == "a"]
    assert f"/api/v1/recordings/{FIRST}/audio.wav?download=true" in hrefs
    assert f"/api/v1/recordings/{FIRST}/record" in hrefs


def test_deleting_asks_first(rig: Rig) -> None:
    rig.recordings.add(an_entry(SECOND))
    question = rig.client.post("/delete", data={"name": [FIRST, SECOND]})
    assert question.status_code == 200
    assert "Delete these recordings?" in question.text
    assert len(rig.recordings.entries) == 2
    fields = [attributes for tag, attributes in Page(question.text).elements if tag == "input"]
    assert [field["value"] for field in fields if field["name"] == "name"] == [FIRST, SECOND]
    answer = rig.client.post("/delete", data={"name": [FIRST, SECOND], "sure": "yes"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert rig.recordings.entries == {}


def test_of_several_none_is_deleted_if_one_is_being_recorded(rig: Rig) -> None:
    rig.recordings.add(an_entry(SECOND, state="recording"))
    assert rig.client.post("/delete", data={"name": [FIRST, SECOND], "sure": "yes"}).status_code == 409
    assert len(rig.recordings.entries) == 2


def test_deleting_nothing_and_something_that_is_not_there(rig: Rig) -> None:
    assert rig.client.post("/delete").headers["location"] == "/"
    assert rig.client.post("/delete", data={"name": SECOND}).status_code == 404
    assert rig.client.post("/delete", data={"name": "../x", "sure": "yes"}).status_code == 404


def test_a_storage_that_fails_is_told_in_a_sentence(rig: Rig) -> None:
    rig.recordings.broken = "the catalogue fails: disk I/O error"
    answer = rig.client.get("/")
    assert answer.status_code == 503
    assert "the catalogue fails: disk I/O error" in answer.text
    assert rig.client.get("/api/v1/recordings").json() == {"error": "the catalogue fails: disk I/O error"}
