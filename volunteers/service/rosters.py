"""Rosters: saying that one wants to be asked, planning a week, proposing it, taking it back.

Nobody is put on a shift: a seat is kept for each until a moment, and she says yes or no (条例, 25).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.accounts.queries import PersonRow, people_by_ids
from portal.accounts.rules import Actor
from portal.areas.queries import area_by_code
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from portal.kernel.outbox import wipe_messages
from volunteers.models import AskMe, AskMeWindow, RosterBatch, RosterProposal
from volunteers.queries.activities import ActivityRow
from volunteers.queries.candidates import PostFacts, lock_posts, lock_volunteers, posts_by_ids
from volunteers.queries.rosters import (
    RosterRow,
    asked_people,
    roster_by_number,
    shifts_of_week,
    team_taking_part,
    vacancies,
    wishes_for,
)
from volunteers.queries.shifts import ShiftRow
from volunteers.queries.sign_ups import MySignUp, sign_ups_of_roster
from volunteers.queries.volunteers import volunteer_of
from volunteers.rules.limits import proposal_until
from volunteers.rules.roster import (
    Roster,
    RosterRefusal,
    Window,
    flaw_of_windows,
    week_span,
    weeks_to_choose,
)
from volunteers.rules.rostering import make_roster
from volunteers.rules.signing_up import Event, SignUpRefusal, SignUpState
from volunteers.service.activities import activity_to_manage, may_organise
from volunteers.service.acts import note, who
from volunteers.service.limits import clock_of
from volunteers.service.messages import Told, at_words, tell
from volunteers.service.seats import take_seat
from volunteers.service.steps import Act, begin_sign_up, leave
from volunteers.service.waiting import offer_free_seats

_ANSWERED = frozenset({SignUpState.DECLINED, SignUpState.LAPSED})


def ask_me(
    session: Session,
    person_id: UUID,
    *,
    place: str,
    windows: Sequence[Window],
    away_until: date | None,
    now: datetime,
) -> None:
    """Keep that somebody wants to be asked: where, when, and until which day she is away."""
    if volunteer_of(session, person_id) is None:
        raise Refused(SignUpRefusal.NOT_REGISTERED)
    area = area_by_code(session, place)
    if area is None:
        raise Refused(RosterRefusal.NO_PLACE, field="place")
    flaw = flaw_of_windows(windows)
    if flaw is not None:
        raise Refused(flaw[0], field=f"until_{flaw[1]}")
    # two windows of hers wait for one another
    lock_volunteers(session, [person_id])
    do_not_ask(session, person_id)
    session.add(
        AskMe(person_id=person_id, agreed_at=now, place_path=area.path, away_until=away_until)
    )
    for one in windows:
        session.add(
            AskMeWindow(
                person_id=person_id, weekday=one.weekday, start_minute=one.start,
                end_minute=one.end,
            )
        )  # fmt: skip


def do_not_ask(session: Session, person_id: UUID) -> None:
    """Forget that somebody wanted to be asked. What is proposed already is hers to answer."""
    for table in (AskMeWindow, AskMe):
        session.execute(delete(table).where(table.person_id == person_id))


@dataclass(frozen=True)
class WeekPlan:
    """A roster before it is proposed, with what its page says. ``minutes``: what each served
    lately and has signed up for, before it. ``seats``: how many are free."""

    roster: Roster
    seats: int
    shifts: Mapping[UUID, ShiftRow]
    people: Mapping[UUID, PersonRow]
    minutes: Mapping[UUID, int]


def plan_week(
    session: Session, actor: Actor, number: str, monday: str, team: str, *, now: datetime
) -> WeekPlan:
    """The fair roster of a week of an activity, for ``team`` or everybody near who wants to be
    asked. Raises Refused when there is no free seat."""
    of, first, team_id = _chosen(session, actor, number, monday, team, now)
    return _plan(session, of, first, team_id, now, _rows(session, of, first, now))


def _chosen(
    session: Session, actor: Actor, number: str, monday: str, team: str, now: datetime
) -> tuple[ActivityRow, date, UUID | None]:
    of = activity_to_manage(session, actor, number)
    today = city_day(now, instance_of(session).city.zone)
    first = next((one for one in weeks_to_choose(today) if one.isoformat() == monday), None)
    if first is None:
        raise Refused(RosterRefusal.NO_WEEK, field="week")
    team_id = team_taking_part(session, of.teams, team) if team else None
    if team and team_id is None:
        raise Refused(RosterRefusal.NO_TEAM, field="team")
    return of, first, team_id


def _rows(session: Session, of: ActivityRow, monday: date, now: datetime) -> list[ShiftRow]:
    span = week_span(monday, instance_of(session).city.zone, now)
    return shifts_of_week(session, of.id, span)


def _plan(
    session: Session,
    of: ActivityRow,
    monday: date,
    team_id: UUID | None,
    now: datetime,
    rows: Sequence[ShiftRow],
) -> WeekPlan:
    clock = clock_of(session, now)
    free = vacancies(session, of, rows, clock)
    if not free:
        raise Refused(RosterRefusal.NOTHING, field="week")
    wishes = wishes_for(session, of.place_path, team_id)
    span = week_span(monday, clock.zone, now)
    asked = asked_people(session, wishes, of.id, [row.id for row in rows], span, clock)
    roster = make_roster(free, asked, clock, seed=f"{of.number}{monday}")
    chosen = {one.person_id for one in roster.placed}
    return WeekPlan(
        roster,
        sum(one.seats for one in free),
        {post.id: row for row in rows for post in row.posts},
        people_by_ids(session, chosen),
        {one.id: one.minutes for one in asked if one.id in chosen},
    )


def propose_week(
    session: Session,
    actor: Actor,
    number: str,
    monday: str,
    team: str,
    *,
    seen: str,
    now: datetime,
) -> str:
    """Propose what ``plan_week`` showed; the number of the roster.

    ``seen``: the digest of what was shown. Raises Conflict when something else would come out now:
    somebody signed up meanwhile, or another organiser proposed the same week.
    """
    of, first, team_id = _chosen(session, actor, number, monday, team, now)
    rows = _rows(session, of, first, now)
    lock_posts(session, [post.id for row in rows for post in row.posts])
    lock_volunteers(session, wishes_for(session, of.place_path, team_id).keys())
    # what was read before they were held may be old
    plan = _plan(session, of, first, team_id, now, _rows(session, of, first, now))
    if not plan.roster.placed:
        raise Refused(RosterRefusal.NOTHING, field="week")
    if plan.roster.digest != seen:
        raise Conflict(RosterRefusal.CHANGED)
    batch = RosterBatch(
        id=new_id(), number=new_number(), activity_id=of.id, monday=first, made_at=now,
        maker_id=who(actor),
    )  # fmt: skip
    session.add(batch)
    session.flush()
    answers = _keep_seats(session, batch.id, plan.roster, Act(now, who(actor)))
    _tell(session, batch.number, answers, now)
    note(session, actor, "shift:propose_week", batch.number, now)
    return batch.number


def _keep_seats(
    session: Session, roster_id: UUID, roster: Roster, act: Act
) -> dict[UUID, datetime]:
    """Keep each seat; the earliest moment until which somebody answers, by person."""
    posts = posts_by_ids(session, {one.post_id for one in roster.placed})
    limits = clock_of(session, act.now).limits
    answers: dict[UUID, datetime] = {}
    for one in roster.placed:
        post: PostFacts = posts[one.post_id]
        until = proposal_until(act.now, post.span.starts_at, limits)
        take_seat(session, post.post_id)
        key, _number = begin_sign_up(
            session, post, one.person_id, Event.PROPOSE, act, until=until
        )  # fmt: skip
        session.add(RosterProposal(sign_up_id=key, roster_id=roster_id))
        answers[one.person_id] = min(until, answers.get(one.person_id, until))
    return answers


def _tell(session: Session, number: str, answers: Mapping[UUID, datetime], now: datetime) -> None:
    """One message to each, however many shifts are proposed to her."""
    by_moment = sorted((until, person_id) for person_id, until in answers.items())
    for until, rows in groupby(by_moment, key=itemgetter(0)):
        tell(
            session, [person_id for _until, person_id in rows], Told.ROSTER_PROPOSED, now,
            subject=_subject(number), facts={"moment": at_words(session, until)},
        )  # fmt: skip


def roster_to_manage(session: Session, actor: Actor, number: str) -> RosterRow:
    """A roster of her own places. Raises Missing for what lies elsewhere."""
    row = roster_by_number(session, number)
    if row is None or not may_organise(actor, row.place_path):
        raise Missing
    return row


def can_undo(row: RosterRow, proposals: Collection[MySignUp]) -> bool:
    """Whether nobody has accepted, and something is still to be taken back."""
    return row.undone_at is None and all(
        one.state in _ANSWERED or one.state is SignUpState.PROPOSED for one in proposals
    )


def undo_roster(session: Session, actor: Actor, number: str, *, now: datetime) -> int:
    """Take back what nobody has accepted yet; how many proposals went. Raises Conflict once
    somebody has: then each is taken off by herself, with a reason."""
    row = roster_to_manage(session, actor, number)
    lock_posts(session, {one.post_id for one in sign_ups_of_roster(session, row.id)})
    found = sign_ups_of_roster(session, row.id)
    if not can_undo(row, found):
        raise Conflict(RosterRefusal.UNDONE if row.undone_at else RosterRefusal.ACCEPTED)
    mine = update(RosterBatch).where(RosterBatch.id == row.id, RosterBatch.undone_at.is_(None))
    if changed_rows(session, mine.values(undone_at=now)) != 1:
        raise Conflict(RosterRefusal.UNDONE)
    open_ones = [one for one in found if one.state is SignUpState.PROPOSED]
    for one in open_ones:
        leave(session, one.id, one.post_id, one.state, Event.TAKE_OFF, Act(now, who(actor)))
    wipe_messages(session, _subject(number))
    tell(
        session, {one.person_id for one in open_ones}, Told.ROSTER_UNDONE, now,
        subject=_subject(number),
    )  # fmt: skip
    note(session, actor, "shift:undo_proposals", number, now)
    for post_id in sorted({one.post_id for one in open_ones}):
        offer_free_seats(session, post_id, now)
    return len(open_ones)


def _subject(number: str) -> str:
    return f"roster:{number}"
