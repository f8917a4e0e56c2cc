"""The child that decodes photos: started by path, alone with pixels, with nothing to steal.

Reads requests from its standard input and answers on its standard output: a length and the file in,
a JSON header with two JPEGs out. It has no settings, no secrets and no database; the limits set in
``_limit_process`` kill it rather than let a picture eat the machine. Standard library and image
libraries only, so that it starts fast and can be read in one go.
"""

import contextlib
import io
import json
import math
import resource
import struct
import sys
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

import pi_heif
from PIL import Image, ImageCms, ImageDraw, ImageOps

try:
    import pyvips
except (ImportError, OSError):  # no wheel for this machine: Pillow does it, three times slower
    pyvips = None

MEMORY_BYTES = 1_200_000_000
CPU_SECONDS = 8
MOST_PIXELS = 25_000_000
LEAST_SIDE = 32
LONG_SIDE = 1600
THUMBNAIL_SIDE = 400
QUALITY = 82
GPS_IFD, EXIF_IFD = 0x8825, 0x8769
LATITUDE, LONGITUDE = (1, 2), (3, 4)
TAKEN, TAKEN_OFFSET = 0x9003, 0x9011
# no picture begins like this: a covering asks with it, and an uploaded file that has it is refused
COVER_MARK = b"gongzhi-cover\n"
WHOLE = 1000
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
_LONGITUDE_LIMIT, _LATITUDE_LIMIT = 180.0, 90.0

Answer = tuple[dict[str, Any], bytes, bytes]


class RefusedPhoto(Exception):
    """The file will not do; the text is the value of a ``PhotoRefusal``."""


