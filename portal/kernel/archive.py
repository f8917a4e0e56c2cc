"""A backup's file: a tar of parts, each with its hash, and at its end a manifest that binds them.

``tar`` and ``zcat`` read it without us. A part is held in memory whole, and nothing else is: parts
of tables are cut small. Each line of such a part begins with its own checksum, so that what is
damaged can be named by its line.
"""

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final

FORMAT: Final = "gongzhi-backup-1"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.mac"
LARGEST_PART: Final = 256 * 1024 * 1024
_HASH: Final = "GONGZHI.sha256"


class Damaged(Exception):
    """An archive that is not what was written. Names the part, and the line where there is one."""

    def __init__(self, part: str, why: str, *, line: int | None = None) -> None:
        at = f"{part}, line {line}" if line else part
        super().__init__(f"{at}: {why}")
        self.part = part
        self.line = line


@dataclass(frozen=True)
class Part:
    """One file of the archive."""

    name: str
    content: bytes

    @property
    def group(self) -> str:
        """What it belongs to: the first folder of its name."""
        return self.name.partition("/")[0]


@dataclass
class Sum:
    """How much of a group there is, and one hash over the names and hashes of its parts."""

    count: int = 0
    bytes: int = 0
    sha256: str = hashlib.sha256().hexdigest()

    def add(self, part: Part, digest: str) -> None:
        self.count += 1
        self.bytes += len(part.content)
        self.sha256 = hashlib.sha256(f"{self.sha256} {digest} {part.name}\n".encode()).hexdigest()


class ArchiveWriter:
    """Writes parts one after the other; ``finish`` makes them an archive."""

    def __init__(self, file: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115  # closed by finish
        self._sums: dict[str, Sum] = {}

    def add(self, name: str, content: bytes) -> None:
        part, digest = Part(name, content), hashlib.sha256(content).hexdigest()
        self._sums.setdefault(part.group, Sum()).add(part, digest)
        self._write(part, digest)

    def finish(self, facts: Mapping[str, Any]) -> bytes:
        """Write the manifest and return it, to be signed with ``sign``."""
        told = {"format": FORMAT, **facts, "groups": {k: asdict(v) for k, v in self._sums.items()}}
        manifest = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode()
        self._write(Part(MANIFEST, manifest), hashlib.sha256(manifest).hexdigest())
        return manifest

    def sign(self, mac: str) -> None:
        """The last part: what only the holder of the key can say of the manifest."""
        content = mac.encode()
        self._write(Part(SIGNATURE, content), hashlib.sha256(content).hexdigest())
        self._tar.close()

    def _write(self, part: Part, digest: str) -> None:
        entry = tarfile.TarInfo(part.name)
        entry.size, entry.mode = len(part.content), 0o600
        entry.pax_headers = {_HASH: digest}
        self._tar.addfile(entry, io.BytesIO(part.content))
        _forget(self._tar)


@dataclass
class Manifest:
    """What an archive says of itself. ``mac`` is not checked yet: that needs the key."""

    text: bytes
    mac: str
    facts: dict[str, Any]


def read_parts(path: Path) -> Iterator[Part]:
    """Every part but the manifest, in order, each of them checked; raises Damaged.

    The manifest is only known at the end: use ``read_manifest`` before believing anything.
    """
    for part in _checked(path):
        if part.name not in {MANIFEST, SIGNATURE}:
            yield part


def read_manifest(path: Path) -> Manifest:
    """Read the whole archive, and compare it with its manifest; raises Damaged."""
    sums: dict[str, Sum] = {}
    ends: dict[str, bytes] = {}
    last = "its beginning"
    for part in _checked(path):
        if ends and part.name != SIGNATURE:
            raise Damaged(part.name, "nothing may follow the manifest")
        if part.name in {MANIFEST, SIGNATURE}:
            ends[part.name] = part.content
        else:
            digest = hashlib.sha256(part.content).hexdigest()
            sums.setdefault(part.group, Sum()).add(part, digest)
            last = part.name
    if len(ends) != 2:
        raise Damaged(path.name, f"it ends after {last}: cut off, or damaged there")
    facts = _facts(ends[MANIFEST])
    for group in sorted({*sums, *facts["groups"]}):
        found = asdict(sums.get(group, Sum()))
        told = facts["groups"].get(group, asdict(Sum()))
        if found != told:
            raise Damaged(
                group, f"{found['count']} parts where the manifest has {told['count']}, or others"
            )
    return Manifest(ends[MANIFEST], ends[SIGNATURE].decode("ascii", "replace"), facts)


def _facts(text: bytes) -> dict[str, Any]:
    try:
        facts = json.loads(text)
        known = facts["format"] == FORMAT and isinstance(facts["groups"], dict)
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged(MANIFEST, "it cannot be read") from error
    if not known:
        raise Damaged(MANIFEST, f"not of the format {FORMAT}")
    found: dict[str, Any] = facts
    return found


def _checked(path: Path) -> Iterator[Part]:
    """The parts as they come, each equal to its own hash."""
    last = path.name
    try:
        with tarfile.open(path, "r:") as tar:
            while (entry := tar.next()) is not None:
                _forget(tar)
                last = entry.name
                yield _part(tar, entry)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise Damaged(last, f"it cannot be read on from here ({error})") from error


def _forget(tar: Any) -> None:
    """tarfile would remember every file; a city has millions of photos."""
    tar.members = []


def _part(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> Part:
    file = tar.extractfile(entry) if entry.isfile() and entry.size <= LARGEST_PART else None
    if file is None:
        raise Damaged(entry.name, "no part of a backup")
    content = file.read()
    if hashlib.sha256(content).hexdigest() != entry.pax_headers.get(_HASH):
        raise Damaged(entry.name, "not as it was written", line=_first_bad_line(content))
    return Part(entry.name, content)


def pack_lines(lines: Iterable[str]) -> bytes:
    """Lines as a part: each after its checksum, compressed. Equal lines make equal bytes."""
    text = "".join(f"{zlib.crc32(line.encode()):08x} {line}\n" for line in lines)
    return gzip.compress(text.encode(), 6, mtime=0)


def unpack_lines(part: Part) -> Iterator[tuple[int, str]]:
    """The lines of a part with their numbers, from 1; raises Damaged with the line."""
    number = 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(part.content)) as file:
            for number, line in enumerate(file, start=1):
                told, _, text = line.rstrip(b"\n").partition(b" ")
                if told != b"%08x" % zlib.crc32(text):
                    raise Damaged(part.name, "not as it was written", line=number)
                yield number, text.decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise Damaged(part.name, "not as it was written", line=number + 1) from error


def _first_bad_line(content: bytes) -> int | None:
    """Where a damaged part of lines goes wrong; None for what has no lines."""
    if not content.startswith(b"\x1f\x8b"):
        return None
    try:
        for _ in unpack_lines(Part("", content)):
            pass
    except Damaged as damage:
        return damage.line
    return None
