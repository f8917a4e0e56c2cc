"""Role models (R236, L6): asked on her own account, shown as she wishes, gone when she says so.

Nothing of the ledger is read here: whatever the page tells of her, she has read and agreed to.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.accounts.queries import age_band_of, person_by_number, person_by_phone
from portal.accounts.rules import Actor, AgeBand
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of
from portal.kernel.phones import clean_mobile
from portal.kernel.uploads import forget_files
from portal.publicity.models import Article, ArticleHand, ArticlePhoto, ArticleVersion
from portal.publicity.queries.articles import (
    ArticleRow,
    VersionRow,
    article_by_number,
    sent_version,
)
from portal.publicity.rules.articles import (
    ArticleKind,
    ArticleRefusal,
    ArticleState,
)
from portal.publicity.service.articles import draft_here, lend_hand
from portal.publicity.service.asking_person import stop_asking
from portal.reports.rules.masking import for_public


def name_person(session: Session, actor: Actor, number: str, typed: str) -> None:
    """Say whose page it is, by the number or the phone of her account. She is of age (L6)."""
    row, version = draft_here(session, actor, number)
    if row.kind is not ArticleKind.ROLE_MODEL:
        raise Missing
    if row.shown_version is not None:
        # another person's agreement stands behind what is shown
        raise Conflict(ArticleRefusal.NOT_NOW)
    person_id = _found(session, typed)
    if person_id == actor.person_id:
        raise Refused(ArticleRefusal.HERSELF, field="person")
    nothing = dict.fromkeys(("agreed_version", "agreed_sent", "agreed_at", "sealed_name"))
    session.execute(
        update(Article).where(Article.id == row.id).values(person_id=person_id, **nothing)
    )
    lend_hand(session, actor, version.id)


def _found(session: Session, typed: str) -> UUID:
    phone = clean_mobile(typed)
    person = person_by_phone(session, phone) if phone else None
    person = person or person_by_number(session, clean_number(typed) or "")
    if person is None:
        raise Refused(ArticleRefusal.UNKNOWN_PERSON, field="person")
    _of_age(session, person.id, "person")
    return person.id


def _of_age(session: Session, person_id: UUID | None, field: str) -> None:
    """Nobody under eighteen is shown, whatever anybody wants; nor is one whose age is not known."""
    if person_id is None or age_band_of(session, person_id) is not AgeBand.ADULT:
        raise Refused(ArticleRefusal.NOT_OF_AGE, field=field)


def about_me(
    session: Session, actor: Actor, number: str, *, lock: bool = False
) -> tuple[ArticleRow, VersionRow]:
    """An article about whoever asks, and the newest of it that was ever sent. Else Missing."""
    row = article_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or actor.person_id is None or row.person_id != actor.person_id:
        raise Missing
    version = sent_version(session, row.id)
    if version is None:
        raise Missing
    return row, version


def agree(
    session: Session, actor: Actor, number: str, name: str, *, seen: tuple[int, int],
    now: datetime,
) -> None:  # fmt: skip
    """Let the very words that she read be shown, under the name that she wants."""
    row, version = about_me(session, actor, number, lock=True)
    shown_as = " ".join(name.split())
    if not shown_as:
        raise Refused(ArticleRefusal.NO_NAME, field="name")
    if for_public(shown_as) != shown_as:
        raise Refused(ArticleRefusal.BAD_NAME, field="name")
    if row.shown_version is not None and shown_name(session, row) not in {None, shown_as}:
        # nobody would have looked at the new one
        raise Refused(ArticleRefusal.NAME_STAYS, field="name")
    if row.state is ArticleState.WITHDRAWN:
        raise Conflict(ArticleRefusal.NOT_NOW)
    if (version.version, version.sent) != seen:
        raise Conflict(ArticleRefusal.MOVED_ON)
    _of_age(session, row.person_id, "name")
    sealed = instance_of(session).vault.seal(shown_as)
    statement = update(Article).where(Article.id == row.id, Article.state == row.state)
    values = {"agreed_version": seen[0], "agreed_sent": seen[1], "agreed_at": now}
    if not changed_rows(session, statement.values(sealed_name=sealed, **values)):
        raise Conflict(ArticleRefusal.MOVED_ON)


def take_back(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Decline, or take the agreement back, however far it has come: it is gone at once."""
    row, _version = about_me(session, actor, number, lock=True)
    erase_article(session, row.id, row.number, now)


def erase_article(session: Session, article_id: UUID, number: str, now: datetime) -> None:
    """Words, photos, name and person go; that something stood here stays, without a word of it."""
    of_it = select(ArticleVersion.id).where(ArticleVersion.article_id == article_id)
    keys = session.execute(
        select(ArticlePhoto.blob_key, ArticlePhoto.thumbnail_key).where(
            ArticlePhoto.version_id.in_(of_it)
        )
    ).all()
    for table in (ArticlePhoto, ArticleHand):
        session.execute(delete(table).where(table.version_id.in_(of_it)))
    session.execute(delete(ArticleVersion).where(ArticleVersion.article_id == article_id))
    nothing = dict.fromkeys((
        "person_id", "agreed_version", "agreed_sent", "agreed_at", "sealed_name", "shown_version",
        "withdrawn_why", "withdrawn_by",
    ))  # fmt: skip
    session.execute(
        update(Article)
        .where(Article.id == article_id)
        .values(**nothing, state=ArticleState.ERASED, views=0, withdrawn_at=now)
    )
    stop_asking(session, number)
    forget_files(session, [key for row in keys for key in row])


def shown_name(session: Session, row: ArticleRow) -> str | None:
    """The name under which she wants to be shown."""
    return instance_of(session).vault.unseal(row.sealed_name) if row.sealed_name else None