def kind_of(content: bytes) -> str | None:
    """What the first bytes say, whatever the name says; None for what we do not take."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "HEIF"
    return None


def _is_animated(content: bytes, kind: str) -> bool:
    if kind == "PNG":
        # acTL must stand before the first image data
        return b"acTL" in content[: max(content.find(b"IDAT"), 0)]
    return kind == "WEBP" and content[12:16] == b"VP8X" and bool(content[20] & 0x02)


def _open(content: bytes) -> tuple[Image.Image, str]:
    """The header only; refuses before a pixel is decoded."""
    kind = kind_of(content)
    if kind is None:
        raise RefusedPhoto("not_a_photo")
    if _is_animated(content, kind):
        raise RefusedPhoto("animated")
    image = Image.open(io.BytesIO(content), formats=[kind] if kind != "JPEG" else ["JPEG", "MPO"])
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise RefusedPhoto("too_many_pixels")
    if min(width, height) < LEAST_SIDE:
        raise RefusedPhoto("too_small")
    return image, kind


def _degrees(value: Any, reference: Any, signs: Mapping[str, int], limit: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in value)
        sign = signs[str(reference).strip("\x00 ").upper()]
    except (TypeError, ValueError, KeyError, ZeroDivisionError):
        return None
    found = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(found) or not 0 <= found <= limit:
        return None
    return round(sign * found, 6)


def place_of(exif: Image.Exif) -> tuple[float, float] | None:
    """Longitude and latitude (WGS-84) that the camera wrote, or None when they cannot be meant."""
    gps = exif.get_ifd(GPS_IFD)
    lat = _degrees(gps.get(LATITUDE[1]), gps.get(LATITUDE[0]), {"N": 1, "S": -1}, _LATITUDE_LIMIT)
    lon = _degrees(
        gps.get(LONGITUDE[1]), gps.get(LONGITUDE[0]), {"E": 1, "W": -1}, _LONGITUDE_LIMIT
    )
    # cameras without a fix write 0, 0: a point in the sea off Africa
    if lon is None or lat is None or (lon == 0 and lat == 0):
        return None
    return lon, lat


def _facts(image: Image.Image) -> dict[str, Any]:
    """What is worth knowing of the metadata before it is dropped. Broken EXIF tells nothing."""
    try:
        exif = image.getexif()
        place = place_of(exif)
        details = exif.get_ifd(EXIF_IFD)
        taken, offset = details.get(TAKEN), details.get(TAKEN_OFFSET)
    except Exception:
        return {}
    facts: dict[str, Any] = {"place": place}
    if isinstance(taken, str):
        facts["taken"] = [taken[:19], offset[:6] if isinstance(offset, str) else None]
    return facts


def _with_vips(content: bytes, image: Image.Image) -> tuple[bytes, bytes, int, int]:
    """Shrink while loading; turned upright, in sRGB, on white where it was transparent."""
    # fail_on as an argument of its own is silently ignored for JPEG and PNG (vips 8.18)
    options = {"height": LONG_SIDE, "size": "down", "option_string": "fail_on=truncated"}
    if "icc_profile" in image.info or image.mode == "CMYK":  # it costs four times the rest
        options["export_profile"] = "srgb"
    small = pyvips.Image.thumbnail_buffer(content, LONG_SIDE, **options).colourspace("srgb")
    if small.hasalpha():
        small = small.flatten(background=[255, 255, 255])
    small = small.cast("uchar").copy_memory()
    tiny = small.thumbnail_image(THUMBNAIL_SIDE, height=THUMBNAIL_SIDE, size="down")
    saving = {"Q": QUALITY, "keep": "none", "optimize_coding": True}
    return (
        small.jpegsave_buffer(**saving),
        tiny.jpegsave_buffer(**saving),
        small.width,
        small.height,
    )


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "CMYK"}:
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
            return converted or image
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        flat = Image.new("RGBA", layer.size, "white")
        flat.alpha_composite(layer)
        return flat.convert("RGB")
    if image.mode.startswith("I"):  # 16 bits of grey: convert() would clip instead of scaling
        return image.convert("I").point([value >> 8 for value in range(65536)], "L").convert("RGB")
    return image.convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _with_pillow(image: Image.Image) -> tuple[bytes, bytes, int, int]:
    image.draft("RGB", (LONG_SIDE, LONG_SIDE))
    image.load()
    if image.mode in {"RGB", "L", "CMYK"}:
        image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    upright = _in_srgb(ImageOps.exif_transpose(image))
    upright.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    upright.info.clear()
    small = upright.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return _jpeg(upright), _jpeg(small), upright.width, upright.height


def clean(content: bytes, *, use_vips: bool = True) -> Answer:
    """One photo: facts for the header, the picture, its thumbnail. Raises RefusedPhoto."""
    try:
        image, kind = _open(content)
        facts = _facts(image)
        if use_vips and pyvips is not None and kind != "HEIF":
            picture, thumbnail, width, height = _with_vips(content, image)
        else:
            picture, thumbnail, width, height = _with_pillow(image)
    except RefusedPhoto:
        raise
    except Exception as error:  # a decoder may raise anything on a damaged file
        raise RefusedPhoto("broken") from error
    return {**facts, "width": width, "height": height}, picture, thumbnail


def cover(content: bytes, rectangles: list[list[int]]) -> Answer:
    """A photo of ours with black rectangles, which are thousandths of its sides.

    Black, not coarse dots: what is written in coarse dots can be guessed. A dot more than asked
    for on each side, because JPEG smears over eight of them.
    """
    image, _ = _open(content)
    try:
        picture = _in_srgb(image)
        picture.info.clear()
        pen = ImageDraw.Draw(picture)
        for left, top, width, height in rectangles:
            corner = (left * picture.width // WHOLE - 1, top * picture.height // WHOLE - 1)
            end = (
                -(-(left + width) * picture.width // WHOLE) + 1,
                -(-(top + height) * picture.height // WHOLE) + 1,
            )
            pen.rectangle((corner, end), fill="black")
        small = picture.copy()
        small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
        size = {"width": picture.width, "height": picture.height}
        return size, _jpeg(picture), _jpeg(small)
    except Exception as error:  # as above
        raise RefusedPhoto("broken") from error


def work_on(request: bytes, *, use_vips: bool = True) -> Answer:
    """Clean an upload, or cover parts of a photo that was cleaned before."""
    if not request.startswith(COVER_MARK):
        return clean(request, use_vips=use_vips)
    asked, _, content = request[len(COVER_MARK) :].partition(b"\n")
    return cover(content, json.loads(asked))


def _limit_process() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


def _limit_next_photo() -> None:
    """The limit counts the whole life of the process: move it before each photo."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = math.ceil(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


def serve(source: BinaryIO, sink: BinaryIO, work: Callable[[bytes], Answer]) -> None:
    """Answer until the other side hangs up."""
    while len(size := source.read(4)) == 4:
        content = source.read(struct.unpack(">I", size)[0])
        _limit_next_photo()
        try:
            header, picture, thumbnail = work(content)
        except RefusedPhoto as refusal:
            header, picture, thumbnail = {"refused": str(refusal)}, b"", b""
        text = json.dumps({**header, "sizes": [len(picture), len(thumbnail)]}).encode()
        sink.write(struct.pack(">I", len(text)) + text + picture + thumbnail)
        sink.flush()


def main() -> None:
    use_vips = "--pillow" not in sys.argv
    pi_heif.register_heif_opener(thumbnails=False)
    if pyvips is not None:
        pyvips.cache_set_max(0)  # nobody's picture is kept for the next
    Image.MAX_IMAGE_PIXELS = None  # our own limit answers with words
    _limit_process()
    serve(sys.stdin.buffer, sys.stdout.buffer, lambda asked: work_on(asked, use_vips=use_vips))


if __name__ == "__main__":
    main()
