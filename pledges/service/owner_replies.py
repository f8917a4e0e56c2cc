"""An owner answers in public on her shop's page: looked at first, taken back whenever she wants."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from pledges.models import OwnerReply
from pledges.queries.inspections import door_by_number, operator_now
from pledges.queries.owner_replies import ReplyRow, reply_by_number, reply_waits
from pledges.rules.owner_replies import ReplyRefusal
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.standing import LONGEST_REASON, LONGEST_REPLY, ReplyState
from pledges.service.inspections import REVIEW, check_words
from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of


def say_in_public(
    session: Session, actor: Actor, number: str, words: str, *, now: datetime
) -> None:
    """Write what stands on the page of one's shop once somebody of the street has looked at it."""
    door = door_by_number(session, clean_number(number) or "", lock=True)
    if door is None or actor.person_id is None:
        raise Missing
    operator = operator_now(session, door.district, door.id)
    if operator is None or operator.person_id != actor.person_id:
        raise Missing
    if not words.strip():
        raise Refused(ReplyRefusal.NO_WORDS, field="words")
    check_words(words, LONGEST_REPLY, "words")
    if reply_waits(session, door.district, door.id):
        raise Conflict(ReplyRefusal.WAITING)
    session.add(
        OwnerReply(
            district=door.district, premises_id=door.id, operator_id=operator.id,
            place_path=door.place_path, person_id=actor.person_id, at=now,
            sealed_words=instance_of(session).vault.seal(words.strip()),
        )
    )  # fmt: skip


def own_reply(session: Session, actor: Actor, number: str) -> ReplyRow:
    """What somebody said herself; any other is Missing."""
    row = reply_by_number(session, clean_number(number) or "")
    if row is None or actor.person_id is None or row.person_id != actor.person_id:
        raise Missing
    return row


def take_back(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Take it back: the words go at once, wherever they stood."""
    row = own_reply(session, actor, number)
    _move(session, row, row.state, ReplyState.TAKEN_BACK, now, sealed_words=None)


def reply_here(session: Session, actor: Actor, number: str) -> ReplyRow:
    """A reply of the places that somebody reviews; any other is Missing."""
    row = reply_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(REVIEW, place_path=row.place_path):
        raise Missing
    return row


def decide_reply(
    session: Session, actor: Actor, number: str, *, show: bool, reason: str, now: datetime
) -> None:
    """Show it, or not, with a reason that the owner reads."""
    row = reply_here(session, actor, number)
    if row.person_id == actor.person_id:
        raise Forbidden
    if not show and not reason.strip():
        raise Refused(PledgeRefusal.NO_REASON, field="reason")
    check_words(reason, LONGEST_REASON, "reason")
    state = ReplyState.SHOWN if show else ReplyState.REFUSED
    values = {"decided_by": actor.person_id, "reason": reason.strip() or None}
    _move(session, row, ReplyState.WAITING, state, now, **values)
    note_action(
        session, at=now, actor_id=actor.person_id, action=f"owner_reply:{state.value}",
        subject=f"owner_reply:{row.number}", reason=reason.strip() or None,
    )  # fmt: skip


def _move(
    session: Session, row: ReplyRow, seen: ReplyState, to: ReplyState, now: datetime, **values: Any
) -> None:
    if row.state is not seen or seen is ReplyState.TAKEN_BACK:
        raise Conflict(ReplyRefusal.DECIDED)
    same = update(OwnerReply).where(
        OwnerReply.district == row.district, OwnerReply.id == row.id, OwnerReply.state == seen
    )
    if changed_rows(session, same.values(state=to, decided_at=now, **values)) != 1:
        raise Conflict(ReplyRefusal.DECIDED)
