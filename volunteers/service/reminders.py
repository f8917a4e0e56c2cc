"""Reminders of shifts, and word of changed ones. Each leaves once, whoever runs the job and how
often: the row that says so is written first, in the transaction of the message."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.queries import people_by_ids, phones_of
from portal.kernel.clock import city_day
from portal.kernel.db import Database, changed_rows
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from volunteers.models import ShiftReminder, Volunteer
from volunteers.queries.reminders import (
    SeatRow,
    holders_of,
    seat_held,
    seats_ahead,
    told_already,
    whom_to_call,
)
from volunteers.rules.reminders import Due, Reminder, due_of
from volunteers.service.limits import messaging_of
from volunteers.service.messages import Told, at_words, subject_of

_TOLD: Final[Mapping[Reminder, Told]] = {
    Reminder.DAY_BEFORE: Told.SHIFT_SOON,
    Reminder.HOURS_BEFORE: Told.SHIFT_SOON,
    Reminder.CONFIRM: Told.CONFIRM_AGAIN,
}


def remind_of_shifts(database: Database, now: datetime) -> int:
    """Remind people of their shifts, and those who have not said yes to a change; how many
    messages were due. A job."""
    with database.read() as session:
        quiet = messaging_of(session).quiet
        seats = seats_ahead(session, now)
        known = told_already(session, [seat.sign_up_id for seat in seats])
    told = 0
    for seat in seats:
        for due in due_of(seat.held, now, quiet):
            if (seat.sign_up_id, due) not in known:
                with database.write() as session:
                    told += _remind(session, seat.sign_up_id, due, now)
    return told


def _remind(session: Session, sign_up_id: UUID, due: Due, now: datetime) -> bool:
    """Whether it was still due: she may have left or said yes, another may have told her."""
    seat = seat_held(session, sign_up_id)
    if seat is None or due not in due_of(seat.held, now, messaging_of(session).quiet):
        return False
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    once = dialect.insert(ShiftReminder).values(
        sign_up_id=sign_up_id, kind=due.kind, about=due.about, told_at=now
    )
    if changed_rows(session, once.on_conflict_do_nothing()) != 1:
        return False
    tell_holders(session, [seat], _TOLD[due.kind], now)
    return True


def tell_changed(session: Session, shift_id: UUID, now: datetime) -> None:
    """Ask everybody with a seat to say yes or no to a shift that was changed."""
    tell_holders(session, holders_of(session, shift_id), Told.SHIFT_CHANGED, now)


def tell_holders(
    session: Session, seats: Collection[SeatRow], what: Told, now: datetime
) -> None:  # fmt: skip
    """Write to some who hold a seat, each in her language, about her own one."""
    ids = [seat.person_id for seat in seats]
    people, phones = people_by_ids(session, ids), phones_of(session, ids)
    for seat in seats:
        if seat.person_id in people and seat.person_id in phones:
            language = people[seat.person_id].language
            post_message(
                session, channel=Channel.SMS, to=phones[seat.person_id], template=what.value,
                facts=_facts(session, seat, language), now=now, language=language,
                subject=subject_of(seat.number),
            )  # fmt: skip


def _facts(session: Session, seat: SeatRow, language: str) -> Mapping[str, Any]:
    instance = instance_of(session)
    titles = seat.titles
    return {
        "title": titles.get(language) or next(iter(titles.values()), ""),
        "moment": at_words(session, seat.starts_at),
        "place": seat.meeting_place,
        "gear": seat.gear or "–",
        "phone": whom_to_call(
            session,
            seat.activity_id,
            seat.organisation_id,
            city_day(seat.starts_at, instance.city.zone),
        )
        or instance.city.hotline,
        "link": f"{instance.config.origin}/volunteers/mine/{seat.number}",
    }


def choose_reminders(
    session: Session, person_id: UUID, *, day_before: bool, hours_before: bool
) -> None:
    """Which reminders a volunteer wants."""
    mine = update(Volunteer).where(Volunteer.person_id == person_id)
    session.execute(mine.values(day_before=day_before, hours_before=hours_before))
