"""Who follows what, and what is new in it: for the digests, and for pages that show it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.areas.queries import AreaRow, areas_by_codes
from portal.kernel.ids import hash_token
from portal.kernel.instance import instance_of
from portal.reports.models import Case, CaseEvent, Follow, Follower
from portal.reports.queries.counters import shown_exactly
from portal.reports.queries.desk import inside
from portal.reports.queries.public import PAGE_COLUMNS, KindRow, PublicRow, public_row
from portal.reports.rules.codes import Event, State
from portal.reports.rules.following import (
    NEWS_COUNTED,
    NEWS_SHOWN,
    FollowWay,
    News,
    Step,
    Subject,
    street_codes,
)
from portal.reports.rules.publicity import STRICTEST, public_codes


@dataclass(frozen=True)
class FollowerRow:
    """A receiver."""

    id: UUID
    person_id: UUID | None
    way: FollowWay
    sealed_to: str | None
    language: str
    seen_at: datetime


@dataclass(frozen=True)
class FollowRow:
    """A followed thing with its receiver, and what names it: the matter, or place and kind.

    Of a matter that is not public any more the number alone: what it is now, nobody may follow.
    """

    id: UUID
    number: str
    follower: FollowerRow
    subject: Subject
    at_once: bool
    created_at: datetime
    confirmed_at: datetime | None
    case_number: str | None
    case_category: str | None
    area_path: str | None
    area_names: Mapping[str, str]


@dataclass(frozen=True)
class NewsRow:
    """A matter with news, as a page shows it."""

    case: PublicRow
    at: datetime
    fresh: bool


FOLLOWER_COLUMNS = (
    Follower.id,
    Follower.person_id,
    Follower.way,
    Follower.sealed_to,
    Follower.language,
    Follower.seen_at,
)
_WIDTH = len(FOLLOWER_COLUMNS)
_APP = aliased(Follower)


def _follows(*conditions: ColumnElement[bool]) -> Any:
    same = and_(Case.district == Follow.district, Case.id == Follow.case_id)
    return (
        select(
            *FOLLOWER_COLUMNS,
            Follow.id.label("follow_id"),
            Follow.number,
            Follow.district,
            Follow.case_id,
            Follow.area_code,
            Follow.category_code,
            Follow.at_once,
            Follow.created_at,
            Follow.confirmed_at,
            Case.number.label("case_number"),
            Case.listed,
            Case.category_code.label("case_category"),
            Area.path,
            Area.name_zh_hans,
            Area.name_zh_hant,
            Area.name_en,
        )
        .join(Follower, Follower.id == Follow.follower_id)
        .join(Case, same, isouter=True)
        .join(Area, Area.code == Follow.area_code, isouter=True)
        .where(*conditions)
        .order_by(Follow.id.desc())
    )


def _row(row: Any) -> FollowRow:
    names = {"zh_Hans": row.name_zh_hans, "zh_Hant": row.name_zh_hant, "en": row.name_en}
    return FollowRow(
        id=row.follow_id,
        number=row.number,
        follower=FollowerRow(*row[:_WIDTH]),
        subject=Subject(row.district, row.case_id, row.area_code, row.category_code),
        at_once=row.at_once,
        created_at=row.created_at,
        confirmed_at=row.confirmed_at,
        case_number=row.case_number,
        case_category=row.case_category if row.listed else None,
        area_path=row.path,
        area_names={language: name for language, name in names.items() if name},
    )


def follows_of_person(session: Session, person_id: UUID | None) -> list[FollowRow]:
    """What somebody follows with her account, in whichever way, the newest first."""
    statement = _follows(Follower.person_id == person_id, Follow.confirmed_at.is_not(None))
    return [_row(row) for row in session.execute(statement)]


def follows_and_seen(
    session: Session, person_id: UUID | None
) -> tuple[list[FollowRow], datetime | None]:
    """The same, and up to when she has read what is new (None: nothing is shown in the app)."""
    seen = (
        select(_APP.seen_at)
        .where(_APP.person_id == person_id, _APP.way == FollowWay.APP)
        .scalar_subquery()
    )
    statement = _follows(Follower.person_id == person_id, Follow.confirmed_at.is_not(None))
    rows = session.execute(statement.add_columns(seen.label("read_until"))).all()
    return [_row(row) for row in rows], rows[0].read_until if rows else None


def follows_of(session: Session, follower_id: UUID) -> list[FollowRow]:
    """What goes to one receiver."""
    statement = _follows(Follower.id == follower_id, Follow.confirmed_at.is_not(None))
    return [_row(row) for row in session.execute(statement)]


def follows_of_many(
    session: Session, ids: Collection[UUID]
) -> dict[UUID, list[tuple[Subject, datetime]]]:
    """What the digests of some receivers are about, and since when each thing is followed."""
    statement = select(
        Follow.follower_id, Follow.district, Follow.case_id, Follow.area_code,
        Follow.category_code, Follow.confirmed_at,
    ).where(
        Follow.follower_id.in_(ids), Follow.confirmed_at.is_not(None), Follow.at_once.is_(False)
    )  # fmt: skip
    found: dict[UUID, list[tuple[Subject, datetime]]] = {}
    for row in session.execute(statement):
        found.setdefault(row.follower_id, []).append((Subject(*row[1:5]), row.confirmed_at))
    return found


def follow_of_person(
    session: Session, person_id: UUID | None, subject: Subject
) -> FollowRow | None:
    """Somebody's following of one thing."""
    statement = _follows(Follower.person_id == person_id, Follow.what == subject.key)
    row = session.execute(statement).first()
    return _row(row) if row else None


