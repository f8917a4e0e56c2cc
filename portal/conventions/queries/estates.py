"""Estates with their five parties, and the filing register of owners' committees, as read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from portal.conventions.models import Estate, EstateParty, OwnersCommittee, OwnersMember
from portal.conventions.rules.community import Party, TermAlarm, holds_on, term_alarms
from portal.kernel.instance import instance_of

PAGE = 40
MOST = 300


@dataclass(frozen=True)
class EstateRow:
    """An estate."""

    id: UUID
    number: str
    area_id: UUID
    place_path: str
    title: str
    homes: int | None
    ended_on: date | None


def _estates(
    session: Session, *where: ColumnElement[bool], lock: bool = False
) -> list[EstateRow]:  # fmt: skip
    statement = (
        select(
            Estate.id, Estate.number, Estate.area_id, Estate.place_path, Estate.title,
            Estate.homes, Estate.ended_on,
        )
        .where(*where)
        .order_by(Estate.title, Estate.id)
        .limit(MOST)
    )  # fmt: skip
    found = session.execute(statement.with_for_update() if lock else statement)
    return [EstateRow(**row) for row in found.mappings()]


def estates_of(session: Session, area_id: UUID) -> list[EstateRow]:
    """The estates of a place."""
    return _estates(session, Estate.area_id == area_id, Estate.ended_on.is_(None))


def estate_by_number(session: Session, number: str, *, lock: bool = False) -> EstateRow | None:
    """One that stands."""
    standing = Estate.ended_on.is_(None)
    return next(iter(_estates(session, Estate.number == number, standing, lock=lock)), None)


@dataclass(frozen=True)
class PartyRow:
    """What a party does for an estate."""

    party: Party
    title: str
    does: str
    office_phone: str | None
    updated_at: datetime


def parties_of(session: Session, estate_id: UUID) -> dict[Party, PartyRow]:
    """Those of the five that are entered."""
    statement = select(
        EstateParty.party, EstateParty.title, EstateParty.does, EstateParty.office_phone,
        EstateParty.updated_at,
    ).where(EstateParty.estate_id == estate_id)  # fmt: skip
    rows = (PartyRow(**row) for row in session.execute(statement).mappings())
    return {row.party: row for row in rows}


@dataclass(frozen=True)
class CommitteeRow:
    """A row of the register. ``members``: how many hold a seat."""

    id: UUID
    number: str
    estate_id: UUID
    estate: str
    estate_title: str
    area_id: UUID
    place_path: str
    elected_on: date
    term_starts_on: date
    term_ends_on: date
    filed_with: str | None
    filing_number: str | None
    filed_on: date | None
    document_key: str | None
    ended_on: date | None
    members: int

    def alarms(self, on: date) -> tuple[TermAlarm, ...]:
        """What is due of it on a day."""
        if self.ended_on is not None:
            return ()
        return term_alarms(self.elected_on, self.term_ends_on, self.filed_on, on)


def _committees(
    session: Session, *where: ColumnElement[bool], limit: int, lock: bool = False
) -> list[CommitteeRow]:
    seats = (
        select(func.count())
        .select_from(OwnersMember)
        .where(
            OwnersMember.committee_id == OwnersCommittee.id, OwnersMember.ends_on.is_(None)
        )
        .scalar_subquery()
    )  # fmt: skip
    statement = (
        select(
            OwnersCommittee.id, OwnersCommittee.number, OwnersCommittee.estate_id,
            Estate.number.label("estate"), Estate.title.label("estate_title"), Estate.area_id,
            Estate.place_path, OwnersCommittee.elected_on, OwnersCommittee.term_starts_on,
            OwnersCommittee.term_ends_on, OwnersCommittee.filed_with,
            OwnersCommittee.filing_number, OwnersCommittee.filed_on, OwnersCommittee.document_key,
            OwnersCommittee.ended_on, seats.label("members"),
        )
        .join(Estate, Estate.id == OwnersCommittee.estate_id)
        .where(*where)
        .order_by(OwnersCommittee.term_ends_on, OwnersCommittee.id)
        .limit(limit)
    )  # fmt: skip
    locked = statement.with_for_update(of=OwnersCommittee) if lock else statement
    return [CommitteeRow(**row) for row in session.execute(locked).mappings()]


def committee_of(session: Session, estate_id: UUID) -> CommitteeRow | None:
    """The committee that an estate has now."""
    where = (OwnersCommittee.estate_id == estate_id, OwnersCommittee.ended_on.is_(None))
    return next(iter(_committees(session, *where, limit=1)), None)


def committee_by_number(
    session: Session, number: str, *, lock: bool = False
) -> CommitteeRow | None:  # fmt: skip
    """One of them, ended or not."""
    where = OwnersCommittee.number == number
    return next(iter(_committees(session, where, limit=1, lock=lock)), None)


def committees_page(
    session: Session, places: Sequence[str] | None, *, after: str = ""
) -> list[CommitteeRow]:
    """A page of the register of some places, whose term ends first, and one more."""
    where: list[Any] = [OwnersCommittee.ended_on.is_(None)]
    if places is not None:
        inside = (Estate.place_path.startswith(path, autoescape=True) for path in places)
        where.append(or_(False, *inside))
    last = committee_by_number(session, after) if after else None
    if last is not None:
        later = OwnersCommittee.term_ends_on > last.term_ends_on
        same = OwnersCommittee.term_ends_on == last.term_ends_on
        where.append(or_(later, same & (OwnersCommittee.id > last.id)))
    return _committees(session, *where, limit=PAGE + 1)


@dataclass(frozen=True)
class MemberRow:
    """A member; ``name`` is empty unless it may be read here."""

    id: UUID
    committee_id: UUID
    office: str
    person_id: UUID | None
    name: str
    named_at: datetime | None
    starts_on: date
    ends_on: date | None

    def holds(self, on: date) -> bool:
        return holds_on(self.starts_on, self.ends_on, on)


def _members(
    session: Session, *where: ColumnElement[bool], names: bool, lock: bool = False
) -> list[MemberRow]:
    statement = (
        select(
            OwnersMember.id, OwnersMember.committee_id, OwnersMember.office,
            OwnersMember.person_id, OwnersMember.sealed_name, OwnersMember.named_at,
            OwnersMember.starts_on, OwnersMember.ends_on,
        )
        .where(*where)
        .order_by(OwnersMember.id)
        .limit(MOST)
    )  # fmt: skip
    found = session.execute(statement.with_for_update() if lock else statement)
    return [_member(session, dict(row), names=names) for row in found.mappings()]


def _member(session: Session, row: dict[str, Any], *, names: bool) -> MemberRow:
    sealed = row.pop("sealed_name")
    shown = sealed and (names or row["named_at"] is not None)
    return MemberRow(**row, name=instance_of(session).vault.unseal(sealed) if shown else "")


def members_of(session: Session, committee_id: UUID, *, names: bool = False) -> list[MemberRow]:
    """The members of a committee. ``names``: also of those who did not agree."""
    return _members(session, OwnersMember.committee_id == committee_id, names=names)


def member_by_id(session: Session, member_id: UUID, *, lock: bool = False) -> MemberRow | None:
    """One of them."""
    return next(iter(_members(session, OwnersMember.id == member_id, names=False, lock=lock)), None)


def seats_held_by(session: Session, person_id: UUID | None) -> list[MemberRow]:
    """The seats that somebody holds or held, for herself."""
    return _members(session, OwnersMember.person_id == person_id, names=True)
