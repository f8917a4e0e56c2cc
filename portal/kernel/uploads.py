"""Photos between the upload and the form that keeps them: so that no error loses one.

An upload belongs to a browser or a draft (``owner``): its token opens nothing for anybody else.
What no form takes is forgotten after a while, file and all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, cast
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    CursorResult,
    Float,
    Integer,
    String,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.kernel.db import Base
from portal.kernel.errors import Refused
from portal.kernel.ids import hash_token, new_id, new_token
from portal.kernel.instance import instance_of
from portal.kernel.photos import CleanPhoto

LIFETIME: Final = timedelta(days=1)
EXTENSION = "jpg"
_LOCK = 0x70686F746F  # any number of our own: "photo"


class UploadRefusal(StrEnum):
    """Why a form cannot take the photos it names."""

    GONE = "upload.gone"


class Upload(Base):
    """A clean photo that no form has taken yet. Its place is offered once and dies with it."""

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point"),
        CheckConstraint("width > 0 AND height > 0", name="size"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    owner_hash: Mapped[str] = mapped_column(String(64))
    blob_key: Mapped[str] = mapped_column(String(80), index=True)
    thumbnail_key: Mapped[str] = mapped_column(String(80), index=True)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    taken_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class KeptPhotos:
    """What a form hands to a service: whose photos, and their tokens in order."""

    owner: str = ""
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True)
class UploadRow:
    """A pending photo as services and pages see it."""

    id: UUID
    blob_key: str
    thumbnail_key: str
    width: int
    height: int
    lon: float | None
    lat: float | None
    taken_at: datetime | None


_COLUMNS = (
    Upload.id, Upload.blob_key, Upload.thumbnail_key, Upload.width, Upload.height,
    Upload.lon, Upload.lat, Upload.taken_at,
)  # fmt: skip
KeysInUse = Callable[[Session, frozenset[str]], Iterable[str | None]]
_keepers: list[KeysInUse] = []


def register_blob_keeper(keys_in_use: KeysInUse) -> None:
    """A package with blob keys of its own tells which of some keys it still needs."""
    if keys_in_use not in _keepers:
        _keepers.append(keys_in_use)


def _owner_hash(session: Session, owner: str) -> str:
    return instance_of(session).vault.keyed_hash("upload-owner", owner)


def _hold_files(session: Session, *, alone: bool) -> None:
    """Keep "is it still used?" and "use it" apart; SQLite's writers take turns anyway."""
    if session.get_bind().dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        session.execute(select(lock(_LOCK)))


def store_photo(session: Session, photo: CleanPhoto) -> tuple[str, str]:
    """Put a photo and its thumbnail into the blob store; their keys."""
    blobs = instance_of(session).blobs
    return blobs.put(photo.picture, EXTENSION), blobs.put(photo.thumbnail, EXTENSION)


def keep_upload(
    session: Session,
    photo: CleanPhoto,
    *,
    owner: str,
    now: datetime,
    lifetime: timedelta = LIFETIME,
) -> str:
    """Remember a photo for its owner; the token to name it by. Its files may lie there already."""
    _hold_files(session, alone=False)
    blob_key, thumbnail_key = store_photo(session, photo)
    token = new_token()
    session.add(
        Upload(
            token_hash=hash_token(token),
            owner_hash=_owner_hash(session, owner),
            blob_key=blob_key,
            thumbnail_key=thumbnail_key,
            width=photo.width,
            height=photo.height,
            lon=photo.lon,
            lat=photo.lat,
            taken_at=photo.taken_at,
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    return token


def uploads_of(session: Session, kept: KeptPhotos, now: datetime) -> dict[str, UploadRow]:
    """The owner's own pending photos among the tokens, in their order."""
    hashes = {hash_token(token): token for token in kept.tokens}
    rows = session.execute(
        select(Upload.token_hash, *_COLUMNS).where(
            Upload.token_hash.in_(hashes),
            Upload.owner_hash == _owner_hash(session, kept.owner),
            Upload.expires_at > now,
        )
    )
    found = {hashes[row.token_hash]: UploadRow(*row[1:]) for row in rows}
    return {token: found[token] for token in kept.tokens if token in found}


def take_uploads(
    session: Session, kept: KeptPhotos, now: datetime, *, field: str = "photos"
) -> list[UploadRow]:
    """Hand the photos over to a service, once. Refuses when one is gone, blaming ``field``."""
    rows = uploads_of(session, kept, now)
    if len(rows) < len(set(kept.tokens)):
        raise Refused(UploadRefusal.GONE, field=field)
    if rows:
        _hold_files(session, alone=False)
        ids = [row.id for row in rows.values()]
        result = session.execute(delete(Upload).where(Upload.id.in_(ids)))
        if cast("CursorResult[object]", result).rowcount < len(ids):
            raise Refused(UploadRefusal.GONE, field=field)
    return list(rows.values())


def drop_upload(session: Session, kept: KeptPhotos, token: str, now: datetime) -> None:
    """Forget one pending photo at its owner's wish; the sweep removes its files."""
    row = uploads_of(session, KeptPhotos(kept.owner, (token,)), now).get(token)
    if row is not None:
        session.execute(update(Upload).where(Upload.id == row.id).values(expires_at=now))


def drop_uploads_of(session: Session, owner: str, now: datetime) -> None:
    """Forget all pending photos of a draft that is thrown away; the sweep removes their files."""
    of_owner = Upload.owner_hash == _owner_hash(session, owner)
    session.execute(update(Upload).where(of_owner, Upload.expires_at > now).values(expires_at=now))


def expire_uploads(session: Session, now: datetime) -> int:
    """Forget what no form has taken in time; how many."""
    rows = session.execute(select(*_COLUMNS).where(Upload.expires_at <= now)).all()
    session.execute(delete(Upload).where(Upload.id.in_([row.id for row in rows])))
    forget_files(session, [key for row in rows for key in (row.blob_key, row.thumbnail_key)])
    return len(rows)


def forget_files(session: Session, keys: Iterable[str]) -> None:
    """Delete files that nobody refers to any more: the last thing a transaction does."""
    wanted = frozenset(keys)
    if not wanted:
        return
    _hold_files(session, alone=True)
    session.flush()  # the rows just dropped must not count as users
    used: set[str | None] = set()
    for keys_in_use in _keepers:
        used.update(keys_in_use(session, wanted))
    for key in wanted - used:
        instance_of(session).blobs.delete(key)


def _pending(session: Session, keys: frozenset[str]) -> set[str]:
    rows = session.execute(
        select(Upload.blob_key, Upload.thumbnail_key).where(
            or_(Upload.blob_key.in_(keys), Upload.thumbnail_key.in_(keys))
        )
    )
    return {key for row in rows for key in row}


register_blob_keeper(_pending)
