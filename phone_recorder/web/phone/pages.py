"""The phone's pages: the phone itself, which scripts draw, and its settings, which need none."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from phone_recorder.control_api import ListSettings, SetSettings, SettingList
from phone_recorder.errors import PhoneRecorderError
from phone_recorder.phone.face.chinese import SAY
from phone_recorder.settings.setting import SettingError
from phone_recorder.web.forms import Form
from phone_recorder.web.language import language_of
from phone_recorder.web.phone.settings_form import changes, fields, groups
from phone_recorder.web.phone.site import phone_of
from phone_recorder.web.phone.words import SCRIPT_WORDS, WORDS
from phone_recorder.web.templates import render

SHORTCUTS = (
    (("0-9", "*", "#"), "short_digits"),
    (("↑", "↓", "←", "→"), "short_moves"),
    (("Enter",), "short_ok"),
    (("Esc", "⌫"), "short_back"),
    (("F1", "F2", "F3", "F4"), "short_soft"),
    (("A", "S", "D", "F"), "short_dss"),
    (("R",), "short_record"),
    (("H",), "short_hook"),
    (("M",), "short_menu"),
    (("P",), "short_speaker"),
    (("O",), "short_hold"),
    (("L",), "short_redial"),
)
"""Keys of a keyboard, and the word for what they do; static/keys.js has them press the phone's."""


async def phone(request: Request) -> Response:
    """GET /: the phone, the engineer's panel, the recordings."""
    language = language_of(request)
    words: dict[str, object] = {key: WORDS[key]._asdict()[language] for key in SCRIPT_WORDS}
    words["left"] = WORDS["left"]._asdict()  # it stands on the screen, in the phone's language
    return render(request, "phone.html", {"words": words, "shortcuts": SHORTCUTS})


async def settings(request: Request) -> Response:
    """GET /settings: the form, filled in."""
    return _form(request, await _listed(request), saved="saved" in request.query_params)


async def save(request: Request) -> Response:
    """POST /settings: set what was changed, or show what is wrong with it beside what was typed."""
    form: Form = request.state.form
    listed = await _listed(request)
    changed = changes(form, listed.settings)
    try:
        if changed:
            await phone_of(request).target.answer(SetSettings(changed))
    except PhoneRecorderError as error:
        return _form(request, listed, form, error)
    return RedirectResponse("/settings?saved", 303)


ROUTES = (Route("/", phone), Route("/settings", settings), Route("/settings", save, methods=["POST"]))


async def _listed(request: Request) -> SettingList:
    listed = await phone_of(request).target.answer(ListSettings())
    assert isinstance(listed, SettingList)  # as the table of methods says
    return listed


def _form(
    request: Request,
    listed: SettingList,
    typed: Form | None = None,
    error: Exception | None = None,
    saved: bool = False,
) -> Response:
    """An error that names a setting stands beside that, any other above them all."""
    known = {setting.key for setting in listed.settings}
    language = language_of(request)
    say = SAY["zh" if language == "zh" else "en"]
    errors = {error.key: say(error.sentence)} if isinstance(error, SettingError) and error.key in known else {}
    shown = fields(listed.settings, language, typed, errors)
    values = {
        "groups": groups(shown),
        "problem": say(listed.problem),
        "sentence": say(str(error)) if error and not errors else "",
        "saved": saved,
    }
    return render(request, "settings.html", values, 422 if error else 200)
