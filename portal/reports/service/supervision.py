"""Listed supervision by hand and by the day: list, change the condition, delist, pass up (R291)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.queries import PersonRow, people_at, people_holding, phones_of
from portal.accounts.rules import Actor, Permission
from portal.areas.queries import root_areas
from portal.kernel.city import City
from portal.kernel.clock import city_day
from portal.kernel.config import BadSetting
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from portal.kernel.worktime import add_working_days, load_calendar
from portal.reports.models import Case, SupervisionListing
from portal.reports.queries.case import CaseRow, case_by_id
from portal.reports.queries.public import KindRow, kinds
from portal.reports.queries.supervision import (
    ListingRow,
    OverdueRow,
    listing_by_number,
    office_of,
    overdue_listings,
    overdue_unlisted,
)
from portal.reports.rules.supervision import (
    MOST_WORDS,
    Settings,
    SupervisionRefusal,
    condition_for,
    ending_of,
    settings_from,
    why_not_delist,
    why_not_list,
)
from portal.reports.rules.transitions import OPEN, facts_of_actor, holds
from portal.reports.service.loop import may_see


def settings_of(session: Session) -> Settings:
    """What the session's city decides about supervision."""
    return settings_from(instance_of(session).city.thresholds)


def check_thresholds(city: City) -> None:
    """Stop the start when the city file says what cannot be meant."""
    try:
        settings_from(city.thresholds)
    except (KeyError, TypeError, ValueError) as error:
        raise BadSetting("GONGZHI_CITY", f"thresholds that can be meant: {error}") from error


def may_supervise(actor: Actor, case: CaseRow) -> bool:
    """Whether somebody supervises here; nobody does so for her own unit or her own work."""
    who = facts_of_actor(actor, case.place_path, case.unit_id)
    own = who.of_unit or (case.handler_id is not None and case.handler_id == who.person_id)
    return Permission.REPORT_SUPERVISE in who.holds and not own


def list_case(
    session: Session,
    case: CaseRow,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None,
    condition: str | None = None,
) -> str:
    """Put a case on the list by hand, with a reason; the number of the listing."""
    _check_supervisor(actor, case)
    if not (reason or "").strip():
        raise Refused(SupervisionRefusal.REASON_MISSING, field="reason")
    refusal = why_not_list(case.state)
    if refusal is not None:
        raise Refused(refusal)
    # whoever ends the case meanwhile wins: its row is held from here on
    here = update(Case).where(Case.district == case.district, Case.id == case.id)
    if not changed_rows(session, here.where(Case.state.in_(OPEN)).values(version=Case.version)):
        raise Conflict(SupervisionRefusal.NOT_OPEN)
    what = OverdueRow(case.district, case.id, case.place_path, case.unit_id, case.category_code)
    values = {"listed_by": actor.person_id, "reason": reason, "condition": _typed(condition)}
    numbers = _insert(session, [what], now, **values)
    if not numbers:
        raise Conflict(SupervisionRefusal.LISTED_ALREADY)
    _tell_units(session, [what], now)
    return numbers[0]


def list_overdue(session: Session, now: datetime) -> int:
    """Put everything on the list that is overdue and not on it yet; how many."""
    found = overdue_unlisted(session, now)
    numbers = _insert(session, found, now, listed_by=None, reason=None, condition=None)
    _tell_units(session, found, now)
    return len(numbers)


def _check_supervisor(actor: Actor, case: CaseRow) -> None:
    if not may_see(actor, case):
        raise Missing
    if not holds(actor, Permission.REPORT_SUPERVISE, case.place_path, case.unit_id):
        raise Forbidden
    who = facts_of_actor(actor, case.place_path, case.unit_id)
    if who.of_unit:
        raise Refused(SupervisionRefusal.OF_THE_UNIT)
    if case.handler_id is not None and case.handler_id == actor.person_id:
        raise Refused(SupervisionRefusal.HANDLED_IT)


def _typed(words: str | None) -> str | None:
    text = (words or "").strip()
    return text[:MOST_WORDS] or None


def _insert(
    session: Session, found: Sequence[OverdueRow], now: datetime, **values: Any
) -> list[str]:
    """One listing for each case that has no open one; the numbers of those that were made."""
    if not found:
        return []
    known, zone = kinds(session), instance_of(session).city.zone
    rows = [_listing(one, known.get(one.category_code), now) for one in found]
    ends = {days: _end(session, now, days) for days in {row["deadline_days"] for row in rows}}
    day = city_day(now, zone)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(SupervisionListing).on_conflict_do_nothing()
    made: list[str] = []
    for row in rows:
        more = {"deadline_at": ends[row["deadline_days"]], "listed_on": day, **values}
        number = session.scalar(
            statement.values(**row, **more).returning(SupervisionListing.number)
        )
        made += [number] if number is not None else []
    return made


