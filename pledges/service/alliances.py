"""Alliances of shops: a street founds one, shops join and leave, groups, notices, mutual help.

Locks are taken in this order: premises, operator, alliance, member, election.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pledges.models import (
    Alliance,
    AllianceBallot,
    AllianceCandidate,
    AllianceElection,
    AllianceHead,
    AllianceHelp,
    AllianceLink,
    AllianceMember,
    AllianceNotice,
    AllianceSignOn,
    AllianceVoter,
)
from pledges.queries.alliances import (
    AllianceRow,
    HeadRow,
    MemberRow,
    alliance_by_number,
    head_of,
    memberships_of,
)
from pledges.queries.inspections import door_by_number, operator_now
from pledges.rules.alliances import (
    LONGEST_NAME,
    AllianceRefusal,
    HelpState,
)
from pledges.rules.elections import Outcome
from pledges.rules.inspections import leads_to_person
from pledges.rules.premises import PremisesState
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.register import is_stray
from pledges.service.alliance_messages import stop_waiting
from pledges.service.days import today_of
from portal.accounts.rules import Actor, Permission
from portal.areas.queries import AreaRow, area_by_code, find_areas
from portal.areas.rules import codes_of
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of

MANAGE: Final = Permission.ALLIANCE_MANAGE


@dataclass(frozen=True)
class AllianceWish:
    """What a street founds or changes; ``place`` a name or a code as typed."""

    names: dict[str, str]
    place: str
    inspects: bool


def checked_words(text: str, most: int, field: str, *, empty: bool = False) -> str:
    """Words that others read, as they are kept. Raises Refused for what leads to a person."""
    found = text.strip()
    if not found and not empty:
        raise Refused(AllianceRefusal.NO_WORDS, field=field)
    if len(found) > most:
        raise Refused(PledgeRefusal.LONG, field=field, facts={"most": most})
    if leads_to_person(found):
        raise Refused(PledgeRefusal.LEADS_TO_PERSON, field=field)
    return found


def alliance_at_desk(
    session: Session, actor: Actor, number: str, *, lock: bool = False
) -> AllianceRow:  # fmt: skip
    """An alliance of somebody's places. Raises Missing."""
    row = _found(session, number, lock=lock)
    if not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def alliance_shown(session: Session, number: str, *, lock: bool = False) -> AllianceRow:
    """An alliance as everybody may see it, also one that ended. Raises Missing."""
    return _found(session, number, lock=lock)


def _found(session: Session, number: str, *, lock: bool = False) -> AllianceRow:
    cleaned = clean_number(number) or ""
    if lock:
        session.execute(select(Alliance.id).where(Alliance.number == cleaned).with_for_update())
    row = alliance_by_number(session, cleaned)
    if row is None:
        raise Missing
    return row


@dataclass(frozen=True)
class Inside:
    """An alliance as one of its members sees it: her members, and whether she leads it."""

    alliance: AllianceRow
    mine: tuple[MemberRow, ...]
    head: HeadRow | None
    leads: bool

    def member(self, number: str = "") -> MemberRow:
        """One of her members: the one that is named, or the only one. Raises Missing."""
        named = clean_number(number) if number else None
        found = [one for one in self.mine if named in (None, one.number)]
        if not found or (number and named is None):
            raise Missing
        return found[0]


def inside(
    session: Session, actor: Actor, number: str, now: datetime, *, lock: bool = False
) -> Inside:
    """An alliance to which a shop belongs for which somebody speaks; any other is Missing."""
    row = _found(session, number, lock=lock)
    mine = [one for one in memberships_of(session, actor.person_id) if one.alliance_id == row.id]
    if not mine or row.ended_on is not None:
        raise Missing
    head = head_of(session, row, today_of(session, now))
    leads = head is not None and head.person_id == actor.person_id
    return Inside(row, tuple(mine), head, leads)


def led(session: Session, actor: Actor, number: str, now: datetime) -> Inside:
    """The same for whoever leads it, by the row of her term. Raises Forbidden, Missing."""
    found = inside(session, actor, number, now, lock=True)
    if not found.leads:
        raise Forbidden
    return found


