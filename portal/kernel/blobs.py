"""Photos and files by content: put, open, delete, url. A local folder; S3 is a later extra."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_KEY: Final = re.compile(r"[0-9a-f]{64}\.[a-z0-9]+")


class BlobStore:
    """Content-addressed files: the key is ``sha256`` plus an extension that says the kind."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def _path(self, key: str) -> Path:
        if not key.replace(".", "").isalnum() or "/" in key:
            raise KeyError(key)
        return self._folder / key[:2] / key

    def put(self, content: bytes, extension: str) -> str:
        """Store and return the key. Durable before it returns; the same content is stored once."""
        key = f"{hashlib.sha256(content).hexdigest()}.{extension}"
        path = self._path(key)
        if path.exists():
            return key
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
        return key

    def open(self, key: str) -> bytes:
        """The content; raises KeyError when there is none."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError as error:
            raise KeyError(key) from error

    def delete(self, key: str) -> None:
        """Forget the content; nothing happens when it is gone already."""
        self._path(key).unlink(missing_ok=True)

    def every_key(self) -> Iterator[str]:
        """Every key, in order, a folder at a time; what is half written is none."""
        folders = sorted(self._folder.iterdir()) if self._folder.is_dir() else []
        for folder in folders:
            names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
            yield from (name for name in names if _KEY.fullmatch(name))
