"""What is done to one line of a roll at the desk."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.conventions.rules.counting import Choice
from portal.conventions.rules.votes import LineAct, VoteRefusal
from portal.conventions.service.papers import type_ballot
from portal.conventions.service.roll import keep_mark, mark_paper, strike_off, unmark_paper
from portal.kernel.errors import Refused


def act_on_line(
    session: Session, actor: Actor, number: str, roll: str, chosen: LineAct | Choice | None,
    reason: str, *, now: datetime,
) -> None:  # fmt: skip
    """Note a paper, type an open one, take a mark back, or strike the elector off."""
    match chosen:
        case LineAct.PAPER:
            mark_paper(session, actor, number, roll, now=now)
        case LineAct.NO_PAPER:
            unmark_paper(session, actor, number, roll, reason, now=now)
        case LineAct.KEEP_MARK:
            keep_mark(session, actor, number, roll, now=now)
        case LineAct.STRIKE:
            strike_off(session, actor, number, roll, reason, now=now)
        case Choice():
            type_ballot(session, actor, number, roll, chosen, now=now)
        case _:
            raise Refused(VoteRefusal.NOTHING_CHOSEN, field="act")
