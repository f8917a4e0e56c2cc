"""What staff does with a case: each step checks the table, moves the case and tells people."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.clock import city_day
from portal.kernel.errors import Refused
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos, take_uploads
from portal.kernel.worktime import load_calendar
from portal.organisations.queries import OrganisationRow, units_for
from portal.organisations.rules import HANDLING_KINDS
from portal.reports.models import CaseEvent, CasePhoto, CaseText, Category, CategoryLimit
from portal.reports.queries.case import CaseRow
from portal.reports.rules.codes import Event, PhotoKind, Review, State, Target
from portal.reports.rules.deadlines import Promise, promise
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import Refusal
from portal.reports.service.loop import Brought, NewPhoto, facts_of, move_case
from portal.reports.service.notices import forget_reminders, tell_step, tell_unit
from portal.reports.service.search import index_case


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


def units_of(session: Session, case: CaseRow, now: datetime) -> list[OrganisationRow]:
    """The units a case can be dispatched to, the nearest first."""
    today = city_day(now, instance_of(session).city.zone)
    return units_for(session, case.place_path, HANDLING_KINDS, today)


def dispatch_case(
    session: Session,
    case: CaseRow,
    *,
    actor: Actor,
    now: datetime,
    unit_id: UUID | None,
    words: str | None = None,
    told_at: datetime | None = None,
) -> CaseRow:
    """Send a case to a unit. What was only accepted is filed on the way.

    ``told_at``: when people are told, if not at once.
    """
    if unit_id is not None and unit_id not in {unit.id for unit in units_of(session, case, now)}:
        raise Refused(Refusal.UNIT_OUT_OF_PLACE, field="unit")
    if unit_id is not None and case.state is State.ACCEPTED:
        case = move_case(session, case, Event.FILE, actor=actor, now=now)
    brought = Brought(unit_id=unit_id, words=words)
    moved = move_case(session, case, Event.DISPATCH, actor=actor, now=now, brought=brought)
    tell_step(session, moved, Event.DISPATCH, now=now, due_at=told_at)
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
    taken = take_uploads(session, photos, now)
    shown = [NewPhoto(p.blob_key, p.width, p.height, p.thumbnail_key) for p in taken]
    brought = Brought(words=words, photos=tuple(shown))
    moved = move_case(session, case, Event.HANDLE, actor=actor, now=now, brought=brought)
    tell_step(session, moved, Event.HANDLE, now=now)
    return moved


def close_case(
    session: Session, case: CaseRow, *, actor: Actor, now: datetime, words: str | None = None
) -> CaseRow:
    """Close what was checked. The check is also that of the after-photos, unless law P5 speaks."""
    brought = Brought(words=words)
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
            CaseEvent.event == Event.HANDLE,
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
    session: Session, case: CaseRow, *, passed_on_words: str | None = None, now: datetime
) -> CaseRow:
    """An unhappy verdict opens a closed case again; the caller has recognised the reporter."""
    brought = Brought(words=passed_on_words, values=_new_promise(session, case, now))
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
    return _promise_columns(_promised(session, now, case.limit_minutes, case.round_the_clock))


def _promised(session: Session, start: datetime, minutes: int, round_the_clock: bool) -> Promise:
    zone = instance_of(session).city.zone
    return promise(
        start, minutes, round_the_clock=round_the_clock, calendar=load_calendar(), zone=zone
    )


def _promise_columns(made: Promise) -> tuple[tuple[str, Any], ...]:
    return (("promised_at", made.at), ("promised_days", made.days))


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
    category, limit = _category_on(session, category_code, now)
    made = _promised(session, case.found_at, limit.minutes, limit.round_the_clock)
    values = (
        ("category_code", category.code),
        ("urgent", category.urgent),
        ("limit_minutes", limit.minutes),
        ("round_the_clock", limit.round_the_clock),
        *_promise_columns(made),
    )
    brought = Brought(words=words, values=values)
    moved = move_case(session, case, Event.RECLASSIFY, actor=actor, now=now, brought=brought)
    if category.target is Target.PERSON_OR_SHOP:
        _keep_inside(session, case)
    index_case(session, moved)
    return moved


def _category_on(session: Session, code: str, now: datetime) -> tuple[Category, CategoryLimit]:
    """A category in use today, and its limit."""
    today = city_day(now, instance_of(session).city.zone)
    category = session.get(Category, code)
    if category is None or not _in_use(category, today):
        raise Refused(Refusal.NO_CATEGORY, field="category")
    limit = session.scalar(
        select(CategoryLimit)
        .where(CategoryLimit.category_code == code, CategoryLimit.valid_from <= today)
        .order_by(CategoryLimit.valid_from.desc())
        .limit(1)
    )
    if limit is None:
        raise Refused(Refusal.NO_CATEGORY, field="category")
    return category, limit


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
