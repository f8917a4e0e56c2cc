"""Articles for tests, and the people who write, approve and are told of."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import Actor, AgeBand
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.publicity.models import Article, ArticlePhoto, ArticleVersion
from portal.publicity.queries.articles import (
    ArticleRow,
    Sought,
    VersionRow,
    article_by_number,
    articles_seen,
    mark_of,
    version_of,
)
from portal.publicity.rules.articles import (
    ArticleKind,
    ArticleState,
    ArticleStep,
    Origin,
    Provenance,
    VersionState,
)
from portal.publicity.service.article_checks import ArticleWish
from portal.publicity.service.articles import step_article, write_article
from portal.publicity.service.role_models import agree, name_person
from tests.make.accounts import actor, aged, person, staff
from tests.make.areas import small_tree
from tests.make.exposures import OTHER_STREET, STREET
from tests.make.photos import jpeg

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
OWN = Origin(Provenance.OWN, "城市管理局")
WHY = "数字有误，已核实"


def wish(**changes: Any) -> ArticleWish:
    """News of the office's own."""
    given: dict[str, Any] = {
        "title": "东阁街道新设分类投放点", "summary": "十二处投放点今起启用。",
        "body": "今起启用。\n\n- 早六点到晚九点\n- **请勿**混投", "origin": OWN,
    }  # fmt: skip
    return ArticleWish(**given | changes)


def article(session: Session, area: Area, at: datetime, **changes: Any) -> Article:
    """One that is published, in one version that was approved; or whatever else is asked for."""
    version = changes.pop("version", {})
    values: dict[str, Any] = {
        "kind": ArticleKind.NEWS, "area_id": area.id, "place_path": area.path, "made_at": at,
        "state": ArticleState.PUBLISHED, "shown_version": 1, "published_at": at,
    }  # fmt: skip
    made = Article(**values | changes)
    session.add(made)
    session.flush()
    words: dict[str, Any] = {
        "article_id": made.id, "version": 1, "title": "新设分类投放点", "summary": "今起启用。",
        "body": "今起启用。", "provenance": Provenance.OWN, "source": "城市管理局",
        "state": VersionState.APPROVED, "sent": 1, "made_at": at, "approved_at": at,
        "approved_by": made.id,
    }  # fmt: skip
    if version.get("state", VersionState.APPROVED) is not VersionState.APPROVED:
        words |= {"approved_at": None, "approved_by": None}
    said = ArticleVersion(**words | version)
    session.add(said)
    session.flush()
    session.add(photo(session, said))
    session.flush()
    return made


def photo(session: Session, of: ArticleVersion) -> ArticlePhoto:
    """A photo of a version."""
    blobs = instance_of(session).blobs
    key, small = blobs.put(jpeg(), "jpg"), blobs.put(jpeg(160, 120), "jpg")
    return ArticlePhoto(
        version_id=of.id, alt="投放点", blob_key=key, thumbnail_key=small, width=320, height=240
    )


@dataclass
class Newsroom:
    """A street's desk that writes, two more who may approve, one elsewhere, and a resident."""

    database: Database
    writer: Actor
    second: Actor
    third: Actor
    elsewhere: Actor
    her: Actor
    model: Person
    area: Area

    def write(
        self, kind: ArticleKind = ArticleKind.NEWS, place: str = STREET, **changes: Any
    ) -> str:
        """A draft; its number."""
        with self.database.write() as session:
            return write_article(session, self.writer, kind, place, wish(**changes), now=NOW)

    def step(
        self, who: Actor, number: str, step: ArticleStep, reason: str = "", now: datetime = NOW
    ) -> None:
        """A step of somebody who read what stands there now."""
        seen = self.mark(number)
        with self.database.write() as session:
            step_article(session, who, number, step, seen=seen, reason=reason, now=now)

    def published(self, kind: ArticleKind = ArticleKind.NEWS, **changes: Any) -> str:
        """One that somebody else approved."""
        number = self.write(kind, **changes)
        self.step(self.writer, number, ArticleStep.SEND)
        self.step(self.second, number, ArticleStep.APPROVE)
        return number

    def about_her(self) -> str:
        """A page about the resident that waits for her and for its approval."""
        number = self.write(ArticleKind.ROLE_MODEL, title="热心邻里的人")
        with self.database.write() as session:
            name_person(session, self.writer, number, self.model.number)
        self.step(self.writer, number, ArticleStep.SEND)
        return number

    def agrees(self, number: str, name: str = "老街坊") -> None:
        """She says yes to what waits."""
        version = self.version(number)
        with self.database.write() as session:
            seen = (version.version, version.sent)
            agree(session, self.her, number, name, seen=seen, now=NOW)

    def row(self, number: str) -> ArticleRow:
        with self.database.read() as session:
            found = article_by_number(session, number)
        assert found is not None
        return found

    def version(self, number: str) -> VersionRow:
        """What was written last."""
        row = self.row(number)
        with self.database.read() as session:
            found = version_of(session, row.id, row.last_version)
        assert found is not None
        return found

    def mark(self, number: str) -> str:
        """What the form of a step remembers of it."""
        return mark_of(self.row(number), self.version(number))

    def seen(self, sought: Sought | None = None) -> list[str]:
        """The numbers that everybody sees."""
        with self.database.read() as session:
            return [row.number for row in articles_seen(session, sought or Sought())]


def newsroom(database: Database) -> Newsroom:
    """The people of a street."""
    with database.write() as session:
        tree = small_tree(session)
        area = tree[STREET]
        writer, second, third = (
            actor(session, staff(session, "street_desk", area=area)) for _ in range(3)
        )
        other = actor(session, staff(session, "street_desk", area=tree[OTHER_STREET]))
        model = person(session)
        aged(session, model.id, AgeBand.ADULT)
        her = actor(session, model)
        return Newsroom(database, writer, second, third, other, her, model, area)
