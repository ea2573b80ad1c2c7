"""An application that is not the record server's: a WebSocket that answers with what it is told, and a JSON body."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from phone_recorder.web.app import make_app
from phone_recorder.web.json_body import read_json
from phone_recorder.web.look import Look
from phone_recorder.web.openapi import Operation, routes
from phone_recorder.web.ports import Credentials
from phone_recorder.web.problems import json_answer
from phone_recorder.web.site import Site
from phone_recorder.web.templates import render
from phone_recorder.web.words import COMMON, Words

SOCKET = "/api/v1/socket"
FLOOD = "flood"
PIECE = "x" * 60_000


class Wish(msgspec.Struct, frozen=True):
    """What is wished for, and how often."""

    what: Annotated[str, msgspec.Meta(max_length=20)]
    times: int = 1


async def wish(request: Request) -> Response:
    return json_answer(await read_json(request, Wish))


async def page(request: Request) -> Response:
    return render(request, "page.html", {})


OPERATIONS = (Operation("POST", "/api/v1/wish", wish, "Wish for something", Wish, body=Wish),)


def a_look(templates: Path, words: Mapping[str, Words] | None = None) -> Look:
    """One with a page of its own, a word and a filter."""
    (templates / "page.html").write_text('{% extends "base.html" %}{% block main %}{{ t.hello | loud }}{% endblock %}')
    own = {"product": Words("Echo", "回声"), "back": Words("Back", "返回"), "hello": Words("Hello", "你好")}
    return Look(
        words=COMMON | own | dict(words or {}),
        templates=templates,
        visited=re.compile("/"),
        who_hint="echo passwd",
        token_hint="echo token",
        nothing_here={404: "there is no echo here", 405: "an echo cannot do that"},
        filters={"loud": str.upper},
    )


class Echo:
    """The application; `said` is what its sockets were told, and `open` how many of them there are."""

    def __init__(self, directory: Path, credentials: Credentials | None = None) -> None:
        self.said: list[str] = []
        self.open = 0
        self.sent = 0
        self.site = Site(credentials, a_look(directory))
        (directory / "echo.js").write_text("// an echo")
        own = [Route("/", page), WebSocketRoute(SOCKET, self.socket), *routes(OPERATIONS)]
        self.app: Starlette = make_app(self.site, own, {"echo": directory})

    async def socket(self, socket: WebSocket) -> None:
        """Answers with what it is told; told FLOOD, it sends for ever."""
        await socket.accept()
        self.open += 1
        try:
            while (told := await socket.receive_text()) != FLOOD:
                self.said.append(told)
                await socket.send_text(told)
            while True:
                await socket.send_text(PIECE)
                self.sent += 1
                await asyncio.sleep(0)
        except (WebSocketDisconnect, OSError):
            return
        finally:
            self.open -= 1
