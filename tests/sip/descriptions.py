"""Session descriptions as telephones, exchanges and browsers write them, literal and none of our writing; and who reads
them."""

from __future__ import annotations

from phone_recorder.sip.audio.session_description import Negotiation
from phone_recorder.wire.payload import CODECS, Codec

AUDIO = "m=audio 40000 RTP/AVP 0"


def ours(*codecs: Codec, host: str = "192.0.2.1", ptime_ms: int = 20) -> Negotiation:
    return Negotiation(host, 5004, codecs or CODECS, ptime_ms, 77)


def sdp(*lines: str, head: str = "v=0\no=- 1 1 IN IP4 192.0.2.7\ns=-\nc=IN IP4 192.0.2.7\nt=0 0\n") -> bytes:
    """A description of these media-level lines."""
    return (head + "\n".join(lines) + "\n").replace("\n", "\r\n").encode()


DESK_PHONE = sdp(
    "m=audio 40000 RTP/AVP 8 0 9 18 101",
    "a=rtpmap:8 PCMA/8000",
    "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:9 G722/8000",
    "a=rtpmap:18 G729/8000",
    "a=fmtp:18 annexb=no",
    "a=rtpmap:101 telephone-event/8000",
    "a=fmtp:101 0-16",
    "a=ptime:20",
    "a=sendrecv",
)

EXCHANGE = (
    b"v=0\r\no=root 1821 1822 IN IP4 198.51.100.3\r\ns=Asterisk PBX\r\nc=IN IP4 198.51.100.3\r\nb=CT:384.5\r\nt=0 0\r\n"
    b"m=audio 17342 RTP/AVP 9 96\r\na=rtpmap:9 G722/8000\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:* 0-16\r\n"
    b"a=ptime:30\r\na=maxptime:150\r\na=sendrecv\r\na=rtcp-mux\r\n"
    b"m=video 0 RTP/AVP 34\r\n"
)

BROWSER = (
    b"v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
    b"m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n"
    b"a=ice-ufrag:Xy\r\na=ice-pwd:abc\r\na=fingerprint:sha-256 00:11\r\na=setup:actpass\r\na=mid:0\r\na=sendrecv\r\n"
    b"a=rtpmap:111 opus/48000/2\r\na=rtpmap:9 G722/8000\r\na=rtpmap:126 telephone-event/8000\r\n"
    b"m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:96 VP8/90000\r\n"
)

SOFTPHONE = sdp(
    "a=group:BUNDLE as",
    "m=audio 7078 RTP/AVP 96 0 8 97",
    "a=mid:as",
    "a=ice-ufrag:3eb1",
    "a=ice-pwd:f3c9a1",
    "a=candidate:1 1 UDP 2130706303 192.0.2.7 7078 typ host",
    "a=candidate:1 2 UDP 2130706302 192.0.2.7 7079 typ host",
    "a=rtcp-fb:* trr-int 5000",
    "a=rtcp:7079",
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0",
    "a=rtpmap:96 opus/48000/2",
    "a=fmtp:96 useinbandfec=1",
    "a=rtpmap:97 telephone-event/48000",
    "a=ssrc:1234 cname:x",
    "b=AS:80",
)
