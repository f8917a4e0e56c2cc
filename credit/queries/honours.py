"""Reads of honours: one, those of a person, what waits at a desk, what stands in public."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from credit.models import Honour, HonourVoice
from credit.rules.honours import HonourState, Standing, Wish
from credit.rules.kinds import Party
from portal.accounts.models import Person
from portal.kernel.instance import instance_of

PAGE = 30


@dataclass(frozen=True)
class HonourRow:
    """A nomination or an honour as it is read, what was sealed opened."""

    district: str
    id: UUID
    number: str
    kind: str
    year: int
    place_path: str
    party: Party
    holder_id: UUID | None
    state: HonourState
    wish: Wish | None
    citation: str
    name: str
    nominated_at: datetime
    checker_id: UUID | None
    answer_until: datetime | None
    answered_at: datetime | None
    granted_at: datetime | None
    shown_until: datetime | None

    def standing(self, nominators: Iterable[UUID] = ()) -> Standing:
        return Standing(
            self.state, self.party, self.holder_id, self.wish, self.answer_until,
            self.checker_id, frozenset(nominators),
        )  # fmt: skip


@dataclass(frozen=True)
class VoiceRow:
    """What somebody wrote who nominated."""

    id: UUID
    nominator_id: UUID
    whom: str
    words: str
    said_at: datetime


_COLUMNS = (
    Honour.district, Honour.id, Honour.number, Honour.kind, Honour.year, Honour.place_path,
    Honour.party, Honour.holder_id, Honour.state, Honour.wish, Honour.sealed_citation,
    Honour.sealed_name, Honour.nominated_at, Honour.checker_id, Honour.answer_until,
    Honour.answered_at, Honour.granted_at, Honour.shown_until,
)  # fmt: skip


def _rows(session: Session, statement: Any) -> list[HonourRow]:
    return _opened(session, session.execute(statement))


def _one(session: Session, condition: ColumnElement[bool], *, lock: bool = False) -> Any:
    statement = select(*_COLUMNS).where(condition)
    rows = _rows(session, statement.with_for_update() if lock else statement)
    return rows[0] if rows else None


def honour_by_number(session: Session, number: str, *, lock: bool = False) -> HonourRow | None:
    """One by its number; ``lock`` makes others who want to move it wait."""
    found: HonourRow | None = _one(session, Honour.number == number, lock=lock)
    return found


def honour_by_link(session: Session, link_hash: str) -> HonourRow | None:
    """The one whose nominee was sent a link, as long as she has not answered."""
    found: HonourRow | None = _one(session, Honour.link_hash == link_hash)
    return found


def same_honour(
    session: Session, district: str, kind: str, year: int, holder_id: UUID, *, lock: bool = False
) -> HonourRow | None:
    """What there is of a nominee for this kind and year already."""
    found: HonourRow | None = _one(
        session,
        and_(
            Honour.district == district, Honour.kind == kind, Honour.year == year,
            Honour.holder_id == holder_id,
        ),
        lock=lock,
    )  # fmt: skip
    return found


def honours_of(session: Session, person_id: UUID | None) -> list[HonourRow]:
    """What a person was asked about and honoured for, the newest first."""
    statement = (
        select(*_COLUMNS)
        .where(
            Honour.party == Party.PERSON,
            Honour.holder_id == person_id,
            Honour.state.in_((HonourState.ASKED, HonourState.GRANTED)),
        )
        .order_by(Honour.nominated_at.desc(), Honour.id.desc())
    )
    return _rows(session, statement)


def voices_of(session: Session, row: HonourRow) -> list[VoiceRow]:
    """Who nominated, and in which words, the first first."""
    vault, v = instance_of(session).vault, HonourVoice
    statement = (
        select(v.id, v.nominator_id, v.sealed_whom, v.sealed_words, v.said_at)
        .where(v.district == row.district, v.honour_id == row.id)
        .order_by(v.said_at, v.id)
    )
    return [
        VoiceRow(found.id, found.nominator_id, vault.unseal(found.sealed_whom),
                 vault.unseal(found.sealed_words), found.said_at)
        for found in session.execute(statement)
    ]  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """A line of the desk's list: the honour, and how many nominated."""

    row: HonourRow
    voices: int


def open_honours(session: Session, places: Collection[str] | None) -> list[Waiting]:
    """What waits in some places (None: everywhere), the oldest first."""
    voices = (
        select(func.count())
        .where(HonourVoice.district == Honour.district, HonourVoice.honour_id == Honour.id)
        .scalar_subquery()
    )
    statement = (
        select(*_COLUMNS, voices.label("voices"))
        .where(
            Honour.state.in_((HonourState.NOMINATED, HonourState.ASKED)),
            _inside(places),
        )
        .order_by(Honour.nominated_at, Honour.id)
        .limit(200)
    )
    found = session.execute(statement).all()
    rows = _opened(session, [tuple(row)[:-1] for row in found])
    return [Waiting(row, line.voices) for row, line in zip(rows, found, strict=True)]


