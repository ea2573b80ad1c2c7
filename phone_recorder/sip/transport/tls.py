"""Whom a phone trusts when it speaks SIP over TLS (RFC 3261 section 26.3, RFC 5922)."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from phone_recorder.adapters.files import reason
from phone_recorder.errors import UsageError


@dataclass(frozen=True)
class TlsSettings:
    """`cafile` is a PEM file of certificates to trust in place of the system's; without `verify` any will do."""

    cafile: Path | None = None
    verify: bool = True

    @cached_property
    def context(self) -> ssl.SSLContext:
        """What connections are made with: TLS 1.2 or later; UsageError if the file is of no use."""
        try:
            context = ssl.create_default_context(cafile=self.cafile)
        except ssl.SSLError as error:
            raise UsageError(f"{self.cafile} holds no certificate: give one in PEM form") from error
        except OSError as error:
            raise UsageError(f"cannot read {self.cafile}: {reason(error)}") from error
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context
