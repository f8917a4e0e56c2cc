"""Articles: written by some, approved by another, corrected with a date, withdrawn with a reason.

Every step is one conditional UPDATE of the version that was read; of an approval and a withdrawal
at once the withdrawal stands, because no edge leads away from it.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries import AreaRow, area_by_code
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number, new_token
from portal.publicity.models import Article, ArticleHand, ArticlePhoto, ArticleVersion
from portal.publicity.queries.articles import (
    WORDS,
    ArticleRow,
    VersionRow,
    article_by_number,
    hands_of,
    mark_of,
    photos_of,
    version_of,
)
from portal.publicity.rules.articles import (
    APPROVERS,
    PUBLIC_REASON,
    WITH_REASON,
    ArticleKind,
    ArticleRefusal,
    ArticleState,
    ArticleStep,
    VersionState,
    open_steps,
    why_not_approve,
)
from portal.publicity.service.article_checks import (
    ArticleWish,
    alt_leads_to_nobody,
    checked,
    leads_to_nobody,
    rests_still,
)
from portal.publicity.service.asking_person import ask_person
from portal.reports.rules.publicity import STRICTEST, public_codes

WRITE: Final = Permission.ARTICLE_WRITE
APPROVE: Final = Permission.ARTICLE_APPROVE


def article_here(session: Session, actor: Actor, number: str, *, lock: bool = False) -> ArticleRow:
    """An article of the places where somebody writes; any other, and an erased one, is Missing."""
    row = article_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or row.state is ArticleState.ERASED:
        raise Missing
    if not actor.may(WRITE, place_path=row.place_path):
        raise Missing
    return row


def last_version(session: Session, row: ArticleRow) -> VersionRow:
    """What is written last of an article."""
    found = version_of(session, row.id, row.last_version)
    if found is None:
        raise Missing
    return found


def write_article(
    session: Session, actor: Actor, kind: ArticleKind, place: str, wish: ArticleWish, *,
    now: datetime,
) -> str:  # fmt: skip
    """Write an article of a place; its number."""
    area = _place(session, actor, place)
    values = checked(session, kind, wish, now)
    article = Article(
        id=new_id(), number=new_number(), kind=kind, area_id=area.id, place_path=area.path,
        made_at=now,
    )  # fmt: skip
    session.add(article)
    session.flush()
    _add_version(session, actor, article.id, 1, now, values)
    return article.number


def _place(session: Session, actor: Actor, typed: str) -> AreaRow:
    area = area_by_code(session, typed.strip().upper())
    if area is None or not actor.may(WRITE, place_path=area.path):
        raise Refused(ArticleRefusal.NO_PLACE, field="place")
    if area.code not in public_codes(area.path, STRICTEST):
        # a grid or a building leads to a door
        raise Refused(ArticleRefusal.TOO_FINE, field="place")
    return area


def _add_version(
    session: Session, actor: Actor, article_id: UUID, version: int, now: datetime,
    values: dict[str, Any],
) -> UUID:  # fmt: skip
    made = ArticleVersion(id=new_id(), article_id=article_id, version=version, made_at=now,
                          **values)  # fmt: skip
    session.add(made)
    session.flush()
    lend_hand(session, actor, made.id)
    return made.id


def lend_hand(session: Session, actor: Actor, version_id: UUID) -> None:
    """Remember who wrote of a version: she does not approve it. The article's row is held."""
    if actor.person_id is not None and actor.person_id not in hands_of(session, version_id):
        session.add(ArticleHand(version_id=version_id, actor_id=actor.person_id))


def edit_article(
    session: Session, actor: Actor, number: str, wish: ArticleWish, *, seen: str, now: datetime
) -> None:
    """Other words while the last version is a draft. ``seen``: the mark of what stood there."""
    row, version = draft_here(session, actor, number)
    if version.mark != seen:
        raise Conflict(ArticleRefusal.MOVED_ON)
    values = checked(session, row.kind, wish, now, old=version)
    if not wish.masked_why:
        # the reason may be gone that let the words of a photo stand
        for photo in photos_of(session, version.id):
            alt_leads_to_nobody(photo.alt, "masked_why")
    change_version(session, version, VersionState.DRAFT, **values)
    lend_hand(session, actor, version.id)


def draft_here(session: Session, actor: Actor, number: str) -> tuple[ArticleRow, VersionRow]:
    """An article that is held, and its last version, which is a draft. Raises Conflict."""
    row = article_here(session, actor, number, lock=True)
    version = last_version(session, row)
    if version.state is not VersionState.DRAFT or row.state is ArticleState.WITHDRAWN:
        raise Conflict(ArticleRefusal.NOT_NOW)
    return row, version


