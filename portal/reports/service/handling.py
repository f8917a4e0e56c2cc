"""What staff does with a case: each step checks the table, moves the case and tells people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.errors import Refused
from portal.kernel.uploads import KeptPhotos
from portal.reports.models import CaseEvent, CasePhoto, CaseText, Category
from portal.reports.queries.case import CaseRow
from portal.reports.rules.codes import Event, Means, PhotoKind, Review, State, Target
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.pauses import promise_at
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import Refusal
from portal.reports.service.alerts import raise_alert
from portal.reports.service.answers import answered_hazard
from portal.reports.service.co_units import chosen_co_units, set_co_units
from portal.reports.service.contracts import relink_contract
from portal.reports.service.limits import (
    measure_for,
    new_limit,
    promise_columns,
    promised,
    today_of,
)
from portal.reports.service.loop import Brought, facts_of, move_case
from portal.reports.service.notices import forget_reminders, tell_step, tell_unit
from portal.reports.service.replies import refuse_empty_answer
from portal.reports.service.routing import keep_route, way_of
from portal.reports.service.search import index_case
from portal.reports.service.severity import was_grave
from portal.reports.service.steps import take_photos


def take_step(
    session: Session,
    case: CaseRow,
    event: Event,
    *,
    actor: Actor,
    now: datetime,
    reason: Reason | None = None,
    words: str | None = None,
) -> CaseRow:
    """A step that needs no more than a reason or words: accept, refuse, file, return, void …"""
    brought = Brought(reason=reason, words=words)
    moved = move_case(session, case, event, actor=actor, now=now, brought=brought)
    tell_step(session, moved, event, now=now, reason=reason)
    return moved


def dispatch_case(
    session: Session,
    case: CaseRow,
    *,
    actor: Actor,
    now: datetime,
    unit_id: UUID | None,
    words: str | None = None,
    co_unit_ids: Sequence[UUID] | None = None,
    told_at: datetime | None = None,
) -> CaseRow:
    """Send a case to a unit. What was only accepted is filed on the way.

    ``co_unit_ids`` None: those that the list names. ``told_at``: when people are told, if not now.
    """
    way = way_of(session, case, now)
    if unit_id is not None and (refusal := way.why_not(unit_id)) is not None:
        raise Refused(refusal, field="unit")
    co_units = chosen_co_units(way, unit_id, co_unit_ids)
    if unit_id is not None and case.state is State.ACCEPTED:
        case = move_case(session, case, Event.FILE, actor=actor, now=now)
    brought = Brought(unit_id=unit_id, words=words)
    moved = move_case(session, case, Event.DISPATCH, actor=actor, now=now, brought=brought)
    tell_step(session, moved, Event.DISPATCH, now=now, due_at=told_at)
    keep_route(session, moved, way)
    set_co_units(session, moved, co_units, now=now, told_at=told_at)
    tell_unit(session, moved, sent_back=False, now=now, due_at=told_at)
    return moved


def handle_case(
    session: Session,
    case: CaseRow,
    *,
    actor: Actor,
    now: datetime,
    words: str | None,
    photos: KeptPhotos,
) -> CaseRow:
    """Say that the work is done, and show it."""
    refuse_empty_answer(words)
    brought = Brought(words=words, photos=take_photos(session, photos, now))
    moved = move_case(session, case, Event.HANDLE, actor=actor, now=now, brought=brought)
    tell_step(session, moved, Event.HANDLE, now=now)
    return moved


def close_case(
    session: Session,
    case: CaseRow,
    *,
    actor: Actor,
    now: datetime,
    means: Means | None,
    words: str | None = None,
) -> CaseRow:
    """Close what was checked. The check is also that of the after-photos, unless law P5 speaks."""
    refuse_empty_answer(words)
    brought = Brought(words=words, means=means)
    moved = move_case(session, case, Event.CLOSE, actor=actor, now=now, brought=brought)
    protected = facts_of(session, case).protected
    _decide_after_photos(session, case, Review.WITHHELD if protected else Review.APPROVED)
    tell_step(session, moved, Event.CLOSE, now=now)
    return moved


def _decide_after_photos(session: Session, case: CaseRow, review: Review) -> None:
    """For the photos of the handling that passed; those of an earlier, failed one wait on."""
    last = (
        select(CaseEvent.id)
        .where(
            CaseEvent.district == case.district,
            CaseEvent.case_id == case.id,
            # by a unit, or by the head of a building whom the reporter did not answer
            CaseEvent.event.in_([Event.HANDLE, Event.SETTLE]),
        )
        .order_by(CaseEvent.id.desc())
        .limit(1)
    )
    session.execute(
        update(CasePhoto)
        .where(
            CasePhoto.district == case.district,
            CasePhoto.event_id == last.scalar_subquery(),
            CasePhoto.kind == PhotoKind.AFTER,
            CasePhoto.review == Review.PENDING,
        )
        .values(review=review)
    )


def send_back_case(
    session: Session,
    case: CaseRow,
    *,
    actor: Actor,
    now: datetime,
    reason: Reason | None,
    words: str | None = None,
) -> CaseRow:
    """The check failed: back to the unit, which reads the words and never the cause."""
    brought = Brought(reason=reason, words=words, values=_new_promise(session, case, now))
    moved = move_case(session, case, Event.SEND_BACK, actor=actor, now=now, brought=brought)
    after_sent_back(session, case, moved, Event.SEND_BACK, now=now)
    return moved


def reopen_case(
    session: Session,
    case: CaseRow,
    *,
    passed_on_words: str | None = None,
    reporter_id: UUID | None = None,
    now: datetime,
) -> CaseRow:
    """An unhappy verdict opens a closed case again; the caller has recognised the reporter."""
    promise = _new_promise(session, case, now)
    brought = Brought(words=passed_on_words, reporter_id=reporter_id, values=promise)
    moved = move_case(session, case, Event.REOPEN, actor=None, now=now, brought=brought)
    after_sent_back(session, case, moved, Event.REOPEN, now=now)
    return moved


def after_sent_back(
    session: Session, case: CaseRow, moved: CaseRow, event: Event, *, now: datetime
) -> None:
    """Everybody learns the same, whatever the cause."""
    forget_reminders(session, case)
    tell_step(session, moved, event, now=now)
    tell_unit(session, moved, sent_back=True, now=now)


def _new_promise(session: Session, case: CaseRow, now: datetime) -> tuple[tuple[str, Any], ...]:
    """A closed case that opens again gets its time anew; failed work keeps its first promise."""
    if case.state is not State.CLOSED:
        return ()
    measure, minutes = measure_for(session, case), case.limit_minutes
    made = promised(now, promise_at(now, minutes, (), measure), minutes, measure)
    again = {**promise_columns(made), "clock_from": now, "extended_minutes": 0}
    return tuple(again.items())


def reclassify_case(
    session: Session,
    case: CaseRow,
    *,
    actor: Actor,
    now: datetime,
    category_code: str,
    words: str | None = None,
) -> CaseRow:
    """Give a case its right name, with that name's limit and publicity."""
    if category_code == case.category_code:
        raise Refused(Refusal.SAME_CATEGORY, field="category")
    category = _category_on(session, category_code, now)
    # what the reporter answered may put it into the urgent lane under its new name too
    hazard = not category.urgent and answered_hazard(session, case, category.code)
    # and so does a grave grade: only another grade takes that back
    urgent = category.urgent or hazard or was_grave(session, case)
    values = (
        ("category_code", category.code),
        ("urgent", urgent),
        # in the hazard lane and behind a behaviour the reporter is hidden from the unit
        ("sealed", case.sealed or urgent or category.code == BEHAVIOUR),
        *new_limit(session, case, category.code, now, None, hazard=hazard).items(),
    )
    brought = Brought(words=words, values=values)
    moved = move_case(session, case, Event.RECLASSIFY, actor=actor, now=now, brought=brought)
    if category.target is Target.PERSON_OR_SHOP:
        _keep_inside(session, case)
    relink_contract(session, case, category.code)
    index_case(session, moved)
    raise_alert(session, moved, now=now)
    return moved


def _category_on(session: Session, code: str, now: datetime) -> Category:
    """A category in use today."""
    category = session.get(Category, code)
    if category is None or not _in_use(category, today_of(session, now)):
        raise Refused(Refusal.NO_CATEGORY, field="category")
    return category


def _in_use(category: Category, today: Any) -> bool:
    return category.valid_from <= today and (category.valid_to is None or today < category.valid_to)


def _keep_inside(session: Session, case: CaseRow) -> None:
    """Law P5: what was public of a matter now aimed at a person or shop is taken back."""
    about = Reason.ABOUT_A_PERSON_OR_SHOP.value
    session.execute(
        update(CaseText)
        .where(CaseText.district == case.district, CaseText.case_id == case.id)
        .values(public_text=None, review=Review.WITHHELD, review_reason=about)
    )
    session.execute(
        update(CasePhoto)
        .where(CasePhoto.district == case.district, CasePhoto.case_id == case.id)
        .values(review=Review.WITHHELD, review_reason=about)
    )
