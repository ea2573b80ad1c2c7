"""What the network and the other side do wrong, as one sentence that says what to do."""

from __future__ import annotations

import ssl

from phone_recorder.adapters.files import reason
from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.hop import Hop
from phone_recorder.wire.printable import printable

_EXPIRED = 10
_OTHER_NAME = (62, 64)
"""X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH of OpenSSL."""


def in_words(hop: Hop, error: OSError) -> SipUnreachable:
    """Why nothing can be sent to that hop; ssl.SSLError is an OSError too."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return SipUnreachable(_not_trusted(hop, error))
    if isinstance(error, ssl.SSLError):
        return SipUnreachable(f"{hop} does not speak TLS with us: check the port, and whether TLS is meant")
    for kind, sentence in _SENTENCES.items():
        if isinstance(error, kind):
            return SipUnreachable(sentence.format(hop))
    return SipUnreachable(f"{hop} cannot be reached ({reason(error)}): check the address, and the network")


def not_made(hop: Hop, error: OSError) -> SipUnreachable:
    """Why a connection did not come to stand. Whoever cuts it while TLS begins does not speak TLS as we do."""
    cut = isinstance(error, ConnectionError) and not isinstance(error, ConnectionRefusedError)
    return in_words(hop, ssl.SSLError() if cut and hop.transport == "TLS" else error)


_SENTENCES: dict[type[OSError], str] = {
    ConnectionRefusedError: "nothing listens at {}: check the address and the port, and the transport",
    TimeoutError: "{} does not answer: check the address and the port, and that no firewall is in between",
    ConnectionError: "{} has cut the connection",
}


def _not_trusted(hop: Hop, error: ssl.SSLCertVerificationError) -> str:
    name = printable(hop.name or hop.host)
    if error.verify_code in _OTHER_NAME:
        return f"the certificate of {hop} is not for {name}: use the name that it was made for"
    if error.verify_code == _EXPIRED:
        return f"the certificate of {hop} has expired: the server needs a new one"
    return f"the certificate of {hop} is not trusted ({error.verify_message}): give the one to trust with --cacert"
