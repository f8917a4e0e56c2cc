"""Elections of an alliance's head: called, stood for, voted once by each member in secret, counted.

A vote and the note that somebody voted are written together and hang together by nothing: no time,
no order, no reference. When the votes are counted the notes are deleted and the votes written anew
in the order of their codes; see decision 0048.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pledges.models import (
    AllianceBallot,
    AllianceCandidate,
    AllianceElection,
    AllianceHead,
    AllianceVoter,
)
from pledges.queries.alliances import (
    AllianceRow,
    HeadRow,
    MemberRow,
    alliances_by_ids,
    head_of,
    members_by_ids,
    members_of,
)
from pledges.queries.elections import (
    CandidateRow,
    ElectionRow,
    ballots_of,
    candidates_of,
    due_elections,
    election_by_number,
)
from pledges.rules.elections import (
    CANDIDATES_FOR,
    FEWEST,
    LONGEST_POLL,
    LONGEST_TERM,
    SHORTEST_POLL,
    SHORTEST_TERM,
    Count,
    ElectionKind,
    ElectionRefusal,
    Outcome,
    Phase,
    count,
    phase,
)
from pledges.rules.refusals import PledgeRefusal
from pledges.service.alliances import (
    MANAGE,
    Inside,
    alliance_at_desk,
    inside,
)
from pledges.service.days import today_of
from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.db import Database, changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number


def call_election(
    session: Session,
    actor: Actor,
    number: str,
    kind: ElectionKind,
    poll_days: int,
    term_days: int,
    *,
    now: datetime,
) -> str:
    """Call an election of a head, or a vote on recalling her; its public number.

    The street and the head may always call an election; any member may, while nobody leads, and
    any member may call a vote of recall while somebody does.
    """
    row, member = _here(session, actor, number, now)
    head = head_of(session, row, today_of(session, now))
    _may_call(actor, kind, row, head, member=member)
    _check_days(poll_days, term_days)
    roll = members_of(session, row)
    if len(roll) < FEWEST:
        raise Refused(ElectionRefusal.FEW_MEMBERS)
    first = now if kind is ElectionKind.RECALL else now + CANDIDATES_FOR
    made, key = new_number(), new_id()
    added = _insert(session, AllianceElection).values(
        district=row.district, id=key, number=made, alliance_id=row.id, kind=kind,
        term_days=term_days, called_at=now, polls_at=first,
        closes_at=first + timedelta(days=poll_days), roll=len(roll), lot=False,
    )  # fmt: skip
    if changed_rows(session, added.on_conflict_do_nothing()) != 1:
        raise Conflict(ElectionRefusal.RUNNING)
    if kind is ElectionKind.RECALL and head is not None:
        _ask_about(session, row, key, head, now)
    _note(session, actor, "alliance:call_election", row, now)
    return made


def _ask_about(
    session: Session, row: AllianceRow, election_id: UUID, head: HeadRow, now: datetime
) -> None:
    """The head is asked about, not asked: "nobody" is the vote against her."""
    session.add(
        AllianceCandidate(
            district=row.district, election_id=election_id, member_id=head.member_id,
            person_id=head.person_id, proposed_at=now, agreed_at=now,
        )
    )  # fmt: skip


def _check_days(poll_days: int, term_days: int) -> None:
    if not SHORTEST_POLL.days <= poll_days <= LONGEST_POLL.days:
        raise Refused(ElectionRefusal.POLL_DAYS, field="poll_days")
    if not SHORTEST_TERM <= term_days <= LONGEST_TERM:
        raise Refused(ElectionRefusal.TERM, field="term_days")


def _may_call(
    actor: Actor, kind: ElectionKind, row: AllianceRow, head: HeadRow | None, *, member: bool
) -> None:
    if kind is ElectionKind.RECALL:
        if head is None:
            raise Refused(ElectionRefusal.NO_HEAD)
        if not member:
            raise Forbidden
        return
    leads = head is None or head.person_id == actor.person_id
    if not (leads or actor.may(MANAGE, place_path=row.place_path)):
        raise Refused(ElectionRefusal.LEADS)


def _here(session: Session, actor: Actor, number: str, now: datetime) -> tuple[AllianceRow, bool]:
    """An alliance for its desk or for a member of it, locked; whether she is a member."""
    try:
        return inside(session, actor, number, now, lock=True).alliance, True
    except Missing:
        row = alliance_at_desk(session, actor, number, lock=True)
        if row.ended_on is not None:
            raise
        return row, False


def _insert(session: Session, table: Any) -> Any:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return dialect.insert(table)


def _note(session: Session, actor: Actor, action: str, row: AllianceRow, now: datetime) -> None:
    # a member's own steps keep nobody
    by = actor.person_id if actor.may(MANAGE, place_path=row.place_path) else None
    note_action(session, at=now, actor_id=by, action=action, subject=f"alliance:{row.number}")


def election_inside(
    session: Session, actor: Actor, number: str, now: datetime, *, lock: bool = False
) -> tuple[ElectionRow, Inside]:
    """An election of an alliance to which one belongs; any other is Missing."""
    row = election_by_number(session, clean_number(number) or "", lock=lock)
    if row is None:
        raise Missing
    alliance = alliances_by_ids(session, [row.alliance_id])[row.alliance_id]
    return row, inside(session, actor, alliance.number, now)


def _in_phase(row: ElectionRow, now: datetime, *phases: Phase) -> None:
    if phase(row.polls_at, row.closes_at, row.closed_at, now) not in phases:
        raise Conflict(ElectionRefusal.NOT_NOW)


def propose(
    session: Session, actor: Actor, number: str, member: str, *, now: datetime
) -> None:  # fmt: skip
    """Propose a member, who is asked whether she agrees; oneself agrees by it."""
    row, found = election_inside(session, actor, number, now, lock=True)
    _in_phase(row, now, Phase.CANDIDATES)
    known = {one.number: one for one in members_of(session, found.alliance)}
    one = known.get(clean_number(member) or "")
    if one is None:
        raise Missing
    if one.joined_at > row.called_at:
        raise Refused(ElectionRefusal.NOT_ON_ROLL, field="member")
    own = one.person_id == actor.person_id
    added = _insert(session, AllianceCandidate).values(
        district=row.district, id=new_id(), number=new_number(), election_id=row.id,
        member_id=one.id, person_id=actor.person_id if own else None, proposed_at=now,
        agreed_at=now if own else None,
    )  # fmt: skip
    if changed_rows(session, added.on_conflict_do_nothing()) != 1:
        raise Conflict(ElectionRefusal.PROPOSED, field="member")


def _own_candidacy(
    session: Session, row: ElectionRow, found: Inside, candidate: str
) -> CandidateRow:  # fmt: skip
    mine = {one.id for one in found.mine}
    for one in candidates_of(session, row):
        if one.number == (clean_number(candidate) or "") and one.member_id in mine:
            return one
    raise Missing


def _stand(session: Session, row: ElectionRow, one: CandidateRow, **values: Any) -> None:
    session.execute(
        update(AllianceCandidate)
        .where(AllianceCandidate.district == row.district, AllianceCandidate.id == one.id)
        .values(**values)
    )


def agree(session: Session, actor: Actor, number: str, candidate: str, *, now: datetime) -> None:
    """Agree to stand, before the votes begin."""
    row, found = election_inside(session, actor, number, now, lock=True)
    one = _own_candidacy(session, row, found, candidate)
    _in_phase(row, now, Phase.CANDIDATES)
    _stand(session, row, one, agreed_at=now, withdrawn_at=None, person_id=actor.person_id)


def withdraw(session: Session, actor: Actor, number: str, candidate: str, *, now: datetime) -> None:
    """Stand no longer; votes that were cast for her are void."""
    row, found = election_inside(session, actor, number, now, lock=True)
    one = _own_candidacy(session, row, found, candidate)
    if row.kind is ElectionKind.RECALL:
        raise Conflict(ElectionRefusal.NOT_NOW)
    _in_phase(row, now, Phase.CANDIDATES, Phase.POLL)
    _stand(session, row, one, withdrawn_at=now)


def vote(
    session: Session, actor: Actor, number: str, member: str, choice: str | None, *, now: datetime
) -> None:
    """Vote for a member, once: a candidate's number, or "" for nobody; None was no choice."""
    row, found = election_inside(session, actor, number, now, lock=True)
    _in_phase(row, now, Phase.POLL)
    mine = found.member(member)
    if mine.joined_at > row.called_at:
        raise Refused(ElectionRefusal.NOT_ON_ROLL)
    standing = {one.number: one.id for one in candidates_of(session, row) if _stands(one)}
    if choice is None or choice not in {"", *standing}:
        raise Refused(ElectionRefusal.NO_CHOICE, field="choice")
    noted = _insert(session, AllianceVoter).values(
        district=row.district, election_id=row.id, member_id=mine.id
    )
    if changed_rows(session, noted.on_conflict_do_nothing()) != 1:
        raise Conflict(ElectionRefusal.VOTED)
    session.add(
        AllianceBallot(
            district=row.district, election_id=row.id, id=uuid4(),
            candidate_id=standing.get(choice) if choice else None,
        )
    )  # fmt: skip


