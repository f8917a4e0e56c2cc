"""Questions to communities and to everybody as they are read: places, opinions, groups, replies."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.conventions.models import Consultation, ConsultationPlace, Opinion, OpinionGroup
from portal.conventions.queries.meetings import inside
from portal.conventions.rules.consultations import (
    ConsultationKind,
    ConsultationState,
    Standing,
    phase_of,
)
from portal.conventions.rules.talk import Answer, Channel, SaidState
from portal.kernel.instance import instance_of

PAGE: Final = 40


@dataclass(frozen=True)
class AskingRow:
    """A question. ``summary`` is a draft until ``answered_at``."""

    id: UUID
    number: str
    kind: ConsultationKind
    area_id: UUID
    place_path: str
    organisation_id: UUID | None
    title: str
    markdown: str
    opens_on: date
    closes_on: date
    short_why: str | None
    state: ConsultationState
    summary: str | None
    opened_at: datetime | None
    answered_at: datetime | None
    digest: str | None

    def phase(self, today: date) -> ConsultationState:
        """Where it stands on a day."""
        return phase_of(self.state, self.opens_on, self.closes_on, today)


def _asked(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    one = Consultation
    return select(
        one.id, one.number, one.kind, one.area_id, one.place_path, one.organisation_id, one.title,
        one.markdown, one.opens_on, one.closes_on, one.short_why, one.state, one.summary,
        one.opened_at, one.answered_at, one.digest,
    ).where(*where)  # fmt: skip


def asking_by_number(session: Session, number: str, *, lock: bool = False) -> AskingRow | None:
    """One of them. ``lock``: an opinion and the reply wait for each other."""
    statement = _asked(Consultation.number == number)
    row = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    return AskingRow(*row) if row else None


def _page(session: Session, where: list[ColumnElement[bool]], after: str) -> list[AskingRow]:
    last = session.scalar(select(Consultation.id).where(Consultation.number == after))
    if after and last is not None:
        where = [*where, Consultation.id < last]
    statement = _asked(*where).order_by(Consultation.id.desc()).limit(PAGE + 1)
    return [AskingRow(*row) for row in session.execute(statement)]


def asked_publicly(session: Session, after: str = "") -> list[AskingRow]:
    """A page of every question that was announced, the newest first, and one more."""
    return _page(session, [Consultation.state != ConsultationState.DRAFT], after)


def asked_by(
    session: Session, organisation_ids: Collection[UUID], paths: Iterable[str] | None,
    after: str = "",
) -> list[AskingRow]:  # fmt: skip
    """A page of what some units ask, and what is asked in some places by no unit; None: all."""
    if paths is None:
        return _page(session, [], after)
    ours = and_(Consultation.organisation_id.is_(None), *inside(Consultation.place_path, paths))
    return _page(session, [or_(ours, Consultation.organisation_id.in_(organisation_ids))], after)


@dataclass(frozen=True)
class PlaceRow:
    """A community that is asked, and what it answered as such."""

    area_id: UUID
    place_path: str
    answered: str | None
    answered_at: datetime | None
    group_id: UUID | None


def places_of(session: Session, consultation_id: UUID) -> list[PlaceRow]:
    """The communities that are asked, by their place in the tree."""
    one = ConsultationPlace
    rows = session.execute(
        select(one.area_id, one.place_path, one.answered, one.answered_at, one.group_id)
        .where(one.consultation_id == consultation_id)
        .order_by(one.place_path)
    )
    return [PlaceRow(*row) for row in rows]


@dataclass(frozen=True)
class AskedRow:
    """A community that somebody looks after and that is asked, and when it answered."""

    area_id: UUID
    answered_at: datetime | None


@dataclass(frozen=True)
class AskedOf:
    """A question to communities: how many, how many answered, and some of them in their order."""

    asking: AskingRow
    communities: int
    answered: int
    places: tuple[AskedRow, ...]


def asked_of(
    session: Session, paths: Iterable[str] | None, after: str = "", *,
    only: str = "", beyond: str = "",
) -> list[AskedOf]:  # fmt: skip
    """A page of what the communities of some places are asked, and one more; the newest first.

    ``only`` and ``beyond``: a question's number, and the code of the community after which its
    list goes on; of each question no more than a page of communities is told.
    """
    one = ConsultationPlace
    mine = inside(one.place_path, paths)
    asked = select(one.consultation_id).where(*mine)
    where = [Consultation.state != ConsultationState.DRAFT, Consultation.id.in_(asked)]
    rows = _page(session, [*where, Consultation.number == only] if only else where, after)
    ids = [row.id for row in rows[:PAGE]]
    counts = {
        row.consultation_id: row
        for row in session.execute(
            select(one.consultation_id, func.count().label("all"), func.count(one.answered_at))
            .where(one.consultation_id.in_(ids), *mine)
            .group_by(one.consultation_id)
        )
    }
    if beyond:
        path = session.scalar(select(Area.path).where(Area.code == beyond))
        mine = [*mine, one.place_path > (path or "")]
    places = _some_places(session, ids, mine)
    return [
        AskedOf(row, *(counts[row.id][1:] if row.id in counts else (0, 0)), places.get(row.id, ()))
        for row in rows
    ]


def _some_places(
    session: Session, ids: Collection[UUID], where: Iterable[ColumnElement[bool]]
) -> dict[UUID, tuple[AskedRow, ...]]:
    """Of each question the first communities, by their place in the tree, and one more."""
    one = ConsultationPlace
    at = func.row_number().over(partition_by=one.consultation_id, order_by=one.place_path)
    ranked = (
        select(one.consultation_id, one.area_id, one.answered_at, at.label("at"))
        .where(one.consultation_id.in_(ids), *where)
        .subquery()
    )
    found: dict[UUID, tuple[AskedRow, ...]] = {}
    rows = select(ranked).where(ranked.c.at <= PAGE + 1).order_by(ranked.c.at)
    for row in session.execute(rows):
        mine = found.get(row.consultation_id, ())
        found[row.consultation_id] = (*mine, AskedRow(row.area_id, row.answered_at))
    return found


@dataclass(frozen=True)
class OpinionRow:
    """An opinion; ``words`` is empty when it was taken back."""

    id: UUID
    consultation_id: UUID
    number: str
    title: str
    closes_on: date
    person_id: UUID | None
    group_id: UUID | None
    channel: Channel
    state: SaidState
    hidden_why: str | None
    at: datetime
    words: str
    answered: bool


def _opinions(session: Session, *where: ColumnElement[bool], limit: int) -> list[OpinionRow]:
    statement = (
        select(
            Opinion.id, Opinion.consultation_id, Consultation.number, Consultation.title,
            Consultation.closes_on, Opinion.person_id, Opinion.group_id, Opinion.channel,
            Opinion.state, Opinion.hidden_why, Opinion.at, Opinion.sealed_words,
            Consultation.answered_at.is_not(None).label("answered"),
        )
        .join(Consultation, Consultation.id == Opinion.consultation_id)
        .where(*where)
        .order_by(Opinion.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [_opinion(session, dict(row)) for row in session.execute(statement).mappings()]


def _opinion(session: Session, row: dict[str, Any]) -> OpinionRow:
    sealed = row.pop("sealed_words")
    return OpinionRow(**row, words=instance_of(session).vault.unseal(sealed) if sealed else "")


def opinions_of(
    session: Session, consultation_id: UUID, *, shown: bool, after: UUID | None = None
) -> list[OpinionRow]:
    """A page of the opinions on a question, the newest first, and one more; ``shown``: only
    those that everybody reads."""
    where = [Opinion.consultation_id == consultation_id]
    where.append(
        Opinion.state == SaidState.SHOWN if shown else Opinion.state != SaidState.TAKEN_BACK
    )
    if after is not None:
        where.append(Opinion.id < after)
    return _opinions(session, *where, limit=PAGE + 1)


def opinion_by_id(session: Session, opinion_id: UUID) -> OpinionRow | None:
    """One of them."""
    return next(iter(_opinions(session, Opinion.id == opinion_id, limit=1)), None)


def opinions_by(session: Session, person_id: UUID | None) -> list[OpinionRow]:
    """A person's own, the newest first; never more than fit a page of hers."""
    return _opinions(session, Opinion.person_id == person_id, limit=200)


