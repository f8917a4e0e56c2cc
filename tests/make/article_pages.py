"""Addresses of articles: one that is shown, one withdrawn, a draft, one that waits, one of her."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.clock import now
from portal.kernel.instance import instance_of
from portal.publicity.models import ArticlePhoto, ArticleVersion
from portal.publicity.rules.articles import ArticleKind, ArticleState, VersionState
from tests.make.articles import article

_DRAFT = ("desk_article", "desk_article_edit", "desk_article_photos", "desk_article_photo_change")
CASES = {
    "publicity.article": "article_shown",
    "publicity.article_poster": "article_shown",
    **{f"publicity.{page}": "article_draft" for page in _DRAFT},
    "publicity.desk_article_step": "article_waiting",
    "publicity.desk_article_person": "article_of_her_draft",
    "publicity.my_article": "article_of_her",
}
NO_PAGE = {
    "publicity.article_photo": "a picture",
    "publicity.desk_article_photo": "a picture",
    "publicity.my_article_photo": "a picture",
    "publicity.articles_feed": "a feed for programs",
    "publicity.media_atom": "a feed for programs",
    "publicity.media_json": "data for programs",
}
VALUES = {("publicity.desk_article_step", "step"): "approve"}
PAIRS = {("publicity.desk_article_photo_change", "code"): "article_draft_photo"}
WHO = {"publicity.my_article": "resident"}
MORE = (
    ("article-withdrawn", "", "/articles/{article_withdrawn}", 410),
    ("article-correct", "street_desk", "/desk/articles/{article_shown}/step/correct"),
)


def article_things(session: Session, area: Area, about: Person) -> dict[str, str]:
    """Articles of a place in every state, and those that a person may read of herself."""
    at = now()
    draft: dict[str, object] = {"state": VersionState.DRAFT}
    nowhere: dict[str, object] = {
        "state": ArticleState.DRAFT, "shown_version": None, "published_at": None,
    }  # fmt: skip
    hers: dict[str, object] = {"kind": ArticleKind.ROLE_MODEL, "person_id": about.id}
    made = {
        "article_shown": article(session, area, at),
        "article_draft": article(session, area, at, version=draft, **nowhere),
        "article_waiting": article(
            session, area, at, version={"state": VersionState.WAITING}, **nowhere
        ),
        "article_withdrawn": article(
            session, area, at, state=ArticleState.WITHDRAWN, shown_version=None,
            withdrawn_at=at, withdrawn_why="内容重复",
        ),
        "article_of_her": article(
            session, area, at, agreed_version=1, agreed_sent=1, agreed_at=at,
            sealed_name=instance_of(session).vault.seal("老街坊"), **hers,
        ),
        "article_of_her_draft": article(session, area, at, version=draft, **nowhere, **hers),
    }  # fmt: skip
    photos = {f"{name}_photo": _photo(session, row.id) for name, row in made.items()}
    return {name: row.number for name, row in made.items()} | photos


def _photo(session: Session, article_id: UUID) -> str:
    """The address of the photo of an article."""
    of = select(ArticleVersion.id).where(ArticleVersion.article_id == article_id)
    return session.scalars(
        select(ArticlePhoto.code).where(ArticlePhoto.version_id.in_(of))
    ).one()  # fmt: skip