def _stands(one: CandidateRow) -> bool:
    return one.agreed_at is not None and one.withdrawn_at is None


def recount(session: Session, row: ElectionRow, standing: Iterable[str]) -> Count:
    """The ballots counted now; of an election that is over it gives the same again."""
    return count(row.number, row.kind, ballots_of(session, row), standing, row.roll)


def count_election(session: Session, number: str, *, now: datetime) -> Outcome | None:
    """Count an election whose last moment is over, once; None: it was counted or is not due."""
    row = election_by_number(session, number, lock=True)
    if row is None or phase(row.polls_at, row.closes_at, row.closed_at, now) is not Phase.COUNTING:
        return None
    candidates = candidates_of(session, row)
    members = members_by_ids(session, row.district, [one.member_id for one in candidates])
    standing = {one.number: one for one in candidates if _may_win(one, members)}
    found = recount(session, row, standing)
    for key, votes in found.votes.items():
        _stand(session, row, standing[key], votes=votes)
    few = found.outcome is Outcome.TOO_FEW
    _close(
        session, row, now, outcome=found.outcome, turnout=found.turnout, lot=found.lot,
        blank=None if few else found.blank, digest=None if few else found.digest,
    )  # fmt: skip
    _scatter(session, row, keep=not few)
    if found.outcome in (Outcome.ELECTED, Outcome.RECALLED):
        _end_head(session, row, now)
    if found.winner is not None:
        _begin_term(session, row, standing[found.winner], found.votes[found.winner], now)
    return found.outcome