def opinions_standing(session: Session, consultation_id: UUID, person_id: UUID | None) -> int:
    """How many of hers were not taken back."""
    mine = (
        Opinion.consultation_id == consultation_id, Opinion.person_id == person_id,
        Opinion.state != SaidState.TAKEN_BACK,
    )  # fmt: skip
    return session.scalar(select(func.count()).select_from(Opinion).where(*mine)) or 0


@dataclass(frozen=True)
class GroupRow:
    """A group of opinions and its reply; how many opinions and how many communities are in it."""

    id: UUID
    position: int
    title: str
    answer: Answer | None
    reply: str | None
    opinions: int
    places: int


def groups_of(session: Session, consultation_id: UUID) -> list[GroupRow]:
    """The groups of a question in their order, with their sizes; those of a published reply as
    they were when it was published."""
    said = (
        select(func.count())
        .where(Opinion.group_id == OpinionGroup.id, Opinion.state == SaidState.SHOWN)
        .correlate(OpinionGroup)
        .scalar_subquery()
    )
    places = (
        select(func.count())
        .where(ConsultationPlace.group_id == OpinionGroup.id)
        .correlate(OpinionGroup)
        .scalar_subquery()
    )
    one = OpinionGroup
    rows = session.execute(
        select(
            one.id,
            one.position,
            one.title,
            one.answer,
            one.reply,
            func.coalesce(one.size, said),
            places,
        )
        .where(one.consultation_id == consultation_id)
        .order_by(one.position)
    )
    return [GroupRow(*row) for row in rows]


def standing_of(session: Session, row: AskingRow) -> Standing:
    """What is there for a reply."""
    hers = Opinion.consultation_id == row.id
    opinions = session.execute(
        select(Opinion.state, Opinion.group_id.is_(None), func.count())
        .where(hers)
        .group_by(Opinion.state, Opinion.group_id.is_(None))
    ).all()
    waiting = sum(count for state, _free, count in opinions if state is SaidState.WAITING)
    loose = sum(count for state, free, count in opinions if state is SaidState.SHOWN and free)
    places = places_of(session, row.id)
    loose += sum(one.answered is not None and one.group_id is None for one in places)
    unreplied = sum(one.answer is None for one in groups_of(session, row.id))
    return Standing(waiting, loose, unreplied, row.summary or "")


def waiting_opinions(session: Session, consultation_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many opinions of each question wait for somebody to look."""
    rows = session.execute(
        select(Opinion.consultation_id, func.count())
        .where(
            Opinion.consultation_id.in_(list(consultation_ids)),
            Opinion.state == SaidState.WAITING,
        )
        .group_by(Opinion.consultation_id)
    ).all()
    return {row[0]: row[1] for row in rows}
