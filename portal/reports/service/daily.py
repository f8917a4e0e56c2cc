"""The city's look back at a day, at its fixed hour: the list, the digests, and who is told (R290).

A day is done by whoever writes its row: run twice, late or in two places, it is done once.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.queries import people_at
from portal.accounts.rules import Permission
from portal.kernel.instance import instance_of
from portal.reports.models import StreetDigest, SupervisionDay
from portal.reports.queries.digest import (
    PARTS,
    StreetRow,
    came_between,
    last_day,
    looked_back_before,
    overdue_now,
    settled_between,
    streets,
)
from portal.reports.queries.supervision import listed_between
from portal.reports.rules.supervision import by_street, days_to_run, due_day, moment_of
from portal.reports.service.supervision import escalate, list_overdue, settings_of, tell

# a digest leads to so many cases of each part; the figures count all
MOST_NUMBERS = 50
DAY = timedelta(days=1)


def missing_days(session: Session, now: datetime) -> list[date]:
    """The days whose hour has come and that nobody has looked back at, the oldest first."""
    due = due_day(now, settings_of(session).hour, instance_of(session).city.zone)
    return days_to_run(last_day(session), due)


def look_back(session: Session, day: date, now: datetime) -> bool:
    """Do a day's work once; False when somebody has done it.

    What is overdue is known only now: it belongs to the last day whose hour has come. A day that
    was missed before it gets what came and what was settled, and nothing is made up.
    """
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    claim = dialect.insert(SupervisionDay).values(day=day, ran_at=now).on_conflict_do_nothing()
    if session.scalar(claim.returning(SupervisionDay.day)) is None:
        return False
    hour, zone = settings_of(session).hour, instance_of(session).city.zone
    start, end = moment_of(day - DAY, hour, zone), moment_of(day, hour, zone)
    today = due_day(now, hour, zone) == day
    if today:
        list_overdue(session, now)
        escalate(session, now)
    parts = {
        "came": by_street(came_between(session, start, end)),
        "settled": by_street(settled_between(session, start, end)),
    }
    if today:
        parts["overdue"] = by_street(overdue_now(session, now))
        since = looked_back_before(session, now) or start
        parts["listed"] = by_street(listed_between(session, since, now))
    _keep(session, day, now, streets(session), parts)
    if today:
        _tell_streets(session, day, now, parts)
    return True


Parts = Mapping[str, Mapping[str, Sequence[str]]]


def _keep(
    session: Session, day: date, now: datetime, found: Sequence[StreetRow], parts: Parts
) -> None:
    """A row for each street, quiet ones too: nothing happened is an answer."""
    rows = [
        {
            "day": day,
            "area_id": street.id,
            "place_path": street.path,
            "made_at": now,
            "numbers": json.dumps(_numbers(parts, street.path)),
            **{part: _count(parts, part, street.path) for part in PARTS},
        }
        for street in found
    ]
    if rows:
        session.execute(insert(StreetDigest), rows)


def _count(parts: Parts, part: str, path: str) -> int | None:
    return len(parts[part].get(path, ())) if part in parts else None


def _numbers(parts: Parts, path: str) -> dict[str, list[str]]:
    return {part: list(found.get(path, ()))[:MOST_NUMBERS] for part, found in parts.items()}


def _tell_streets(session: Session, day: date, now: datetime, parts: Parts) -> None:
    """The desk of each street where something happened gets a message with a link."""
    busy = sorted({path for found in parts.values() for path in found})
    people = people_at(session, Permission.REPORT_DISPATCH, busy, now)
    for path, office in people.items():
        facts = {"digest_on": day.isoformat()}
        facts |= {part: str(_count(parts, part, path)) for part in PARTS}
        tell(session, office, "desk.digest", now, facts, f"/desk/digest/{day.isoformat()}")
