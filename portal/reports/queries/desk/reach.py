"""Which cases somebody reaches, and which wait for whom; lateness is derived here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache

from sqlalchemy import ColumnElement, and_, false, or_, select, true, tuple_, union

from portal.accounts.rules import Actor, Grant, Permission
from portal.reports.models import Case, CaseCoUnit, CasePhoto, CaseText, Category
from portal.reports.queries.case_parts import waits_for_parts
from portal.reports.queries.desk.came import handed_in, outside_waits
from portal.reports.rules.codes import PhotoKind, Review, State, Target, TextKind
from portal.reports.rules.desk import WORK, Narrowed, Task, tasks_of
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.transitions import OPEN, SENT_BACK, UNDONE

Condition = Callable[[], ColumnElement[bool]]
TO_CHECK = (TextKind.DESCRIPTION, TextKind.PLACE, TextKind.ADDITION)


def inside(place_path: str) -> ColumnElement[bool]:
    """Cases in a place. Paths are made of codes, which hold no wildcard."""
    return Case.place_path.startswith(place_path, autoescape=True)


def reach(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Cases for which somebody holds a permission: by place, or dispatched to her unit."""
    found = or_(false(), *_grants(actor, permission, {True, False}))
    return and_(found, *_not_inward(actor, permission))


def _not_inward(actor: Actor, permission: Permission) -> Iterable[ColumnElement[bool]]:
    """Behaviour reports are for those alone who may read them (R259); most readers of the desk
    may wherever they read at all, and then nothing is asked of the database.
    """
    wide = {replace(g, permission=permission) for g in _held(actor, Permission.BEHAVIOUR_READ)}
    if not set(_held(actor, permission)) <= wide:
        may = or_(false(), *_grants(actor, Permission.BEHAVIOUR_READ, {True, False}))
        yield or_(Case.category_code != BEHAVIOUR, may)


def _held(actor: Actor, permission: Permission) -> list[Grant]:
    return [grant for grant in actor.grants if grant.permission is permission]


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
    """The same as ``rules.pauses.is_late_at``, for the database to count."""
    handled = and_(Case.state == State.HANDLED, Case.handled_at > Case.promised_at)
    broken = or_(
        and_(Case.paused_until.is_(None), Case.promised_at < now),
        and_(Case.paused_until > now, Case.promised_at < Case.paused_at),
        and_(Case.paused_until <= now, Case.promise_if_over < now),
    )
    return or_(handled, and_(Case.state.in_(UNDONE), broken))


def waits_for(actor: Actor, task: Task, now: datetime, today: date) -> ColumnElement[bool]:
    """Which cases belong to a task of somebody. ``today`` is the city's day."""
    if task is Task.MINE:
        return or_(false(), *(waits_for(actor, mine, now, today) for mine in tasks_of(actor)))
    if task is Task.SUPPORT:
        return and_(Case.state.in_(OPEN), _supported(actor))
    # put together when it is asked for only: a page counts many tasks, and each is costly to write
    wider: Mapping[Task, Condition] = {
        Task.LATE: lambda: is_late_now(now),
        Task.OPEN: lambda: Case.state.in_(OPEN),
        Task.ALL: true,
    }
    condition = wider[task]() if task in wider else _work(actor, task, now, today)
    return and_(reach(actor, Permission.REPORT_READ), condition)


def _supported(actor: Actor) -> ColumnElement[bool]:
    """Cases whose lead a unit of this reader supports; found by the unit, not by all cases."""
    units = actor.organisations_for(Permission.REPORT_READ)
    keys = select(CaseCoUnit.district, CaseCoUnit.case_id).where(
        CaseCoUnit.unit_id.in_(units), CaseCoUnit.ended_at.is_(None)
    )
    return tuple_(Case.district, Case.id).in_(keys)


