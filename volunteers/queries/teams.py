"""Reads of teams, their members, and the organisations that take part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.queries import people_by_ids
from volunteers.models import Partner, Team, TeamMember
from volunteers.queries.activities import said_in, within
from volunteers.rules.activities import TeamKind
from volunteers.rules.teams import PartnerKind, TeamWish

MOST_TO_CHOOSE: Final = 200


@dataclass(frozen=True)
class TeamRow:
    """A team as it is read. ``members``: how many there are now."""

    id: UUID
    number: str
    kind: TeamKind
    organisation_id: UUID | None
    area_id: UUID
    place_path: str
    phone: str | None
    valid_from: date
    valid_to: date | None
    members: int
    names: Mapping[str, str]

    def wish(self, organisation: str) -> TeamWish:
        """The team as its form shows it."""
        return TeamWish(self.kind.value, self.names, organisation, self.phone or "")


_TEAM: Final = (
    "id", "number", "kind", "organisation_id", "area_id", "place_path", "phone", "valid_from",
    "valid_to",
)  # fmt: skip


def _standing(on: date) -> ColumnElement[bool]:
    return or_(Team.valid_to.is_(None), Team.valid_to > on)


def _teams() -> Select[Any]:
    members = (
        select(func.count())
        .where(TeamMember.team_id == Team.id, TeamMember.left_at.is_(None))
        .scalar_subquery()
    )
    names = (Team.name_zh_hans, Team.name_zh_hant, Team.name_en)
    plain = (getattr(Team, name) for name in _TEAM)
    return select(*plain, *names, members.label("members")).order_by(Team.id)


def _row(row: Any) -> TeamRow:
    plain = {name: getattr(row, name) for name in _TEAM}
    return TeamRow(**plain, members=row.members, names=said_in(row, "name"))


def team(session: Session, number: str) -> TeamRow | None:
    """One team by its number, ended or not."""
    row = session.execute(_teams().where(Team.number == number)).one_or_none()
    return None if row is None else _row(row)


def teams_in(session: Session, scopes: Sequence[str] | None, on: date) -> list[TeamRow]:
    """The teams of some places (None: all) that are there on a day."""
    statement = _teams().where(_standing(on)).limit(MOST_TO_CHOOSE)
    inside = within(Team.place_path, scopes)
    if inside is not None:
        statement = statement.where(inside)
    return [_row(row) for row in session.execute(statement)]


def teams_to_choose(
    session: Session, scopes: Sequence[str] | None, on: date
) -> list[tuple[str, Mapping[str, str]]]:
    """(number, names) of the teams of some places that are there on a day."""
    return [(row.number, row.names) for row in teams_in(session, scopes, on)]


@dataclass(frozen=True)
class MemberRow:
    """A member of a team, for its organisers."""

    id: UUID
    person_id: UUID
    name: str
    number: str
    leads: bool
    joined_at: datetime


def members_of(session: Session, team_id: UUID) -> list[MemberRow]:
    """Who belongs to a team now, those who lead first."""
    rows = session.execute(
        select(TeamMember.id, TeamMember.person_id, TeamMember.leads, TeamMember.joined_at)
        .where(TeamMember.team_id == team_id, TeamMember.left_at.is_(None))
        .order_by(TeamMember.leads.desc(), TeamMember.id)
    ).all()
    people = people_by_ids(session, [row.person_id for row in rows])
    return [
        MemberRow(
            row.id, row.person_id, people[row.person_id].display_name,
            people[row.person_id].number, row.leads, row.joined_at,
        )
        for row in rows
        if row.person_id in people
    ]  # fmt: skip


def partners(session: Session, on: date) -> list[tuple[UUID, PartnerKind]]:
    """The organisations that take part on a day, with the kind as which they do."""
    there = or_(Partner.until.is_(None), Partner.until > on)
    rows = session.execute(
        select(Partner.organisation_id, Partner.kind)
        .where(there)
        .order_by(Partner.kind, Partner.organisation_id)
    )
    return [(row.organisation_id, row.kind) for row in rows]
