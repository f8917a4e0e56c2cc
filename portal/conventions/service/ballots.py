"""Ballots on the screen. A secret one goes into the urn: nothing of it is left apart (0051)."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.conventions.models import OpenBallot, Urn
from portal.conventions.queries.votes import ElectorRow, VoteRow, elector_of, urn_of
from portal.conventions.rules.counting import Choice
from portal.conventions.rules.kinds import Ballot
from portal.conventions.rules.votes import ON_SCREEN, BallotWay, VoteRefusal, sums_as_text
from portal.conventions.service.roll import take_part
from portal.conventions.service.voting import any_vote, refuse_unless_open
from portal.kernel.db import changed_rows
from portal.kernel.errors import Missing, Refused
from portal.kernel.instance import instance_of


def cast_ballot(
    session: Session, actor: Actor, number: str, choice: Choice, *, now: datetime
) -> None:
    """Vote. A secret ballot stands; an open one may be cast anew until the vote closes."""
    vote = any_vote(session, number, lock=True)
    if choice not in ON_SCREEN:
        # a screen spoils no paper
        raise Missing
    line = elector_of(session, vote.id, actor.person_id)
    if line is None:
        raise Refused(VoteRefusal.NOT_ON_ROLL)
    refuse_unless_open(vote, now)
    if vote.ballot is Ballot.SECRET:
        take_part(session, line, BallotWay.SCREEN)
        _into_the_urn(session, vote, choice)
    elif line.took_part is BallotWay.SCREEN:
        _anew(session, line, choice, now)
    else:
        take_part(session, line, BallotWay.SCREEN)
        session.add(
            OpenBallot(
                elector_id=line.id, vote_id=vote.id, choice=choice, way=BallotWay.SCREEN, at=now
            )
        )  # fmt: skip


def _into_the_urn(session: Session, vote: VoteRow, choice: Choice) -> None:
    """One more to a sum. The vote is locked: nobody else reads the urn meanwhile."""
    sums = urn_of(session, vote.id)
    sums[choice] += 1
    sealed = instance_of(session).vault.seal(sums_as_text(sums))
    session.execute(update(Urn).where(Urn.vote_id == vote.id).values(sealed_sums=sealed))


def _anew(session: Session, line: ElectorRow, choice: Choice, now: datetime) -> None:
    statement = (
        update(OpenBallot)
        .where(OpenBallot.elector_id == line.id, OpenBallot.way == BallotWay.SCREEN)
        .values(choice=choice, at=now)
    )
    if not changed_rows(session, statement):
        raise Refused(VoteRefusal.VOTED)
