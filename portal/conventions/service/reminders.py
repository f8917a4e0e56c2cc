"""The committee is told that a convention is to be looked at again. A job."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update

from portal.accounts.queries import people_at, phones_of
from portal.conventions.models import Convention
from portal.conventions.queries.published import DueRow, reviews_due
from portal.conventions.service.rounds import MANAGE
from portal.kernel.clock import city_day
from portal.kernel.db import Database, changed_rows
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message

# a revision takes about as long: wishes, discussion, review, vote
AHEAD: Final = timedelta(days=60)


def remind_of_reviews(database: Database, now: datetime) -> int:
    """Tell the committees whose conventions are due for review, each version once; how many."""
    with database.read() as session:
        today = city_day(now, instance_of(session).city.zone)
        due = reviews_due(session, today + AHEAD)
    return sum(_remind(database, one, now) for one in due)


def _remind(database: Database, row: DueRow, now: datetime) -> bool:
    """Whether it was still to be told: another may have done so."""
    with database.write() as session:
        people = people_at(session, MANAGE, {row.place_path}, now).get(row.place_path, [])
        phones = phones_of(session, [one.id for one in people])
        if not phones:
            # nobody would learn of it: told when somebody holds the role
            return False
        statement = (
            update(Convention)
            .where(
                Convention.id == row.convention_id, Convention.ended_on.is_(None),
                Convention.reminded_of.is_distinct_from(row.version),
            )
            .values(reminded_of=row.version)
        )  # fmt: skip
        if not changed_rows(session, statement):
            return False
        for one in people:
            if one.id in phones:
                post_message(
                    session, channel=Channel.SMS, to=phones[one.id], template="convention.review",
                    facts={"title": row.title, "day": row.review_on.isoformat()}, now=now,
                    language=one.language, subject=f"convention:{row.number}",
                )  # fmt: skip
    return True
