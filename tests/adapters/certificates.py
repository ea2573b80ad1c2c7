"""Certificates that the openssl program makes for a test."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

from tests.peers import need


def certificate(directory: Path, name: str = "IP:127.0.0.1", days: int = 2) -> tuple[Path, Path]:
    """PEM files of a certificate that signs itself, and of its key. With negative days it has expired."""
    cert, key, request = (directory / file for file in ("cert.pem", "key.pem", "request.pem"))
    wanted: list[str | Path] = [
        "-subj",
        "/CN=recorder",
        "-addext",
        f"subjectAltName={name}",
        "-keyout",
        key,
        "-out",
        request,
    ]
    _openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", *wanted)
    signed: list[str | Path] = ["-signkey", key, "-days", str(days), "-copy_extensions", "copy", "-out", cert]
    _openssl("x509", "-req", "-in", request, *signed)
    return cert, key


def server_tls(cert: Path, key: Path) -> ssl.SSLContext:
    """What a server with this certificate speaks TLS with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def _openssl(*words: str | Path) -> None:
    subprocess.run([need("openssl"), *words], check=True, capture_output=True)