def _may_win(one: CandidateRow, members: dict[UUID, MemberRow]) -> bool:
    """She stood to the end, her shop still belongs to it, and she still speaks for it."""
    member = members.get(one.member_id)
    return _stands(one) and member is not None and member.person_id == one.person_id


def _close(session: Session, row: ElectionRow, now: datetime, **values: Any) -> None:
    session.execute(
        update(AllianceElection)
        .where(AllianceElection.district == row.district, AllianceElection.id == row.id)
        .values(closed_at=now, **values)
    )


def _scatter(session: Session, row: ElectionRow, *, keep: bool) -> None:
    """Forget who voted; the votes are written anew, so that not even the engine's own marks on
    their rows lead to a moment."""
    b, v = AllianceBallot, AllianceVoter
    session.execute(delete(v).where(v.district == row.district, v.election_id == row.id))
    these = (b.district == row.district, b.election_id == row.id)
    kept = session.execute(select(b.id, b.candidate_id).where(*these).order_by(b.id)).all()
    session.execute(delete(b).where(*these))
    if keep:
        rows = [
            {"district": row.district, "election_id": row.id, "id": one.id,
             "candidate_id": one.candidate_id}
            for one in kept
        ]  # fmt: skip
        session.execute(_insert(session, b), rows)


def _end_head(session: Session, row: ElectionRow, now: datetime) -> None:
    h = AllianceHead
    session.execute(
        update(h)
        .where(h.district == row.district, h.alliance_id == row.alliance_id, h.ended_at.is_(None))
        .values(ended_at=now)
    )


def _begin_term(
    session: Session, row: ElectionRow, one: CandidateRow, votes: int, now: datetime
) -> None:
    today = today_of(session, now)
    session.add(
        AllianceHead(
            district=row.district, alliance_id=row.alliance_id, member_id=one.member_id,
            person_id=one.person_id, elected_on=today, votes=votes, starts_on=today,
            ends_on=today + timedelta(days=row.term_days),
        )
    )  # fmt: skip


def call_off(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """The street calls an election off; its votes are deleted uncounted."""
    row = election_by_number(session, clean_number(number) or "", lock=True)
    if row is None:
        raise Missing
    alliance = alliances_by_ids(session, [row.alliance_id])[row.alliance_id]
    if not actor.may(MANAGE, place_path=alliance.place_path):
        raise Missing
    if row.closed_at is not None:
        raise Conflict(PledgeRefusal.MOVED_ON)
    _close(session, row, now, outcome=Outcome.CALLED_OFF)
    _scatter(session, row, keep=False)
    _note(session, actor, "alliance:call_off", alliance, now)


def count_due(database: Database, now: datetime) -> int:
    """Count what is due, each in a transaction of its own, and end terms that are over."""
    with database.read() as session:
        numbers = due_elections(session, now)
    counted = 0
    for number in numbers:
        with database.write() as session:
            counted += count_election(session, number, now=now) is not None
    with database.write() as session:
        end_terms(session, now)
    return counted


def end_terms(session: Session, now: datetime) -> None:
    """Heads whose last day is over lead no longer; the row says so too."""
    over = AllianceHead.ends_on <= today_of(session, now)
    if session.scalar(select(func.count()).where(AllianceHead.ended_at.is_(None), over)):
        session.execute(
            update(AllianceHead).where(AllianceHead.ended_at.is_(None), over).values(ended_at=now)
        )
