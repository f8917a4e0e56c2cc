"""What articles keep about people: handed out, erased at their wish, and in time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data
from portal.publicity.models import Article
from portal.publicity.queries.articles import article_by_number, articles_about, sent_version
from portal.publicity.rules.articles import ArticleKind, ArticleState
from portal.publicity.rules.personal import (
    KEEP_OPEN_DAYS,
    KEEP_WITHDRAWN_DAYS,
    PERSONAL_FIELDS,
)
from portal.publicity.service.role_models import erase_article, shown_name

_OPEN: Final = timedelta(days=KEEP_OPEN_DAYS)
_WITHDRAWN: Final = timedelta(days=KEEP_WITHDRAWN_DAYS)


@dataclass(frozen=True)
class ArticlesOfAPerson:
    """The provider of articles; see ``portal.accounts.service.privacy``."""

    fields: tuple[PersonalField, ...] = PERSONAL_FIELDS

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        """What is said of her in each article about her, and under which name."""
        found = []
        for one in articles_about(session, person_id):
            row, version = article_by_number(session, one.number), sent_version(session, one.id)
            if row is not None and version is not None:
                found.append({
                    "table": "article", "title": version.title, "words": version.body,
                    "name": shown_name(session, row),
                    "agreed_at": row.agreed_at.isoformat() if row.agreed_at else None,
                })  # fmt: skip
        return found

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Every page about her goes whole, drafts too."""
        _erase(session, Article.person_id == person_id, now)

    def expire(self, session: Session, now: datetime) -> int:
        return _erase(session, _over(now), now)

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        count = select(func.count()).select_from(Article).where(_over(now))
        return {"article": session.scalar(count) or 0}


def _erase(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    # held, and looked at again: nobody publishes one of them meanwhile
    found = select(Article.id, Article.number).where(which).with_for_update()
    rows = session.execute(found).all()
    for article_id, number in rows:
        erase_article(session, article_id, number, now)
    return len(rows)


def _over(now: datetime) -> ColumnElement[bool]:
    """Pages about somebody, though nobody said yet about whom, that nobody has published for too
    long, or that were withdrawn long ago."""
    return and_(
        Article.kind == ArticleKind.ROLE_MODEL, Article.state != ArticleState.ERASED,
        or_(
            and_(Article.published_at.is_(None), Article.made_at <= now - _OPEN),
            and_(
                Article.state == ArticleState.WITHDRAWN, Article.withdrawn_at <= now - _WITHDRAWN
            ),
        ),
    )  # fmt: skip


register_personal_data(ArticlesOfAPerson())