def _place(session: Session, actor: Actor, typed: str) -> AreaRow:
    area = area_by_code(session, typed.strip().upper())
    if area is None:
        named = [row for row in find_areas(session, typed.strip(), 200)
                 if typed.strip() in row.names.values()
                 and actor.may(MANAGE, place_path=row.path)]  # fmt: skip
        area = named[0] if len(named) == 1 else None
    if area is None:
        raise Refused(AllianceRefusal.NO_PLACE, field="place")
    if not actor.may(MANAGE, place_path=area.path):
        raise Refused(PledgeRefusal.NOT_YOUR_PLACE, field="place")
    return area


def _names(wish: AllianceWish) -> dict[str, str | None]:
    found = {language: text.strip() for language, text in wish.names.items()}
    if not found.get("zh_Hans"):
        raise Refused(AllianceRefusal.NO_NAME, field="name_zh_hans")
    for language, text in found.items():
        field = f"name_{language.lower()}"
        if len(text) > LONGEST_NAME:
            raise Refused(PledgeRefusal.LONG, field=field, facts={"most": LONGEST_NAME})
        if is_stray(text):
            raise Refused(PledgeRefusal.STRAY_SIGNS, field=field)
    return {f"name_{language.lower()}": text or None for language, text in found.items()}


def found_alliance(session: Session, actor: Actor, wish: AllianceWish, *, now: datetime) -> str:
    """Found an alliance of a road or an area; its public number."""
    area, number = _place(session, actor, wish.place), new_number()
    session.add(
        Alliance(
            district=codes_of(area.path)[0], number=number, area_id=area.id, place_path=area.path,
            founded_on=today_of(session, now), inspects=wish.inspects, made_at=now,
            made_by=actor.person_id, **_names(wish),
        )
    )  # fmt: skip
    note_alliance(session, actor, "alliance:found", number, now)
    return number


def change_alliance(
    session: Session, actor: Actor, number: str, wish: AllianceWish, *, now: datetime
) -> None:
    """Name it anew, or let its members look at frontages; its place stays."""
    row = alliance_at_desk(session, actor, number, lock=True)
    not_ended(row)
    values = {**_names(wish), "inspects": wish.inspects}
    session.execute(_this(row).values(**values))
    note_alliance(session, actor, "alliance:change", row.number, now)


