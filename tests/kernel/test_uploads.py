"""Photos between upload and form: theirs alone, taken once, forgotten in time, files shared."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.instance import Instance
from portal.kernel.photos import CleanPhoto
from portal.kernel.uploads import (
    LIFETIME,
    KeptPhotos,
    Upload,
    UploadRefusal,
    drop_upload,
    expire_uploads,
    forget_files,
    keep_upload,
    take_uploads,
    uploads_of,
)

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PHOTO = CleanPhoto(b"picture", b"thumbnail", 1600, 1200, 119.96, 36.78, NOW)


def keep(database: Database, owner: str = "me", photo: CleanPhoto = PHOTO) -> str:
    with database.write() as session:
        return keep_upload(session, photo, owner=owner, now=NOW)


def files(instance: Instance) -> set[bytes]:
    return {path.read_bytes() for path in Path(instance.config.blobs).glob("*/*")}


def test_a_photo_is_there_for_its_owner_in_the_order_of_the_form(database: Database) -> None:
    first, second = keep(database), keep(database, photo=CleanPhoto(b"2", b"t2", 10, 20))

    with database.read() as session:
        rows = uploads_of(session, KeptPhotos("me", (second, first)), NOW)

    assert list(rows) == [second, first]
    assert (rows[first].width, rows[first].lon, rows[first].lat) == (1600, 119.96, 36.78)
    assert rows[second].lon is None


@pytest.mark.parametrize("owner", ["somebody else", ""])
def test_nobody_else_can_see_or_take_it(database: Database, owner: str) -> None:
    token = keep(database)

    with database.read() as session:
        assert uploads_of(session, KeptPhotos(owner, (token,)), NOW) == {}
    with pytest.raises(Refused) as caught, database.write() as session:
        take_uploads(session, KeptPhotos(owner, (token,)), NOW)
    assert caught.value.code is UploadRefusal.GONE


def test_a_photo_is_taken_once(database: Database) -> None:
    token = keep(database)
    with database.write() as session:
        (taken,) = take_uploads(session, KeptPhotos("me", (token, token)), NOW)

    assert taken.blob_key.endswith(".jpg")
    with pytest.raises(Refused) as caught, database.write() as session:
        take_uploads(session, KeptPhotos("me", (token,)), NOW, field="photos")
    assert (caught.value.code, caught.value.field) == (UploadRefusal.GONE, "photos")


def test_of_two_who_take_one_photo_at_once_one_gets_it(database: Database) -> None:
    kept, start = KeptPhotos("me", (keep(database),)), Barrier(2)

    def take(_: int) -> bool:
        start.wait()
        try:
            with database.write() as session:
                return bool(take_uploads(session, kept, NOW))
        except Refused:
            return False

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(take, range(2))) == [False, True]


def test_the_database_holds_no_token_and_no_owner(database: Database) -> None:
    token = keep(database)
    with database.read() as session:
        row = session.scalars(select(Upload)).one()

    assert token not in {row.token_hash, row.owner_hash}
    assert "me" not in row.owner_hash


def test_what_no_form_takes_is_forgotten_with_its_files(
    database: Database, instance: Instance
) -> None:
    keep(database)
    assert files(instance) == {b"picture", b"thumbnail"}

    with database.write() as session:
        assert expire_uploads(session, NOW + LIFETIME - timedelta(seconds=1)) == 0
    assert files(instance) == {b"picture", b"thumbnail"}
    with database.write() as session:
        assert expire_uploads(session, NOW + LIFETIME) == 1
    assert files(instance) == set()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Upload)) == 0


def test_a_file_that_another_upload_shares_stays(database: Database, instance: Instance) -> None:
    dropped, other = keep(database), keep(database, owner="other")
    with database.write() as session:
        drop_upload(session, KeptPhotos("me", (dropped,)), dropped, NOW)
    with database.write() as session:
        assert expire_uploads(session, NOW) == 1

    assert files(instance) == {b"picture", b"thumbnail"}
    with database.read() as session:
        assert other in uploads_of(session, KeptPhotos("other", (other,)), NOW)


def test_a_dropped_photo_is_gone_at_once(database: Database) -> None:
    token = keep(database)
    kept = KeptPhotos("me", (token,))
    with database.write() as session:
        drop_upload(session, KeptPhotos("somebody else"), token, NOW)
    with database.read() as session:
        assert uploads_of(session, kept, NOW)

    with database.write() as session:
        drop_upload(session, kept, token, NOW)
    with database.read() as session:
        assert not uploads_of(session, kept, NOW)


def test_forgetting_nothing_and_unknown_files_does_nothing(database: Database) -> None:
    def forget(session: Session) -> None:
        forget_files(session, [])
        forget_files(session, ["0" * 64 + ".jpg"])

    with database.write() as session:
        forget(session)
