"""A vote from its call to its result, which moves the text along the one table of edges."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from credit.rules.canonical import canonical
from portal.accounts.queries import people_by_ids, phones_of
from portal.accounts.rules import Actor
from portal.conventions.models import (
    Elector,
    PaperTally,
    Round,
    RoundEvent,
    Urn,
    Vote,
    VoteNotice,
)
from portal.conventions.queries.texts import RoundRow
from portal.conventions.queries.votes import (
    VoteRow,
    boxes_of,
    open_sums,
    text_digest,
    turnout,
    unsettled_papers,
    urn_of,
    votes_of,
)
from portal.conventions.rules.counting import Choice, Counted, Outcome, result_of
from portal.conventions.rules.kinds import Ballot, Electorate, Measure
from portal.conventions.rules.minutes import Women, minutes_of
from portal.conventions.rules.roll import RollLine
from portal.conventions.rules.votes import (
    LEAST_SECRET,
    BallotWay,
    CallWish,
    VoteRefusal,
    VoteState,
    flaw_of_call,
    sums_as_text,
    women_asked,
)
from portal.conventions.rules.way import Move, RoundState, state_after
from portal.conventions.service.roll import NOT_ASKED, write_roll
from portal.conventions.service.rounds import MANAGE, REVIEW, least_until, round_here
from portal.conventions.service.voting import vote_here
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, cancel_messages, post_message
from portal.kernel.uploads import forget_files

_FIELDS: Final = {
    VoteRefusal.ELECTORATE: "electorate", VoteRefusal.TIMES: "closes_day",
    VoteRefusal.TOO_SOON: "opens_day", VoteRefusal.TOO_FEW: "typed",
}  # fmt: skip


def call_vote(
    session: Session, actor: Actor, number: str, wish: CallWish, roll: Sequence[RollLine], *,
    link: str, now: datetime,
) -> str:  # fmt: skip
    """Call a vote on the text of a round: roll, rule and text are frozen. Its number.

    ``link`` stands in the message to the electors who have an account; ``NUMBER`` in it becomes
    the vote's number.
    """
    row = round_here(session, actor, number, lock=True)
    if row.state is not RoundState.VOTE:
        raise Refused(VoteRefusal.NOT_NOW)
    _refuse_call(session, row, wish, len(roll), now)
    area = sum(one.area or 0 for one in roll)
    vote = Vote(
        id=new_id(), round_id=row.id, place_path=row.place_path,
        text_digest=text_digest(session, row), electorate=wish.electorate, ballot=row.rule.ballot,
        way=wish.way, electors=len(roll),
        area=area if wish.electorate is Electorate.HEADS_AND_AREA else None,
        called_at=now, called_by=actor.person_id, opens_at=wish.opens_at, closes_at=wish.closes_at,
    )  # fmt: skip
    session.add(vote)
    # electors refer to it by its key alone
    session.flush()
    told = write_roll(session, vote.id, roll, wish.electorate)
    if vote.ballot is Ballot.SECRET:
        sealed = instance_of(session).vault.seal(sums_as_text({}))
        session.add(Urn(vote_id=vote.id, sealed_sums=sealed))
    sent = _tell(session, told, vote.number, row.title, link.replace("NUMBER", vote.number), now)
    session.add(VoteNotice(vote_id=vote.id, on_board=wish.on_board, messages=sent, at=now))
    _note(session, actor, "vote:call", vote.number, now)
    return vote.number


def _refuse_call(
    session: Session, row: RoundRow, wish: CallWish, electors: int, now: datetime
) -> None:
    over = {VoteState.DECIDED, VoteState.VOID}
    if any(one.state not in over for one in votes_of(session, row.id)):
        raise Conflict(VoteRefusal.RUNNING)
    zone = instance_of(session).city.zone
    days = (city_day(wish.opens_at, zone) - city_day(now, zone)).days
    flaw = flaw_of_call(row.rule, wish, electors, days=days)
    if flaw is not None:
        facts = {"days": row.rule.call_days, "least": LEAST_SECRET}
        raise Refused(flaw, field=_FIELDS[flaw], facts=facts)


def _tell(
    session: Session, people: Sequence[UUID], number: str, title: str, link: str, now: datetime
) -> int:
    """A message to each elector who has an account; how many were sent."""
    known, phones = people_by_ids(session, people), phones_of(session, people)
    for person_id in phones:
        post_message(
            session, channel=Channel.SMS, to=phones[person_id], template="vote.called",
            facts={"title": title, "link": link}, now=now, language=known[person_id].language,
            subject=f"vote:{number}",
        )  # fmt: skip
    return len(phones)


def _note(session: Session, actor: Actor, action: str, number: str, now: datetime) -> None:
    note_action(
        session, at=now, actor_id=actor.person_id, action=action, subject=f"vote:{number}"
    )  # fmt: skip


def void_vote(session: Session, actor: Actor, number: str, reason: str, *, now: datetime) -> None:
    """Take back a vote that was called by mistake. Once it is closed only the street may: whoever
    counts must not throw a result away."""
    vote = vote_here(session, actor, number, lock=True)
    closed = vote.phase(now) is VoteState.CLOSED
    if not actor.may(REVIEW if closed else MANAGE, place_path=vote.place_path):
        raise Forbidden
    if not reason:
        raise Refused(VoteRefusal.NO_REASON, field="reason")
    statement = (
        update(Vote)
        .where(Vote.id == vote.id, Vote.state.not_in([VoteState.DECIDED, VoteState.VOID]))
        .values(state=VoteState.VOID, void_why=reason)
    )
    if not changed_rows(session, statement):
        raise Conflict(VoteRefusal.NOT_NOW)
    session.execute(delete(Urn).where(Urn.vote_id == vote.id))
    _drop_requests(session, vote)
    cancel_messages(session, f"vote:{vote.number}")
    _note(session, actor, "vote:void", vote.number, now)


def decide_vote(
    session: Session, actor: Actor, number: str, women: int | None, *, now: datetime
) -> Outcome:
    """Count, decide, and move the text: adopted to its next step, otherwise back to the draft."""
    vote = vote_here(session, actor, number, lock=True)
    if not actor.may(MANAGE, place_path=vote.place_path):
        raise Forbidden
    _refuse_early(vote, now)
    counts = _counts(session, vote)
    result = result_of(vote.rule.thresholds[vote.electorate], counts)
    told = _women(vote, women, counts[0].taking_part)
    figures: Any = minutes_of(_about(session, vote), result, told)
    statement = (
        update(Vote)
        .where(Vote.id == vote.id, Vote.state == vote.state)
        .values(
            state=VoteState.DECIDED, outcome=result.outcome, figures=canonical(figures).decode(),
            decided_at=now, decided_by=actor.person_id, women_present=women if told else None,
        )
    )  # fmt: skip
    if not changed_rows(session, statement):
        raise Conflict(VoteRefusal.NOT_NOW)
    if vote.ballot is Ballot.SECRET:
        _forget_parts(session, vote)
    _drop_requests(session, vote)
    _move(session, actor, vote, result.outcome, now)
    _note(session, actor, "vote:decide", vote.number, now)
    return result.outcome


def _drop_requests(session: Session, vote: VoteRow) -> None:
    """What was asked of a line by one person alone ends with the vote."""
    asked = Elector.vote_id == vote.id, Elector.unmark_by.is_not(None)
    session.execute(update(Elector).where(*asked).values(NOT_ASKED))


def _forget_parts(session: Session, vote: VoteRow) -> None:
    """What the screen added to the sums is nobody's to know apart: of a secret vote that is counted
    the sums stay, and neither boxes nor who voted which way, or they could be subtracted."""
    photos = session.scalars(
        select(PaperTally.photo_key).where(
            PaperTally.vote_id == vote.id, PaperTally.photo_key.is_not(None)
        )
    ).all()
    for part in (Urn, PaperTally):
        session.execute(delete(part).where(part.vote_id == vote.id))
    session.execute(
        update(Elector)
        .where(Elector.vote_id == vote.id, Elector.took_part.is_not(None))
        .values(took_part=BallotWay.TOLD_NO_MORE)
    )
    forget_files(session, [key for key in photos if key])


def _refuse_early(vote: VoteRow, now: datetime) -> None:
    phase = vote.phase(now)
    if phase in {VoteState.CALLED, VoteState.OPEN}:
        raise Refused(VoteRefusal.STILL_OPEN)
    if phase is not VoteState.CLOSED or vote.round_state is not RoundState.VOTE:
        raise Conflict(VoteRefusal.NOT_NOW)


def _counts(session: Session, vote: VoteRow) -> list[Counted]:
    """What was cast, by heads first. Raises Refused while papers are not settled."""
    if vote.ballot is Ballot.SECRET:
        return [Counted(Measure.VOTERS, vote.electors, _secret_sums(session, vote))]
    if waiting := unsettled_papers(session, vote.id):
        named = " · ".join(one.roll for one in waiting[:20])
        raise Refused(VoteRefusal.UNSETTLED, facts={"which": named})
    heads, area = open_sums(session, vote.id)
    counts = [Counted(Measure.VOTERS, vote.electors, heads)]
    return counts if vote.area is None else [*counts, Counted(Measure.AREA, vote.area, area)]


def _secret_sums(session: Session, vote: VoteRow) -> Mapping[Choice, int]:
    """The urn and the boxes together. Papers that nobody was crossed off for are never counted."""
    sums, boxes = urn_of(session, vote.id), boxes_of(session, vote.id)
    if waiting := [box.name for box in boxes if not box.settled]:
        raise Refused(VoteRefusal.UNSETTLED, facts={"which": " · ".join(waiting)})
    given = turnout(session, vote.id).papers
    papers = sum(box.entries[0].papers for box in boxes)
    if papers > given:
        raise Refused(VoteRefusal.MORE_PAPERS, facts={"papers": papers, "given": given})
    for box in boxes:
        for choice, votes in box.entries[0].counts.items():
            sums[choice] += votes
    return sums


def _women(vote: VoteRow, women: int | None, taking_part: int) -> Women | None:
    asked = women_asked(vote.kind, vote.kind_version, vote.electorate)
    if asked is None:
        return None
    if women is None:
        raise Refused(VoteRefusal.WOMEN, field="women")
    if not 0 <= women <= taking_part:
        raise Refused(VoteRefusal.WOMEN_TOO_MANY, field="women", facts={"most": taking_part})
    return Women(women, taking_part, asked)


def _about(session: Session, vote: VoteRow) -> dict[str, Any]:
    roll = turnout(session, vote.id)
    return {
        "vote": vote.number, "text": vote.text_digest, "kind": vote.kind.value,
        "kind_version": vote.kind_version, "electorate": vote.electorate.value,
        "ballot": vote.ballot.value, "way": vote.way.value,
        "opens_at": vote.opens_at.isoformat(), "closes_at": vote.closes_at.isoformat(),
        "electors": vote.electors, "struck_off": roll.struck,
    }  # fmt: skip


def _move(session: Session, actor: Actor, vote: VoteRow, outcome: Outcome, now: datetime) -> None:
    move = Move.ADOPT if outcome is Outcome.CARRIED else Move.REJECT
    to = state_after(vote.rule, vote.round_state, move)
    if to is None:
        raise Conflict(VoteRefusal.NOT_NOW)
    today = city_day(now, instance_of(session).city.zone)
    statement = (
        update(Round)
        .where(Round.id == vote.round_id, Round.state == vote.round_state)
        .values(state=to, until=least_until(vote.rule, to, today))
    )
    if not changed_rows(session, statement):
        raise Conflict(VoteRefusal.NOT_NOW)
    session.add(
        RoundEvent(
            round_id=vote.round_id, move=move, to=to, actor_id=actor.person_id, reason=None, at=now
        )
    )  # fmt: skip
