"""Highlights of a pilot: written by one, approved by another, taken off with a reason."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries import AreaRow, area_by_code
from portal.kernel.clock import city_day, city_month
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of
from portal.organisations.queries import OrganisationRow, units_for
from portal.publicity.models import PilotHighlight
from portal.publicity.queries.highlights import HighlightRow, highlight_by_number
from portal.publicity.rules.highlights import HighlightRefusal, HighlightWish, why_not_approve
from portal.reports.rules.masking import what_is_masked
from portal.reports.rules.publicity import STRICTEST, public_codes
from portal.satisfaction.rules import is_month

# the words are checked as those of articles are, and by the same people
WRITE: Final = Permission.ARTICLE_WRITE
APPROVE: Final = Permission.ARTICLE_APPROVE


def write_highlight(
    session: Session, actor: Actor, wish: HighlightWish, *, now: datetime
) -> str:  # fmt: skip
    """Write a highlight; its number. Nobody reads it before somebody else approves it."""
    area = _place(session, actor, wish.place)
    unit = _unit(session, actor, area, wish.unit, now)
    this = city_month(now, instance_of(session).city.zone)
    if not is_month(wish.month) or wish.month > this:
        raise Refused(HighlightRefusal.NO_MONTH, field="month")
    _leads_to_nobody(wish.words, "words")
    row = PilotHighlight(
        id=new_id(), number=new_number(), area_id=area.id, place_path=area.path,
        organisation_id=unit.id, month=wish.month, words=wish.words, written_at=now,
        written_by=actor.person_id,
    )  # fmt: skip
    session.add(row)
    return row.number


def _place(session: Session, actor: Actor, typed: str) -> AreaRow:
    area = area_by_code(session, typed.strip().upper())
    if area is None or not actor.may(WRITE, place_path=area.path):
        raise Refused(HighlightRefusal.NO_PLACE, field="place")
    if area.code not in public_codes(area.path, STRICTEST):
        # a grid or a building leads to a door
        raise Refused(HighlightRefusal.NO_PLACE, field="place")
    return area


def _unit(
    session: Session, actor: Actor, area: AreaRow, code: str, now: datetime
) -> OrganisationRow:
    """The unit that says it: one of that very place now, or one that the writer acts for.

    Nobody puts words into the mouth of an office above."""
    today = city_day(now, instance_of(session).city.zone)
    own = actor.organisations_for(WRITE)
    units = {
        one.code: one
        for one in units_for(session, area.path, on=today)
        if one.area_path == area.path or one.id in own
    }
    if code.strip().upper() not in units:
        raise Refused(HighlightRefusal.NO_UNIT, field="unit")
    return units[code.strip().upper()]


def _leads_to_nobody(text: str, field: str) -> None:
    found = [text[one.start : one.end] for one in what_is_masked(text)]
    if found:
        facts = {"found": "、".join(dict.fromkeys(found))}
        raise Refused(HighlightRefusal.LEADS_TO_SOMEBODY, field=field, facts=facts)


def highlight_here(session: Session, actor: Actor, number: str) -> HighlightRow:
    """A highlight of somebody's places that has not ended; any other is Missing."""
    row = highlight_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(WRITE, place_path=row.place_path):
        raise Missing
    return row


def approve_highlight(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Show it in the report. Its words cannot have changed since they were read."""
    row = highlight_here(session, actor, number)
    if not actor.may(APPROVE, place_path=row.place_path):
        raise Missing
    why = why_not_approve(actor.person_id, row.written_by)
    if why is not None:
        raise Refused(why)
    _write(session, row, PilotHighlight.approved_at.is_(None), approved_at=now,
           approved_by=actor.person_id)  # fmt: skip


def end_highlight(session: Session, actor: Actor, number: str, why: str, *, now: datetime) -> None:
    """Take it off, shown or not, with a reason; the row stays."""
    row = highlight_here(session, actor, number)
    if not why.strip():
        raise Refused(HighlightRefusal.NO_REASON, field="why")
    _write(session, row, ended_at=now, ended_by=actor.person_id, ended_why=why.strip())


def _write(session: Session, row: HighlightRow, *where: Any, **values: Any) -> None:
    """Of two at once the second is told; what has ended is not shown any more."""
    there = (PilotHighlight.id == row.id, PilotHighlight.ended_at.is_(None), *where)
    if not changed_rows(session, update(PilotHighlight).where(*there).values(**values)):
        raise Conflict(HighlightRefusal.MOVED_ON)
