"""Which cases somebody reaches, and which wait for whom; lateness is derived here."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select, true, tuple_, union

from portal.accounts.rules import Actor, Permission
from portal.reports.models import Case, CasePhoto, CaseText, Category
from portal.reports.rules.codes import Review, State, Target, TextKind
from portal.reports.rules.desk import WORK, Narrowed, Task, tasks_of
from portal.reports.rules.transitions import OPEN, SENT_BACK

TO_CHECK = (TextKind.DESCRIPTION, TextKind.PLACE, TextKind.ADDITION)


def inside(place_path: str) -> ColumnElement[bool]:
    """Cases in a place. Paths are made of codes, which hold no wildcard."""
    return Case.place_path.startswith(place_path, autoescape=True)


def reach(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Cases for which somebody holds a permission: by place, or dispatched to her unit."""
    return or_(false(), *_grants(actor, permission, {True, False}))


def _by_unit(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    return or_(false(), *_grants(actor, permission, {True}))


def _by_place(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    return or_(false(), *_grants(actor, permission, {False}))


def _grants(
    actor: Actor, permission: Permission, of_unit: set[bool]
) -> Iterable[ColumnElement[bool]]:
    for grant in actor.grants:
        if grant.permission is permission and (grant.organisation_id is not None) in of_unit:
            place = inside(grant.place_path) if grant.place_path else true()
            unit = Case.unit_id == grant.organisation_id if grant.organisation_id else true()
            yield and_(place, unit)


def is_late_now(now: datetime) -> ColumnElement[bool]:
    """The same as ``rules.deadlines.is_late``, for the database to count."""
    handled = and_(Case.state == State.HANDLED, Case.handled_at > Case.promised_at)
    waiting = and_(Case.state.in_(OPEN - {State.HANDLED}), Case.promised_at < now)
    return or_(handled, waiting)


def waits_for(actor: Actor, task: Task, now: datetime) -> ColumnElement[bool]:
    """Which cases belong to a task of somebody."""
    if task is Task.MINE:
        return or_(false(), *(waits_for(actor, mine, now) for mine in tasks_of(actor)))
    readable = reach(actor, Permission.REPORT_READ)
    wider = {
        Task.LATE: is_late_now(now),
        Task.OPEN: Case.state.in_(OPEN),
        Task.ALL: true(),
    }
    condition = wider[task] if task in wider else _work(actor, task)
    return and_(readable, condition)


def _work(actor: Actor, task: Task) -> ColumnElement[bool]:
    verbs = or_(*(reach(actor, permission) for permission in sorted(WORK[task])))
    if task is Task.HANDLE:
        return and_(Case.state == State.DISPATCHED, _by_unit(actor, Permission.REPORT_HANDLE))
    if task is Task.SENT_BACK:
        own = and_(_by_place(actor, Permission.REPORT_HANDLE), Case.unit_id.is_(None))
        return and_(Case.state.in_(SENT_BACK), or_(_by_unit(actor, Permission.REPORT_HANDLE), own))
    conditions = {
        Task.CHECK: Case.state == State.REPORTED,
        Task.RESPOND: and_(Case.responded_at.is_(None), Case.state.in_(OPEN - {State.HANDLED})),
        Task.DISPATCH: Case.state.in_((State.ACCEPTED, State.FILED)),
        Task.VERIFY: and_(Case.state == State.HANDLED, _somebody_elses(actor)),
        Task.MODERATE: _unchecked(),
    }
    return and_(conditions[task], verbs)


def _somebody_elses(actor: Actor) -> ColumnElement[bool]:
    """Not handled by herself or her unit, not dispatched by herself."""
    units = actor.organisations_for(Permission.REPORT_HANDLE)
    return and_(
        or_(Case.handler_id.is_(None), Case.handler_id != actor.person_id),
        or_(Case.dispatcher_id.is_(None), Case.dispatcher_id != actor.person_id),
        or_(Case.unit_id.is_(None), Case.unit_id.not_in(units)) if units else true(),
    )


def _unchecked() -> ColumnElement[bool]:
    """Something of the reporter's waits for the check, and the public may ever see it (P5)."""
    texts = select(CaseText.district, CaseText.case_id).where(
        CaseText.review == Review.PENDING, CaseText.by_reporter, CaseText.kind.in_(TO_CHECK)
    )
    photos = select(CasePhoto.district, CasePhoto.case_id).where(
        CasePhoto.review == Review.PENDING, CasePhoto.by_reporter
    )
    # from what waits to its cases: the other way round every case would be looked at
    waiting = tuple_(Case.district, Case.id).in_(select(union(texts, photos).subquery()))
    things = Case.category_code.in_(select(Category.code).where(Category.target == Target.THING))
    gone = (State.VOID, State.WITHDRAWN, State.NOT_ACCEPTED, State.NOT_FILED)
    return and_(waiting, things, Case.state.not_in(gone))


def narrowing(chosen: Narrowed, now: datetime) -> list[ColumnElement[bool]]:
    """What a reader has narrowed her lists to."""
    conditions: list[ColumnElement[bool]] = []
    if chosen.place_path is not None:
        conditions.append(inside(chosen.place_path))
    if chosen.category is not None:
        conditions.append(Case.category_code == chosen.category)
    if chosen.unit_id is not None:
        conditions.append(Case.unit_id == chosen.unit_id)
    if chosen.late:
        conditions.append(is_late_now(now))
    if chosen.urgent:
        conditions.append(Case.urgent.expression)
    return conditions
