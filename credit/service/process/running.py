"""What the process does by itself: proposals are routed, what ran out ends, what is due is posted.

Each matter is a transaction of its own. What a job has not written down yet, every read knows.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from credit.models import Matter, Objection
from credit.queries.matters import MatterRow, matter_by_id, texts_of
from credit.queries.routes import seal_route
from credit.queries.rulebook import versions_of
from credit.queries.speakers import heard_in
from credit.rules.flaws import LONGEST_LIFE
from credit.rules.guard import MATTER
from credit.rules.ladder import step_of
from credit.rules.process import (
    COUNTING,
    ENDED,
    LIVE,
    MatterEvent,
    MatterState,
    due_event,
)
from credit.rules.sources import sources_in
from credit.rules.speaking import strictest
from credit.service.conduct import post_deduction
from credit.service.process.erasing import erase_details
from credit.service.process.gates import GATES, Gates
from credit.service.process.moving import details, end, move, posted
from credit.service.process.settings import days_after, settings_of, working_days_after
from credit.service.process.telling import Told, tell
from credit.service.retaliation import record_outcome
from portal.accounts.models import Person
from portal.accounts.rules import AgeBand
from portal.kernel.db import Database, changed_rows
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id

log = structlog.get_logger("gongzhi.credit")
Act = Callable[[Session, MatterRow, datetime], bool]
_NOT_IN_EFFECT = LIVE - COUNTING
BATCH = 200


def check_proposals(database: Database, now: datetime, *, gates: Gates = GATES) -> int:
    """Ask the guard about every proposal of the hours that are over.

    Whole hours: when a proposal is routed says nothing about whom it is about (N1).
    """
    slot = now.replace(minute=0, second=0, microsecond=0)
    waiting = and_(Matter.state == MatterState.PROPOSED, Matter.proposed_at < slot)

    def act(session: Session, row: MatterRow, moment: datetime) -> bool:
        if row.state is not MatterState.PROPOSED or due_event(row.clocks, moment):
            return False
        words = [text.words for text in texts_of(session, [row.id])]
        sources = sources_in(row.source or "", words)
        about: list[UUID | None] = [*heard_in(session, row)]
        route = strictest(
            [
                gates.judge(
                    session, district=row.district, subject_person_id=who,
                    proposer_id=row.proposer_id, unit_id=row.unit_id, sources=sources,
                    at=row.proposed_at,
                )
                for who in about or [None]
            ]
        )  # fmt: skip
        record_outcome(
            session, district=row.district, proposal_id=row.id, route=route,
            proposer_id=row.proposer_id, unit_id=row.unit_id, at=moment,
        )  # fmt: skip
        sealed = seal_route(session, route, MATTER, row.id)
        move(session, row, MatterEvent.CHECK, actor_id=None, now=moment, sealed_route=sealed)
        return True

    return _each(database, waiting, act, now)


def run_clocks(database: Database, now: datetime, *, gates: Gates = GATES) -> int:
    """Forget what is over, end what ran out, void what a switch turned off, post what is due.

    Forgetting comes first: it needs no ledger, and its day is promised (L12).
    """
    done = _forget(database, now)
    with database.write() as session:
        done += end_for_minors(session, now)
    done += _fill_clocks(database, now)
    done += _each(database, _may_be_due(now), _end_due, now)
    done += _switch_off(database, now, gates)
    return done + _each(database, _may_be_posted(now), _posting(gates), now)


def end_for_minors(session: Session, now: datetime) -> int:
    """Nothing is held against somebody whom the desk found to be under 18: it falls as what has
    lost its basis does, also what counts already (L1). How many."""
    young = select(Person.id).where(Person.age_band.in_((AgeBand.UNDER_14, AgeBand.UNDER_18)))
    found = (
        update(Matter)
        .where(
            Matter.state.in_(LIVE),
            Matter.basis_ended_at.is_(None),
            Matter.subject_person_id.in_(young),
        )
        .values(basis_ended_at=now)
        .execution_options(synchronize_session=False)
    )
    return changed_rows(session, found)


def void_running(session: Session, district: str, *, now: datetime, gates: Gates = GATES) -> int:
    """Deductions were switched off: whatever does not count yet never will (L2).

    A switch counts for the districts below too, where another may still be on.
    """
    rows = session.execute(
        select(Matter.id, Matter.district).where(
            Matter.district.startswith(district, autoescape=True),
            Matter.state.in_(_NOT_IN_EFFECT),
        )
    ).all()
    off = {
        one for one in {row.district for row in rows} if not gates.deductions_on(session, one, now)
    }
    found = [matter_by_id(session, row.id) for row in rows if row.district in off]
    return sum(_off(session, row, now) for row in found if row is not None)


def _off(session: Session, row: MatterRow, now: datetime) -> bool:
    if row.state not in _NOT_IN_EFFECT:
        return False
    end(session, row, MatterEvent.SWITCH_OFF, actor_id=None, now=now)
    if row.notice_id is not None:
        tell(session, row, Told.ENDED, now)
    return True


def _switch_off(database: Database, now: datetime, gates: Gates) -> int:
    with database.read() as session:
        districts = session.scalars(
            select(Matter.district).where(Matter.state.in_(_NOT_IN_EFFECT)).distinct()
        ).all()
        off = [one for one in districts if not gates.deductions_on(session, one, now)]
    running = and_(Matter.district.in_(off), Matter.state.in_(_NOT_IN_EFFECT))
    return _each(database, running, _off, now) if off else 0


def _may_be_due(now: datetime) -> ColumnElement[bool]:
    late = select(Objection.matter_id).where(
        Objection.decided_at.is_(None), Objection.answer_by <= now
    )
    moments = (Matter.confirm_by, Matter.lapses_at, Matter.expires_at, Matter.basis_ended_at)
    return and_(
        Matter.state.in_((*LIVE, MatterState.REPAIRED)),
        or_(Matter.id.in_(late), *(moment <= now for moment in moments)),
    )


def _end_due(session: Session, row: MatterRow, now: datetime) -> bool:
    event = due_event(row.clocks, now)
    if event is None:
        return False
    after = end(session, row, event, actor_id=None, now=now)
    if after is MatterState.EXPIRED:
        erase_details(session, row, now)
    elif row.notice_id is not None:
        tell(session, row, Told.ENDED, now)
    return True


def _may_be_posted(now: datetime) -> ColumnElement[bool]:
    return and_(Matter.state == MatterState.ANNOUNCED, Matter.object_until <= now)


def _posting(gates: Gates) -> Act:
    def act(session: Session, row: MatterRow, now: datetime) -> bool:
        if not gates.deductions_on(session, row.district, now):
            return False
        return post_matter(session, row, now)

    return act


def post_matter(session: Session, row: MatterRow, now: datetime) -> bool:
    """Let an announced deduction count, its window over and nobody objecting (L7).

    Two people stand behind it: the row itself cannot be announced without the second (L11).
    """
    ready = row.state is MatterState.ANNOUNCED and row.object_until and row.object_until <= now
    if not ready or due_event(row.clocks, now) or row.notice_id is None:
        return False
    # whole seconds, as the ledger counts them: both sides end it in the same moment
    now = now.replace(microsecond=0)
    life = _life(session, row)
    posted_id = new_id()
    move(
        session, row, MatterEvent.POST, actor_id=None, now=now, posted_id=posted_id,
        effective_at=now, expires_at=now + life,
    )  # fmt: skip
    posted(
        post_deduction(
            session, district=row.district, entry_id=posted_id, of=row.notice_id,
            details=details(row, MatterEvent.POST), now=now, life=life,
        )
    )  # fmt: skip
    tell(session, row, Told.POSTED, now, day=now + life)
    return True


def _life(session: Session, row: MatterRow) -> timedelta:
    """As long as the rule says, and never longer than 90 days (L12)."""
    for rule in versions_of(session, row.district, row.rule_code):
        if rule.version == row.rule_version and rule.life_days is not None:
            return min(timedelta(days=rule.life_days), LONGEST_LIFE)
    return LONGEST_LIFE


def _forget(database: Database, now: datetime) -> int:
    """The details of what never counted, or was taken back, go after the city's time."""
    with database.read() as session:
        before = now - settings_of(session).details_after
    over = and_(
        Matter.state.in_(ENDED - {MatterState.REPAIRED}),
        Matter.erased_at.is_(None),
        Matter.ended_at <= before,
    )
    return _each(database, over, _erase, now)


