"""The certificate and the key that the web page shows who it is with."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from phone_recorder.adapters.files import open_for_reading
from phone_recorder.errors import UsageError


@dataclass(frozen=True, slots=True)
class Tls:
    """Files in PEM: the certificate with what stands between it and the root, and its private key."""

    certificate: Path
    key: Path

    def load(self) -> ssl.SSLContext:
        """What a server needs of them; UsageError if they cannot be read, or are of no use. Nobody is asked for a
        password."""
        for path in (self.certificate, self.key):
            with open_for_reading(path) as file:
                file.read(1)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        try:
            context.load_cert_chain(self.certificate, self.key, self._no_password)
        except OSError as error:  # what the ssl module raises is one too
            raise UsageError(
                f"{self.certificate} and {self.key} are no certificate in PEM and its private key: "
                f"{error.strerror or error}"
            ) from error
        return context

    def _no_password(self) -> str:
        raise UsageError(f"{self.key} needs a password, which nobody would be there to type: give a key without one")
