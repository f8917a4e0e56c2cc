"""Opinions on a question, their groups, and the one reply to each group (R179, R202)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from credit.rules.canonical import canonical
from portal.accounts.rules import Actor
from portal.conventions.models import Consultation, ConsultationPlace, Opinion, OpinionGroup
from portal.conventions.queries.consultations import (
    AskingRow,
    GroupRow,
    OpinionRow,
    asking_by_number,
    groups_of,
    opinion_by_id,
    opinions_standing,
    standing_of,
)
from portal.conventions.rules.consultations import (
    MOST_GROUPS,
    MOST_OPINIONS,
    AskingRefusal,
    ConsultationKind,
    ConsultationState,
    content_of_reply,
    why_not_reply,
    why_not_say,
    why_not_type,
)
from portal.conventions.rules.talk import Answer, Channel, SaidState, TalkRefusal
from portal.conventions.service.consultations import asking_here
from portal.conventions.service.meetings import MANAGE
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of


@dataclass(frozen=True)
class ReplyWish:
    """A group of opinions and what is replied to it; without an answer it is not replied yet."""

    title: str
    answer: Answer | None = None
    reply: str = ""


def _today(session: Session, now: datetime) -> Any:
    return city_day(now, instance_of(session).city.zone)


def _facts(row: AskingRow) -> dict[str, Any]:
    return {"day": row.closes_on, "first": row.opens_on}


def say_opinion(session: Session, actor: Actor, number: str, words: str, *, now: datetime) -> None:
    """Say what one thinks of a question, in time."""
    row = asking_by_number(session, clean_number(number) or "", lock=True)
    if row is None or row.state is ConsultationState.DRAFT:
        raise Missing
    if row.kind is not ConsultationKind.DECISION:
        raise Refused(AskingRefusal.NOT_ASKED)
    refusal = why_not_say(row.phase(_today(session, now)))
    if refusal is not None:
        raise Refused(refusal, facts=_facts(row))
    if opinions_standing(session, row.id, actor.person_id) >= MOST_OPINIONS:
        raise Refused(AskingRefusal.TOO_MANY, facts={"most": MOST_OPINIONS})
    _add(session, row, words, Channel.SCREEN, now, person_id=actor.person_id)


def type_opinion(session: Session, actor: Actor, number: str, words: str, *, now: datetime) -> None:
    """Type an opinion that came on paper in time: by whoever asks, or by a committee of the
    place. Whoever types it has looked at it."""
    row = typing_here(session, actor, number, lock=True)
    if row.kind is not ConsultationKind.DECISION:
        raise Refused(AskingRefusal.NOT_ASKED)
    refusal = why_not_type(row.phase(_today(session, now)))
    if refusal is not None:
        raise Refused(refusal, facts=_facts(row))
    _add(
        session, row, words, Channel.PAPER, now, typed_by=actor.person_id, state=SaidState.SHOWN,
        decided_by=actor.person_id, decided_at=now,
    )  # fmt: skip


def typing_here(session: Session, actor: Actor, number: str, *, lock: bool = False) -> AskingRow:
    """A question for which somebody may type paper; any other is Missing."""
    row = asking_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or row.state is ConsultationState.DRAFT:
        raise Missing
    places = actor.places_for(MANAGE)
    near = places is None or any(path.startswith(row.place_path) for path in places)
    return row if near else asking_here(session, actor, number)


def _add(
    session: Session, row: AskingRow, words: str, channel: Channel, now: datetime, **more: Any
) -> None:
    sealed = instance_of(session).vault.seal(words)
    session.add(
        Opinion(consultation_id=row.id, channel=channel, sealed_words=sealed, at=now, **more)
    )


def opinion_here(session: Session, actor: Actor, opinion_id: UUID) -> tuple[OpinionRow, AskingRow]:
    """An opinion on a question that somebody asks herself; any other is Missing."""
    row = opinion_by_id(session, opinion_id)
    if row is None or row.state is SaidState.TAKEN_BACK:
        raise Missing
    return row, asking_here(session, actor, row.number)


def decide_opinion(
    session: Session, actor: Actor, opinion_id: UUID, *, show: bool, reason: str, now: datetime
) -> None:
    """Let others read an opinion, or not, with a reason that whoever wrote it reads."""
    row, _asking = opinion_here(session, actor, opinion_id)
    if row.person_id is not None and row.person_id == actor.person_id:
        raise Refused(TalkRefusal.OWN)
    if not show and not reason:
        raise Refused(TalkRefusal.NO_REASON, field="reason")
    statement = (
        update(Opinion)
        .where(Opinion.id == row.id, Opinion.state == SaidState.WAITING)
        .values(
            state=SaidState.SHOWN if show else SaidState.HIDDEN,
            hidden_why=None if show else reason, decided_by=actor.person_id, decided_at=now,
        )
    )  # fmt: skip
    if not changed_rows(session, statement):
        raise Conflict(TalkRefusal.DECIDED)


def take_opinion_back(session: Session, actor: Actor, opinion_id: UUID, *, now: datetime) -> None:
    """Take one's own opinion back: its words go; a published reply keeps the sizes it had."""
    row = opinion_by_id(session, opinion_id)
    if row is None or actor.person_id is None or row.person_id != actor.person_id:
        raise Missing
    # so that a reply that is published in this moment counts it or does not
    asking_by_number(session, row.number, lock=True)
    statement = (
        update(Opinion)
        .where(Opinion.id == row.id, Opinion.state != SaidState.TAKEN_BACK)
        .values(state=SaidState.TAKEN_BACK, sealed_words=None, hidden_why=None, decided_at=now)
    )
    if not changed_rows(session, statement):
        raise Conflict(TalkRefusal.DECIDED)