def _erase(session: Session, row: MatterRow, now: datetime) -> bool:
    if row.erased_at is not None:
        return False
    erase_details(session, row, now)
    return True


def _fill_clocks(database: Database, now: datetime) -> int:
    """A calendar knows its year at last: what could not be counted then is counted now."""
    done = 0
    with database.write() as session:
        unclocked = select(
            Objection.id, Objection.step, Objection.opened_at, Objection.extended_at
        ).where(Objection.decided_at.is_(None), Objection.answer_by.is_(None))
        for row in session.execute(unclocked.limit(BATCH)).all():
            step = step_of(row.step)
            days = step.days + (step.extension_days if row.extended_at else 0)
            answer_by = days_after(session, step, row.opened_at, days)
            if answer_by is not None:
                done += 1
                session.execute(
                    update(Objection)
                    .where(Objection.id == row.id, Objection.answer_by.is_(None))
                    .values(answer_by=answer_by)
                )
        done += _fill_proposals(session)
    return done


def _fill_proposals(session: Session) -> int:
    unclocked = select(Matter.id, Matter.proposed_at).where(
        Matter.confirm_by.is_(None),
        Matter.state.in_((MatterState.PROPOSED, MatterState.WAITING)),
    )
    done = 0
    for row in session.execute(unclocked.limit(BATCH)).all():
        days = settings_of(session).lapse_working_days
        moment = working_days_after(session, row.proposed_at, days)
        if moment is not None:
            done += 1
            session.execute(update(Matter).where(Matter.id == row.id).values(confirm_by=moment))
    return done


def _each(database: Database, which: ColumnElement[bool], act: Act, now: datetime) -> int:
    """Do something with each matter of a condition, each in a transaction of its own.

    Whoever was first at one of them has done what was due. One that is refused, such as while the
    ledger stands still, waits for the next run and keeps no other from its own clock.
    """
    with database.read() as session:
        found = session.execute(select(Matter.id, Matter.number).where(which).order_by(Matter.id))
        due = [(row.id, row.number) for row in found]
    done = 0
    for matter_id, number in due:
        try:
            with database.write() as session:
                row = matter_by_id(session, matter_id)
                done += row is not None and act(session, row, now)
        except Conflict:
            continue
        except Refused as refused:
            # the number: an id would be taken out of the log as if it were a token
            log.warning("matter left for the next run", matter=number, why=refused.code.value)
    return done
