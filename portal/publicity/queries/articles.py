"""Articles as they are read, by everybody and at the desk; a list is one query, however long."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from portal.publicity.models import Article, ArticleHand, ArticlePhoto, ArticleVersion
from portal.publicity.rules.articles import (
    Agreement,
    ArticleKind,
    ArticleState,
    Origin,
    Provenance,
    VersionState,
)
from portal.publicity.rules.marks import mark_of_words

PAGE = 20
# what somebody writes of a version; a correction begins with it
WORDS: Final = (
    "title", "summary", "body", "provenance", "source", "author", "origin_url", "origin_day",
    "case_number", "policy_id", "masked_why",
)  # fmt: skip


@dataclass(frozen=True)
class ArticleRow:
    """Every column of an article that is read."""

    id: UUID
    number: str
    kind: ArticleKind
    area_id: UUID
    place_path: str
    state: ArticleState
    last_version: int
    shown_version: int | None
    views: int
    made_at: datetime
    published_at: datetime | None
    person_id: UUID | None
    agreed_version: int | None
    agreed_sent: int | None
    agreed_at: datetime | None
    sealed_name: str | None
    withdrawn_at: datetime | None
    withdrawn_why: str | None

    @property
    def agreed(self) -> Agreement:
        """To what the person has agreed whom it is about."""
        return Agreement(self.person_id, self.agreed_version, self.agreed_sent)


@dataclass(frozen=True)
class VersionRow:
    """Every column of a version that is read."""

    id: UUID
    article_id: UUID
    version: int
    title: str
    summary: str
    body: str
    provenance: Provenance
    source: str
    author: str | None
    origin_url: str | None
    origin_day: date | None
    case_number: str | None
    policy_id: UUID | None
    masked_why: str | None
    change_why: str | None
    state: VersionState
    sent: int
    back_why: str | None
    made_at: datetime
    approved_at: datetime | None

    @property
    def origin(self) -> Origin:
        """Where the text comes from."""
        return Origin(
            self.provenance, self.source, self.author or "", self.origin_url or "", self.origin_day
        )

    @property
    def mark(self) -> str:
        """What a form remembers of the words as they stood when it was opened, to the letter."""
        return mark_of_words(self.version, *(getattr(self, name) for name in WORDS))


@dataclass(frozen=True)
class ListedArticle:
    """A line of a list."""

    id: UUID
    number: str
    kind: ArticleKind
    area_id: UUID
    state: ArticleState
    published_at: datetime | None
    title: str
    summary: str
    provenance: Provenance
    source: str
    version: int
    version_state: VersionState
    changed_at: datetime | None


@dataclass(frozen=True)
class PhotoRow:
    """A photo of a version."""

    code: str
    alt: str
    blob_key: str
    thumbnail_key: str
    width: int
    height: int


@dataclass(frozen=True)
class Sought:
    """What is looked for among published articles. ``under``: the path of a place."""

    kind: ArticleKind | None = None
    under: str = ""


def mark_of(row: ArticleRow, version: VersionRow) -> str:
    """What whoever takes a step has read: the words, and whether, when and under which name the
    person has agreed to be told of."""
    return mark_of_words(
        version.mark, version.state, version.sent, row.person_id, row.agreed_version,
        row.agreed_sent, row.agreed_at, row.sealed_name,
    )  # fmt: skip


_ARTICLE: Any = tuple(getattr(Article, name) for name in ArticleRow.__dataclass_fields__)
_VERSION: Any = tuple(getattr(ArticleVersion, name) for name in VersionRow.__dataclass_fields__)
_PHOTO: Any = tuple(getattr(ArticlePhoto, name) for name in PhotoRow.__dataclass_fields__)


def article_by_number(session: Session, number: str, *, lock: bool = False) -> ArticleRow | None:
    """One article, whatever its state; ``lock``: nobody else moves it meanwhile."""
    statement = select(*_ARTICLE).where(Article.number == number)
    found = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    return ArticleRow(*found) if found else None


def number_of(session: Session, article_id: UUID | None) -> str:
    """The number of an article, whatever its state."""
    return session.scalar(select(Article.number).where(Article.id == article_id)) or ""


def version_of(session: Session, article_id: UUID, version: int) -> VersionRow | None:
    """One version of an article."""
    statement = select(*_VERSION).where(
        ArticleVersion.article_id == article_id, ArticleVersion.version == version
    )
    found = session.execute(statement).one_or_none()
    return VersionRow(*found) if found else None


def versions_of(session: Session, article_id: UUID) -> list[VersionRow]:
    """Every version, the newest first."""
    statement = select(*_VERSION).where(ArticleVersion.article_id == article_id)
    found = session.execute(statement.order_by(ArticleVersion.version.desc()))
    return [VersionRow(*row) for row in found]


def sent_version(session: Session, article_id: UUID) -> VersionRow | None:
    """The newest version that waits or was approved; a draft is its writers' own."""
    statement = select(*_VERSION).where(
        ArticleVersion.article_id == article_id, ArticleVersion.state != VersionState.DRAFT
    )
    found = session.execute(statement.order_by(ArticleVersion.version.desc()).limit(1)).first()
    return VersionRow(*found) if found else None


def photos_of(session: Session, version_id: UUID) -> list[PhotoRow]:
    """The photos of a version, in the order in which they came."""
    statement = select(*_PHOTO).where(ArticlePhoto.version_id == version_id)
    return [PhotoRow(*row) for row in session.execute(statement.order_by(ArticlePhoto.id))]


