"""TLS files that are of use, and those that are not."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.web.tls import Tls
from tests.web.certificates import a_certificate


@pytest.mark.parametrize("missing", ["certificate", "key"])
def test_files_that_are_not_there(tmp_path: Path, missing: str) -> None:
    tls = Tls(tmp_path / "certificate.pem", tmp_path / "key.pem")
    for path in {tls.certificate, tls.key} - {getattr(tls, missing)}:
        path.write_text("x")
    with pytest.raises(UsageError, match=f"cannot read .*{missing}.pem: there is no such file"):
        tls.load()


def test_files_that_are_no_certificate(tmp_path: Path) -> None:
    tls = Tls(tmp_path / "certificate.pem", tmp_path / "key.pem")
    for path in (tls.certificate, tls.key):
        path.write_text("no certificate")
    with pytest.raises(UsageError, match="are no certificate in PEM and its private key"):
        tls.load()


@pytest.mark.peer
def test_a_certificate_and_its_key(tmp_path: Path) -> None:
    context = a_certificate(tmp_path).load()
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.peer
def test_a_key_with_a_password_is_refused_and_nobody_is_asked_for_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"key.pem needs a password.*give a key without one"):
        a_certificate(tmp_path, password="secret").load()