def end_alliance(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """End it with everything in it. What was agreed and signed stays in its history."""
    row = alliance_at_desk(session, actor, number, lock=True)
    not_ended(row)
    members = session.scalars(
        select(AllianceMember.id).where(
            AllianceMember.district == row.district, AllianceMember.alliance_id == row.id,
            AllianceMember.left_at.is_(None),
        )
    ).all()  # fmt: skip
    end_members(session, row.district, members, now)
    nothing = instance_of(session).vault.seal("")
    gone: tuple[tuple[Any, dict[str, Any]], ...] = (
        (AllianceLink, {"ended_at": now, "sealed_link": nothing}),
        (AllianceNotice, {"ended_at": now}),
    )
    for table, values in gone:
        session.execute(
            update(table)
            .where(table.district == row.district, table.alliance_id == row.id,
                   table.ended_at.is_(None))
            .values(**values)
        )  # fmt: skip
    _call_off_all(session, row, now)
    session.execute(_this(row).values(ended_on=today_of(session, now)))
    note_alliance(session, actor, "alliance:end", row.number, now)


def _call_off_all(session: Session, row: AllianceRow, now: datetime) -> None:
    """A vote that runs has nothing to decide any more; its votes are deleted uncounted."""
    e = AllianceElection
    here = (e.district == row.district, e.alliance_id == row.id, e.closed_at.is_(None))
    running = session.scalars(select(e.id).where(*here)).all()
    for table in (AllianceBallot, AllianceVoter):
        session.execute(
            delete(table).where(table.district == row.district, table.election_id.in_(running))
        )
    session.execute(update(e).where(*here).values(closed_at=now, outcome=Outcome.CALLED_OFF))


def _this(row: AllianceRow) -> Any:
    return update(Alliance).where(Alliance.district == row.district, Alliance.id == row.id)


def not_ended(row: AllianceRow) -> None:
    """Raises Conflict for an alliance that is over."""
    if row.ended_on is not None:
        raise Conflict(AllianceRefusal.ENDED)


def note_alliance(session: Session, actor: Actor, action: str, number: str, now: datetime) -> None:
    """Write what the street did into the audit log."""
    note_action(
        session, at=now, actor_id=actor.person_id, action=action, subject=f"alliance:{number}"
    )


def join(session: Session, actor: Actor, number: str, premises: str, *, now: datetime) -> str:
    """A shop joins; the number of its membership. Whoever speaks for it decides that alone."""
    door = door_by_number(session, clean_number(premises) or "", lock=True)
    if door is None or actor.person_id is None:
        raise Missing
    by = operator_now(session, door.district, door.id, lock=True)
    if by is None or by.person_id != actor.person_id:
        raise Missing
    if door.state is PremisesState.GONE:
        raise Conflict(PledgeRefusal.GONE)
    row = _found(session, number, lock=True)
    not_ended(row)
    if row.district != door.district or not door.place_path.startswith(row.place_path):
        raise Refused(AllianceRefusal.ELSEWHERE)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    member = new_number()
    added = dialect.insert(AllianceMember).values(
        district=row.district, id=new_id(), number=member, alliance_id=row.id, premises_id=door.id,
        operator_id=by.id, joined_at=now,
    )  # fmt: skip
    if changed_rows(session, added.on_conflict_do_nothing()) != 1:
        raise Conflict(AllianceRefusal.JOINED)
    return member


def leave(session: Session, actor: Actor, number: str, member: str, *, now: datetime) -> None:
    """A shop leaves; what it signed and stood for ends with it. Nobody asks why (L5)."""
    found = inside(session, actor, number, now, lock=True)
    end_members(session, found.alliance.district, [found.member(member).id], now)


def end_memberships(session: Session, district: str, premises_id: UUID, now: datetime) -> None:
    """Whoever ran a place runs it no longer: its memberships end."""
    members = session.scalars(
        select(AllianceMember.id).where(
            AllianceMember.district == district, AllianceMember.premises_id == premises_id,
            AllianceMember.left_at.is_(None),
        )
    ).all()  # fmt: skip
    end_members(session, district, members, now)


def end_members(session: Session, district: str, members: Iterable[UUID], now: datetime) -> None:
    """Members leave: they sign, lead and stand no longer, and no message reaches them. A vote that
    was cast stays secret, and counts."""
    ids = list(members)
    if not ids:
        return
    m, s, h, c = AllianceMember, AllianceSignOn, AllianceHead, AllianceCandidate
    asked = AllianceHelp
    done = {"state": HelpState.CLOSED, "closed_at": now}
    open_ones = select(AllianceElection.id).where(AllianceElection.closed_at.is_(None))
    ends: tuple[tuple[Any, Any, dict[str, Any]], ...] = (
        (m, and_(m.district == district, m.id.in_(ids), m.left_at.is_(None)), {"left_at": now}),
        (s, and_(s.district == district, s.member_id.in_(ids), s.withdrawn_at.is_(None)),
         {"withdrawn_at": now}),
        (h, and_(h.district == district, h.member_id.in_(ids), h.ended_at.is_(None)),
         {"ended_at": now}),
        (c, and_(c.district == district, c.member_id.in_(ids), c.withdrawn_at.is_(None),
                 c.election_id.in_(open_ones)), {"withdrawn_at": now}),
        (asked, and_(asked.district == district, asked.member_id.in_(ids),
                     asked.closed_at.is_(None)), done),
    )  # fmt: skip
    for table, these, values in ends:
        statement = update(table).where(these).values(**values)
        session.execute(statement.execution_options(synchronize_session=False))
    stop_waiting(session, district, ids, now)
