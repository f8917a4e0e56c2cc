"""What the person concerned is told by message; the words themselves stand on her own page only."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from credit.queries.matters import MatterRow
from portal.accounts.queries import person_row, phones_of
from portal.kernel.clock import local
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message


class Told(StrEnum):
    """The messages of due process. Values are templates, whose words stand in ``labels``."""

    NOTICE = "credit.notice"
    OPENED = "credit.objection_opened"
    RECEIVED = "credit.objection_received"
    EXTENDED = "credit.objection_extended"
    UPHELD = "credit.objection_upheld"
    POSTED = "credit.deduction_posted"
    ENDED = "credit.deduction_ended"


def tell(
    session: Session, row: MatterRow, what: Told, now: datetime, *, day: datetime | None = None
) -> None:
    """Queue a message to the person, if she has a phone. It names no act: others read phones."""
    who = person_row(session, row.subject_person_id) if row.subject_person_id else None
    if who is None:
        return
    to = phones_of(session, [who.id]).get(who.id)
    if to is None:
        return
    zone = instance_of(session).city.zone
    facts = {"number": row.number, "day": f"{local(day, zone):%Y-%m-%d}" if day else ""}
    post_message(
        session, channel=Channel.SMS, to=to, template=what.value, facts=facts, now=now,
        language=who.language, subject=subject_of(row.number),
    )  # fmt: skip


def subject_of(number: str) -> str:
    """Under which subject the messages about a matter lie in the outbox."""
    return f"matter:{number}"
