"""What the guard answered is counted, probing raises an alarm, and months are published (N1)."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.models import GuardOutcome, ProbingAlarm, RetaliationMonth
from credit.queries.guard import own_units, unit_through_time
from credit.queries.retaliation import (
    count_alarms,
    count_outcomes,
    first_outcome,
    guarded_since,
    published_months,
    standing_alarm,
)
from credit.queries.routes import seal_route
from credit.rules.guard import OUTCOME, PROBED_WITHIN, PROBES, Probing, Route
from credit.rules.retaliation import (
    SMALLEST_CELL,
    Carried,
    PublishedMonth,
    carried,
    publish_guard,
)
from portal.accounts.queries import people_holding, phones_of
from portal.accounts.rules import Permission
from portal.kernel.clock import city_month, month_bounds
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message

TEMPLATE: Final = "credit.probing_alarm"
# what was answered at the last minute of a month is written down within a day
SETTLED_AFTER: Final = timedelta(days=1)
# an alarm can look back so far; who proposed has no purpose afterwards
NAMED_FOR: Final = PROBED_WITHIN + timedelta(days=1)
ALARMS_KEPT: Final = timedelta(days=1096)


def record_outcome(
    session: Session,
    *,
    district: str,
    proposal_id: UUID,
    route: Route,
    proposer_id: UUID,
    unit_id: UUID | None,
    at: datetime,
) -> None:
    """Count what the guard answered to a proposal, once however often it is told.

    Called by the job that asked the guard. Whom the proposal was about is not kept; who made it
    for 31 days, because two such answers within 30 raise an alarm.
    """
    key = instance_of(session).vault.derive("credit/guard-outcome")
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row_id = new_id()
    row = (
        dialect.insert(GuardOutcome)
        .values(
            district=district, id=row_id, proposer_id=proposer_id, unit_id=unit_id, at=at,
            sealed_route=seal_route(session, route, OUTCOME, row_id),
            proposal_hash=hmac.digest(key, proposal_id.bytes, sha256),
        )
        .on_conflict_do_nothing()
        .returning(GuardOutcome.id)
    )  # fmt: skip
    if session.scalar(row) is None or route is Route.ORDINARY:
        return
    for about, about_id in ((Probing.PROPOSER, proposer_id), (Probing.UNIT, unit_id)):
        if about_id is not None:
            _watch(session, district, about, about_id, proposer_id, unit_id, at)


def _watch(
    session: Session,
    district: str,
    about: Probing,
    about_id: UUID,
    proposer_id: UUID,
    unit_id: UUID | None,
    at: datetime,
) -> None:
    """Raise an alarm at the second time, and count on what follows within 30 days."""
    one = unit_through_time(session, about_id) if about is Probing.UNIT else {about_id}
    times = guarded_since(session, about, one, at)
    if times < PROBES:
        return
    standing = standing_alarm(session, one, at)
    if standing is not None:
        session.execute(update(ProbingAlarm).where(ProbingAlarm.id == standing).values(times=times))
        return
    session.add(
        ProbingAlarm(
            district=district, id=new_id(), about=about, about_id=about_id,
            proposer_id=proposer_id, unit_id=unit_id, times=times, at=at,
        )
    )  # fmt: skip
    # a second alarm of this very answer must see the first
    session.flush()
    _tell_auditors(session, proposer_id, unit_id, at)


def _tell_auditors(
    session: Session, proposer_id: UUID, unit_id: UUID | None, now: datetime
) -> None:
    """Every auditor who has a phone and whose page shows it: not the proposer, nor people of her
    unit, of those above and below it, or of whom it followed. No names."""
    auditors = [
        row.id
        for row in people_holding(session, Permission.AUDIT_READ, None, None, now)
        if row.id != proposer_id and unit_id not in own_units(session, row.id, now)
    ]
    origin = instance_of(session).config.origin
    for phone in phones_of(session, auditors).values():
        post_message(
            session, channel=Channel.SMS, to=phone, template=TEMPLATE,
            facts={"link": f"{origin}/audit/retaliation"}, now=now,
        )  # fmt: skip


def publish_retaliation(database: Database, now: datetime) -> int:
    """Publish each month that is over and settled, once, and forget what is told; how many. A job.

    Each month is a transaction of its own: whoever is cut off goes on with the next.
    """
    made = 0
    while True:
        with database.write() as session:
            month = _next_month(session, now)
            if month is None:
                _forget(session, now)
                return made
            made += _publish(session, month, now)


def _zone_months(session: Session, first: str, now: datetime) -> list[str]:
    """Months from ``first`` that are over and settled now."""
    zone, found = instance_of(session).city.zone, list[str]()
    month = first
    while (end := month_bounds(month, zone)[1]) + SETTLED_AFTER <= now:
        found.append(month)
        month = city_month(end, zone)
    return found


def _next_month(session: Session, now: datetime) -> str | None:
    zone = instance_of(session).city.zone
    published = published_months(session)
    if published:
        first = city_month(month_bounds(published[-1].month, zone)[1], zone)
    else:
        at = first_outcome(session)
        if at is None:
            return None
        first = city_month(at, zone)
    return next(iter(_zone_months(session, first, now)), None)


def _since(session: Session, month: str) -> Carried:
    """Since when each figure of a month is counted."""
    zone = instance_of(session).city.zone
    published = published_months(session)
    after = {one.month: city_month(month_bounds(one.month, zone)[1], zone) for one in published}
    first = published[0].month if published else month
    return carried(published, first, after)


def _publish(session: Session, month: str, now: datetime) -> int:
    zone = instance_of(session).city.zone
    since, end = _since(session, month), month_bounds(month, zone)[1]
    smallest = _smallest(session)
    told = publish_guard(
        month,
        since,
        proposals=count_outcomes(
            session, month_bounds(since.proposals_from, zone)[0], end
        ).proposals,
        guarded=count_outcomes(session, month_bounds(since.guarded_from, zone)[0], end),
        alarms=count_alarms(session, month_bounds(since.alarms_from, zone)[0], end),
        smallest=smallest,
    )
    return _store(session, told, smallest, now)


def _smallest(session: Session) -> int:
    """The city's smallest published count, never below ours."""
    wanted = instance_of(session).city.thresholds.get("smallest_published_count", SMALLEST_CELL)
    return max(SMALLEST_CELL, int(wanted))


def _store(session: Session, told: PublishedMonth, smallest: int, now: datetime) -> int:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = (
        dialect.insert(RetaliationMonth)
        .values(computed_at=now, smallest_cell=smallest, **vars(told))
        .on_conflict_do_nothing()
        .returning(RetaliationMonth.month)
    )
    return int(session.scalar(row) is not None)


def _forget(session: Session, now: datetime) -> None:
    """Who proposed goes after 31 days; what was told is deleted; alarms go after three years."""
    old = GuardOutcome.at <= now - NAMED_FOR
    unnamed = update(GuardOutcome).where(old, GuardOutcome.proposer_id.is_not(None))
    session.execute(
        unnamed.values(proposer_id=None, unit_id=None).execution_options(synchronize_session=False)
    )
    published = published_months(session)
    if published:
        zone = instance_of(session).city.zone
        since = _since(session, published[-1].month)
        still = month_bounds(min(since.proposals_from, since.guarded_from), zone)[0]
        session.execute(
            delete(GuardOutcome)
            .where(old, GuardOutcome.at < still)
            .execution_options(synchronize_session=False)
        )
    session.execute(
        delete(ProbingAlarm)
        .where(ProbingAlarm.at <= now - ALARMS_KEPT)
        .execution_options(synchronize_session=False)
    )
