"""No-shows: she is told, has her word, the organiser answers. Nothing follows (L11, N3)."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.kernel.clock import city_day
from portal.kernel.db import Database, changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from volunteers.models import Absence
from volunteers.queries.absences import AbsenceRow, UntoldRow, absence_by_number, untold
from volunteers.rules.on_the_day import UNDO, AbsenceState, DayRefusal
from volunteers.service.day_messages import tell_people
from volunteers.service.on_the_day import settings_of

_AT_ONCE = 200
TOLD = "volunteers.absence_told"
ANSWERED = "volunteers.absence_answered"


def tell_absent(database: Database, now: datetime) -> int:
    """Tell everybody of whom it stands that she did not come, when it can no longer be undone."""
    with database.write() as session:
        rows = untold(session, now - UNDO, _AT_ONCE)
        return sum(_tell(session, row, now) for row in rows)


def _tell(session: Session, row: UntoldRow, now: datetime) -> int:
    until = now + timedelta(days=settings_of(session).reply_days)
    number = new_number()
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    told = dialect.insert(Absence).values(
        id=new_id(), number=number, attendance_id=row.attendance_id, shift_id=row.shift.id,
        sign_up_id=row.sign_up_id, person_id=row.person_id, state=AbsenceState.TOLD, told_at=now,
        reply_until=until,
    )  # fmt: skip
    if changed_rows(session, told.on_conflict_do_nothing()) != 1:
        return 0
    city = instance_of(session).city
    facts = {
        "link": f"{instance_of(session).config.origin}/volunteers/absences/{number}",
        "day": city_day(until, city.zone).isoformat(),
    }
    tell_people(session, {row.person_id: facts}, row.shift, TOLD, now=now)
    return 1


def own_absence(session: Session, number: str, actor: Actor) -> AbsenceRow:
    """Her own no-show; somebody else's is Missing."""
    row = absence_by_number(session, number)
    if row is None or actor.person_id is None or row.person_id != actor.person_id:
        raise Missing
    return row


def absence_here(session: Session, number: str, actor: Actor) -> AbsenceRow:
    """A no-show in the reach of an organiser; Missing otherwise."""
    row = absence_by_number(session, number)
    if row is None or not actor.may(Permission.SHIFT_MANAGE, place_path=row.shift.place_path):
        raise Missing
    return row


def reply_to_absence(
    session: Session, actor: Actor, number: str, words: str, *, now: datetime
) -> None:
    """Her word on it, once, within her time."""
    row = own_absence(session, number, actor)
    if not words.strip():
        raise Refused(DayRefusal.NO_WORDS, field="words")
    if row.state is AbsenceState.TOLD and not row.may_reply(now):
        raise Refused(DayRefusal.TOO_LATE)
    mine = update(Absence).where(Absence.id == row.id, Absence.state == AbsenceState.TOLD)
    said = mine.values(state=AbsenceState.REPLIED, words=words.strip(), replied_at=now)
    if changed_rows(session, said) != 1:
        raise Conflict(DayRefusal.DECIDED)


def decide_absence(
    session: Session,
    actor: Actor,
    number: str,
    *,
    accepted: bool | None,
    answer: str,
    now: datetime,
) -> None:
    """The organiser accepts it or not, with a reason; she is told. It only says what was."""
    row = absence_here(session, number, actor)
    if row.person_id == actor.person_id:
        raise Refused(DayRefusal.HERSELF)
    if accepted is None:
        raise Refused(DayRefusal.NO_ANSWER, field="accepted")
    if not answer.strip():
        raise Refused(DayRefusal.NO_REASON, field="answer")
    if row.state is AbsenceState.TOLD and not row.may_decide(now):
        raise Refused(DayRefusal.EARLY_ANSWER)
    state = AbsenceState.ACCEPTED if accepted else AbsenceState.NOT_ACCEPTED
    # of two who answer, and of her word meanwhile, one counts
    deciding = update(Absence).where(Absence.id == row.id, Absence.state == row.state)
    if (
        not row.may_decide(now)
        or changed_rows(
            session,
            deciding.values(
                state=state, decided_at=now, decider_id=actor.person_id, answer=answer.strip()
            ),
        )
        != 1
    ):
        raise Conflict(DayRefusal.DECIDED)
    link = f"{instance_of(session).config.origin}/volunteers/absences/{number}"
    tell_people(session, {row.person_id: {"link": link}}, row.shift, ANSWERED, now=now)
