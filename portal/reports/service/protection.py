"""Marks of what reporters did, left with the ledger in the same transaction: nothing negative may
come from it (law N1). Who is not known cannot be marked."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from credit.rules.guard import ProtectedAct
from credit.service import (
    Deed,
    let_marks_run_out,
    mark_protected_act,
    mark_protected_acts,
)
from portal.kernel.instance import instance_of
from portal.reports.queries.case import CaseReporterRow, CaseRow, reporters_of
from portal.reports.queries.case_parts import units_at_work
from portal.reports.queries.protection import (
    complained_of,
    identity_of,
    numbers_around,
    numbers_of,
)
from portal.satisfaction.rules import Answers, Settings


def source_of(number: str) -> str:
    """How a case is named where something is proposed because of it."""
    return f"case:{number}"


def protect(
    session: Session,
    case: CaseRow,
    reporters: Iterable[CaseReporterRow],
    act: ProtectedAct,
    *,
    now: datetime,
    units: Collection[UUID] = (),
) -> None:
    """Mark a deed of some reporters of a case, under its number and those of its parts."""
    known = [one for one in reporters if one.person_id or one.sealed_phone]
    if not known:
        return
    vault = instance_of(session).vault
    phones = {one.id: vault.unseal(one.sealed_phone) if one.sealed_phone else None for one in known}
    mark_protected_acts(
        session,
        [
            Deed(case.district, one.person_id, phones[one.id], act, source_of(number), units, now)
            for one in known
            for number in numbers_of(session, case)
        ],
    )


def protect_first(
    session: Session,
    case: CaseRow,
    person_id: UUID | None,
    phone: str | None,
    *,
    answered: bool,
    now: datetime,
) -> None:
    """Whoever files a new case. ``answered``: she was asked more, maybe whom she complains of."""
    if person_id is None and phone is None:
        return
    units = complained_of(session, case) if answered else []
    mark_protected_act(
        session,
        district=case.district,
        person_id=person_id,
        phone=phone,
        act=ProtectedAct.COMPLAINT if units else ProtectedAct.REPORT,
        source=source_of(case.number),
        unit_ids=units,
        at=now,
    )


def protect_reporter(
    session: Session, case: CaseRow, reporter: CaseReporterRow, *, now: datetime
) -> None:
    """Somebody reported a matter, or stands behind one; where it is a complaint, of whom."""
    units = complained_of(session, case)
    act = ProtectedAct.REPORT if reporter.relation.began else ProtectedAct.ME_TOO
    if units:
        act = ProtectedAct.COMPLAINT
    protect(session, case, [reporter], act, now=now, units=units)


def protect_all(session: Session, case: CaseRow, *, now: datetime) -> None:
    """Everybody behind a case, as it has another number now, or turned out to be a complaint."""
    units = complained_of(session, case)
    act = ProtectedAct.COMPLAINT if units else ProtectedAct.REPORT
    protect(session, case, reporters_of(session, case), act, now=now, units=units)


def protect_verdict(
    session: Session,
    case: CaseRow,
    reporter: CaseReporterRow,
    act: ProtectedAct,
    *,
    now: datetime,
) -> None:
    """Somebody was not content with whoever handled the case: the unit, and those of its parts."""
    units = sorted(units_at_work(session, case))
    protect(session, case, [reporter], act, now=now, units=units)


def is_low(answers: Answers, settings: Settings) -> bool:
    """Whether a rating may vex the unit that is rated: unsolved, or below satisfied in anything."""
    levels = (answers.result, answers.service)
    return not answers.solved or not all(settings.satisfied(level) for level in levels)


def end_protection(
    session: Session, district: str, reporter_id: UUID, case_id: UUID, *, now: datetime
) -> None:
    """Her identity is being removed from a case: from now on her marks have their last time.

    Called before the removal, as long as it is known who she is.
    """
    identity = identity_of(session, district, reporter_id)
    if identity is None or identity == (None, None):
        return
    person_id, phone_hash = identity
    sources = [source_of(number) for number in numbers_around(session, district, case_id)]
    let_marks_run_out(session, person_id=person_id, phone_hash=phone_hash, sources=sources, now=now)
