"""Pages are sent compressed, with a random length, because they hold secrets and echo words.

Compression makes the length of a page tell a little of its content (BREACH). A name of random
length in gzip's own header blurs that: "heal the breach", docs/decisions/0010-compression.md.
"""

import secrets
import struct
import zlib
from typing import Final

from flask import Flask, Response, request

# below this a packet is half empty anyway
LEAST: Final = 1_200
MOST_PADDING: Final = 100
KINDS: Final = frozenset({"text/html"})
LEVEL: Final = 5
# magic, deflate, "a name follows", no time, no hint, unknown system
HEADER: Final = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"


def init_app(app: Flask) -> None:
    """Compress as the very last step: call before whatever else looks at responses."""
    app.after_request(compress)


def compress(response: Response) -> Response:
    """A whole public or private page for whoever takes gzip; never a file, a stream or a part."""
    if not _is_page(response):
        return response
    response.vary.add("Accept-Encoding")
    if request.method == "GET" and request.accept_encodings.quality("gzip") > 0:
        body = response.get_data()
        if len(body) > LEAST:
            response.set_data(packed(body))
            response.content_encoding = "gzip"
    return response


def _is_page(response: Response) -> bool:
    return (
        response.status_code == 200
        and response.mimetype in KINDS
        and not response.is_streamed
        and not response.direct_passthrough
        and "Content-Disposition" not in response.headers
        and "Content-Encoding" not in response.headers
    )


def packed(body: bytes) -> bytes:
    """gzip with a name of 1 to 100 characters in its header, which every reader skips."""
    engine = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = engine.compress(body) + engine.flush()
    name = b"x" * (1 + secrets.randbelow(MOST_PADDING)) + b"\0"
    trailer = struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF)
    return HEADER + name + data + trailer
