"""Photos: whatever a phone sends becomes an upright JPEG without metadata, made in a limited child.

The children are kept alive and shared, because starting one costs more than most photos; they are
started with ``posix_spawn`` semantics, never forked from a server with threads. One that is killed
by its limits, answers too late or has served long enough is replaced.
"""

import atexit
import json
import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from portal.kernel.errors import Refused

# as in photo_worker.py, which is alone and imports nothing of ours
COVER_MARK = b"gongzhi-cover\n"
WORKER = Path(__file__).with_name("photo_worker.py")
MOST_BYTES = 10 * 1024 * 1024
# PDF, the formats of offices, and those before them
_DOCUMENTS = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf")
ACCEPTED_TYPES = "image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif"
WORKERS = 2
TURN_SECONDS = 20.0
ANSWER_SECONDS = 12.0
PHOTOS_PER_WORKER = 200
# nothing of our own settings reaches the child; one vips thread, no loader but the safe ones
_ENVIRONMENT = {"VIPS_CONCURRENCY": "1", "VIPS_BLOCK_UNTRUSTED": "1", "MALLOC_ARENA_MAX": "2"}


class PhotoRefusal(StrEnum):
    """Why a file does not become a photo."""

    EMPTY = "photo.empty"
    TOO_BIG = "photo.too_big"
    NOT_A_PHOTO = "photo.not_a_photo"
    DOCUMENT = "photo.document"
    TOO_MANY_PIXELS = "photo.too_many_pixels"
    TOO_SMALL = "photo.too_small"
    ANIMATED = "photo.animated"
    BROKEN = "photo.broken"
    BUSY = "photo.busy"
    TOO_MANY = "photo.too_many"


@dataclass(frozen=True)
class CleanPhoto:
    """A photo as it may be kept. The place (WGS-84) and time are what the camera had written."""

    picture: bytes
    thumbnail: bytes
    width: int
    height: int
    lon: float | None = None
    lat: float | None = None
    taken_at: datetime | None = None


class _Worker:
    """One child and the socket to it."""

    def __init__(self, arguments: tuple[str, ...]) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and file
                [sys.executable, "-I", str(WORKER), *arguments],
                stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=subprocess.DEVNULL,
                env=_ENVIRONMENT, cwd="/",
            )  # fmt: skip
        self._socket.settimeout(ANSWER_SECONDS)
        self._served = 0

    @property
    def usable(self) -> bool:
        return self._served < PHOTOS_PER_WORKER and self._process.poll() is None

    def ask(self, content: bytes) -> tuple[dict[str, Any], bytes, bytes]:
        """Raises OSError when the child died or is too slow."""
        self._served += 1
        self._socket.sendall(struct.pack(">I", len(content)) + content)
        size = struct.unpack(">I", self._receive(4))[0]
        header: dict[str, Any] = json.loads(self._receive(size))
        picture, thumbnail = (self._receive(size) for size in header["sizes"])
        return header, picture, thumbnail

    def _receive(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = self._socket.recv(min(size - len(parts), 1 << 20))
            if not part:
                raise ConnectionError("the child hung up")
            parts += part
        return bytes(parts)

    def close(self) -> None:
        self._socket.close()
        self._process.kill()
        self._process.wait()


class PhotoPool:
    """A few children, lent to one thread at a time."""

    def __init__(self, *arguments: str, size: int = WORKERS) -> None:
        self._arguments = arguments
        self._size = size
        self.forget()

    def forget(self) -> None:
        """Start anew in a forked process: the children belong to the parent."""
        self._turns = threading.BoundedSemaphore(self._size)
        self._mutex = threading.Lock()
        self._idle: list[_Worker] = []

    def _take(self) -> _Worker:
        with self._mutex:
            worker = self._idle.pop() if self._idle else None
        if worker is not None and not worker.usable:
            worker.close()
            worker = None
        return worker or _Worker(self._arguments)

    def ask(self, content: bytes) -> tuple[dict[str, Any], bytes, bytes]:
        """The child's answer; Refused when no child is free in time or the photo kills it."""
        if not self._turns.acquire(timeout=TURN_SECONDS):
            raise Refused(PhotoRefusal.BUSY)
        try:
            worker = self._take()
            try:
                answer = worker.ask(content)
            except OSError as error:
                worker.close()
                raise Refused(PhotoRefusal.BROKEN) from error
            with self._mutex:
                self._idle.append(worker)
            return answer
        finally:
            self._turns.release()

    def close(self) -> None:
        """End the children that wait."""
        with self._mutex:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.close()


_pool = PhotoPool()
atexit.register(_pool.close)
os.register_at_fork(after_in_child=_pool.forget)


def clean_photo(content: bytes, zone: ZoneInfo, *, pool: PhotoPool = _pool) -> CleanPhoto:
    """Turn an uploaded file into a photo. Takes 30 to 300 ms: never inside a transaction.

    The file's name and announced type are not asked: its bytes decide. Raises Refused.
    """
    if not content:
        raise Refused(PhotoRefusal.EMPTY)
    if content.startswith(_DOCUMENTS):
        # before its size: a smaller one would not do either
        raise Refused(PhotoRefusal.DOCUMENT)
    if len(content) > MOST_BYTES:
        raise Refused(PhotoRefusal.TOO_BIG)
    if content.startswith(COVER_MARK):
        raise Refused(PhotoRefusal.NOT_A_PHOTO)
    header, picture, thumbnail = _asked(pool, content)
    lon, lat = header.get("place") or (None, None)
    return CleanPhoto(
        picture=picture,
        thumbnail=thumbnail,
        width=header["width"],
        height=header["height"],
        lon=lon,
        lat=lat,
        taken_at=_moment(header.get("taken"), zone),
    )


def cover_photo(
    content: bytes, rectangles: Sequence[tuple[int, int, int, int]], *, pool: PhotoPool = _pool
) -> CleanPhoto:
    """Another file of a kept photo, with black rectangles (left, top, width, height in 1/1000).

    Takes as long as cleaning one: never inside a transaction. Raises Refused.
    """
    asked = json.dumps([list(one) for one in rectangles]).encode()
    header, picture, thumbnail = _asked(pool, b"".join((COVER_MARK, asked, b"\n", content)))
    return CleanPhoto(picture, thumbnail, header["width"], header["height"])


def _asked(pool: PhotoPool, request: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    header, picture, thumbnail = pool.ask(request)
    if "refused" in header:
        raise Refused(PhotoRefusal(f"photo.{header['refused']}"))
    return header, picture, thumbnail


def _moment(taken: list[str | None] | None, zone: ZoneInfo) -> datetime | None:
    """EXIF's ``2026:11:22 10:30:00`` with its offset, or else on the city's wall clock."""
    if not taken or not taken[0]:
        return None
    try:
        local = datetime.strptime(taken[0], "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone)
        if taken[1]:
            local = local.replace(tzinfo=_offset(taken[1]))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset(text: str) -> timezone:
    hours, minutes = text[1:].split(":")
    size = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-size if text[0] == "-" else size)
