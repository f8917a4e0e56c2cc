"""The street's review: notes on the law, and why words that the check refuses may stand."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.conventions.models import Overruled, ReviewNote
from portal.conventions.queries.texts import RoundRow, draft_of, flags_in
from portal.conventions.rules.checking import Finding, Flag
from portal.conventions.rules.way import RoundState, WayRefusal, is_reviewed_early
from portal.conventions.service.reviews import asked_review
from portal.conventions.service.rounds import REVIEW, round_here
from portal.kernel.clock import city_day
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.instance import instance_of


@dataclass(frozen=True)
class NoteWish:
    """A note on the law. ``clause_id`` None: on the whole text; ``must``: it does not pass so."""

    note: str
    must: bool
    clause_id: UUID | None = None


def _reviewing(session: Session, actor: Actor, number: str) -> RoundRow:
    """A round, locked, that lies with the street, by somebody of the street."""
    row = round_here(session, actor, number, lock=True)
    if not actor.may(REVIEW, place_path=row.place_path):
        raise Forbidden
    if row.state is not RoundState.REVIEW:
        raise Refused(WayRefusal.NO_SUCH_MOVE)
    return row


def write_note(
    session: Session, actor: Actor, number: str, wish: NoteWish, *, now: datetime
) -> None:
    """Note what the law says to a clause that stands in the draft, or to the whole text."""
    row = _reviewing(session, actor, number)
    known = {one.clause_id for one in draft_of(session, row.id)}
    if wish.clause_id is not None and wish.clause_id not in known:
        raise Missing
    today = city_day(now, instance_of(session).city.zone)
    review_id = asked_review(session, row, today=today, now=now)
    session.add(
        ReviewNote(
            review_id=review_id, clause_id=wish.clause_id, note=wish.note, must=wish.must,
            written_by=actor.person_id, at=now,
        )
    )  # fmt: skip


def flag_here(
    session: Session, actor: Actor, number: str, clause_id: UUID, finding: Finding
) -> Flag:
    """What the check found in a clause; Missing when it found nothing there."""
    row = round_here(session, actor, number)
    found = [
        one
        for one in flags_in(session, row.id, draft_of(session, row.id))
        if (one.key, one.finding) == (str(clause_id), finding)
    ]
    if not found:
        raise Missing
    return found[0]


def let_stand(
    session: Session, actor: Actor, number: str, clause_id: UUID, finding: Finding, reason: str,
    *, seen: str, now: datetime,
) -> None:  # fmt: skip
    """Overrule the check, for the words that were ``seen`` (their hash) and no others."""
    row = round_here(session, actor, number, lock=True)
    if not actor.may(REVIEW, place_path=row.place_path):
        raise Forbidden
    # where a kind has no review, the street says so while the text is still written
    if row.state is not RoundState.REVIEW and not is_reviewed_early(row.rule, row.state):
        raise Refused(WayRefusal.NO_SUCH_MOVE)
    if not reason:
        raise Refused(WayRefusal.NO_REASON, field="reason")
    flag = flag_here(session, actor, number, clause_id, finding)
    if flag.quote_hash != seen or flag.let_stand:
        raise Conflict(WayRefusal.MOVED_ON)
    session.add(
        Overruled(
            round_id=row.id, clause_id=clause_id, finding=finding.value, quote_hash=seen,
            reason=reason, overruled_by=actor.person_id, at=now,
        )
    )  # fmt: skip