def hands_of(session: Session, version_id: UUID) -> frozenset[UUID]:
    """Whoever wrote of a version."""
    statement = select(ArticleHand.actor_id).where(ArticleHand.version_id == version_id)
    return frozenset(session.scalars(statement))


def _listed(at: Any) -> Select[*tuple[Any, ...]]:
    v = ArticleVersion
    return select(
        Article.id, Article.number, Article.kind, Article.area_id, Article.state,
        Article.published_at, v.title, v.summary, v.provenance, v.source, v.version, v.state,
        v.approved_at,
    ).join(v, and_(v.article_id == Article.id, v.version == at))  # fmt: skip


def _seen(sought: Sought) -> Select[*tuple[Any, ...]]:
    statement = _listed(Article.shown_version).where(
        Article.state == ArticleState.PUBLISHED,
        Article.place_path.startswith(sought.under, autoescape=True) if sought.under else true(),
    )
    if sought.kind is not None:
        statement = statement.where(Article.kind == sought.kind)
    return statement.order_by(Article.published_at.desc(), Article.id.desc())


def articles_seen(
    session: Session, sought: Sought, *, after: str = "", limit: int = PAGE + 1
) -> list[ListedArticle]:
    """Published articles, the newest first: one query, and one for where the last page ended."""
    statement = _seen(sought).limit(limit)
    last = article_by_number(session, after) if after else None
    if last is not None and last.published_at is not None:
        statement = statement.where(
            or_(
                Article.published_at < last.published_at,
                and_(Article.published_at == last.published_at, Article.id < last.id),
            )
        )
    return [ListedArticle(*row) for row in session.execute(statement)]


def articles_between(session: Session, since: datetime, until: datetime) -> list[ListedArticle]:
    """What was published in a stretch of time and still stands."""
    within = (Article.published_at >= since, Article.published_at < until)
    return [ListedArticle(*row) for row in session.execute(_seen(Sought()).where(*within))]


def articles_by_ids(session: Session, ids: Iterable[UUID]) -> list[ListedArticle]:
    """Published articles of some ids."""
    statement = _seen(Sought()).where(Article.id.in_(list(ids)))
    return [ListedArticle(*row) for row in session.execute(statement)]


def readings_of(session: Session, policy_id: UUID) -> list[ListedArticle]:
    """The published readings of a policy."""
    statement = _seen(Sought(ArticleKind.READING)).where(ArticleVersion.policy_id == policy_id)
    return [ListedArticle(*row) for row in session.execute(statement)]


def articles_in(
    session: Session, places: Collection[str] | None, state: str, *, after: str = ""
) -> list[ListedArticle]:
    """A page of the articles of some places for the desk, the newest first, and one more.

    ``state``: that of an article, or of its last version; else all that is not erased.
    """
    statement = _listed(Article.last_version).where(_inside(places), *_in_state(state))
    last = article_by_number(session, after) if after else None
    if last is not None:
        statement = statement.where(Article.id < last.id)
    found = session.execute(statement.order_by(Article.id.desc()).limit(PAGE + 1))
    return [ListedArticle(*row) for row in found]


def _in_state(state: str) -> list[ColumnElement[bool]]:
    if state in {VersionState.DRAFT, VersionState.WAITING}:
        open_ = (ArticleState.DRAFT, ArticleState.PUBLISHED)
        return [ArticleVersion.state == VersionState(state), Article.state.in_(open_)]
    if state in {ArticleState.PUBLISHED, ArticleState.WITHDRAWN}:
        return [Article.state == ArticleState(state)]
    return []


def _inside(places: Collection[str] | None) -> ColumnElement[bool]:
    if places is None:
        return true()
    inside = (Article.place_path.startswith(one, autoescape=True) for one in places)
    return or_(*inside) if places else ~true()


def articles_about(session: Session, person_id: UUID | None) -> list[ListedArticle]:
    """Articles about a person, for her own page, each as it was sent last: what never was is not
    hers to read."""
    one = aliased(ArticleVersion)
    newest = select(func.max(one.version)).where(
        one.article_id == Article.id, one.state != VersionState.DRAFT
    )
    statement = _listed(newest.scalar_subquery()).where(Article.person_id == person_id)
    return [ListedArticle(*row) for row in session.execute(statement.order_by(Article.id.desc()))]


def public_photo(session: Session, code: str) -> str | None:
    """The file of a photo in the version that everybody reads just now."""
    statement = (
        select(ArticlePhoto.blob_key)
        .join(ArticleVersion, ArticleVersion.id == ArticlePhoto.version_id)
        .join(Article, Article.id == ArticleVersion.article_id)
        .where(ArticlePhoto.code == code, Article.shown_version == ArticleVersion.version)
    )
    return session.scalar(statement)


def photo_of_mine(session: Session, person_id: UUID | None, code: str) -> str | None:
    """The file of a photo in what she may read of an article about her."""
    statement = (
        select(ArticlePhoto.blob_key)
        .join(ArticleVersion, ArticleVersion.id == ArticlePhoto.version_id)
        .join(Article, Article.id == ArticleVersion.article_id)
        .where(
            ArticlePhoto.code == code, Article.person_id == person_id,
            ArticleVersion.state != VersionState.DRAFT,
        )
    )  # fmt: skip
    return session.scalar(statement)


def files_of_articles(session: Session, keys: frozenset[str]) -> set[str | None]:
    """Which of some files a version still needs."""
    columns = (ArticlePhoto.blob_key, ArticlePhoto.thumbnail_key)
    return {
        key for column in columns for key in session.scalars(select(column).where(column.in_(keys)))
    }