def _listing(one: OverdueRow, kind: KindRow | None, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "number": new_number(),
        "district": one.district,
        "case_id": one.id,
        "place_path": one.place_path,
        "unit_id": one.unit_id,
        "listed_at": now,
        "supervisor_path": office_of(one.place_path),
        "deadline_days": condition_for(one.category_code, kind.group if kind else None).days,
    }


def _end(session: Session, start: datetime, days: int) -> datetime | None:
    """So many working days later; None where the calendar misses a year."""
    return add_working_days(start, days, load_calendar(), instance_of(session).city.zone)


def listing_here(session: Session, number: str, actor: Actor, now: datetime) -> ListingRow:
    """A listing that this reader may know of; raises Missing for any other."""
    return _with_case(session, number, actor, now)[0]


def _with_case(
    session: Session, number: str, actor: Actor, now: datetime
) -> tuple[ListingRow, CaseRow]:
    listing = listing_by_number(session, number, now)
    case = case_by_id(session, listing.district, listing.case_id) if listing else None
    if listing is None or case is None or not may_see(actor, case):
        raise Missing
    return listing, case


def change_condition(
    session: Session, number: str, *, actor: Actor, now: datetime, condition: str | None
) -> str:
    """Say in other words when a matter is taken off the list; nothing: as for its kind."""
    listing, case = _with_case(session, number, actor, now)
    _check_supervisor(actor, case)
    claim = _still_listed(listing).values(condition=_typed(condition))
    if not changed_rows(session, claim):
        raise Conflict(SupervisionRefusal.DELISTED_ALREADY)
    return listing.number


def delist(
    session: Session, number: str, *, actor: Actor, now: datetime, finding: str | None
) -> str:
    """Take a matter off the list because its condition is met, and say what was found."""
    listing, case = _with_case(session, number, actor, now)
    _check_supervisor(actor, case)
    if not listing.open:
        raise Conflict(SupervisionRefusal.DELISTED_ALREADY)
    who = facts_of_actor(actor, case.place_path, case.unit_id)
    refusal = why_not_delist(case.state, case.handler_id, who)
    if refusal is not None:
        raise Refused(refusal)
    if not (finding or "").strip():
        raise Refused(SupervisionRefusal.REASON_MISSING, field="finding")
    # a case that was opened again meanwhile stays on the list
    over = exists().where(
        Case.district == listing.district, Case.id == listing.case_id, Case.state == case.state
    )
    claim = (
        _still_listed(listing)
        .where(over)
        .values(
            delisted_at=now,
            delisted_by=actor.person_id,
            ending=ending_of(case.state),
            finding=_typed(finding),
        )
    )
    if not changed_rows(session, claim):
        raise Conflict(SupervisionRefusal.DELISTED_ALREADY)
    return listing.number


def _still_listed(listing: ListingRow) -> Any:
    return update(SupervisionListing).where(
        SupervisionListing.id == listing.id, SupervisionListing.delisted_at.is_(None)
    )


def escalate(session: Session, now: datetime) -> int:
    """Pass up to the city what is still undone so long after the listing's own deadline."""
    days, root = settings_of(session).escalate_days, root_areas(session)[0]
    passed = 0
    for listing_id, deadline in overdue_listings(session, now):
        end = _end(session, deadline, days)
        if end is None or end >= now:
            continue
        claim = update(SupervisionListing).where(
            SupervisionListing.id == listing_id,
            SupervisionListing.delisted_at.is_(None),
            SupervisionListing.escalated_at.is_(None),
        )
        passed += changed_rows(session, claim.values(escalated_at=now, supervisor_path=root.path))
    if passed:
        people = people_at(session, Permission.REPORT_SUPERVISE, [root.path], now)
        tell(session, people.get(root.path, []), "desk.escalated", now, {"count": passed})
    return passed


def _tell_units(session: Session, found: Iterable[OverdueRow], now: datetime) -> None:
    """Each unit learns how many of its cases are on the list now."""
    counts = Counter(one.unit_id for one in found if one.unit_id is not None)
    for unit_id, count in sorted(counts.items()):
        people = people_holding(session, Permission.REPORT_HANDLE, None, unit_id, now)
        tell(session, people, "desk.listed", now, {"count": count})


def tell(
    session: Session,
    people: Sequence[PersonRow],
    template: str,
    now: datetime,
    facts: dict[str, Any],
    path: str = "/desk/supervision",
) -> None:
    """A message to staff with a telephone."""
    phones = phones_of(session, [person.id for person in people])
    link = f"{instance_of(session).config.origin}{path}"
    for person in people:
        if person.id in phones:
            post_message(
                session,
                channel=Channel.SMS,
                to=phones[person.id],
                template=template,
                facts={**facts, "link": link},
                now=now,
                language=person.language,
            )
