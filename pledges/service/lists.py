"""The lists: proposed by one, confirmed by another, with an end; the second one switched on first.

An appeal hides a row (``service.listing_appeals``); what is over goes by the clock.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pledges.models import Listing, ListSwitch, ListWish, PremisesOperator
from pledges.queries.breaches import breach_by_id, breach_by_number, list_switch_for
from pledges.queries.inspections import door_by_number, doors_by_ids, operator_now
from pledges.queries.lists import ListingRow, listing_by_number, stars_and_breaches
from pledges.rules.breaches import appeal_until
from pledges.rules.lists import (
    HANDED_OVER_DAYS,
    PROPOSED_DAYS,
    ListRefusal,
    exemplary_until,
    is_exemplary,
)
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.standing import LONGEST_BASIS, LONGEST_REASON, ListingState, ListKind
from pledges.rules.standing_formula import last_closed
from pledges.service.answers import last_notice
from pledges.service.days import today_of
from pledges.service.inspections import REVIEW, check_words, door_here
from portal.accounts.rules import Actor, Permission
from portal.areas.queries import AreaRow, area_by_code
from portal.kernel.audit import note_action
from portal.kernel.db import Database, changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of

# whoever decides which texts count in a place decides whether it keeps this list
SWITCH: Final = Permission.CLAUSE_PUBLISH


def propose_exemplary(
    session: Session, actor: Actor, number: str, evidence: str, *, now: datetime
) -> str:
    """Propose a shop for 红榜; the number of the row."""
    door = door_here(session, actor, number, lock=True)
    if not actor.may(REVIEW, place_path=door.place_path):
        raise Forbidden
    _check(evidence, LONGEST_REASON, "evidence")
    operator = operator_now(session, door.district, door.id)
    if operator is None:
        raise Refused(PledgeRefusal.NO_OPERATOR)
    if not _is_exemplary(session, door.district, door.id, operator.id, now):
        raise Refused(ListRefusal.NOT_EXEMPLARY)
    today = today_of(session, now)
    row = Listing(
        district=door.district, which=ListKind.EXEMPLARY, premises_id=door.id,
        operator_id=operator.id, place_path=door.place_path, evidence=evidence.strip(),
        starts_on=today, ends_on=exemplary_until(today), proposed_at=now,
        proposed_by=actor.person_id,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Conflict(ListRefusal.THERE) from error
    _note(session, actor, "propose", row.number, evidence, now)
    return row.number


def _is_exemplary(
    session: Session, district: str, premises_id: UUID, operator_id: UUID, now: datetime
) -> bool:
    """Whether the last closed quarter says so, and nothing that came since speaks against it."""
    quarter = last_closed(now, instance_of(session).city.zone)
    since = now - timedelta(days=HANDED_OVER_DAYS)
    found = stars_and_breaches(session, district, premises_id, operator_id, quarter, since)
    return is_exemplary(*found)


def _check(words: str, most: int, name: str) -> None:
    if not words.strip():
        raise Refused(PledgeRefusal.NO_REASON, field=name)
    check_words(words, most, name)


def _note(
    session: Session, actor: Actor, what: str, number: str, reason: str, now: datetime
) -> None:
    note_action(
        session, at=now, actor_id=actor.person_id, action=f"listing:{what}",
        subject=f"listing:{number}", reason=reason.strip() or None,
    )  # fmt: skip


def listing_here(
    session: Session, actor: Actor, number: str, *, lock: bool = False
) -> ListingRow:  # fmt: skip
    """A row of the places that somebody reviews; any other is Missing."""
    row = listing_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or not actor.may(REVIEW, place_path=row.place_path):
        raise Missing
    return row


def confirm_listing(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Show a row that somebody else proposed. Its days begin now."""
    known = listing_here(session, actor, number)
    # the order of locks: the door, so that nothing is opened against it meanwhile, then the
    # breach before what hangs on it
    door = doors_by_ids(session, [known.premises_id])[known.premises_id]
    door_by_number(session, door.number, lock=True)
    operator = operator_now(session, known.district, known.premises_id, lock=True)
    if known.breach_id is not None:
        _check_breach(session, known, now)
    row = listing_here(session, actor, number, lock=True)
    if row.state is not ListingState.PROPOSED:
        raise Conflict(ListRefusal.NOT_PROPOSED)
    if row.proposed_by is None or row.proposed_by == actor.person_id:
        raise Refused(PledgeRefusal.SAME_PERSON)
    if operator is None or operator.id != row.operator_id:
        raise Conflict(ListRefusal.OVER)
    if operator.person_id is not None and operator.person_id == actor.person_id:
        raise Refused(PledgeRefusal.SAME_PERSON)
    if row.which is ListKind.EXEMPLARY and not _is_exemplary(
        session, row.district, row.premises_id, row.operator_id, now
    ):
        raise Conflict(ListRefusal.NOT_EXEMPLARY)
    today = today_of(session, now)
    _move(
        session, row, ListingState.PROPOSED, state=ListingState.SHOWN, confirmed_at=now,
        confirmed_by=actor.person_id, starts_on=today,
        ends_on=today + (row.ends_on - row.starts_on),
    )  # fmt: skip
    _note(session, actor, "confirm", row.number, "", now)


