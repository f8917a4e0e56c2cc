"""What articles keep about people: handed out, erased at their wish, and in time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data
from portal.publicity.models import Article
from portal.publicity.queries.articles import article_by_number, articles_about, sent_version
from portal.publicity.rules.personal import KEEP_OPEN_DAYS, PERSONAL_FIELDS
from portal.publicity.service.role_models import erase_article, shown_name

_KEPT: Final = timedelta(days=KEEP_OPEN_DAYS)


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
    rows = session.execute(select(Article.id, Article.number).where(which)).all()
    for article_id, number in rows:
        erase_article(session, article_id, number, now)
    return len(rows)


def _over(now: datetime) -> ColumnElement[bool]:
    """Pages about somebody that nobody has published for too long."""
    return and_(
        Article.person_id.is_not(None), Article.published_at.is_(None),
        Article.made_at <= now - _KEPT,
    )  # fmt: skip


register_personal_data(ArticlesOfAPerson())
