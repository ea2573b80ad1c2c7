"""The phone's pages: in both languages, with nothing of anybody's become markup, and scripts that fit them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from phone_recorder.control_api import KEYS
from phone_recorder.settings.phone import AccountSettings, PhoneSettings
from phone_recorder.web.phone.look import LOOK, STATIC
from phone_recorder.web.phone.pages import SHORTCUTS
from phone_recorder.web.phone.words import SCRIPT_WORDS, WORDS
from phone_recorder.web.words import COMMON, LANGUAGES
from tests.web.phone.settings_phone import Rig
from tests.web.server.test_pages import Page
from tests.web.site_rig import HOSTILE

MOST_BYTES = 100_000
"""The page and all that it loads, but for what the phone tells."""
TEMPLATES = sorted(LOOK.templates.iterdir())
SCRIPTS = sorted(STATIC.glob("*.js"))
MARKUP = " ".join(path.read_text("utf-8") for path in TEMPLATES)
CODE = " ".join(path.read_text("utf-8") for path in SCRIPTS)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def page(rig: Rig, path: str, language: str = "en") -> Page:
    answer = rig.client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def attribute(shown: Page, name: str) -> list[str]:
    """The values of an attribute, wherever it stands in the page."""
    return [attributes[name] or "" for _, attributes in shown.elements if name in attributes]


def field(shown: Page, name: str) -> dict[str, str | None]:
    """The attributes of the last form field of that name."""
    return [attributes for _, attributes in shown.elements if attributes.get("name") == name][-1]


@pytest.mark.parametrize(
    ("path", "english", "chinese"), [("/", "USB stick", "测试通话"), ("/settings", "Save", "保存")]
)
def test_every_page_is_in_both_languages(rig: Rig, path: str, english: str, chinese: str) -> None:
    assert english in page(rig, path, "en").text
    assert chinese in page(rig, path, "zh").text


def test_both_languages_say_everything_and_nothing_is_said_nowhere() -> None:
    python = " ".join(path.read_text("utf-8") for path in LOOK.templates.parent.glob("*.py"))
    said = re.sub(r'"\w+": Words', "", MARKUP + python)
    for key, words in WORDS.items():
        assert words.en.strip(), key
        assert words.zh.strip(), key
        assert words.en.count("{}") == words.zh.count("{}"), key
        made = key in {*COMMON, *SCRIPT_WORDS} or key.startswith(("problem_", "group_", "part_", "key_"))  # of a value
        assert made or re.search(rf"t\.{key}\b|\"{key}\"", said), key


def test_the_scripts_have_the_words_that_they_use_and_no_others(rig: Rig) -> None:
    known = json.loads(attribute(page(rig, "/"), "data-words")[0])
    assert set(known) == {*SCRIPT_WORDS, "left"}
    used = set(re.findall(r"words\.(\w+)", CODE))
    assert used <= set(known)
    made = {one for one in known for start in re.findall(r"words\[`(\w+)\$", CODE) if one.startswith(start)}
    assert used | made == set(known)


@pytest.mark.parametrize("call", ["part", "parts"])
def test_the_scripts_find_what_they_look_for(call: str) -> None:
    names = set(re.findall(rf'\b{call}\("([a-z-]+)"', CODE))
    assert names
    assert [name for name in names if not re.search(rf"\bdata-{name}\b", MARKUP)] == []


def test_the_scripts_load_what_there_is(rig: Rig) -> None:
    imported = set(re.findall(r'(?:from|import) "([^"]+)"', CODE))
    for path in imported:
        there = path if path.startswith("/static/") else f"/static/phone/{path.removeprefix('./')}"
        assert rig.client.get(there).status_code == 200, path


def test_every_key_of_the_phone_is_drawn_but_record_which_is_a_dss_key(rig: Rig) -> None:
    drawn = attribute(page(rig, "/"), "data-key")
    assert sorted(drawn) == sorted(set(KEYS) - {"record"})


def test_every_key_of_the_phone_is_a_button_with_a_name(rig: Rig) -> None:
    keys = [(tag, attributes) for tag, attributes in page(rig, "/").elements if "data-key" in attributes]
    assert {tag for tag, _ in keys} == {"button"}
    assert all(attributes["aria-label"] for _, attributes in keys)


def test_every_key_of_the_phone_can_be_pressed_on_a_keyboard() -> None:
    table = (STATIC / "keys.js").read_text("utf-8").partition("const REPEATED")[0]
    assert [key for key in KEYS if len(key) > 1 and f'"{key}"' not in table] == []
    assert set(re.findall(r': "(\w+)"', table)) <= set(KEYS)


def test_the_help_names_the_keyboards_keys_as_the_script_has_them() -> None:
    table = (STATIC / "keys.js").read_text("utf-8").partition("const REPEATED")[0]
    letters = {key.lower() for keys, _ in SHORTCUTS for key in keys if key.isalpha() and len(key) == 1}
    assert letters == set(re.findall(r"\b([a-z]): ", table))
    assert all(word in WORDS for _, word in SHORTCUTS)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_scripts_or_styles_within_or_things_from_elsewhere(template: Path) -> None:
    source = template.read_text("utf-8")
    assert not re.search(r"\son[a-z]+=|\sstyle=|<style|javascript:|\|\s*safe|https?://", source)
    for script in re.findall(r"<script[^>]*>[^<]*", source):
        assert re.fullmatch(r'<script type="module" src="/static/phone/[a-z]+\.js">', script)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_markup_of_text_or_asks_elsewhere(script: Path) -> None:
    source = script.read_text("utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(|://", source)


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("path", ["/", "/settings"])
def test_no_id_is_there_twice_and_every_label_has_its_field(rig: Rig, path: str, language: str) -> None:
    shown = page(rig, path, language)
    ids = attribute(shown, "id")
    assert sorted(ids) == sorted(set(ids))
    assert set(attribute(shown, "for")) <= set(ids)
    for name in ("aria-labelledby", "aria-describedby", "list"):
        assert {one for text in attribute(shown, name) for one in text.split()} <= set(ids)


def test_the_page_and_all_that_it_loads_are_small(rig: Rig) -> None:
    own = [f"/static/phone/{path.name}" for path in STATIC.iterdir()]
    common = [f"/static/{name}" for name in ("style.css", "text.js", "player.js", "icon.svg")]
    assert sum(len(rig.client.get(path).content) for path in ("/", *own, *common)) < MOST_BYTES


def saved(rig: Rig, **typed: str) -> dict[str, str]:
    """What the phone is asked to set once the form was sent with these fields changed."""
    form = {name.replace("_", ".", 1): text for name, text in typed.items()}
    answer = rig.client.post("/settings", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings?saved")
    return rig.phone.asked[-1] if rig.phone.asked else {}


def test_what_is_saved_is_set_and_said(rig: Rig) -> None:
    assert saved(rig, record_mode="network", server_host="192.0.2.1", server_port="10000") == {
        "record.mode": "network",
        "server.host": "192.0.2.1",
    }
    assert rig.phone.settings.record.server.host == "192.0.2.1"
    assert "Saved." in page(rig, "/settings?saved").text
    assert "Saved." not in page(rig, "/settings").text


def test_the_form_shows_what_is_set() -> None:
    shown = page(Rig(PhoneSettings(local_name="Bob", language="zh")), "/settings")
    assert field(shown, "phone.name")["value"] == "Bob"
    assert [one["value"] for tag, one in shown.elements if tag == "option" and "selected" in one][-1] == "browser"
    assert "checked" in field(shown, "record.enabled")
    assert "checked" not in field(shown, "record.cover")


def test_a_form_that_was_not_changed_asks_the_phone_for_nothing(rig: Rig) -> None:
    assert saved(rig, record_mode="local") == {}
    assert rig.phone.asked == []


def test_a_wrong_value_is_shown_again_with_the_reason_beside_it(rig: Rig) -> None:
    answer = rig.client.post("/settings", data={"server.port": "99999", "phone.name": "Anna"})
    shown = Page(answer.text)
    assert answer.status_code == 422
    assert field(shown, "server.port")["value"] == "99999"
    assert field(shown, "server.port")["aria-invalid"] == "true"
    assert "server-port-error" in (field(shown, "server.port")["aria-describedby"] or "")
    assert attribute(shown, "id").count("server-port-error") == 1
    assert "99999 is no whole number from 1 to 65535" in shown.text
    assert field(shown, "phone.name")["value"] == "Anna"


def test_of_several_values_none_is_set_if_one_is_wrong(rig: Rig) -> None:
    rig.client.post("/settings", data={"server.port": "99999", "phone.name": "Anna"})
    assert rig.phone.settings == PhoneSettings()


def test_what_belongs_to_no_field_is_said_above_them_all(rig: Rig) -> None:
    answer = rig.client.post("/settings", data={"record.codex": "PCMU"})
    assert answer.status_code == 422
    assert "there is no setting record.codex: did you mean record.codec" in Page(answer.text).text
    rig.phone.refusal = "the SIP server cannot be reached: check its address"
    answer = rig.client.post("/settings", data={"phone.name": "Anna"})
    assert rig.phone.refusal in Page(answer.text).text


def test_settings_that_could_not_be_kept_are_told(rig: Rig) -> None:
    rig.phone.keeper.problem = "phone.toml: the disk is full: make room"
    text = page(rig, "/settings").text
    assert "It holds until the phone is switched off:" in text
    assert "phone.toml: the disk is full: make room" in text


def test_a_secret_is_never_shown() -> None:
    rig = Rig(PhoneSettings(account=AccountSettings(password="hush-hush")))
    answer = rig.client.get("/settings")
    assert "hush-hush" not in answer.text
    assert field(Page(answer.text), "account.password")["placeholder"] == "unchanged"
    wrong = rig.client.post("/settings", data={"server.port": "99999", "account.password": "whisper"})
    assert "whisper" not in wrong.text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"account.password": ""}, "hush"),
        ({"account.password": "new"}, "new"),
        ({"account.password": "", "none:account.password": "on"}, ""),
    ],
)
def test_a_secret_stays_unless_it_is_typed_or_forgotten(typed: dict[str, str], kept: str) -> None:
    rig = Rig(PhoneSettings(account=AccountSettings(password="hush")))
    rig.client.post("/settings", data={**typed, "phone.name": "Anna"})
    assert rig.phone.settings.account.password == kept
    assert rig.phone.settings.local_name == "Anna"


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["phone.name", "server.port"])
def test_nothing_that_is_typed_becomes_markup(rig: Rig, name: str, text: str) -> None:
    answer = rig.client.post("/settings", data={name: text})
    html = answer.text if answer.status_code == 422 else rig.client.get("/settings").text
    elements = Page(html).elements
    assert not any({"onerror", "onload"} & set(attributes) for _, attributes in elements)
    assert "script" not in [tag for tag, _ in elements]


def test_who_is_not_logged_in_is_asked_to() -> None:
    rig = Rig(login=True)
    assert rig.client.get("/").headers["location"] == "/login"
    assert rig.client.get("/settings").headers["location"] == "/login?next=%2Fsettings"


def test_who_is_logged_in_saves_with_the_forms_own_token() -> None:
    rig = Rig(login=True)
    token = rig.log_in()
    assert token
    assert attribute(page(rig, "/"), "data-csrf") == [token]
    assert rig.client.post("/settings", data={"phone.name": "Anna"}).status_code == 403
    assert rig.client.post("/settings", data={"phone.name": "Anna", "csrf": token}).status_code == 303
    assert rig.phone.settings.local_name == "Anna"


def test_what_is_not_there_leads_back_to_the_phone(rig: Rig) -> None:
    answer = rig.client.get("/recordings/nothing", headers={"Accept-Language": "zh"})
    assert answer.status_code == 404
    assert "返回话机" in answer.text
