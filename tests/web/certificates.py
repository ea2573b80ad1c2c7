"""Certificates that sign themselves, by openssl."""

from __future__ import annotations

import subprocess
from pathlib import Path

from phone_recorder.web.tls import Tls
from tests.peers import need


def a_certificate(directory: Path, password: str = "") -> Tls:
    """For 127.0.0.1; with a password its key is encrypted."""
    tls = Tls(directory / "certificate.pem", directory / "key.pem")
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(tls.key), "-out", str(tls.certificate)]
    sealed = ["-passout", f"pass:{password}"] if password else ["-nodes"]
    made = [need("openssl"), "req", "-x509", "-newkey", "rsa:2048", *sealed, "-days", "2", *subject, *files]
    subprocess.run(made, check=True, capture_output=True)
    return tls
