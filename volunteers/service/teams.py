"""Teams: registered, changed, ended; their members; the organisations that take part."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.accounts.queries import person_by_number
from portal.accounts.rules import Actor
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of
from portal.organisations.queries import OrganisationRow, organisation_by_code
from portal.organisations.rules import is_phone
from volunteers.models import Partner, Team, TeamMember
from volunteers.queries.teams import TeamRow, team
from volunteers.rules.activities import TeamKind
from volunteers.rules.teams import MOST_MEMBERS, PartnerKind, TeamRefusal, TeamWish, flaw_of_team
from volunteers.service.activities import may_organise, place_to_organise
from volunteers.service.acts import note


def team_to_manage(session: Session, actor: Actor, number: str) -> TeamRow:
    """A team of her own places. Raises Missing for what lies elsewhere."""
    row = team(session, number)
    if row is None or not may_organise(actor, row.place_path):
        raise Missing
    return row


def register_team(
    session: Session, actor: Actor, wish: TeamWish, *, area_code: str, now: datetime
) -> str:
    """Register a team of a place; its number."""
    area = place_to_organise(session, actor, area_code, now)
    row = Team(
        id=new_id(), number=new_number(), area_id=area.id, place_path=area.path,
        valid_from=city_day(now, instance_of(session).city.zone), **_columns(session, wish, now),
    )  # fmt: skip
    session.add(row)
    note(session, actor, "team:register", row.number, now)
    return row.number


def change_team(
    session: Session, actor: Actor, number: str, wish: TeamWish, *, now: datetime
) -> None:
    """Write a team anew."""
    row = _standing(session, actor, number)
    session.execute(update(Team).where(Team.id == row.id).values(**_columns(session, wish, now)))
    note(session, actor, "team:change", number, now)


def end_team(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """End a team after today: it is never deleted, and its members leave it."""
    row = _standing(session, actor, number)
    today = city_day(now, instance_of(session).city.zone)
    last = max(today, row.valid_from).toordinal() + 1
    there = update(Team).where(Team.id == row.id, Team.valid_to.is_(None))
    if changed_rows(session, there.values(valid_to=today.fromordinal(last))) != 1:
        raise Conflict(TeamRefusal.ENDED)
    members = update(TeamMember).where(TeamMember.team_id == row.id, TeamMember.left_at.is_(None))
    session.execute(members.values(left_at=now))
    note(session, actor, "team:end", number, now)


def _standing(session: Session, actor: Actor, number: str) -> TeamRow:
    row = team_to_manage(session, actor, number)
    if row.valid_to is not None:
        raise Conflict(TeamRefusal.ENDED)
    return row


def _columns(session: Session, wish: TeamWish, now: datetime) -> dict[str, object]:
    flaw = flaw_of_team(wish)
    if flaw is not None:
        raise Refused(flaw[0], field=flaw[1])
    if wish.phone and not is_phone(wish.phone):
        raise Refused(TeamRefusal.BAD_PHONE, field="phone")
    unit = _unit(session, wish.organisation, now) if wish.organisation else None
    return {
        "kind": TeamKind(wish.kind),
        "name_zh_hans": wish.names["zh_Hans"],
        "name_zh_hant": wish.names.get("zh_Hant"),
        "name_en": wish.names.get("en"),
        "organisation_id": unit.id if unit else None,
        "phone": wish.phone or None,
    }


def _unit(session: Session, code: str, now: datetime) -> OrganisationRow:
    found = organisation_by_code(session, code)
    if found is None or not found.valid_on(city_day(now, instance_of(session).city.zone)):
        raise Refused(TeamRefusal.NO_UNIT, field="organisation")
    return found


def add_member(
    session: Session, actor: Actor, number: str, person: str, *, leads: bool, now: datetime
) -> None:
    """Take somebody into a team by the number of her account, which she tells herself."""
    row = _standing(session, actor, number)
    found = person_by_number(session, clean_number(person) or "")
    if found is None:
        raise Refused(TeamRefusal.NO_PERSON, field="person")
    # two at once would both count too few, or add her twice: one waits for the other
    session.execute(select(Team.id).where(Team.id == row.id).with_for_update())
    there = select(TeamMember.person_id).where(
        TeamMember.team_id == row.id, TeamMember.left_at.is_(None)
    )
    if session.scalar(select(func.count()).select_from(there.subquery())) == MOST_MEMBERS:
        raise Refused(TeamRefusal.FULL)
    if session.scalar(there.where(TeamMember.person_id == found.id)) is not None:
        raise Conflict(TeamRefusal.THERE, field="person")
    session.add(TeamMember(team_id=row.id, person_id=found.id, leads=leads, joined_at=now))
    note(session, actor, "team:add_member", number, now)


def change_member(
    session: Session, actor: Actor, number: str, member: UUID, *, leads: bool | None, now: datetime
) -> None:
    """Let a member lead or not; ``leads`` None: she leaves."""
    row = team_to_manage(session, actor, number)
    mine = update(TeamMember).where(
        TeamMember.id == member, TeamMember.team_id == row.id, TeamMember.left_at.is_(None)
    )
    values = {"left_at": now} if leads is None else {"leads": leads}
    if changed_rows(session, mine.values(**values)) != 1:
        raise Conflict(TeamRefusal.NOT_THERE)
    note(session, actor, "team:change_member", number, now)


def add_partner(session: Session, actor: Actor, code: str, kind: str, *, now: datetime) -> None:
    """Enter an organisation of the register as one that takes part, or change as what."""
    if kind not in set(PartnerKind):
        raise Refused(TeamRefusal.NO_KIND, field="kind")
    unit = _unit(session, code, now)
    _check_place(actor, unit)
    today = city_day(now, instance_of(session).city.zone)
    session.merge(Partner(organisation_id=unit.id, kind=PartnerKind(kind), since=today, until=None))
    note(session, actor, "partner:enter", code, now)


def end_partner(session: Session, actor: Actor, code: str, *, now: datetime) -> None:
    """An organisation takes part no more."""
    unit = organisation_by_code(session, code)
    if unit is None:
        raise Missing
    _check_place(actor, unit)
    today = city_day(now, instance_of(session).city.zone)
    there = update(Partner).where(Partner.organisation_id == unit.id, Partner.until.is_(None))
    if changed_rows(session, there.values(until=today)) != 1:
        raise Conflict(TeamRefusal.NOT_THERE)
    note(session, actor, "partner:end", code, now)


def _check_place(actor: Actor, unit: OrganisationRow) -> None:
    """Units of a place are entered by its organisers; those of no place by whoever has them all."""
    if not may_organise(actor, unit.area_path or "/"):
        raise Forbidden