def _check_breach(session: Session, row: ListingRow, now: datetime) -> None:
    """L6, L7: nobody is shown before her days to appeal are over, or while an appeal is open."""
    if row.breach_id is None:
        raise Missing
    known = breach_by_id(session, row.district, row.breach_id)
    breach = breach_by_number(session, known.number, lock=True) if known else None
    if breach is None or breach.ended_at is not None:
        raise Conflict(ListRefusal.OVER)
    if breach.suspended:
        raise Refused(ListRefusal.APPEAL_OPEN)
    until = appeal_until(today_of(session, last_notice(session, breach)))
    if today_of(session, now) <= until:
        raise Refused(ListRefusal.APPEAL_DAYS, facts={"day": until.isoformat()})
    if list_switch_for(session, row.place_path) is None:
        raise Refused(ListRefusal.OFF)


def _move(session: Session, row: ListingRow, seen: ListingState, **values: Any) -> None:
    same = update(Listing).where(
        Listing.district == row.district, Listing.id == row.id, Listing.state == seen
    )
    if changed_rows(session, same.values(values)) != 1:
        raise Conflict(PledgeRefusal.MOVED_ON)


def remove_listing(
    session: Session, actor: Actor, number: str, reason: str, *, now: datetime
) -> None:
    """Take a row off, or drop a proposal; anybody who reviews the place may, with a reason."""
    row = listing_here(session, actor, number, lock=True)
    _check(reason, LONGEST_REASON, "reason")
    if row.state in (ListingState.REMOVED, ListingState.EXPIRED):
        raise Conflict(ListRefusal.OVER)
    _move(session, row, row.state, state=ListingState.REMOVED, ended_at=now, reason=reason.strip())
    _note(session, actor, "remove", row.number, reason, now)


def expire_listings(database: Database, now: datetime) -> int:
    """End what has had its days, what nobody confirmed, and what is of an operator who left."""
    with database.write() as session:
        today = today_of(session, now)
        left = exists().where(
            PremisesOperator.district == Listing.district,
            PremisesOperator.id == Listing.operator_id, PremisesOperator.ends_on.is_not(None),
        )  # fmt: skip
        over = or_(
            and_(Listing.state == ListingState.SHOWN, Listing.ends_on < today),
            and_(
                Listing.state == ListingState.PROPOSED,
                Listing.proposed_at <= now - timedelta(days=PROPOSED_DAYS),
            ),
            left,
        )
        statement = (
            update(Listing)
            .where(Listing.ended_at.is_(None), over)
            .values(state=ListingState.EXPIRED, ended_at=now)
            .execution_options(synchronize_session=False)
        )
        return changed_rows(session, statement)


# --- the switch -----------------------------------------------------------------------------------


def ask_for_list(session: Session, actor: Actor, code: str, basis: str, *, now: datetime) -> None:
    """Ask that 待整改公示 be switched on in a place, with its legal basis; another one decides."""
    area = _area(session, actor, code)
    if not basis.strip() or len(basis.strip()) > LONGEST_BASIS:
        raise Refused(ListRefusal.NO_BASIS, field="basis", facts={"most": LONGEST_BASIS})
    if list_switch_for(session, area.path) is not None:
        raise Conflict(ListRefusal.ON_ALREADY)
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(ListWish).values(
        area_id=area.id, place_path=area.path, basis=basis.strip(), asked_at=now,
        asked_by=actor.person_id,
    )  # fmt: skip
    if changed_rows(session, statement.on_conflict_do_nothing()) != 1:
        raise Conflict(ListRefusal.ON_ALREADY)
    _note_place(session, actor, "ask", area, basis, now)


def _area(session: Session, actor: Actor, code: str) -> AreaRow:
    area = area_by_code(session, code.strip())
    if area is None or not actor.may(SWITCH, place_path=area.path):
        raise Refused(ListRefusal.NO_SUCH_AREA, field="area")
    if actor.person_id is None:
        raise Forbidden
    return area


def _note_place(
    session: Session, actor: Actor, what: str, area: AreaRow, reason: str, now: datetime
) -> None:
    note_action(
        session, at=now, actor_id=actor.person_id, action=f"list_switch:{what}",
        subject=f"area:{area.code}", reason=reason.strip() or None,
    )  # fmt: skip


def decide_list(session: Session, actor: Actor, code: str, *, on: bool, now: datetime) -> None:
    """Switch on what somebody else asked for, or drop it."""
    area = _area(session, actor, code)
    wish = session.get(ListWish, area.id, with_for_update=True, populate_existing=True)
    if wish is None:
        raise Conflict(PledgeRefusal.MOVED_ON)
    if on and wish.asked_by == actor.person_id:
        raise Refused(PledgeRefusal.SAME_PERSON)
    basis = wish.basis
    if changed_rows(session, delete(ListWish).where(ListWish.area_id == area.id)) != 1:
        raise Conflict(PledgeRefusal.MOVED_ON)
    if on:
        session.add(
            ListSwitch(
                area_id=area.id, place_path=area.path, basis=basis, on_at=now, on_by=actor.person_id
            )
        )
    _note_place(session, actor, "on" if on else "drop", area, basis, now)


def switch_off(session: Session, actor: Actor, code: str, *, now: datetime) -> None:
    """Switch it off, which one person may: from now on nobody stands there."""
    area = _area(session, actor, code)
    on = (ListSwitch.area_id == area.id, ListSwitch.off_at.is_(None))
    ids = session.scalars(select(ListSwitch.id).where(*on).with_for_update()).all()
    off = update(ListSwitch).where(*on).values(off_at=now, off_by=actor.person_id)
    if changed_rows(session, off) != 1:
        raise Conflict(PledgeRefusal.MOVED_ON)
    gone = update(Listing).where(Listing.switch_id.in_(ids), Listing.ended_at.is_(None))
    session.execute(gone.values(state=ListingState.REMOVED, ended_at=now))
    _note_place(session, actor, "off", area, "", now)