def step_article(
    session: Session, actor: Actor, number: str, step: ArticleStep, *, seen: str, reason: str,
    now: datetime,
) -> None:  # fmt: skip
    """Take one step. ``seen``: the mark of the article and the version that were read."""
    row = article_here(session, actor, number, lock=True)
    version = last_version(session, row)
    _may_step(actor, row, version, step, reason)
    if step is ArticleStep.WITHDRAW:
        return _withdraw(session, actor, row, reason, now)
    if mark_of(row, version) != seen:
        raise Conflict(ArticleRefusal.MOVED_ON)
    if step is ArticleStep.SEND:
        return _send(session, row, version, now)
    if step is ArticleStep.APPROVE:
        return _approve(session, actor, row, version, now)
    if step is ArticleStep.SEND_BACK:
        return change_version(
            session, version, VersionState.WAITING, state=VersionState.DRAFT, back_why=reason
        )
    return _correct(session, actor, row, version, reason, now)


def _may_step(
    actor: Actor, row: ArticleRow, version: VersionRow, step: ArticleStep, reason: str
) -> None:
    if step in APPROVERS and not actor.may(APPROVE, place_path=row.place_path):
        raise Forbidden
    if step in WITH_REASON and not reason:
        raise Refused(ArticleRefusal.NO_REASON, field="reason")
    if step in PUBLIC_REASON:
        leads_to_nobody(reason, "reason", ArticleRefusal.REASON_LEADS)
    if step not in open_steps(row.state, version.state):
        raise Conflict(ArticleRefusal.NOT_NOW)


def _send(session: Session, row: ArticleRow, version: VersionRow, now: datetime) -> None:
    if row.kind is ArticleKind.ROLE_MODEL:
        if row.person_id is None:
            raise Refused(ArticleRefusal.NO_PERSON)
        ask_person(session, row.number, row.person_id, now)
    change_version(
        session, version, VersionState.DRAFT, state=VersionState.WAITING, sent=version.sent + 1,
        back_why=None,
    )  # fmt: skip


def _approve(
    session: Session, actor: Actor, row: ArticleRow, version: VersionRow, now: datetime
) -> None:
    hands = hands_of(session, version.id)
    refusal = why_not_approve(
        row.kind, actor.person_id, hands, row.agreed, version.version, version.sent
    )
    if refusal is not None:
        raise Refused(refusal)
    rests_still(session, row, version)
    change_version(
        session, version, VersionState.WAITING, state=VersionState.APPROVED, approved_at=now,
        approved_by=actor.person_id,
    )  # fmt: skip
    _change(
        session, row, state=ArticleState.PUBLISHED, shown_version=version.version,
        published_at=row.published_at or now,
    )  # fmt: skip


def _correct(
    session: Session, actor: Actor, row: ArticleRow, version: VersionRow, why: str, now: datetime
) -> None:
    """A new version to write; the one that is shown stays until the new one is approved."""
    values = {name: getattr(version, name) for name in WORDS}
    made = _add_version(
        session, actor, row.id, version.version + 1, now, {**values, "change_why": why}
    )
    p = ArticlePhoto
    columns = (p.alt, p.blob_key, p.thumbnail_key, p.width, p.height)
    photos = session.execute(select(*columns).where(p.version_id == version.id).order_by(p.id))
    for alt, blob_key, thumbnail_key, width, height in photos.all():
        session.execute(
            insert(p).values(
                id=new_id(), version_id=made, code=new_token(), alt=alt, blob_key=blob_key,
                thumbnail_key=thumbnail_key, width=width, height=height,
            )
        )  # fmt: skip
    _change(session, row, last_version=version.version + 1)


def _withdraw(
    session: Session, actor: Actor, row: ArticleRow, reason: str, now: datetime
) -> None:  # fmt: skip
    """Whatever version was read. The words stay at the desk; the public reads why they are gone."""
    _change(
        session, row, state=ArticleState.WITHDRAWN, shown_version=None, withdrawn_at=now,
        withdrawn_by=actor.person_id, withdrawn_why=reason,
    )  # fmt: skip


def _change(session: Session, row: ArticleRow, **values: Any) -> None:
    """The conditional UPDATE of the article that was read, or Conflict."""
    statement = update(Article).where(
        Article.id == row.id, Article.state == row.state, Article.last_version == row.last_version
    )
    if not changed_rows(session, statement.values(**values)):
        raise Conflict(ArticleRefusal.MOVED_ON)


def change_version(
    session: Session, version: VersionRow, stands: VersionState, **values: Any
) -> None:
    """The conditional UPDATE of the very version that was read, or Conflict."""
    statement = update(ArticleVersion).where(
        ArticleVersion.id == version.id, ArticleVersion.sent == version.sent,
        ArticleVersion.state == stands,
    )  # fmt: skip
    if not changed_rows(session, statement.values(**values)):
        raise Conflict(ArticleRefusal.MOVED_ON)


def published_of(session: Session, number: str) -> ArticleRow:
    """What was published once, for everybody: shown, or withdrawn with its reason. Else Missing."""
    row = article_by_number(session, clean_number(number) or "")
    if row is None or row.published_at is None:
        raise Missing
    return row
