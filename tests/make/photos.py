"""Small picture files for tests: good ones, and every kind of bad one."""

import base64
import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw

GREEN_BOX = (10, 10, 60, 60)
# 64 × 48, made with libheif for this test (nothing here can write HEIC): 36.78 N, 119.96 E
_HEIC = (
    "eNpjYGCQSSupLMhIzUxmAILczDRDEDs3MzGNgYFxX25qSSIDBChmpOQUQdkMBZnJJQxowCQzJx9siIsDAxMDI4jF+AhC"
    "A0EQUAwImEzgIl1AbJGZmZcG5oFkRYGcVLAyoJqMsmRDBiRBRpAS14pMsHK+gsySXAaoSoa/mQVFBUD6bmZBcj6QLgPq"
    "dWZkBglNACuS+8Dw5++PHwwM/MwJQB0SDow8jP//gxQwg1Qwg5DcLiaHRKCklhMjI5rMAoVG1mmvnizbuYMjw0ABKMQM"
    "IhgUk4DK2VwYDxYf6ARaIpycn1OUl5xTARTlZWBrAAqJZBYXpEK96wDFGsk5iQVQNsjxBlAaHAj/////AA0MgYLMikyQ"
    "IDMHBweQksgsyIXFBSMDI2sjEzNrC5AtlVmUmgYV50tOKU4GBz7IxCe5KYmgWPLTYFwfsW26s++1S132F37fA1ry/3jk"
    "LJUjB29zsDasDrf1bf9cG6AwK+rLFM3bq//rBry4tZMrbKL+r++2pSIKDJnRX55a/l7I8T//6v3Gz5vPAE1kg8SDry+D"
    "FpDHwcDYocrAAvWHFNglLJD4YmDyg0QuKwM4MBkCgCRY3BWiCiaeAfWBCtQUPbTQKYfSllAarA4AQtaDlQ=="
)


def picture(width: int = 320, height: int = 240, mode: str = "RGB") -> Image.Image:
    """Red with a green square in the upper left corner, so that turning shows."""
    image = Image.new("RGB", (width, height), "red")
    ImageDraw.Draw(image).rectangle(GREEN_BOX, fill="green")
    return image.convert(mode)


def exif(
    *,
    place: tuple[Any, Any] | None = None,
    refs: tuple[str, str] = ("N", "E"),
    orientation: int | None = None,
    taken: str | None = None,
    offset: str | None = None,
) -> Image.Exif:
    """EXIF with a place as (latitude, longitude), each three numbers."""
    data = Image.Exif()
    if orientation is not None:
        data[0x0112] = orientation
    data[0x010F] = "SecretCamera"
    if place is not None:
        data.get_ifd(0x8825).update({1: refs[0], 2: place[0], 3: refs[1], 4: place[1]})
    if taken is not None:
        data.get_ifd(0x8769)[0x9003] = taken
    if offset is not None:
        data.get_ifd(0x8769)[0x9011] = offset
    return data


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(width: int = 320, height: int = 240, **options: Any) -> bytes:
    """A JPEG as a phone would send it."""
    return encoded(picture(width, height), **options)


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose header promises many pixels in a few hundred bytes: a decompression bomb."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\x00" * 100_000, 9)
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def heic() -> bytes:
    """A HEIC picture as an iPhone would send it, red with a green square, with a place."""
    return zlib.decompress(base64.b64decode(_HEIC))