def _work(actor: Actor, task: Task, now: datetime, today: date) -> ColumnElement[bool]:
    verbs = or_(*(reach(actor, permission) for permission in sorted(WORK[task])))
    if task is Task.HANDLE:
        mine = _by_unit(actor, Permission.REPORT_HANDLE)
        return and_(Case.state == State.DISPATCHED, mine, ~waits_for_parts())
    if task in {Task.SENT_BACK, Task.HANDED_IN}:
        own = and_(_by_place(actor, Permission.REPORT_HANDLE), Case.unit_id.is_(None))
        mine = or_(_by_unit(actor, Permission.REPORT_HANDLE), own)
        if task is Task.HANDED_IN:
            return and_(handed_in(), mine)
        return and_(Case.state.in_(SENT_BACK), mine, ~waits_for_parts())
    conditions: Mapping[Task, Condition] = {
        Task.CHECK: lambda: or_(Case.state == State.REPORTED, _solved_unseen()),
        Task.RESPOND: lambda: and_(
            Case.responded_at.is_(None), Case.state.in_(OPEN - {State.HANDLED})
        ),
        Task.DISPATCH: lambda: and_(
            or_(Case.state.in_((State.ACCEPTED, State.FILED)), _without_a_unit()),
            ~waits_for_parts(),
        ),
        Task.VERIFY: lambda: and_(
            Case.state == State.HANDLED, _nobody_is_asked(now), _somebody_elses(actor)
        ),
        Task.MODERATE: _unchecked,
        Task.OUTSIDE: lambda: outside_waits(today),
    }
    return and_(conditions[task](), verbs)


def _solved_unseen() -> ColumnElement[bool]:
    """Solved by its reporter, and nobody of the desk has looked yet."""
    return and_(Case.state == State.SELF_SOLVED, Case.fed_back_at.is_(None))


def _without_a_unit() -> ColumnElement[bool]:
    """Opened again, and no unit ever had it: somebody has to give it to one."""
    never = and_(Case.unit_id.is_(None), Case.dispatched_at.is_(None))
    return and_(Case.state == State.REOPENED, never)


def _nobody_is_asked(now: datetime) -> ColumnElement[bool]:
    """Whether the verifier has the say: no reporter is asked, or her days are over."""
    return or_(Case.confirm_until.is_(None), Case.confirm_until <= now)


def _somebody_elses(actor: Actor) -> ColumnElement[bool]:
    """Not handled by herself or her unit, not dispatched by herself."""
    units = actor.organisations_for(Permission.REPORT_HANDLE)
    return and_(
        or_(Case.handler_id.is_(None), Case.handler_id != actor.person_id),
        or_(Case.dispatcher_id.is_(None), Case.dispatcher_id != actor.person_id),
        or_(Case.unit_id.is_(None), Case.unit_id.not_in(units)) if units else true(),
    )


@cache
def _unchecked() -> ColumnElement[bool]:
    """Something of the reporter's waits for the check, and the public may ever see it (P5)."""
    texts = select(CaseText.district, CaseText.case_id).where(
        CaseText.review == Review.PENDING,
        or_(
            and_(CaseText.by_reporter, CaseText.kind.in_(TO_CHECK)),
            CaseText.kind == TextKind.OUTSIDE_REPLY,
        ),
    )
    photos = select(CasePhoto.district, CasePhoto.case_id).where(
        CasePhoto.review == Review.PENDING, CasePhoto.by_reporter
    )
    settled = (
        select(CasePhoto.district, CasePhoto.case_id)
        .join(Case, and_(Case.district == CasePhoto.district, Case.id == CasePhoto.case_id))
        .where(
            CasePhoto.review == Review.PENDING,
            CasePhoto.kind == PhotoKind.AFTER,
            Case.state == State.SETTLED,
        )
    )
    # from what waits to its cases: the other way round every case would be looked at
    waiting = tuple_(Case.district, Case.id).in_(select(union(texts, photos, settled).subquery()))
    things = Case.category_code.in_(select(Category.code).where(Category.target == Target.THING))
    gone = (
        State.VOID,
        State.WITHDRAWN,
        State.NOT_ACCEPTED,
        State.NOT_FILED,
        State.HANDED_OVER,
        State.MERGED,
    )
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
    if chosen.source is not None:
        conditions.append(Case.source == chosen.source)
    if chosen.late:
        conditions.append(is_late_now(now))
    if chosen.urgent:
        conditions.append(Case.urgent.expression)
    return conditions
