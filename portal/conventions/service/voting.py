"""A vote as its organisers and its electors reach it."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.conventions.queries.votes import VoteRow, vote_by_number
from portal.conventions.rules.votes import VoteRefusal, VoteState
from portal.conventions.rules.way import RoundState
from portal.conventions.service.rounds import MANAGE, REVIEW
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import clean_number


def any_vote(session: Session, number: str, *, lock: bool = False) -> VoteRow:
    """The vote with a number, however it was typed; Missing when there is none."""
    row = vote_by_number(session, clean_number(number) or "", lock=lock)
    if row is None:
        raise Missing
    return row


def vote_here(session: Session, actor: Actor, number: str, *, lock: bool = False) -> VoteRow:
    """A vote of the places that somebody looks after, or reviews; any other is Missing."""
    row = any_vote(session, number, lock=lock)
    if not any(actor.may(verb, place_path=row.place_path) for verb in (MANAGE, REVIEW)):
        raise Missing
    return row


def refuse_unless_open(vote: VoteRow, now: datetime) -> None:
    """A ballot counts while the vote is open, by the clock of its transaction."""
    phase = vote.phase(now)
    if phase is VoteState.CALLED:
        raise Refused(VoteRefusal.NOT_OPEN_YET)
    if phase is not VoteState.OPEN or vote.round_state is not RoundState.VOTE:
        raise Refused(VoteRefusal.LATE)
