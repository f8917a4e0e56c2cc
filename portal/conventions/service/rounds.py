"""Rounds: begun by a committee, moved along the table of edges, each move with who and why."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries import area_by_code
from portal.conventions.models import Convention, Round, RoundEvent, Vote
from portal.conventions.queries.comments import comments_unanswered
from portal.conventions.queries.reviews import notes_to_heed
from portal.conventions.queries.texts import RoundRow, draft_of, flags_in, round_by_number
from portal.conventions.rules.kinds import Kind, KindRule, rules_on
from portal.conventions.rules.votes import VoteRefusal, VoteState
from portal.conventions.rules.way import (
    Move,
    RoundState,
    Standing,
    WayRefusal,
    Who,
    edge_for,
    first_state,
    state_after,
    why_not,
)
from portal.conventions.service.reviews import keep_review
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of

MANAGE: Final = Permission.CONVENTION_MANAGE
REVIEW: Final = Permission.CONVENTION_REVIEW
# what a step gives people at least, by the rule's own days
_DAYS: Final = {RoundState.WISHES: "wish_days", RoundState.DISCUSSION: "discussion_days"}
# whose reason everybody reads
_WITH_REASON: Final = frozenset({Move.BACK, Move.RETURN, Move.GIVE_UP})


@dataclass(frozen=True)
class RoundWish:
    """What somebody starts: which kind, where, under which name, and what people are asked."""

    kind: Kind
    place: str
    title: str
    covers: str = ""
    asked: str = ""


def round_here(session: Session, actor: Actor, number: str, *, lock: bool = False) -> RoundRow:
    """A round of the places that somebody looks after; any other is Missing."""
    row = round_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def start_round(session: Session, actor: Actor, wish: RoundWish, *, now: datetime) -> str:
    """Begin a convention; the number of its first round."""
    area = area_by_code(session, wish.place.strip().upper())
    if area is None or not actor.may(MANAGE, place_path=area.path):
        raise Refused(WayRefusal.NO_PLACE, field="place")
    today = city_day(now, instance_of(session).city.zone)
    rule = rules_on(today)[wish.kind]
    of = Convention(
        id=new_id(), kind=wish.kind, area_id=area.id, place_path=area.path, title=wish.title,
        covers=wish.covers or None, made_at=now, made_by=actor.person_id,
    )  # fmt: skip
    session.add(of)
    # the round refers to it by its key alone
    session.flush()
    state = first_state(rule)
    row = Round(
        id=new_id(), number=new_number(), convention_id=of.id, sequence=1,
        kind_version=rule.version, place_path=area.path, state=state, title=wish.title,
        asked=wish.asked or None, until=least_until(rule, state, today), started_at=now,
        started_by=actor.person_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _note(session, row.id, Move.START, state, actor, None, now)
    return row.number


def least_until(rule: KindRule, state: RoundState, today: date) -> date | None:
    """The last day that people have at least at a step; None where nobody is asked."""
    days: int = getattr(rule, _DAYS[state]) if state in _DAYS else 0
    return today + timedelta(days=days) if days else None


def move_round(
    session: Session, actor: Actor, number: str, move: Move, reason: str, *, now: datetime
) -> None:
    """Make a move. Raises Refused with the reason why not, Conflict when another was first."""
    row = round_here(session, actor, number, lock=True)
    edge = edge_for(row.state, move)
    to = state_after(row.rule, row.state, move)
    # what a vote decides, or an office files, is not moved by hand
    if edge is None or to is None or move in {Move.ADOPT, Move.REJECT, Move.FILE, Move.PUBLISH}:
        raise Refused(WayRefusal.NO_SUCH_MOVE)
    verb = REVIEW if edge.who is Who.STREET else MANAGE
    if not actor.may(verb, place_path=row.place_path):
        raise Forbidden
    if move in _WITH_REASON and not reason:
        raise Refused(WayRefusal.NO_REASON, field="reason")
    today = city_day(now, instance_of(session).city.zone)
    _refuse(session, row, move, to, today)
    ended = now if to is RoundState.GIVEN_UP else None
    statement = (
        update(Round)
        .where(Round.id == row.id, Round.state == row.state)
        .values(state=to, until=least_until(row.rule, to, today), ended_at=ended)
    )
    if not changed_rows(session, statement):
        raise Conflict(WayRefusal.MOVED_ON)
    keep_review(session, actor, row, move, to, reason, today=today, now=now)
    _note(session, row.id, move, to, actor, reason or None, now)


def _refuse(session: Session, row: RoundRow, move: Move, to: RoundState, today: date) -> None:
    if to is RoundState.GIVEN_UP and _is_voted_on(session, row):
        # or a result could be thrown away before it is counted; the street voids a vote
        raise Conflict(VoteRefusal.RUNNING)
    draft = draft_of(session, row.id)
    flags = [one for one in flags_in(session, row.id, draft) if not one.let_stand]
    waiting = comments_unanswered(session, row.id)
    heeded = notes_to_heed(session, row.id)
    at = Standing(row.state, row.until, len(draft), waiting, len(flags), to, heeded)
    refusal = why_not(at, move, today)
    if refusal is not None:
        named = " · ".join(dict.fromkeys(one.heading or one.words[0] for one in flags))
        raise Refused(refusal, facts={"day": row.until, "clauses": named})


def _is_voted_on(session: Session, row: RoundRow) -> bool:
    ended = (VoteState.DECIDED, VoteState.VOID)
    found = select(Vote.id).where(Vote.round_id == row.id, Vote.state.not_in(ended)).limit(1)
    return session.scalar(found) is not None


def _note(
    session: Session, round_id: object, move: Move, to: RoundState, actor: Actor,
    reason: str | None, now: datetime,
) -> None:  # fmt: skip
    session.add(
        RoundEvent(
            round_id=round_id, move=move, to=to, actor_id=actor.person_id, reason=reason, at=now
        )
    )
