"""Filing for record (备案): with which office, under which number, on which day, by whom."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.conventions.models import ConventionFiling
from portal.conventions.queries.published import carried_vote
from portal.conventions.queries.texts import RoundRow
from portal.conventions.rules.published import PublishRefusal
from portal.conventions.rules.way import Move, state_after
from portal.conventions.service.publishing import adopted_day, take_step
from portal.conventions.service.rounds import round_here
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.errors import Conflict, Refused
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos, forget_files, take_uploads


@dataclass(frozen=True)
class FilingWish:
    """What stands on the receipt of the office, and its photo."""

    filed_with: str
    filing_number: str
    filed_on: date
    photos: KeptPhotos


def filing_due(session: Session, row: RoundRow) -> date | None:
    """By which day a text that was adopted is to be filed; None: no rule says so, or no vote."""
    vote = carried_vote(session, row.id)
    if vote is None or not row.rule.filing_days:
        return None
    return adopted_day(session, vote) + timedelta(days=row.rule.filing_days)


def file_text(
    session: Session, actor: Actor, number: str, wish: FilingWish, *, now: datetime
) -> None:
    """Note that a text was filed. It goes on to its next step."""
    row = round_here(session, actor, number, lock=True)
    to = state_after(row.rule, row.state, Move.FILE)
    vote = carried_vote(session, row.id)
    if to is None or vote is None:
        raise Conflict(PublishRefusal.NOT_NOW)
    if not wish.filing_number:
        raise Refused(PublishRefusal.NO_NUMBER, field="filing_number")
    adopted, today = adopted_day(session, vote), city_day(now, instance_of(session).city.zone)
    if not adopted <= wish.filed_on <= today:
        raise Refused(PublishRefusal.FILED_DAY, field="filed_on", facts={"day": adopted})
    taken = take_uploads(session, wish.photos, now, field="photos")
    # a small picture is its own thumbnail
    forget_files(session, [one.thumbnail_key for one in taken if one.thumbnail_key != one.blob_key])
    session.add(
        ConventionFiling(
            round_id=row.id, due_on=filing_due(session, row), filed_with=wish.filed_with,
            filing_number=wish.filing_number, filed_on=wish.filed_on, filed_at=now,
            filed_by=actor.person_id, document_key=taken[0].blob_key if taken else None,
        )
    )  # fmt: skip
    take_step(session, actor, row, Move.FILE, to, now)
    note_action(
        session, at=now, actor_id=actor.person_id, action="convention:file",
        subject=f"round:{row.number}",
    )  # fmt: skip
