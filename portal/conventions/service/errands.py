"""What heads are asked to do: a resident's words reach her through the portal, and so does the
answer. Neither learns the other's telephone; the head does not learn who asked."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.queries import people_by_ids, phones_of
from portal.accounts.rules import Actor
from portal.conventions.models import Errand
from portal.conventions.queries.community import (
    ErrandRow,
    HeadRow,
    errand_by_number,
    errands_waiting,
    head_by_number,
)
from portal.conventions.rules.community import (
    MOST_ERRANDS,
    CommunityRefusal,
    ErrandState,
    HandlingEnd,
)
from portal.conventions.service.places import MANAGE, head_here, today_of
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message


class HeadTold(StrEnum):
    """Messages; none of them carries what was written."""

    ASKED = "conventions.head_asked"
    ANSWERED = "conventions.head_answered"


_GONE: Final = ErrandState.TAKEN_BACK


def head_reached(session: Session, number: str, now: datetime, *, lock: bool = False) -> HeadRow:
    """A head whose term holds. Raises Missing."""
    row = head_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or not row.holds(today_of(session, now)):
        raise Missing
    return row


def ask_head(session: Session, actor: Actor, number: str, words: str, *, now: datetime) -> None:
    """Write to a head. She is locked, so that many at once count."""
    row = head_reached(session, number, now, lock=True)
    if row.person_id is not None and row.person_id == actor.person_id:
        raise Refused(CommunityRefusal.OWN)
    if errands_waiting(session, row.id, actor.person_id) >= MOST_ERRANDS:
        raise Refused(CommunityRefusal.TOO_MANY, facts={"most": MOST_ERRANDS})
    session.add(
        Errand(
            area_id=row.area_id, place_path=row.place_path, head_id=row.id,
            person_id=actor.person_id, sealed_words=instance_of(session).vault.seal(words), at=now,
        )
    )  # fmt: skip
    _tell(session, row.person_id, HeadTold.ASKED, now)


def give_errand(
    session: Session, actor: Actor, number: str, words: str, due_on: date | None, *, now: datetime
) -> None:
    """The committee gives a head something to do."""
    row = head_here(session, actor, number)
    if not row.holds(today_of(session, now)):
        raise Refused(CommunityRefusal.ENDED)
    if due_on is not None and due_on < today_of(session, now):
        raise Refused(CommunityRefusal.DAYS, field="due_on")
    session.add(
        Errand(
            area_id=row.area_id, place_path=row.place_path, head_id=row.id, due_on=due_on,
            sealed_words=instance_of(session).vault.seal(words), at=now, made_by=actor.person_id,
        )
    )  # fmt: skip
    _tell(session, row.person_id, HeadTold.ASKED, now)


def errand_to_do(session: Session, actor: Actor, number: str, *, now: datetime) -> ErrandRow:
    """One for this head while her term holds, or of the places that somebody looks after; any
    other is Missing."""
    row = errand_by_number(session, clean_number(number) or "")
    if row is None:
        raise Missing
    hers = actor.person_id is not None and row.holder_id == actor.person_id
    hers = hers and row.holds(today_of(session, now))
    if not (hers or actor.may(MANAGE, place_path=row.place_path)):
        raise Missing
    return row


def close_errand(
    session: Session, actor: Actor, number: str, outcome: HandlingEnd, words: str, *, now: datetime
) -> None:
    """The head (or the committee for her) says what came of it; whoever asked reads it."""
    row = errand_to_do(session, actor, number, now=now)
    if row.person_id is not None and row.person_id == actor.person_id:
        raise Refused(CommunityRefusal.OWN)
    statement = (
        update(Errand)
        .where(Errand.id == row.id, Errand.state == ErrandState.OPEN)
        .values(
            state=ErrandState.DONE, outcome=outcome, closed_at=now, closed_by=actor.person_id,
            sealed_answer=instance_of(session).vault.seal(words),
        )
    )  # fmt: skip
    if not changed_rows(session, statement):
        raise Conflict(CommunityRefusal.ENDED)
    _tell(session, row.person_id, HeadTold.ANSWERED, now)


def take_errand_back(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Whoever asked takes it back: the words go."""
    row = errand_by_number(session, clean_number(number) or "")
    if row is None or actor.person_id is None or row.person_id != actor.person_id:
        raise Missing
    statement = (
        update(Errand)
        .where(Errand.id == row.id, Errand.state != _GONE)
        .values(state=_GONE, sealed_words=None, sealed_answer=None, closed_at=now)
    )
    if not changed_rows(session, statement):
        raise Conflict(CommunityRefusal.ENDED)


def _tell(session: Session, person_id: UUID | None, what: HeadTold, now: datetime) -> None:
    """A message to somebody who has an account with a telephone."""
    ids = [person_id] if person_id is not None else []
    phones = phones_of(session, ids)
    for who in people_by_ids(session, phones).values():
        post_message(
            session, channel=Channel.SMS, to=phones[who.id], template=what.value,
            facts={"origin": instance_of(session).config.origin}, now=now, language=who.language,
        )  # fmt: skip