def _unanswered(session: Session, actor: Actor, number: str) -> AskingRow:
    row = asking_here(session, actor, number, lock=True)
    if row.state is ConsultationState.ANSWERED:
        raise Conflict(AskingRefusal.REPLIED)
    return row


def add_group(session: Session, actor: Actor, number: str, title: str) -> None:
    """Begin a group of opinions that say much the same."""
    row = _unanswered(session, actor, number)
    groups = groups_of(session, row.id)
    if len(groups) >= MOST_GROUPS:
        raise Refused(AskingRefusal.TOO_MANY_GROUPS, facts={"most": MOST_GROUPS})
    last = max((one.position for one in groups), default=0)
    session.add(OpinionGroup(consultation_id=row.id, position=last + 1, title=title))


def group_here(session: Session, row: AskingRow, group_id: UUID) -> GroupRow:
    """A group of a question; Missing when there is none."""
    for one in groups_of(session, row.id):
        if one.id == group_id:
            return one
    raise Missing


def reply_to_group(
    session: Session, actor: Actor, number: str, group_id: UUID, wish: ReplyWish
) -> None:
    """Write what is replied to a group; it is read when the whole reply is published."""
    row = _unanswered(session, actor, number)
    group = group_here(session, row, group_id)
    values = {
        "title": wish.title, "answer": wish.answer if wish.reply else None,
        "reply": wish.reply if wish.answer and wish.reply else None,
    }  # fmt: skip
    session.execute(update(OpinionGroup).where(OpinionGroup.id == group.id).values(values))


def drop_group(session: Session, actor: Actor, number: str, group_id: UUID) -> None:
    """Give up a group with nothing in it."""
    row = _unanswered(session, actor, number)
    group = group_here(session, row, group_id)
    if group.opinions or group.places:
        raise Refused(AskingRefusal.HAS_OPINIONS)
    # what was hidden or taken back may still hang on it
    loose = update(Opinion).where(Opinion.group_id == group.id).values(group_id=None)
    session.execute(loose)
    session.execute(delete(OpinionGroup).where(OpinionGroup.id == group.id))


def put_in_group(
    session: Session, actor: Actor, number: str, group_id: UUID, opinions: Iterable[UUID],
    places: Iterable[UUID],
) -> int:  # fmt: skip
    """Put opinions and answers of communities into a group; how many."""
    row = _unanswered(session, actor, number)
    group = group_here(session, row, group_id)
    said = (
        update(Opinion)
        .where(
            Opinion.id.in_(list(opinions)), Opinion.consultation_id == row.id,
            Opinion.state == SaidState.SHOWN,
        )
        .values(group_id=group.id)
    )  # fmt: skip
    place = ConsultationPlace
    answered = (
        update(place)
        .where(
            place.area_id.in_(list(places)), place.consultation_id == row.id,
            place.answered.is_not(None),
        )
        .values(group_id=group.id)
    )  # fmt: skip
    found = changed_rows(session, said) + changed_rows(session, answered)
    if not found:
        raise Refused(AskingRefusal.NOTHING_CHOSEN, field="opinions")
    return found


def write_summary(session: Session, actor: Actor, number: str, summary: str) -> None:
    """Write the summary, which is read when the reply is published."""
    row = _unanswered(session, actor, number)
    statement = update(Consultation).where(Consultation.id == row.id)
    session.execute(statement.values(summary=summary or None))


def publish_reply(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Publish summary and replies: from then on nothing of them changes."""
    row = asking_here(session, actor, number, lock=True)
    refusal = why_not_reply(row.phase(_today(session, now)), standing_of(session, row))
    if refusal is not None:
        kind = Conflict if refusal is AskingRefusal.REPLIED else Refused
        raise kind(refusal, facts=_facts(row))
    for group in groups_of(session, row.id):
        counted = update(OpinionGroup).where(OpinionGroup.id == group.id)
        session.execute(counted.values(size=group.opinions))
    values = {
        "state": ConsultationState.ANSWERED, "answered_at": now,
        "digest": sha256(canonical(_content(session, row))).hexdigest(),
    }  # fmt: skip
    session.execute(update(Consultation).where(Consultation.id == row.id).values(values))


def _content(session: Session, row: AskingRow) -> dict[str, Any]:
    about = {
        "consultation": row.number, "title": row.title, "question": row.markdown,
        "opens_on": row.opens_on.isoformat(), "closes_on": row.closes_on.isoformat(),
    }  # fmt: skip
    groups = [
        {"title": one.title, "answer": one.answer.value, "reply": one.reply}
        for one in groups_of(session, row.id)
        if one.answer is not None and one.reply is not None
    ]
    return content_of_reply(about, row.summary or "", groups)


def published_reply(session: Session, number: str) -> bytes:
    """The reply as it is hashed: canonical JSON. Missing before it is published."""
    row = asking_by_number(session, clean_number(number) or "")
    if row is None or row.answered_at is None:
        raise Missing
    return canonical(_content(session, row))
