"""A report that a program sends: counted, its photos made clean, then filed in one transaction."""

import hashlib
from collections.abc import Iterable

from flask import request

from portal.accounts.access import key_holder
from portal.accounts.queries.api_keys import KeyHolder
from portal.accounts.service.api_keys import note_use
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Refused
from portal.kernel.photo_fields import MOST_POSTED
from portal.kernel.photos import MOST_BYTES, CleanPhoto, clean_photo
from portal.kernel.uploads import KeptPhotos, keep_upload, store_photo
from portal.kernel.web import Session, instance, reading, writing_by_key
from portal.reports.rules.intake import MOST_PHOTOS
from portal.reports.rules.open311 import Open311Refusal
from portal.reports.service.open311 import (
    FiledByKey,
    check_wish,
    file_for_key,
    filed_before,
    slow_key,
)
from portal.site.open311 import asking


def allow_photos() -> None:
    """Let a body be as large as photos are, before anything of it is read."""
    if request.mimetype == "multipart/form-data":
        request.max_content_length = MOST_POSTED


def file_request() -> FiledByKey:
    """File what was sent with a key. Raises Refused."""
    holder = key_holder()
    if holder is None:
        raise RuntimeError("a report of a program without its key")
    wish = asking.wish()
    known = filed_before(reading(), holder.id, wish)
    if known is not None:
        return FiledByKey(known, None)
    check_wish(reading(), wish, now())
    _count(holder)
    photos, print_ = _cleaned()
    # kept first, as pending: when the report is refused, their files are forgotten in time
    with writing_by_key() as session:
        kept = _keep(session, photos, f"key:{holder.id}:{print_}")
    with writing_by_key() as session:
        return file_for_key(session, holder.id, wish, kept, now=now())


def _count(holder: KeyHolder) -> None:
    """In a transaction of its own: what is refused later was a try all the same."""
    moment = now()
    with writing_by_key() as session:
        slow_key(session, holder.id, moment)
        note_use(session, holder, city_day(moment, instance().city.zone))


def _cleaned() -> tuple[list[CleanPhoto], str]:
    """The photos, made clean in a child outside of any transaction; and by what they are known."""
    files = asking.media()
    if len(files) > MOST_PHOTOS:
        raise Refused(Open311Refusal.MANY_FILES, facts={"most": MOST_PHOTOS})
    contents = [file.stream.read(MOST_BYTES + 1) for file in files]
    photos = [clean_photo(content, instance().city.zone) for content in contents]
    for photo in photos:
        store_photo(reading(), photo)
    return photos, hashlib.sha256(b"".join(_digests(contents))).hexdigest()


def _digests(contents: Iterable[bytes]) -> Iterable[bytes]:
    return (hashlib.sha256(content).digest() for content in contents)


def _keep(session: Session, photos: list[CleanPhoto], owner: str) -> KeptPhotos:
    moment = now()
    tokens = [keep_upload(session, photo, owner=owner, now=moment) for photo in photos]
    return KeptPhotos(owner, tuple(tokens))
