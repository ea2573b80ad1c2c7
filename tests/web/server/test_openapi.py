"""The OpenAPI document, and schemathesis trying all that it promises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis

from phone_recorder.web.server.api import OPERATIONS
from tests.web.site_rig import Rig, a_live, an_entry

BEARER = {"Authorization": "Bearer the-token"}

STREAM = "/api/v1/live/events"
"""Has no end; see test_events and test_serve."""


def test_every_operation_is_in_the_document(tmp_path: Path) -> None:
    document = Rig(tmp_path).client.get("/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(one.method, one.path) for one in OPERATIONS}
    assert document["paths"]["/healthz"]["get"]["security"] == []
    asked = [one["name"] for one in document["paths"]["/api/v1/recordings"]["get"]["parameters"]]
    assert {"text", "since", "sort", "per_page"} <= set(asked)


TRIED = Rig(Path(), login=True)
"""A site that asks for a login; the test gives it a directory."""
DOCUMENT = schemathesis.openapi.from_asgi("/openapi.json", TRIED.app, headers=BEARER).exclude(path=STREAM)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> None:
    TRIED.recordings.directory = tmp_path_factory.mktemp("tried")
    TRIED.live.append(a_live())


@pytest.mark.usefixtures("directory")
@DOCUMENT.parametrize()
@hypothesis.settings(max_examples=25, deadline=None, derandomize=True, database=None)
def test_the_server_keeps_what_the_document_promises(case: schemathesis.Case[Any]) -> None:
    TRIED.recordings.add(an_entry())
    case.call_and_validate(headers=BEARER)
