"""The OpenAPI document of the phone's page, and schemathesis trying all that it promises."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis

from phone_recorder.control_api import METHODS
from phone_recorder.errors import UsageError
from phone_recorder.recording.drive_names import record_order
from phone_recorder.web.phone.api import NAME_PATTERN, OPERATIONS
from phone_recorder.web.phone.app import make_phone_app
from tests.web.phone.fake_phone import NAME, FakePhone
from tests.web.phone.phone_rig import BEARER, PhoneRig
from tests.web.site_rig import FakeCredentials


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tried")


@pytest.fixture(scope="module")
def document(directory: Path) -> dict[str, Any]:
    described: dict[str, Any] = PhoneRig(directory).client.get("/openapi.json").json()
    return described


def test_it_is_a_valid_openapi_document(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    schemathesis.openapi.from_dict(document).validate()


def test_every_operation_is_in_it(document: dict[str, Any]) -> None:
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(one.method, one.path) for one in OPERATIONS}
    ids = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]
    assert len(ids) == len(set(ids))


def test_every_method_of_the_control_api_is_in_it(document: dict[str, Any]) -> None:
    for method in METHODS:
        described = document["paths"][f"/api/v1/{method.name}"]
        assert set(described) == ({"get", "post"} if method.safe else {"post"})
        posted = described["post"]
        assert posted["summary"] == method.summary
        schema = posted["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        assert schema.rpartition("/")[2] == method.request.__name__
        answer = posted["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
        assert answer.rpartition("/")[2] == method.result.__name__
        assert {"400", "401", "403", "408", "409", "413", "415", "422"} <= set(posted["responses"])


def test_what_a_kind_of_request_takes_is_described(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["PressKey"]["required"] == ["key"]
    assert schemas["PressKey"]["additionalProperties"] is False
    assert set(schemas["StartCall"]["properties"]) == {"number", "name", "direction", "near", "far", "duration_s"}
    for kind in ("GetRecording", "PressRecord"):
        assert schemas[kind]["properties"]["call"]["description"] == "Empty: the current call."


def test_a_name_in_a_path_is_that_of_a_record_file(document: dict[str, Any]) -> None:
    [name] = document["paths"]["/api/v1/recordings/{name}/record"]["get"]["parameters"]
    assert name["schema"] == {"type": "string", "pattern": NAME_PATTERN}
    for known in (NAME, NAME.replace(".wav", "-2.wav")):
        assert re.search(NAME_PATTERN, known) and record_order(known)
    for none in (NAME.removesuffix(".wav"), NAME.replace(".wav", "-audio.wav"), f"../{NAME}", f"{NAME}.exe"):
        assert not re.search(NAME_PATTERN, none)


def test_whether_it_is_on_may_be_asked_by_everybody(document: dict[str, Any]) -> None:
    assert document["paths"]["/healthz"]["get"]["security"] == []
    assert "phone-recorder phone token" in document["components"]["securitySchemes"]["token"]["description"]


class Drive:
    """The directory of the drive is given by the test."""

    directory: Path


def _path_of(name: str) -> Path:
    if name != NAME:
        raise UsageError("there is no such recording")
    return Drive.directory / name


DOCUMENT = schemathesis.openapi.from_asgi(
    "/openapi.json", make_phone_app(FakePhone(), FakeCredentials(), _path_of), headers=BEARER
)


@DOCUMENT.hook
def map_body(context: object, body: Any) -> Any:
    """To JSON Schema 264.0 is a whole number, and to us it is none; no program of ours writes one so."""
    whole = {name: int(value) for name, value in _fields(body) if isinstance(value, float) and value.is_integer()}
    return {**body, **whole} if whole else body


def _fields(body: Any) -> Iterable[tuple[str, Any]]:
    return body.items() if isinstance(body, dict) else ()


@DOCUMENT.parametrize()
@hypothesis.settings(max_examples=25, deadline=None, derandomize=True, database=None)
def test_the_page_keeps_what_the_document_promises(directory: Path, case: schemathesis.Case[Any]) -> None:
    Drive.directory = directory
    case.call_and_validate(headers=BEARER)
