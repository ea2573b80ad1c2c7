"""What every page of ours says, in English and in Chinese; an application adds words of its own."""

# ruff: noqa: RUF001  # Chinese has punctuation of its own

from __future__ import annotations

from typing import NamedTuple

LANGUAGES = {"en": "English", "zh": "中文"}
"""The first one is for whoever asks for none of them."""


class Words(NamedTuple):
    """One text in each language; the fields are the languages' codes."""

    en: str
    zh: str


COMMON: dict[str, Words] = {
    "html_lang": Words("en", "zh-CN"),
    "skip": Words("Skip to the content", "跳到内容"),
    "account": Words("Language and account", "语言和账户"),
    "log_in": Words("Log in", "登录"),
    "log_out": Words("Log out", "退出登录"),
    "log_in_hint": Words("An administrator adds users with", "管理员用以下命令添加用户："),
    "user": Words("User", "用户名"),
    "password": Words("Password", "密码"),
    "wrong_login": Words("The user or the password is wrong.", "用户名或密码错误。"),
    "too_many_logins": Words("Too many wrong tries: try again in {} s.", "错误次数过多，请在 {} 秒后再试。"),
    "problem": Words("That did not work", "操作未成功"),
    "problem_400": Words("The request cannot be read.", "请求无法识别。"),
    "problem_403": Words("That is not allowed.", "不允许此操作。"),
    "problem_404": Words("It is not here, or not any more.", "内容不存在或已删除。"),
    "problem_405": Words("That cannot be done here.", "此处不支持该操作。"),
    "problem_408": Words("The request took too long to come.", "请求超时，请重试。"),
    "problem_413": Words("That is too much at once.", "一次提交的内容过多。"),
    "problem_500": Words("The server has failed.", "服务器出错。"),
    "problem_503": Words("The server cannot do that now.", "服务器暂时无法执行此操作。"),
}
"""Pages want `product` and `back` too: what the application is called, and the link away from a problem."""
