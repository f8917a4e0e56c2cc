"""Spot checks of a company's stretch: what was seen, and how the company is heard about it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.clock import city_day
from portal.kernel.errors import Forbidden, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos, take_uploads
from portal.organisations.queries import OrganisationRow
from portal.reports.models import CompanyCheck
from portal.reports.queries.companies import CheckRow, CompanyRow
from portal.reports.rules.companies import (
    BEST,
    LONGEST_SPOT,
    MOST_WORDS,
    WORST,
    CompanyRefusal,
    Matter,
    Outcome,
    axes,
    why_not_day,
)
from portal.reports.rules.contracts import Contract
from portal.reports.service.companies import (
    inspects,
    limits_of,
    note_company,
    settle,
    speaks_for,
    tell_company,
    words_of,
)
from portal.reports.service.company_photos import keep_check_photos


@dataclass(frozen=True)
class Seen:
    """What an inspector saw. ``marks`` from 0 to 10; an axis that the work does not have has none.

    Of each mark below the middle she writes in ``finding`` what was wrong.
    """

    contract: str | None
    spot: str | None
    on: date | None
    marks: Mapping[str, int | None]
    finding: str | None
    photos: KeptPhotos = field(default_factory=KeptPhotos)


def checkable(actor: Actor, row: CompanyRow, on: date) -> list[Contract]:
    """The contracts that somebody may check now: of places that she inspects."""
    if speaks_for(actor, row.unit):
        return []
    return [
        one for one in row.contracts if one.valid_on(on) and inspects(actor, one.area_path or "/")
    ]


def record_check(
    session: Session, row: CompanyRow, seen: Seen, *, actor: Actor, now: datetime
) -> str:
    """Keep a spot check and tell the company, which has days to answer; its number."""
    today = city_day(now, instance_of(session).city.zone)
    known = {one.code: one for one in checkable(actor, row, today)}
    if not known:
        raise Forbidden
    contract = known.get(seen.contract or "")
    if contract is None:
        raise Refused(CompanyRefusal.NO_CONTRACT, field="contract")
    refusal = why_not_day(seen.on, today, limits_of(session).check_days)
    if refusal is not None or seen.on is None:
        raise Refused(refusal or CompanyRefusal.BAD_DAY, field="on")
    spot = words_of(seen.spot, "spot", CompanyRefusal.NO_SPOT)[:LONGEST_SPOT]
    check = CompanyCheck(
        id=new_id(), number=new_number(), unit_id=row.unit.id, made_at=now,
        made_by=actor.person_id, answer_until=now + limits_of(session).answer,
        contract_code=contract.code, area_code=contract.area_code, spot=spot, checked_on=seen.on,
        marks=json.dumps(_marks(seen.marks), sort_keys=True),
        finding=(seen.finding or "").strip()[:MOST_WORDS] or None,
    )  # fmt: skip
    session.add(check)
    # photos refer to it
    session.flush()
    keep_check_photos(session, check.id, take_uploads(session, seen.photos, now))
    tell_company(session, row.unit, "company.check", check.number, now)
    note_company(session, actor, "company:check", row.unit, now)
    return check.number


def _marks(given: Mapping[str, int | None]) -> dict[str, int]:
    marks = {axis: mark for axis, mark in given.items() if mark is not None}
    if not marks or not all(axis in axes() and WORST <= marks[axis] <= BEST for axis in marks):
        raise Refused(CompanyRefusal.NO_MARK, field="mark_clean")
    return marks


def settle_check(
    session: Session,
    unit: OrganisationRow,
    row: CheckRow,
    outcome: Outcome | None,
    *,
    words: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Answer the company's objection to a check: it stands, or it does not count."""
    settle(
        session, Matter.CHECK, unit, row, outcome, words=words, actor=actor, now=now, objected=True
    )
