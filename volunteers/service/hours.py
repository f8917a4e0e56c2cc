"""Time of service: confirmed by the organiser, hung out for a week, struck out with a reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from volunteers.models import ServiceHours, SignUp
from volunteers.queries.hours import (
    HoursRow,
    ShiftToConfirm,
    certificates_on,
    hours_by_number,
    people_to_confirm,
    shift_to_confirm,
)
from volunteers.rules.hours import (
    LONGEST_REASON,
    MOST_MINUTES,
    HoursRefusal,
    HoursSettings,
    HoursSource,
    counted_span,
)
from volunteers.rules.shifts import ShiftState, Span
from volunteers.service.certificates import revoke_resting_on
from volunteers.service.crediting import take_back_points
from volunteers.service.messages import Told, tell


@dataclass(frozen=True)
class Stayed:
    """Who came when and went when, as the organiser confirms it. ``sign_up``: its number."""

    sign_up: str
    came: datetime
    left: datetime


def settings_of(session: Session) -> HoursSettings:
    return HoursSettings.read(instance_of(session).city.thresholds)


def shift_for_hours(session: Session, actor: Actor, number: str, now: datetime) -> ShiftToConfirm:
    """A shift of her places whose time can be confirmed. Raises Missing, Forbidden, Refused."""
    shift = shift_to_confirm(session, number)
    if shift is None:
        raise Missing
    if not actor.may(Permission.HOURS_CONFIRM, place_path=shift.place_path):
        raise Forbidden
    if shift.state is ShiftState.CANCELLED or now < shift.plan.ends_at:
        raise Refused(HoursRefusal.NOT_OVER)
    return shift


def confirm_hours(
    session: Session,
    actor: Actor,
    number: str,
    stays: Iterable[Stayed],
    *,
    now: datetime,
    source: HoursSource = HoursSource.ATTENDANCE,
) -> list[str]:
    """Record how long people served; the numbers of the new records.

    All or nothing: the first that cannot be recorded refuses the rest, its sign-up's number in
    the facts. Nobody confirms her own. Raises Conflict for what is recorded already.
    """
    shift = shift_for_hours(session, actor, number, now)
    stays = list(stays)
    # in one order, before what stands is read: a second organiser and an erasure wait here
    locked = select(SignUp.id).where(SignUp.number.in_([stay.sign_up for stay in stays]))
    session.execute(locked.order_by(SignUp.id).with_for_update())
    people = {person.number: person for person in people_to_confirm(session, shift.id)}
    made: list[str] = []
    for stay in stays:
        who = people.get(stay.sign_up)
        facts = {"who": stay.sign_up}
        if who is None:
            raise Refused(HoursRefusal.NOT_THERE, facts=facts)
        if who.person_id == actor.person_id:
            raise Refused(HoursRefusal.ONESELF, facts=facts)
        if who.record is not None:
            raise Conflict(HoursRefusal.ALREADY, facts=facts)
        span = _counted(session, shift.plan, stay, facts)
        made.append(_record(session, actor, shift, who.id, who.person_id, span, source, now))
    return made


def _counted(session: Session, plan: Span, stay: Stayed, facts: dict[str, str]) -> Span:
    if stay.left <= stay.came:
        raise Refused(HoursRefusal.BACKWARDS, facts=facts)
    span = counted_span(plan, stay.came, stay.left, settings_of(session))
    if span.minutes < 1:
        raise Refused(HoursRefusal.NOTHING, facts=facts)
    if span.minutes > MOST_MINUTES:
        raise Refused(HoursRefusal.TOO_LONG, facts=facts)
    return span


def _record(
    session: Session,
    actor: Actor,
    shift: ShiftToConfirm,
    sign_up_id: UUID,
    person_id: UUID,
    span: Span,
    source: HoursSource,
    now: datetime,
) -> str:
    titles = {f"title_{language.lower()}": words for language, words in shift.titles.items()}
    row = ServiceHours(
        id=new_id(), number=new_number(), person_id=person_id, sign_up_id=sign_up_id,
        shift_id=shift.id, place_path=shift.place_path, starts_at=span.starts_at,
        ends_at=span.ends_at, minutes=span.minutes, source=source, confirmed_at=now,
        confirmed_by=_who(actor), **titles,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.number


def void_hours(
    session: Session, actor: Actor, number: str, *, reason: str, now: datetime
) -> HoursRow:
    """Strike a record out, with a reason that its person reads; the row stays.

    Certificates that rest on it are revoked, and points it earned are taken back. Raises
    Conflict when it is void already.
    """
    row = hours_by_number(session, number)
    if row is None:
        raise Missing
    if not actor.may(Permission.HOURS_CONFIRM, place_path=row.place_path):
        raise Forbidden
    reason = reason.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise Refused(HoursRefusal.NO_REASON, field="reason")
    if row.person_id is not None and row.person_id == actor.person_id:
        raise Refused(HoursRefusal.ONESELF, facts={"who": number})
    one = update(ServiceHours).where(ServiceHours.id == row.id, ServiceHours.voided_at.is_(None))
    values = {"voided_at": now, "voided_by": _who(actor), "void_reason": reason}
    if changed_rows(session, one.values(values)) != 1:
        raise Conflict(HoursRefusal.VOID_ALREADY)
    revoke_resting_on(session, certificates_on(session, row.id), actor, reason=reason, now=now)
    note_action(
        session, at=now, actor_id=actor.person_id, action="hours:void",
        subject=f"hours:{number}", person_id=row.person_id, reason=reason,
    )  # fmt: skip
    if row.person_id is not None:
        tell(
            session, [row.person_id], Told.HOURS_VOIDED, now, subject=f"hours:{number}",
            facts={"number": number},
        )  # fmt: skip
    take_back_points(session, row.id, now)
    return row


def _who(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise Forbidden
    return actor.person_id