def _opened(session: Session, lines: Iterable[Any]) -> list[HonourRow]:
    vault = instance_of(session).vault
    return [
        HonourRow(
            *row[:10], *(vault.unseal(text) if text else "" for text in row[10:12]), *row[12:]
        )
        for row in lines
    ]


def _inside(places: Collection[str] | None) -> ColumnElement[bool]:
    if places is None:
        return Honour.id.is_not(None)
    return or_(false(), *(Honour.place_path.startswith(path, autoescape=True) for path in places))


@dataclass(frozen=True)
class Asked:
    """Which honours somebody looks for in public, and after which one the page goes on."""

    place_path: str | None = None
    year: int | None = None
    kind: str | None = None
    before: str | None = None


def _public(now: datetime) -> ColumnElement[bool]:
    """L6: of a person only by her own wish; of a shop always; of nobody for ever."""
    return and_(
        Honour.state == HonourState.GRANTED,
        Honour.shown_until > now,
        or_(Honour.party == Party.SHOP, Honour.wish == Wish.SHOWN),
    )


def public_honours(session: Session, asked: Asked, now: datetime) -> list[HonourRow]:
    """A page and one more of what stands in public, the newest first and never by points (N7).

    A person who was erased a moment ago has no row; one whose account is gone is not shown either.
    """
    living = select(Person.id).where(Person.erased_at.is_(None))
    statement = (
        select(*_COLUMNS)
        .where(_public(now), or_(Honour.party == Party.SHOP, Honour.holder_id.in_(living)))
        .order_by(Honour.granted_at.desc(), Honour.id.desc())
        .limit(PAGE + 1)
    )
    if asked.place_path:
        statement = statement.where(Honour.place_path.startswith(asked.place_path, autoescape=True))
    if asked.year:
        statement = statement.where(Honour.year == asked.year)
    if asked.kind:
        statement = statement.where(Honour.kind == asked.kind)
    if asked.before:
        statement = statement.where(tuple_(Honour.granted_at, Honour.id) < _after(session, asked))
    return _rows(session, statement)


def _after(session: Session, asked: Asked) -> Any:
    """Where the page before ended; a number that is gone begins anew."""
    key = select(Honour.granted_at, Honour.id).where(
        Honour.number == asked.before, Honour.granted_at.is_not(None)
    )
    row = session.execute(key).one_or_none()
    return tuple_(*row) if row else tuple_(datetime.max.replace(tzinfo=UTC), UUID(int=0))


def public_years(session: Session, now: datetime) -> list[int]:
    """The years of which something stands in public, the newest first."""
    return list(
        session.scalars(
            select(Honour.year).where(_public(now)).distinct().order_by(Honour.year.desc())
        )
    )


def kept_of_nominee(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    """Everything that is kept about a nominee, for her own eyes; not who nominated her."""
    mine = select(*_COLUMNS).where(Honour.party == Party.PERSON, Honour.holder_id == person_id)
    for row in _rows(session, mine.order_by(Honour.nominated_at)):
        yield {
            "table": "credit_honour",
            "kind": row.kind,
            "year": row.year,
            "nominated_at": row.nominated_at.isoformat(),
            "granted_at": row.granted_at.isoformat() if row.granted_at else None,
            "state": row.state.value,
            "wish": row.wish.value if row.wish else None,
            "citation": row.citation,
            "name": row.name,
            "words": [voice.words for voice in voices_of(session, row)],
        }


def said_by_nominator(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    """What somebody wrote about others whom she nominated."""
    vault, v = instance_of(session).vault, HonourVoice
    statement = (
        select(v.sealed_whom, v.sealed_words, v.said_at)
        .where(v.nominator_id == person_id)
        .order_by(v.said_at)
    )
    for row in session.execute(statement):
        yield {
            "table": "credit_honour_voice",
            "whom": vault.unseal(row.sealed_whom),
            "words": vault.unseal(row.sealed_words),
            "said_at": row.said_at.isoformat(),
        }


def newest_of(session: Session, nominator_id: UUID) -> HonourRow | None:
    """What somebody nominated last."""
    said = select(HonourVoice.honour_id).where(HonourVoice.nominator_id == nominator_id)
    newest = said.order_by(HonourVoice.said_at.desc(), HonourVoice.id.desc()).limit(1)
    found: HonourRow | None = _one(session, Honour.id == newest.scalar_subquery())
    return found
