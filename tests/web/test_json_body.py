"""A request's fields as JSON, and what is said of those that cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from phone_recorder.web.body import MAX_BODY
from phone_recorder.web.openapi import openapi
from tests.web.site_rig import LOCAL
from tests.web.socket_rig import OPERATIONS, Echo

PATH = "/api/v1/wish"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return TestClient(Echo(tmp_path).app, base_url=LOCAL)


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=utf-8"])
def test_fields_with_their_values(client: TestClient, content_type: str) -> None:
    answer = client.post(PATH, content=b'{"what":"\xc3\xa9","times":2}', headers={"Content-Type": content_type})
    assert answer.json() == {"what": "é", "times": 2}


def test_a_field_that_has_a_usual_value_may_be_missing(client: TestClient) -> None:
    assert client.post(PATH, json={"what": "rain"}).json() == {"what": "rain", "times": 1}


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        (b"", 422, "what"),
        (b"{}", 422, "what"),
        (b"{", 400, "no JSON"),
        (b"\xff", 400, "no JSON"),
        (b'{"what":"\xff"}', 400, "no JSON"),
        (b"[" * 100_000, 400, "no JSON"),
        (b"[]", 422, "no JSON object"),
        (b"null", 422, "no JSON object"),
        (b'{"what":1}', 422, "what"),
        (b'{"what":"x","times":"2"}', 422, "times"),
        (b'{"what":"x","times":1e999}', 400, "no JSON"),
        (b'{"what":"' + b"x" * 21 + b'"}', 422, "what"),
        (b'{"what":"x","tims":2}', 422, "'tims': what, times can be given"),
        (b'{"what":"x","\\u001b[31m":2}', 422, "there is no field"),
        (b" " * (MAX_BODY + 1), 413, "too long"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(client: TestClient, body: bytes, status: int, word: str) -> None:
    answer = client.post(PATH, content=body, headers=JSON)
    assert answer.status_code == status
    assert word in answer.json()["error"]
    assert "\x1b" not in answer.json()["error"]


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_says_it_is_something_else_is_refused(client: TestClient, content_type: str) -> None:
    answer = client.post(PATH, content=b'{"what":"x"}', headers={"Content-Type": content_type})
    assert answer.status_code == 415
    assert "application/json" in answer.json()["error"]


def test_a_body_that_comes_in_pieces_is_one(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        for byte in b'{"what":"rain"}':
            yield bytes([byte])

    assert client.post(PATH, content=pieces(), headers=JSON).json()["what"] == "rain"


def test_the_document_tells_of_the_body() -> None:
    document = openapi(OPERATIONS, "echo", "echo token")
    assert document["info"]["title"] == "echo"
    assert "`echo token`" in document["components"]["securitySchemes"]["token"]["description"]
    described = document["paths"][PATH]["post"]
    assert described["requestBody"] == {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wish"}}},
    }
    assert {"408", "413", "415", "422"} <= described["responses"].keys()
    assert document["components"]["schemas"]["Wish"]["required"] == ["what"]
