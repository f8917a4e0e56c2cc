"""Pages that somebody took back are kept beside the erasures, so that no restored backup revives
them: each as a keyed hash of the article, which comes back by no other way."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.instance import instance_of
from portal.publicity.models import Article
from portal.publicity.rules.articles import ArticleKind, ArticleState
from portal.publicity.service.role_models import erase_article


def ended_by_people(session: Session) -> dict[str, datetime]:
    """By keyed hash whatever page of somebody is gone, and since when."""
    gone = select(Article.id, Article.withdrawn_at).where(Article.state == ArticleState.ERASED)
    return {_key(session, one): at for one, at in session.execute(gone) if at is not None}


def end_again(session: Session, known: Collection[str], *, now: datetime) -> int:
    """Take away again what the list knows as gone and this database does not; how many."""
    there = select(Article.id, Article.number).where(
        Article.kind == ArticleKind.ROLE_MODEL, Article.state != ArticleState.ERASED
    )
    again = [row for row in session.execute(there).all() if _key(session, row.id) in known]
    for row in again:
        erase_article(session, row.id, row.number, now)
    return len(again)


def _key(session: Session, article_id: UUID) -> str:
    return instance_of(session).vault.keyed_hash("erasure", f"ended/article/{article_id}")