def own_follow(session: Session, person_id: UUID | None, number: str) -> FollowRow | None:
    """The same by its number."""
    statement = _follows(Follower.person_id == person_id, Follow.number == number)
    row = session.execute(statement).first()
    return _row(row) if row else None


def follow_to_confirm(session: Session, token: str) -> FollowRow | None:
    """What the link of a first message belongs to, confirmed or not."""
    row = session.execute(_follows(Follow.confirm_hash == hash_token(token))).first()
    return _row(row) if row else None


@dataclass(frozen=True)
class StopTarget:
    """What a link in a message stops: one thing, or (``whole``) all that goes there."""

    follower: FollowerRow
    follows: list[FollowRow]
    whole: bool


def stop_target(session: Session, token: str) -> StopTarget | None:
    """Whom a link belongs to; two queries at most."""
    hashed = hash_token(token)
    row = session.execute(_follows(Follow.stop_hash == hashed)).first()
    if row is not None:
        return StopTarget(FollowerRow(*row[:_WIDTH]), [_row(row)], whole=False)
    found = session.execute(select(*FOLLOWER_COLUMNS).where(Follower.stop_hash == hashed)).first()
    if found is None:
        return None
    follower = FollowerRow(*found)
    return StopTarget(follower, follows_of(session, follower.id), whole=True)


@dataclass(frozen=True)
class Receiver:
    """Where messages to a person go, and in which language."""

    phone: str
    language: str


def receivers(session: Session, ids: Collection[UUID]) -> dict[UUID, Receiver]:
    """The proved phones of some people, unsealed, in one query."""
    vault = instance_of(session).vault
    statement = select(Person.id, Person.sealed_phone, Person.language).where(
        Person.id.in_(ids),
        Person.sealed_phone.is_not(None),
        Person.phone_verified_at.is_not(None),
        Person.erased_at.is_(None),
    )
    return {
        row.id: Receiver(vault.unseal(row.sealed_phone), row.language)
        for row in session.execute(statement)
    }


def told() -> ColumnElement[bool]:
    """Steps that followers are told: the public ones, and the check that first lets all see it."""
    earlier = aliased(CaseEvent)
    before = exists().where(
        earlier.district == CaseEvent.district,
        earlier.case_id == CaseEvent.case_id,
        earlier.event == Event.MODERATE,
        earlier.id < CaseEvent.id,
    )
    return or_(CaseEvent.public.expression, and_(CaseEvent.event == Event.MODERATE, ~before))


_OF_CASE = and_(CaseEvent.district == Case.district, CaseEvent.case_id == Case.id)


def news_between(
    session: Session, since: datetime, until: datetime, known: Mapping[str, KindRow]
) -> list[News]:
    """What happened in public in a stretch of time, matter by matter, in one query."""
    statement = (
        select(
            Case.id, Case.category_code, Case.place_path, Case.state, CaseEvent.at, CaseEvent.event
        )
        .join(CaseEvent, _OF_CASE)
        .where(CaseEvent.at > since, CaseEvent.at <= until, told(), Case.listed)
        .order_by(CaseEvent.at)
    )
    steps: dict[UUID, list[Step]] = {}
    cases: dict[UUID, Any] = {}
    for row in session.execute(statement):
        cases[row.id] = row
        steps.setdefault(row.id, []).append(Step(row.at, row.event))
    return [
        News(
            case_id=row.id,
            category=row.category_code,
            codes=_codes(row.place_path, known.get(row.category_code)),
            settled=row.state is State.CLOSED,
            steps=tuple(steps[row.id]),
        )
        for row in cases.values()
    ]


