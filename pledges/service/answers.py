"""What a shop says to a breach, and who decides its appeal (L7, L9)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from pledges.models import BreachAnswer
from pledges.queries.breaches import (
    BreachRow,
    breach_by_number,
    events_of,
    inspector_of,
    listed_by,
    said_of,
    speaker_of,
)
from pledges.queries.inspections import doors_by_ids
from pledges.rules.breaches import (
    LONGEST_REASON,
    LONGEST_WORDS,
    OPEN,
    AnswerKind,
    AppealOutcome,
    BreachRefusal,
    BreachState,
    BreachStep,
    appeal_due,
    appeal_until,
    edge_for,
    may_decide,
    postponed,
)
from pledges.rules.inspections import PhotoSide
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.signing import Who
from pledges.service.breaches import locked_breach
from pledges.service.days import today_of
from pledges.service.inspections import check_words
from pledges.service.listing_appeals import resume_listings, suspend_listings
from pledges.service.photos import keep_photos
from pledges.service.steps import close_appeal, end_void, move
from portal.accounts.rules import Actor
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos, take_uploads


def own_breach(
    session: Session, actor: Actor, number: str, *, lock: bool = False
) -> BreachRow:  # fmt: skip
    """A breach of a shop for which somebody speaks; any other is Missing."""
    row = breach_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or actor.person_id is None:
        raise Missing
    if speaker_of(session, row).person_id != actor.person_id:
        raise Missing
    return row


def reply(session: Session, actor: Actor, number: str, words: str, *, now: datetime) -> None:
    """Say something about a breach; it stands beside its steps and stops nothing."""
    row = own_breach(session, actor, number, lock=True)
    if row.state is BreachState.VOID:
        raise Conflict(PledgeRefusal.MOVED_ON)
    _say(session, row, AnswerKind.REPLY, actor, words, now)


def say_rectified(
    session: Session, actor: Actor, number: str, words: str, photos: KeptPhotos, *, now: datetime
) -> None:
    """Say that it is put right, with photos; somebody of the street looks whether it is."""
    row = own_breach(session, actor, number, lock=True)
    if row.state not in OPEN:
        raise Conflict(PledgeRefusal.MOVED_ON)
    if not photos.tokens and not words.strip():
        raise Refused(BreachRefusal.NO_WORDS, field="words")
    move(session, row, BreachStep.SAY_RECTIFIED, Who.OPERATOR, now=now, rectified_at=now)
    key = _say(session, row, AnswerKind.RECTIFIED, actor, words, now, may_be_empty=True)
    door = doors_by_ids(session, [row.premises_id])[row.premises_id]
    taken = take_uploads(session, photos, now)
    keep_photos(
        session, door, PhotoSide.AFTER, taken, now, answer_id=key, clause_id=row.clause_id
    )  # fmt: skip


def appeal(session: Session, actor: Actor, number: str, words: str, *, now: datetime) -> None:
    """Appeal within its days after the latest notice; from now on nothing goes up the ladder."""
    row = own_breach(session, actor, number, lock=True)
    if row.state is BreachState.VOID:
        raise Conflict(PledgeRefusal.MOVED_ON)
    if row.suspended:
        raise Conflict(BreachRefusal.APPEAL_OPEN)
    today, noticed = today_of(session, now), last_notice(session, row)
    # each notice can be appealed against once
    if any(one.kind is AnswerKind.APPEAL and one.at >= noticed for one in said_of(session, row)):
        raise Conflict(BreachRefusal.APPEALED_ALREADY)
    until = appeal_until(today_of(session, noticed))
    if today > until:
        raise Refused(BreachRefusal.APPEAL_OVER, facts={"day": until.isoformat()})
    due = appeal_due(today)
    move(session, row, BreachStep.SUSPEND, Who.OPERATOR, now=now, due_on=due, suspended_at=now)
    suspend_listings(session, row)
    _say(session, row, AnswerKind.APPEAL, actor, words, now)


def last_notice(session: Session, row: BreachRow) -> datetime:
    """When the shop was last told of a step; a decision about an appeal gives no new days."""
    last = row.opened_at
    for event in events_of(session, row):
        noticed = any(
            edge.noticed
            for state in BreachState
            if (edge := edge_for(state, event.step)) is not None
        )
        if noticed and event.step is not BreachStep.RESUME:
            last = event.at
    return last


def _say(
    session: Session,
    row: BreachRow,
    kind: AnswerKind,
    actor: Actor,
    words: str,
    now: datetime,
    *,
    may_be_empty: bool = False,
) -> UUID:
    text = words.strip()
    if not text and not may_be_empty:
        raise Refused(BreachRefusal.NO_WORDS, field="words")
    if len(text) > LONGEST_WORDS:
        raise Refused(PledgeRefusal.LONG, field="words", facts={"most": LONGEST_WORDS})
    key = new_id()
    due = appeal_due(today_of(session, now)) if kind is AnswerKind.APPEAL else None
    session.add(
        BreachAnswer(
            district=row.district, id=key, number=new_number(), breach_id=row.id, kind=kind,
            person_id=actor.person_id, at=now, answer_due=due,
            sealed_words=instance_of(session).vault.seal(text) if text else None,
        )
    )  # fmt: skip
    # photos refer to it
    session.flush()
    return key


def drop_appeal(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """The shop takes its appeal back; the ladder goes on, and the days are given back."""
    row = own_breach(session, actor, number, lock=True)
    if not close_appeal(session, row, AppealOutcome.DROPPED, None, "", now):
        raise Conflict(BreachRefusal.NO_APPEAL)
    move(session, row, BreachStep.RESUME, Who.OPERATOR, now=now, **_resumed(session, row, now))
    resume_listings(session, row, now=now)


def may_decide_appeal(session: Session, actor: Actor, row: BreachRow) -> bool:
    """Whoever inspected, opened it, took a step or put it on the list does not decide (L9)."""
    if actor.person_id is None:
        return False
    actors = {event.actor_id for event in events_of(session, row)}
    actors |= {inspector_of(session, row), *listed_by(session, row)}
    return may_decide(actor.person_id, row.opened_by, actors)


def decide_appeal(
    session: Session,
    actor: Actor,
    number: str,
    outcome: AppealOutcome,
    reason: str,
    *,
    now: datetime,
) -> None:
    """Uphold an appeal, and the breach never was; or reject it, and the ladder goes on."""
    row = locked_breach(session, actor, number)
    if outcome not in (AppealOutcome.UPHELD, AppealOutcome.REJECTED):
        raise Forbidden
    if not reason.strip():
        raise Refused(PledgeRefusal.NO_REASON, field="reason")
    check_words(reason, LONGEST_REASON, "reason")
    if not any(one.kind is AnswerKind.APPEAL and one.decided_at is None
               for one in said_of(session, row)):  # fmt: skip
        raise Conflict(BreachRefusal.NO_APPEAL)
    if not may_decide_appeal(session, actor, row):
        raise Refused(BreachRefusal.TOOK_A_STEP)
    if outcome is AppealOutcome.UPHELD:
        end_void(session, row.number, actor, reason, now)
        return
    close_appeal(session, row, outcome, actor.person_id, reason, now)
    move(session, row, BreachStep.RESUME, Who.STAFF, now=now, actor=actor, reason=reason,
         **_resumed(session, row, now))  # fmt: skip
    resume_listings(session, row, now=now)


def _resumed(session: Session, row: BreachRow, now: datetime) -> dict[str, Any]:
    """No longer suspended; a day that was set moves by the days that the appeal took."""
    values: dict[str, Any] = {"suspended_at": None}
    if row.rectify_by is not None and row.suspended_at is not None:
        since = today_of(session, row.suspended_at)
        values["rectify_by"] = postponed(row.rectify_by, since, today_of(session, now))
    return values
