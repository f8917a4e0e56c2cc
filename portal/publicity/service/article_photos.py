"""Photos of articles: cleaned by the kernel, each with its words; versions share files."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.errors import Missing, Refused
from portal.kernel.uploads import KeptPhotos, forget_files, register_blob_keeper, take_uploads
from portal.publicity.models import ArticlePhoto
from portal.publicity.queries.articles import PhotoRow, VersionRow, files_of_articles, photos_of
from portal.publicity.rules.articles import MOST_PHOTOS, ArticleRefusal
from portal.publicity.service.article_checks import alt_leads_to_nobody
from portal.publicity.service.articles import draft_here, lend_hand


def add_photo(
    session: Session, actor: Actor, number: str, photo: KeptPhotos, alt: str, *, now: datetime
) -> None:
    """Put a photo to the draft, with the words for whoever does not see it."""
    _row, version = draft_here(session, actor, number)
    _nobody_told(version, alt)
    if len(photos_of(session, version.id)) >= MOST_PHOTOS:
        raise Refused(ArticleRefusal.TOO_MANY_PHOTOS, field="photo", facts={"most": MOST_PHOTOS})
    files = take_uploads(session, photo, now, field="photo")
    if not files:
        raise Refused(ArticleRefusal.NO_PHOTO, field="photo")
    one = files[0]
    session.add(
        ArticlePhoto(
            version_id=version.id, alt=alt, blob_key=one.blob_key, width=one.width,
            thumbnail_key=one.thumbnail_key, height=one.height,
        )
    )  # fmt: skip
    lend_hand(session, actor, version.id)


def change_photo(
    session: Session, actor: Actor, number: str, code: str, alt: str, *, remove: bool
) -> None:
    """Other words to a photo of the draft, or take it away; its file goes with its last user."""
    _row, version = draft_here(session, actor, number)
    photo = photo_here(session, version.id, code)
    if not remove:
        _nobody_told(version, alt)
    mine = ArticlePhoto.code == code
    if remove:
        session.execute(delete(ArticlePhoto).where(mine))
    else:
        session.execute(update(ArticlePhoto).where(mine).values(alt=alt))
    lend_hand(session, actor, version.id)
    if remove:
        forget_files(session, [photo.blob_key, photo.thumbnail_key])


def _nobody_told(version: VersionRow, alt: str) -> None:
    """Its words are read as those of the article are, with the one reason for all of them."""
    if not version.masked_why:
        alt_leads_to_nobody(alt, "alt")


def photo_here(session: Session, version_id: object, code: str) -> PhotoRow:
    """A photo of a version. Raises Missing."""
    columns = [getattr(ArticlePhoto, name) for name in PhotoRow.__dataclass_fields__]
    statement = select(*columns).where(
        ArticlePhoto.version_id == version_id, ArticlePhoto.code == code
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise Missing
    return PhotoRow(*found)


register_blob_keeper(files_of_articles)
