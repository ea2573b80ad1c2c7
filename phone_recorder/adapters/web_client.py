"""Requests to a record server's API, with a token that goes to that server and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

import msgspec

from phone_recorder.adapters.server_url import ServerUrl
from phone_recorder.adapters.web_connection import Answer, exchange, stranger, trust_in
from phone_recorder.errors import PhoneRecorderError, ServerRefused, UsageError
from phone_recorder.wire.printable import printable

PATIENCE_S = 30.0
"""For a connection and the head of an answer, and for all of an answer that is not a file."""
MIN_SPEED = 1000
"""Bytes a second of a file, on average: whoever sends less holds us up."""
MAX_ANSWER = 16 << 20
MAX_FILE = (1 << 32) + 8
"""A RIFF file cannot have more bytes."""
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,1000}=*")  # RFC 6750 section 2.1
_HOW_TO_GET_ONE = (
    "make one where it runs with `phone-recorder server token --storage DIR --label NAME`, and give it with"
    " --token-file or in PHONE_RECORDER_TOKEN"
)


class Refusal(msgspec.Struct):
    """What the API answers when it will not: a sentence."""

    error: str


class WebClient:
    """Asks the server at `url`; UsageError if the rest does not fit it.

    `cacert` is a PEM file of the certificates to trust in place of the system's; with `insecure` the token goes over a
    network in the clear.
    """

    def __init__(
        self,
        url: ServerUrl,
        token: str = "",
        cacert: Path | None = None,
        insecure: bool = False,
        patience_s: float = PATIENCE_S,
    ) -> None:
        if token and not _TOKEN.fullmatch(token):
            raise UsageError("this is not a token: it has characters that no token has")
        if token and not (url.secure or url.loopback or insecure):
            raise UsageError(
                f"others could read the token on its way to {url.host}: use https://, or send it so with --insecure"
            )
        self.url = url
        self._headers = {"User-Agent": "phone-recorder", "Accept-Encoding": "identity"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._trust = trust_in(cacert) if url.secure else None
        self._patience_s = patience_s

    def get(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        """An answer that is no file; ServerError if there is none."""
        with self._ask("GET", f"{path}?{urlencode(query)}" if query else path) as answer:
            return answer.body(MAX_ANSWER)

    def delete(self, path: str) -> None:
        """UsageError if the server has not got it, or cannot part with it now."""
        with self._ask("DELETE", path) as answer:
            answer.body(MAX_ANSWER)

    def download(self, path: str, file: BinaryIO, mark: bytes = b"") -> int:
        """Write a file that begins with `mark`, and say how many bytes it has: as many as were announced, no less."""
        with self._ask("GET", path) as answer:
            if answer.length is None or answer.length > MAX_FILE:
                raise stranger(self.url, "a file without a length, or with too much of it")
            answer.allow(self._patience_s + answer.length / MIN_SPEED)
            count = 0
            for piece in answer.pieces():
                if count == 0 and not piece.startswith(mark):
                    raise stranger(self.url, "this is no such file")
                count += file.write(piece)
        return count

    @contextmanager
    def _ask(self, method: str, target: str) -> Iterator[Answer]:
        """The server's answer, if it is a good one."""
        with exchange(self.url, self._trust, method, target, self._headers, self._patience_s) as answer:
            if answer.status // 100 != 2:
                raise self._refusal(answer)
            yield answer

    def _refusal(self, answer: Answer) -> PhoneRecorderError:
        if answer.status == 401:
            known = "does not know this token" if "Authorization" in self._headers else "wants a token"
            return ServerRefused(f"{self.url} {known}: {_HOW_TO_GET_ONE}")
        if answer.status // 100 == 3:
            elsewhere = printable(answer.header("Location"))
            return ServerRefused(f"{self.url} sends us on to {elsewhere!r}, which is not followed: check --server")
        try:
            sentence = printable(msgspec.json.decode(answer.body(MAX_ANSWER), type=Refusal).error)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return stranger(self.url, f"status {answer.status}")
        refused = UsageError if answer.status in (404, 409) else ServerRefused
        return refused(f"{self.url} says: {sentence}")
