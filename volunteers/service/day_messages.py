"""Messages about a day, to the phone of whoever has one; on pages it stands too."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import people_by_ids, phones_of
from portal.kernel.clock import local
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from volunteers.queries.on_the_day import DayShift


def tell_people(
    session: Session,
    facts_of: Mapping[UUID, Mapping[str, Any]],
    shift: DayShift,
    template: str,
    *,
    now: datetime,
) -> int:
    """Write to some people about a shift; to how many. ``facts_of``: what each is told besides
    the shift's title and time."""
    people, phones = people_by_ids(session, facts_of), phones_of(session, list(facts_of))
    zone = instance_of(session).city.zone
    for person_id, phone in phones.items():
        if person_id not in people:
            continue
        language = people[person_id].language
        facts = {
            "title": shift.titles.get(language) or next(iter(shift.titles.values()), ""),
            "time": f"{local(shift.starts_at, zone):%Y-%m-%d %H:%M}",
            "place": shift.meeting_place,
            **facts_of[person_id],
        }
        post_message(
            session, channel=Channel.SMS, to=phone, template=template, facts=facts, now=now,
            language=language, subject=f"shift:{shift.number}",
        )  # fmt: skip
    return len(phones)