def _codes(path: str, kind: KindRow | None) -> tuple[str, ...]:
    return public_codes(path, kind.publicity if kind else STRICTEST)


def places_named(session: Session, found: Iterable[News]) -> dict[str, AreaRow]:
    """The places of some news by code, for naming the finest that may be told."""
    return areas_by_codes(session, {code for news in found for code in news.codes})


def news_of(
    session: Session,
    followed: Sequence[FollowRow],
    since: datetime,
    known: Mapping[str, KindRow],
    *,
    most: int = NEWS_SHOWN,
) -> list[NewsRow]:
    """What is new in followed things since a moment, the latest first: one query for all."""
    if not followed:
        return []
    at = (
        select(func.max(CaseEvent.at)).where(_OF_CASE, told()).correlate(Case).scalar_subquery()
    ).label("at")
    statement = _with_news(select(*PAGE_COLUMNS, at), followed, since, most)
    return [_news_row(row, known, since) for row in session.execute(statement)]


def _with_news(
    of_cases: Select[*tuple[Any, ...]], followed: Sequence[FollowRow], since: datetime, most: int
) -> Select[*tuple[Any, ...]]:
    """Narrowed to the matters with news in followed things, the latest first."""
    return (
        of_cases.where(Case.listed, Case.updated_at > since)
        .where(or_(false(), *(_wants(one, since) for one in followed)))
        .order_by(Case.updated_at.desc(), Case.id.desc())
        .limit(most)
    )


def _wants(followed: FollowRow, since: datetime) -> ColumnElement[bool]:
    """That a matter belongs to a followed thing, with a step since it is followed."""
    start = max(since, followed.confirmed_at or followed.created_at)
    stepped = exists().where(_OF_CASE, CaseEvent.at > start, told()).correlate(Case)
    subject = followed.subject
    parts: list[ColumnElement[bool]] = [stepped]
    if subject.case_id is not None:
        parts += [Case.district == subject.district, Case.id == subject.case_id]
    if subject.category is not None:
        parts.append(Case.category_code == subject.category)
    if subject.area is not None:
        parts.append(inside(followed.area_path) if followed.area_path else false())
        if not subject.area.isdecimal():
            # below the community only what is public to the spot may be told apart
            parts.append(shown_exactly())
    return and_(*parts)


def _news_row(row: Any, known: Mapping[str, KindRow], since: datetime) -> NewsRow:
    kind = known.get(row.category_code)
    case = public_row(_Undecorated(row), kind)
    if kind is None or kind.publicity.protected:
        case = replace(case, codes=street_codes(case.codes))
    return NewsRow(case, row.at, row.found_at > since)


class _Undecorated:
    """A row without words and photo: news name the matter, and its page shows the rest."""

    words = photo = None

    def __init__(self, row: Any) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)


def places_of_news(session: Session, rows: Iterable[NewsRow]) -> dict[str, AreaRow]:
    """The places that news name."""
    return areas_by_codes(session, {code for row in rows for code in row.case.codes})


def count_news(session: Session, person_id: UUID, earliest: datetime) -> int:
    """How many matters have news for somebody; nobody counts further than that. Two queries."""
    followed, seen = follows_and_seen(session, person_id)
    if seen is None or not followed:
        return 0
    found = _with_news(select(Case.id), followed, max(seen, earliest), NEWS_COUNTED)
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def open_at_once(until: datetime) -> ColumnElement[bool]:
    """Things told at each step that have an untold one."""
    case = exists().where(
        Case.district == Follow.district,
        Case.id == Follow.case_id,
        Case.listed,
        CaseEvent.district == Follow.district,
        CaseEvent.case_id == Follow.case_id,
        CaseEvent.at > Follow.told_until,
        CaseEvent.at <= literal(until, Follow.told_until.type),
        told(),
    )
    return and_(Follow.at_once, Follow.confirmed_at.is_not(None), case)
